"""Filter expressions compiled into predicates over Ethernet frames.

The semantics are those of libpcap 1.10's programs, including what is easily
overlooked: an access beyond the frame's end rejects the frame, whatever the rest
of the expression says; `vlan` moves everything to its right by one tag; `ip
broadcast` knows no netmask, as when tcpdump reads a file; of a calculation only the
leftmost operand's protocol is looked for.

libpcap also leaves out accesses whose result cannot matter. That shows only with
frames cut short, which may then pass there and are rejected here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grammar import filter as tree
from midocli.trace.predicates import (
    CALCULATIONS,
    COMPARISONS,
    WORD,
    Predicate,
    Value,
    any_of,
    both,
    directed,
    hardware,
    negation,
    number16_at,
    number_at,
    row,
)

_LARGEST_LENGTH = 1500
_IPV4, _ARP, _RARP, _IPV6 = 0x0800, 0x0806, 0x8035, 0x86DD
_TAGS = (0x8100, 0x88A8, 0x9100)
_FRAGMENT_HEADER = 44
_TCP, _UDP, _SCTP = 6, 17, 132
# Protocols looked for in IPv4 alone; the others may be in IPv6 as well.
_IPV4_ONLY = frozenset(("icmp", "igmp", "igrp", "vrrp"))
# Service access points of which libpcap compares both the destination and the source.
_PAIRED_SAPS = frozenset((0x06, 0xF0, 0xFE))


def compile_filter(expression: str) -> Callable[[bytes], bool]:
    """A predicate that says whether a frame, from its destination MAC on, passes.

    `len` is the number of bytes given. Raises LineSyntaxError and InvalidValueError
    as `grammar.filter.parse` does.
    """
    parsed = tree.parse(expression)
    if isinstance(parsed, tree.Everything):
        return lambda frame: True
    test = _Compiler().condition(parsed)

    def passes(frame: bytes) -> bool:
        try:
            return test(frame)
        except (IndexError, ZeroDivisionError):
            # Where a BPF program reads beyond the frame, or divides by zero, it rejects.
            return False

    return passes


class _Compiler:
    """Compiles from left to right; `_type_at` is where the Ethertype is by now."""

    def __init__(self) -> None:
        self._type_at = 12

    def condition(self, condition: tree.Condition) -> Predicate:
        """The predicate for one condition."""
        match condition:
            case tree.Chain(first, rest):
                return self._chain(first, rest)
            case tree.Not(inner):
                return negation(self.condition(inner))
            case tree.Protocol(name):
                return self._protocol(name)
            case tree.Address():
                return self._address(condition)
            case tree.Hardware(direction, address):
                return hardware(direction, address)
            case tree.Ports():
                return self._ports(condition)
            case tree.Carries(layer, number):
                return self._carries(layer, number)
            case tree.Vlan(number):
                return self._vlan(number)
            case tree.Group(layer, kind):
                return self._group(layer, kind)
            case tree.Comparison(operator, left, right):
                return self._comparison(operator, left, right)
            case tree.Everything():
                return lambda frame: True

    def _chain(
        self, first: tree.Condition, rest: Sequence[tuple[str, tree.Condition]]
    ) -> Predicate:
        combined = self.condition(first)
        joins = {join for join, _ in rest}
        others = [(join, self.condition(condition)) for join, condition in rest]
        if len(others) == 1:
            other = others[0][1]
            return both(combined, other) if joins == {"and"} else any_of([combined, other])
        return row(combined, others)

    @property
    def _payload(self) -> int:
        return self._type_at + 2

    def _ethertype(self, number: int) -> Predicate:
        """The Ethertype, or for numbers up to 1500 the access point in an LLC header."""
        at = self._type_at
        high, low = number >> 8, number & 0xFF
        if number > _LARGEST_LENGTH:
            return lambda frame: frame[at + 1] == low and frame[at] == high
        if number in _PAIRED_SAPS:
            return lambda frame: (
                number16_at(frame, at) <= _LARGEST_LENGTH
                and frame[at + 3] == number
                and frame[at + 2] == number
            )
        return lambda frame: number16_at(frame, at) <= _LARGEST_LENGTH and frame[at + 2] == number

    def _protocol(self, name: str) -> Predicate:
        if name in tree.ETHERTYPES:
            return self._ethertype(tree.ETHERTYPES[name])
        number = tree.IP_PROTOCOLS[name]
        if name in _IPV4_ONLY:
            return self._in_ipv4(number)
        if name == "icmp6":
            return self._in_ipv6(number)
        return self._carries(None, number)

    def _carries(self, layer: str | None, number: int) -> Predicate:
        if layer == "ether":
            return self._ethertype(number)
        if layer == "ip":
            return self._in_ipv4(number)
        if layer == "ip6":
            return self._in_ipv6(number)
        return any_of([self._in_ipv4(number), self._in_ipv6(number)])

    def _in_ipv4(self, protocol: int) -> Predicate:
        is_ipv4 = self._ethertype(_IPV4)
        at = self._payload + 9
        return lambda frame: is_ipv4(frame) and frame[at] == protocol

    def _in_ipv6(self, protocol: int) -> Predicate:
        is_ipv6 = self._ethertype(_IPV6)
        at = self._payload + 6
        behind_fragment_header = self._payload + 40
        return lambda frame: (
            is_ipv6(frame)
            and (
                frame[at] == protocol
                or (frame[at] == _FRAGMENT_HEADER and frame[behind_fragment_header] == protocol)
            )
        )

    def _address(self, wanted: tree.Address) -> Predicate:
        if wanted.version == 6:
            return self._addressed(_IPV6, 8, 24, 16, wanted)
        layouts = {"ip": (_IPV4, 12, 16), "arp": (_ARP, 14, 24), "rarp": (_RARP, 14, 24)}
        chosen = layouts.values() if wanted.protocol is None else [layouts[wanted.protocol]]
        return any_of([self._addressed(*layout, 4, wanted) for layout in chosen])

    def _addressed(
        self, ethertype: int, source: int, destination: int, size: int, wanted: tree.Address
    ) -> Predicate:
        address, mask = wanted.address, wanted.mask

        def at(offset: int) -> Predicate:
            start = self._payload + offset
            last = start + size - 1

            def matches(frame: bytes) -> bool:
                frame[last]  # rejects the frame when the address is not all there
                return int.from_bytes(frame[start : last + 1], "big") & mask == address

            return matches

        return both(
            self._ethertype(ethertype), directed(wanted.direction, at(source), at(destination))
        )

    def _ports(self, wanted: tree.Ports) -> Predicate:
        protocols = (
            (_TCP, _UDP, _SCTP)
            if wanted.protocol is None
            else (tree.IP_PROTOCOLS[wanted.protocol],)
        )
        return any_of(
            [self._ports_in_ipv6(wanted, protocols), self._ports_in_ipv4(wanted, protocols)]
        )

    def _ports_in_ipv4(self, wanted: tree.Ports, protocols: Sequence[int]) -> Predicate:
        is_ipv4 = self._ethertype(_IPV4)
        start = self._payload
        low, high = wanted.low, wanted.high

        def at(offset: int) -> Predicate:
            return lambda frame: (
                low <= number16_at(frame, start + (frame[start] & 0xF) * 4 + offset) <= high
            )

        has_ports = directed(wanted.direction, at(0), at(2))
        return lambda frame: (
            is_ipv4(frame)
            and frame[start + 9] in protocols
            and number16_at(frame, start + 6) & 0x1FFF == 0
            and has_ports(frame)
        )

    def _ports_in_ipv6(self, wanted: tree.Ports, protocols: Sequence[int]) -> Predicate:
        is_ipv6 = self._ethertype(_IPV6)
        start = self._payload
        low, high = wanted.low, wanted.high

        def at(offset: int) -> Predicate:
            return lambda frame: low <= number16_at(frame, start + 40 + offset) <= high

        has_ports = directed(wanted.direction, at(0), at(2))
        return lambda frame: is_ipv6(frame) and frame[start + 6] in protocols and has_ports(frame)

    def _vlan(self, number: int | None) -> Predicate:
        tagged = any_of([self._ethertype(tag) for tag in _TAGS])
        at = self._payload
        self._type_at += 4
        if number is None:
            return tagged
        return lambda frame: tagged(frame) and number16_at(frame, at) & 0xFFF == number

    def _group(self, layer: str, kind: str) -> Predicate:
        if layer == "ether":
            if kind == "broadcast":
                return hardware("dst", b"\xff" * 6)
            return lambda frame: frame[0] & 1 == 1
        is_ipv4 = self._ethertype(_IPV4)
        destination = self._payload + 16
        if kind == "broadcast":
            return lambda frame: (
                is_ipv4(frame) and number_at(frame, destination, 4) in (0, 0xFFFF_FFFF)
            )
        if layer == "ip":
            return lambda frame: is_ipv4(frame) and frame[destination] >= 224
        is_ipv6 = self._ethertype(_IPV6)
        destination6 = self._payload + 24
        return lambda frame: is_ipv6(frame) and frame[destination6] == 255

    def _comparison(
        self, operator: str, left: tree.Arithmetic, right: tree.Arithmetic
    ) -> Predicate:
        """A comparison, made only of frames that have the protocols it looks into."""
        checks: list[Predicate] = []
        first = self._value(left, checks)
        second = self._value(right, checks)
        compare = COMPARISONS[operator](first, second)
        for check in reversed(checks):
            compare = both(check, compare)
        return compare

    def _value(self, arithmetic: tree.Arithmetic, checks: list[Predicate]) -> Value:
        match arithmetic:
            case tree.Number(value):
                return lambda frame: value
            case tree.Length():
                return len
            case tree.Negative(operand):
                positive = self._value(operand, checks)
                return lambda frame: -positive(frame) & WORD
            case tree.Calculation(operator, left, right):
                return CALCULATIONS[operator](self._value(left, checks), self._value(right, []))
            case tree.Bytes(protocol, offset, size):
                return self._access(protocol, self._value(offset, checks), size, checks)

    def _access(self, protocol: str, offset: Value, size: int, checks: list[Predicate]) -> Value:
        """The number at an offset in a header, after noting what the frame must have."""
        if protocol == "ether":
            return lambda frame: number_at(frame, offset(frame), size)
        start = self._payload
        if protocol in tree.ETHERTYPES:
            checks.append(self._protocol(protocol))
            return lambda frame: number_at(frame, start + offset(frame), size)
        if protocol == "icmp6":
            is_ipv6 = self._ethertype(_IPV6)
            checks.append(lambda frame: is_ipv6(frame) and frame[start + 6] == 58)
            return lambda frame: number_at(frame, start + 40 + offset(frame), size)
        # Other protocols are looked into in IPv4 alone, and not in later fragments.
        in_ipv4 = self._in_ipv4(tree.IP_PROTOCOLS[protocol])
        checks.append(lambda frame: in_ipv4(frame) and number16_at(frame, start + 6) & 0x1FFF == 0)
        return lambda frame: number_at(
            frame, start + (frame[start] & 0xF) * 4 + offset(frame), size
        )
