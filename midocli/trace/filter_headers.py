"""Where a filter's headers are, and the tests of what lies in them, as libpcap lays them out.

`vlan`, `mpls` and `pppoes` move everything to their right: the state here is what they
change.
"""

from __future__ import annotations

from collections.abc import Sequence

from grammar.errors import InvalidValueError
from grammar.filter import tree, words
from midocli.trace.filter_code import (
    FALSE,
    TRUE,
    both,
    directed,
    either,
    equal,
    masked,
    negated,
    number,
    octets_equal,
)
from midocli.trace.filter_links import ETHERNET_LINK, PPP_LINK, Link, is_802_3
from midocli.trace.filter_links import TYPE_IPV4 as _IPV4
from midocli.trace.filter_links import TYPE_IPV6 as _IPV6

_ARP, _RARP, _DECNET = 0x0806, 0x8035, 0x6003
_MPLS, _PPPOE_DISCOVERY, _PPPOE_SESSION = 0x8847, 0x8863, 0x8864
_TAGS = (0x8100, 0x88A8, 0x9100)
_FRAGMENT_HEADER = 44
_TCP, _UDP, _SCTP = 6, 17, 132
_ADDRESSED = {"ip": (_IPV4, 12, 16), "arp": (_ARP, 14, 24), "rarp": (_RARP, 14, 24)}


