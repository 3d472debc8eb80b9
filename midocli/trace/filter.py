"""Filter expressions compiled into predicates over frames.

The semantics are those of libpcap 1.10's programs, including what is easily
overlooked: an access beyond the frame's end rejects the frame, whatever the rest
of the expression says; `vlan` moves everything to its right by one tag; `ip
broadcast` knows no netmask, as when tcpdump reads a file; of a calculation only the
leftmost operand's protocol is looked for.

libpcap also leaves out accesses whose result cannot matter. That shows only with
frames cut short, which may then pass there and are rejected here.

An expression becomes one Python function, made of nothing but numbers and fixed words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, Protocol

from grammar.filter import parse, tree, words
from grammar.filter.arithmetic import constant
from midocli.trace import filter_code
from midocli.trace.filter_code import both, either, negated, number
from midocli.trace.filter_headers import Headers
from midocli.trace.filter_links import ETHERNET_LINK, Link

_WORD = 0xFFFF_FFFF
# As many conditions are written as one expression; Python nests only so deep.
_LONGEST_ROW = 8
# Protocols looked for in IPv4 alone; the others may be in IPv6 as well.
_IPV4_ONLY = frozenset(("icmp", "igmp", "igrp", "vrrp", "carp"))
_ICMP6 = 58
# The tags that Linux takes off a frame before filters see it.
_STRIPPED_TAGS = (b"\x81\x00", b"\x88\xa8")


class _Function(Protocol):
    """What an expression becomes; `t` is the tag that was taken off the frame."""

    def __call__(
        self, f: bytes, n: int | None = None, d: Literal["in", "out"] | None = None, t: int = 0, /
    ) -> bool: ...


class Passes(Protocol):
    """Whether a frame, from its link layer's header on, passes a filter."""

    def __call__(
        self,
        frame: bytes,
        length: int | None = None,
        direction: Literal["in", "out"] | None = None,
        /,
    ) -> bool:
        """`length` is what it was on the wire, if it was cut; `direction`, if it is known."""


def compile_filter(expression: str, link: Link = ETHERNET_LINK) -> Passes:
    """A predicate that says which frames of a file pass.

    Raises LineSyntaxError and InvalidValueError as `grammar.filter.parse` does, and
    InvalidValueError for what the link layer does not have.
    """
    return _compiled(Headers(link), parse(expression))


def compile_live_filter(expression: str) -> Passes:
    """A predicate that says which Ethernet frames pass as they are seen at an interface.

    As on Linux the outer VLAN tag has been taken off by then: `icmp` looks behind it, and the
    first `vlan` finds it beside the frame (libpcap's gen_vlan_bpf_extensions). Raises as
    `compile_filter` does.
    """
    parsed = parse(expression)
    plain = _compiled(Headers(ETHERNET_LINK), parsed)

    @cache
    def stripped() -> _Function:
        return _compiled(Headers(ETHERNET_LINK, stripped=True), parsed)

    def passes(
        frame: bytes, length: int | None = None, direction: Literal["in", "out"] | None = None
    ) -> bool:
        if frame[12:14] not in _STRIPPED_TAGS or len(frame) < 16:
            return plain(frame, length, direction)
        whole = (len(frame) if length is None else length) - 4
        tag = frame[14] << 8 | frame[15]
        return stripped()(frame[:12] + frame[16:], whole, direction, tag)

    return passes


def _compiled(headers: Headers, parsed: tree.Condition) -> _Function:
    compiler = _Compiler(headers)
    test = compiler.condition(parsed)
    lines = [*compiler.functions, "def passes(f, n=None, d=None, t=0):"]
    if "n" in compiler.needs:
        lines.append("    n = len(f) if n is None else n")
    lines += [
        "    try:",
        f"        return {test}",
        # Where a BPF program reads beyond the frame, or divides by zero, it rejects.
        "    except (IndexError, ZeroDivisionError):",
        "        return False",
    ]
    made = {
        "number2": filter_code.number2,
        "number4": filter_code.number4,
        "chained": filter_code.chained,
    }
    exec("\n".join(lines), made)
    passes: _Function = made["passes"]  # type: ignore[assignment]
    return passes


