"""Where a filter's headers are, and the tests of what lies in them, as libpcap lays them out.

`vlan`, `mpls` and `pppoes` move everything to their right: the state here is what they
change.
"""

from __future__ import annotations

from collections.abc import Sequence

from grammar import filter as tree
from grammar.errors import InvalidValueError
from midocli.trace.filter_code import (
    FALSE,
    both,
    directed,
    either,
    equal,
    masked,
    negated,
    number,
    octets_equal,
)

_LARGEST_LENGTH = 1500
_IPV4, _ARP, _RARP, _IPV6 = 0x0800, 0x0806, 0x8035, 0x86DD
_IPX, _ATALK, _AARP = 0x8137, 0x809B, 0x80F3
_MPLS, _PPPOE_DISCOVERY, _PPPOE_SESSION = 0x8847, 0x8863, 0x8864
_TAGS = (0x8100, 0x88A8, 0x9100)
_FRAGMENT_HEADER = 44
_TCP, _UDP, _SCTP = 6, 17, 132
# Service access points: those of which libpcap compares both sides, and IPX's.
_PAIRED_SAPS = frozenset((0x06, 0xF0, 0xFE))
_IPX_SAP = 0xE0
# What PPP calls the protocols that Ethernet has other numbers for.
_PPP_NUMBERS = {
    _IPV4: 0x21, 0xFE: 0x23, 0x6003: 0x27, _ATALK: 0x29, _IPX: 0x2B,
    0x42: 0x31, _IPV6: 0x57, 0xE0: 0x2B,
}  # fmt: skip
_ADDRESSED = {"ip": (_IPV4, 12, 16), "arp": (_ARP, 14, 24), "rarp": (_RARP, 14, 24)}


class Headers:
    """The offsets that hold by now, and the tests they give.

    `link` is where the link layer's header begins, `type_at` where its Ethertype is, and
    `payload` where what that stands for begins.
    """

    def __init__(self) -> None:
        self.link = 0
        self.type_at = 12
        self.payload = 14
        self._labels = 0
        self._in_ppp = False

    # -- the link layer -------------------------------------------------------------

    def carries(self, kind: int) -> str:
        """Whether the link layer carries an Ethertype or, up to 1500, an access point."""
        if self._labels:
            return self._behind_labels(kind)
        if self._in_ppp:
            return equal(self.type_at, _PPP_NUMBERS.get(kind, kind), 2)
        at = self.type_at
        if kind in (_ATALK, _AARP):
            owner = 0x080007 if kind == _ATALK else 0
            return either(equal(at, kind, 2), both(self._is_802_3(), self._snap(owner, kind)))
        if kind > _LARGEST_LENGTH:
            return equal(at, kind, 2)
        if kind in _PAIRED_SAPS:
            return both(self._is_802_3(), equal(at + 2, kind << 8 | kind, 2))
        if kind == _IPX_SAP:
            bare = either(equal(at + 2, kind, 1), equal(at + 2, 0xFFFF, 2))
            inside = either(self._snap(0, _IPX), bare)
            return either(equal(at, _IPX, 2), both(self._is_802_3(), inside))
        return both(self._is_802_3(), equal(at + 2, kind, 1))

    def _is_802_3(self) -> str:
        return f"{number(self.type_at, 2)} <= {_LARGEST_LENGTH}"

    def _snap(self, owner: int, kind: int) -> str:
        header = b"\xaa\xaa\x03" + owner.to_bytes(3, "big") + kind.to_bytes(2, "big")
        return octets_equal(self.type_at + 2, header)

    def _behind_labels(self, kind: int) -> str:
        """MPLS does not tell what it carries: IP is told by its version, behind the last label."""
        if kind not in (_IPV4, _IPV6):
            raise InvalidValueError("of what MPLS carries, only ip and ip6 can be told")
        last = masked(self.payload - 2, 1, 1, 1)
        return both(last, masked(self.payload, 0x40 if kind == _IPV4 else 0x60, 0xF0, 1))

    def hardware(self, direction: tree.Direction, address: bytes) -> str:
        """Whether a MAC of the frame is the one given."""
        self._check_ethernet()
        return directed(direction, octets_equal(6, address), octets_equal(0, address))

    def _check_ethernet(self) -> None:
        if self._in_ppp:
            raise InvalidValueError("there are no Ethernet addresses inside PPPoE")

    def llc(self, kind: str | None) -> str:
        """Whether there is an LLC header, of a certain kind."""
        self._check_ethernet()
        control = self.type_at + 4
        header = both(self._is_802_3(), negated(equal(self.type_at + 2, 0xFFFF, 2)))
        if kind is None:
            return header
        if kind == "i":
            return both(header, f"not f[{control}] & 1")
        mask, value = tree.LLC_KINDS[kind]
        return both(header, masked(control, value, mask, 1))

    # -- what moves the rest ----------------------------------------------------------

    def vlan(self, identifier: int | None) -> str:
        """Whether there is a VLAN tag; what comes after is behind it."""
        if self._labels or self._in_ppp:
            raise InvalidValueError("no `vlan` can be behind `mpls` or `pppoes`")
        tagged = either(*(equal(self.type_at, tag, 2) for tag in _TAGS))
        at = self.payload
        self.type_at += 4
        self.payload += 4
        return tagged if identifier is None else both(tagged, masked(at, identifier, 0xFFF, 2))

    def mpls(self, label: int | None) -> str:
        """Whether there is an MPLS label; what comes after is behind it."""
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
        self.payload = self.type_at + 2
        self._in_ppp = True
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

    def ports(self, wanted: tree.Ports) -> str:
        """Whether a port is in a range."""
        protocols = (
            (_SCTP, _TCP, _UDP)
            if wanted.protocol is None
            else (tree.IP_PROTOCOLS[wanted.protocol],)
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
            self._check_ethernet()
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
        at = self.payload + (0 if self._in_ppp else 3)
        return packet if identifier is None else both(packet, equal(at, identifier, 1))

    def is_is(self, kinds: Sequence[int]) -> str:
        """Whether it is an IS-IS packet of certain types."""
        at = self.payload + (4 if self._in_ppp else 7)
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
