"""IPv4 (RFC 791)."""

from __future__ import annotations

from struct import Struct

from midocli.trace.tcpdump import ipv4_options
from midocli.trace.tcpdump.checksum import correct, verify
from midocli.trace.tcpdump.dissection import CutOffError, Dissection
from midocli.trace.tcpdump.tables import numbered

_HEADER = Struct(">xBHHHBBH8s")
_HEADER_LENGTH = 20
# TCP, UDP, DCCP and SCTP write the addresses themselves, with the ports in them.
_WRITE_ADDRESSES = frozenset((6, 17, 33, 132))
# tcpdump has no bound; frames that nest deeper than this exist only to break printers.
DEEPEST = 64

_ECN = ("", ",ECT(1)", ",ECT(0)", ",CE")
_TOS_TEXTS = tuple(f"tos 0x{tos:x}{_ECN[tos & 3]}" for tos in range(256))
# By the three bits in front of the fragment offset: reserved, don't fragment, more fragments.
_FRAGMENT_FLAGS = ("none", "+", "DF", "+, DF", "rsvd", "+, rsvd", "DF, rsvd", "+, DF, rsvd")
PROTOCOL_NAMES = numbered("""
    0 Options, 1 ICMP, 2 IGMP, 4 IPIP, 6 TCP, 8 EGP, 9 IGRP, 17 UDP, 33 DCCP, 41 IPv6, 43 Routing,
    44 Fragment, 46 RSVP, 47 GRE, 50 ESP, 51 AH, 55 Mobile IP, 58 ICMPv6, 62 Mobile IP (old),
    88 EIGRP, 89 OSPF, 103 PIM, 108 Compressed IP, 112 VRRP, 113 PGM, 132 SCTP, 135 Mobility,
    143 Ethernet
""")
_PROTOCOL_TEXTS = tuple(
    f"proto {PROTOCOL_NAMES.get(protocol, 'unknown')} ({protocol})" for protocol in range(256)
)


def show(d: Dissection, at: int, length: int) -> None:
    """Show an IPv4 packet of which `length` bytes were on the wire (padding included)."""
    d.protocol = "ip"
    data = d.data
    first = d.u8(at)
    if first >> 4 != 4:
        version = first >> 4
        what = "IP6, wrong link-layer encapsulation" if version == 6 else f"IP{version}"
        d.add(f"{what} (invalid)")
        return
    if not d.flags.link:
        d.add("IP ")
    if at + _HEADER_LENGTH > d.end or d.depth == DEEPEST:
        d.cut()
        return
    if length < _HEADER_LENGTH:
        d.add(f"truncated-ip {length}")
        return
    header_length = (first & 0xF) * 4
    if header_length < _HEADER_LENGTH:
        d.add(f"bad-hlen {header_length}")
        return
    tos, total, identification, fragment, ttl, protocol, checksum, addresses = _HEADER.unpack_from(
        data, at
    )
    if length < total:
        d.add(f"truncated-ip - {total - length} bytes missing! ")
    if total < header_length:
        d.add(f"bad-len {total}")
        return

    end = d.end
    d.end = min(end, at + total)
    d.depth += 1
    whole_options = True
    if d.flags.verbose:
        d.add(
            f"({_TOS_TEXTS[tos]}{f', ttl {ttl}' if ttl else ''}, id {identification}, "
            f"offset {(fragment & 0x1FFF) * 8}, flags [{_FRAGMENT_FLAGS[fragment >> 13]}], "
            f"{_PROTOCOL_TEXTS[protocol]}, length {total}"
        )
        if header_length > _HEADER_LENGTH:
            whole_options = _show_options(d, at, header_length)
        if d.flags.checksums:
            d.add(_checksum_note(d, at, header_length, checksum))
        d.add(")\n    ")
    pair = d.names.ipv4_pair(addresses)
    if not whole_options:
        d.add(f"{pair}: ")
        d.cut()
    elif fragment & 0x1FFF == 0:
        if protocol not in _WRITE_ADDRESSES:
            d.add(f"{pair}: ")
        _show_payload(d, at, header_length, total, protocol, bool(fragment & 0x2000))
    elif d.flags.quiet < 2:
        d.add(f"{pair}: {d.names.ip_protocol(protocol)}")
    d.depth -= 1
    d.end = end


def _show_options(d: Dissection, at: int, header_length: int) -> bool:
    d.add(", options (")
    whole = ipv4_options.show(d, at + _HEADER_LENGTH, header_length - _HEADER_LENGTH)
    if not whole:
        d.add(" [truncated-option]")
    d.add(")")
    return whole


def _checksum_note(d: Dissection, at: int, header_length: int, found: int) -> str:
    if at + header_length > d.end:
        return ""
    computed = verify(d.data[at : at + header_length])
    return f", bad cksum {found:x} (->{correct(found, computed):x})!" if computed else ""


def _show_payload(
    d: Dissection, at: int, header_length: int, total: int, protocol: int, fragmented: bool
) -> None:
    if at + header_length > d.end:
        d.add(f" [remaining caplen({d.end - at}) < header length({header_length})]")
        raise CutOffError
    d.show_ip_payload(protocol, at + header_length, total - header_length, at, fragmented)