class _Compiler:
    """Compiles from left to right. `functions` are those that the expression calls."""

    def __init__(self, headers: Headers) -> None:
        self.functions: list[str] = []
        self.needs: set[str] = set()
        self._headers = headers

    def condition(self, condition: tree.Condition) -> str:
        """The test for one condition."""
        headers = self._headers
        match condition:
            case tree.Chain(first, rest):
                return self._chain(first, rest)
            case tree.Not(inner):
                return negated(self.condition(inner))
            case tree.Protocol(name):
                return self._protocol(name)
            case tree.Address():
                return headers.address(condition)
            case tree.Hardware(direction, address):
                return headers.hardware(direction, address)
            case tree.Ports():
                return headers.ports(condition)
            case tree.Carries(layer, value):
                return self._carries(layer, value)
            case tree.Leads(layer, value):
                return self._leads(layer, value)
            case tree.Vlan(identifier):
                return headers.vlan(identifier)
            case tree.Mpls(label):
                return headers.mpls(label)
            case tree.Pppoe(session, discovery):
                return headers.pppoe(session, discovery)
            case tree.Llc(kind):
                return headers.llc(kind)
            case tree.Group(layer, kind):
                return headers.group(layer, kind)
            case tree.Going(direction):
                return headers.layer.going(direction)
            case tree.Interface(index):
                return headers.layer.interface(index)
            case tree.DecnetNode(direction, address):
                return headers.decnet(direction, address)
            case tree.Comparison(operator, left, right):
                return self._comparison(operator, left, right)
            case tree.Everything():
                return filter_code.TRUE

    def _chain(self, first: tree.Condition, rest: Sequence[tuple[str, tree.Condition]]) -> str:
        test = self.condition(first)
        others = [(join, self.condition(condition)) for join, condition in rest]
        if len(others) > _LONGEST_ROW:
            return self._row(test, others)
        for join, other in others:
            test = both(test, other) if join == "and" else either(test, other)
        return test

    def _row(self, test: str, others: list[tuple[str, str]]) -> str:
        """A call of a function for a long row of conditions, without nesting."""
        name = f"row{len(self.functions)}"
        lines = [f"def {name}(f, n, d, t):", f"    r = {test}"]
        lines += [f"    r = r {join} {other}" for join, other in others]
        self.functions.append("\n".join([*lines, "    return r"]))
        return f"{name}(f, n, d, t)"

    def _protocol(self, name: str) -> str:
        if name in words.ETHERTYPES:
            return self._headers.carries(words.ETHERTYPES[name])
        if name in words.OSI_PROTOCOLS:
            return self._headers.osi(words.OSI_PROTOCOLS[name])
        if name in words.IS_IS_TYPES:
            return self._headers.is_is(words.IS_IS_TYPES[name])
        value = words.IP_PROTOCOLS[name]
        if name in _IPV4_ONLY:
            return self._headers.in_ipv4(value)
        if name == "icmp6":
            return self._headers.in_ipv6(value)
        return self._carries(None, value)

    def _carries(self, layer: str | None, value: int) -> str:
        headers = self._headers
        if layer == "ether":
            return headers.carries(value)
        if layer == "iso":
            return headers.osi(value)
        if layer == "isis":
            return headers.is_is([value])
        if layer == "ip":
            return headers.in_ipv4(value)
        if layer == "ip6":
            return headers.in_ipv6(value)
        return either(headers.in_ipv4(value), headers.in_ipv6(value))

    def _leads(self, layer: str | None, value: int) -> str:
        versions = {"ip": (False,), "ip6": (True,), None: (False, True)}[layer]
        return either(*(self._headers.chain(value, ipv6) for ipv6 in versions))

    def _comparison(self, operator: str, left: tree.Arithmetic, right: tree.Arithmetic) -> str:
        """A comparison, made only of frames that have the protocols it looks into."""
        first: list[str] = []
        second: list[str] = []
        values = self._value(left, first), self._value(right, second)
        compared = f"{values[0]} {'==' if operator == '=' else operator} {values[1]}"
        return both(*first, *second, compared)

    def _value(self, arithmetic: tree.Arithmetic, checks: list[str]) -> str:
        """A number in 32 bits without sign; shifts by 32 and more give 0."""
        value = constant(arithmetic)
        if value is not None:
            return str(value)
        match arithmetic:
            case tree.Number(value):
                return str(value)
            case tree.Length():
                self.needs.add("n")
                return "n"
            case tree.Negative(operand):
                return f"(-{self._value(operand, checks)} & {_WORD})"
            case tree.Calculation(operator, left, right):
                one, other = self._value(left, checks), self._value(right, [])
                if operator in ("<<", ">>"):
                    return f"(({one} {operator} min({other}, 32)) & {_WORD})"
                operator = "//" if operator == "/" else operator
                return f"(({one} {operator} {other}) & {_WORD})"
            case tree.Bytes(protocol, offset, size):
                return self._access(protocol, self._value(offset, checks), size, checks)

    def _access(self, protocol: str, offset: str, size: int, checks: list[str]) -> str:
        """The number at an offset in a header, after noting what the frame must have."""
        headers = self._headers
        start = 0
        if protocol == "icmp6":
            checks.append(both(headers.carries(words.ETHERTYPES["ip6"]), headers.next_is(_ICMP6)))
            start = headers.payload + 40
        elif protocol in words.ETHERTYPES:
            checks.append(self._protocol(protocol))
            start = headers.payload
        elif protocol != "ether":
            # Other protocols are looked into in IPv4 alone, and not in later fragments.
            checks.append(headers.first_of(words.IP_PROTOCOLS[protocol]))
            return number(headers.transport(int(offset) if offset.isdigit() else offset), size)
        else:
            start = headers.link
        if offset.isdigit():
            # A number below zero leads to what stands before a header.
            return number(start + int(offset) & _WORD, size)
        return number(f"{start} + {offset}", size)