class Headers:
    """The offsets that hold by now, and the tests they give.

    `link` is where the link layer's header begins, `type_at` where its Ethertype is, and
    `payload` where what that stands for begins.
    """

    def __init__(self, link: Link, stripped: bool = False) -> None:
        self.link = 0
        self.layer = link
        self.type_at = link.type_at
        self.payload = link.payload
        self._labels = 0
        #: Whether the outer tag was taken off, as Linux does before it filters: it is `t` then.
        self._stripped = stripped

    # -- the link layer -------------------------------------------------------------

    def carries(self, kind: int) -> str:
        """Whether the link layer carries an Ethertype or, up to 1500, an access point."""
        if self._labels:
            return self._behind_labels(kind)
        return self.layer.carries(self.type_at, self.payload, kind)

    def _behind_labels(self, kind: int) -> str:
        """MPLS does not tell what it carries: IP is told by its version, behind the last label."""
        if kind not in (_IPV4, _IPV6):
            raise InvalidValueError("of what MPLS carries, only ip and ip6 can be told")
        last = masked(self.payload - 2, 1, 1, 1)
        return both(last, masked(self.payload, 0x40 if kind == _IPV4 else 0x60, 0xF0, 1))

    def hardware(self, direction: tree.Direction, address: bytes) -> str:
        """Whether a MAC of the frame is the one given."""
        self._check_ethernet("Ethernet addresses")
        return directed(direction, octets_equal(6, address), octets_equal(0, address))

    def _check_ethernet(self, what: str) -> None:
        """InvalidValueError where something is asked for that only Ethernet has."""
        if self.layer is PPP_LINK:
            raise InvalidValueError(f"there are no {what} inside PPPoE")
        if self.layer is not ETHERNET_LINK:
            raise InvalidValueError(f"there are no {what} in frames of {self.layer.name}")

    def llc(self, kind: str | None) -> str:
        """Whether there is an LLC header, of a certain kind."""
        self._check_ethernet("LLC headers")
        control = self.type_at + 4
        header = both(is_802_3(self.type_at), negated(equal(self.type_at + 2, 0xFFFF, 2)))
        if kind is None:
            return header
        if kind == "i":
            return both(header, f"not f[{control}] & 1")
        mask, value = words.LLC_KINDS[kind]
        return both(header, masked(control, value, mask, 1))

    # -- what moves the rest ----------------------------------------------------------

    def vlan(self, identifier: int | None) -> str:
        """Whether there is a VLAN tag; what comes after is behind it."""
        if self._labels or self.layer is PPP_LINK:
            raise InvalidValueError("no `vlan` can be behind `mpls` or `pppoes`")
        self._check_ethernet("VLAN tags")
        if self._stripped:
            # Only the first `vlan` finds the tag that was taken off.
            self._stripped = False
            return TRUE if identifier is None else f"t & 4095 == {identifier}"
        tagged = either(*(equal(self.type_at, tag, 2) for tag in _TAGS))
        at = self.payload
        self.type_at += 4
        self.payload += 4
        return tagged if identifier is None else both(tagged, masked(at, identifier, 0xFFF, 2))

    def mpls(self, label: int | None) -> str:
        """Whether there is an MPLS label; what comes after is behind it."""
        if not self._labels and self.layer is not PPP_LINK:
            self._check_ethernet("MPLS labels")
        more = masked(self.payload - 2, 0, 1, 1) if self._labels else self.carries(_MPLS)
        at = self.payload
        self.payload += 4
        self._labels += 1
        return more if label is None else both(more, masked(at, label << 12, 0xFFFFF000, 4))

    def pppoe(self, session: int | None, discovery: bool) -> str:
        """Whether it is PPPoE; what comes after a session's header is in its PPP packet."""
        if discovery:
            return self.carries(_PPPOE_DISCOVERY)
        test = self.carries(_PPPOE_SESSION)
        if session is not None:
            test = both(test, masked(self.payload, session, 0xFFFF, 4))
        self.link = self.type_at = self.payload + 6
        self.payload = self.type_at + PPP_LINK.payload
        self.layer = PPP_LINK
        return test

    # -- IP -----------------------------------------------------------------------------

    def in_ipv4(self, protocol: int) -> str:
        """Whether it is an IPv4 packet of a protocol."""
        return both(self.carries(_IPV4), equal(self.payload + 9, protocol, 1))

    def in_ipv6(self, protocol: int) -> str:
        """Whether it is an IPv6 packet of a protocol, behind a fragment header as well."""
        at = self.payload + 6
        behind = both(equal(at, _FRAGMENT_HEADER, 1), equal(self.payload + 40, protocol, 1))
        return both(self.carries(_IPV6), either(equal(at, protocol, 1), behind))

    def next_is(self, protocol: int) -> str:
        """Whether the header right behind that of IPv6 is a protocol's."""
        return equal(self.payload + 6, protocol, 1)

    def first_of(self, protocol: int) -> str:
        """Whether it is an IPv4 packet of a protocol, and no later fragment."""
        unfragmented = f"not {number(self.payload + 6, 2)} & 0x1fff"
        return both(self.in_ipv4(protocol), unfragmented)

    def transport(self, offset: str | int) -> str:
        """The offset of something behind an IPv4 header, counted in 32 bits."""
        start = self.payload
        if isinstance(offset, int):
            return f"((f[{start}] & 15) << 2) + {start + offset & 0xFFFFFFFF}"
        return f"(((f[{start}] & 15) << 2) + {offset} & 0xffffffff) + {start}"

    def chain(self, protocol: int, ipv6: bool) -> str:
        """Whether the headers behind the IP header lead to a protocol."""
        start = self.payload
        kind = start + (6 if ipv6 else 9)
        length = "40" if ipv6 else f"(f[{start}] & 15) << 2"
        walk = f"chained(f, {start}, f[{kind}], {length}, {ipv6}, {protocol})"
        return both(self.carries(_IPV6 if ipv6 else _IPV4), walk)

    def address(self, wanted: tree.Address) -> str:
        """Whether an address is the one given, under its mask."""
        if wanted.version == 6:
            return both(
                self.carries(_IPV6),
                directed(wanted.direction, self._address6(8, wanted), self._address6(24, wanted)),
            )
        if wanted.protocol is not None:
            kinds = [wanted.protocol]
        else:
            kinds = ["ip"] if self._labels else list(_ADDRESSED)
        return either(*(self._address4(*_ADDRESSED[kind], wanted) for kind in kinds))

    def _address4(self, kind: int, source: int, destination: int, wanted: tree.Address) -> str:
        tests = (
            masked(self.payload + at, wanted.address, wanted.mask, 4)
            for at in (source, destination)
        )
        return both(self.carries(kind), directed(wanted.direction, *tests))

    def _address6(self, at: int, wanted: tree.Address) -> str:
        words = []
        for place in range(0, 16, 4):
            shift = 96 - 8 * place
            value, mask = (each >> shift & 0xFFFFFFFF for each in (wanted.address, wanted.mask))
            words.append(masked(self.payload + at + place, value, mask, 4))
        return both(*words)

    def decnet(self, direction: tree.Direction, address: int) -> str:
        """Whether a DECnet packet is one of a node, in its short or long header, padded or not."""
        swapped = int.from_bytes(address.to_bytes(2, "little"), "big")
        source = self._decnet_node(3, 15, swapped)
        return both(
            self.carries(_DECNET), directed(direction, source, self._decnet_node(1, 7, swapped))
        )

    def _decnet_node(self, short: int, long: int, swapped: int) -> str:
        start = self.payload + 2
        return either(
            *(
                both(test, equal(start + padding + at, swapped, 2))
                for flags, at in ((2, short), (6, long))
                for padding, test in (
                    (0, masked(start, flags, 7, 1)),
                    (1, masked(start, 0x8100 | flags, 0xFF07, 2)),
                )
            )
        )

    def ports(self, wanted: tree.Ports) -> str:
        """Whether a port is in a range."""
        protocols = (
            (_SCTP, _TCP, _UDP)
            if wanted.protocol is None
            else (words.IP_PROTOCOLS[wanted.protocol],)
        )
        start = self.payload
        ipv6 = both(
            self.carries(_IPV6),
            _one_of(start + 6, protocols),
            _port_tests(wanted, start + 40, start + 42),
        )
        ipv4 = both(
            self.carries(_IPV4),
            _one_of(start + 9, protocols),
            f"not {number(start + 6, 2)} & 0x1fff",
            _port_tests(wanted, self.transport(0), self.transport(2)),
        )
        return either(ipv6, ipv4)

    def group(self, layer: str, kind: str) -> str:
        """Whether it goes to many."""
        start = self.payload
        if layer == "ether":
            if kind == "broadcast":
                return self.hardware("dst", b"\xff" * 6)
            self._check_ethernet("Ethernet addresses")
            return "f[0] & 1 == 1"
        if kind == "broadcast":
            # Without a netmask, as when tcpdump reads a file.
            ends = either(equal(start + 16, 0, 4), equal(start + 16, 0xFFFFFFFF, 4))
            return both(self.carries(_IPV4), ends)
        if layer == "ip":
            return both(self.carries(_IPV4), f"f[{start + 16}] >= 224")
        return both(self.carries(_IPV6), equal(start + 24, 255, 1))

    def osi(self, identifier: int | None) -> str:
        """Whether it is an OSI packet, with a certain protocol identifier."""
        packet = self.carries(0xFE)
        at = self.payload + self.layer.osi_at
        return packet if identifier is None else both(packet, equal(at, identifier, 1))

    def is_is(self, kinds: Sequence[int]) -> str:
        """Whether it is an IS-IS packet of certain types."""
        at = self.payload + self.layer.osi_at + 4
        return both(self.osi(0x83), either(*(equal(at, kind, 1) for kind in kinds)))


def _one_of(at: int, protocols: Sequence[int]) -> str:
    if len(protocols) == 1:
        return equal(at, protocols[0], 1)
    return f"f[{at}] in {tuple(protocols)!r}"


def _port_tests(wanted: tree.Ports, source: int | str, destination: int | str) -> str:
    low, high = wanted.low, wanted.high

    def test(at: int | str) -> str:
        if low != high:
            return f"{low} <= {number(at, 2)} <= {high}"
        return equal(at, low, 2) if isinstance(at, int) else f"{number(at, 2)} == {low}"

    return directed(wanted.direction, test(source), test(destination))


__all__ = ["FALSE", "Headers"]
