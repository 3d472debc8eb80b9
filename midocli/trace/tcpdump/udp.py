"""UDP (RFC 768)."""

from __future__ import annotations

from midocli.trace.tcpdump import transport
from midocli.trace.tcpdump.checksum import correct
from midocli.trace.tcpdump.dissection import Dissection, ShortError

_HEADER = 8
_PROTOCOL = 17


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show a datagram; `length` is what the IP packet carries of it."""
    d.protocol = "udp"
    if not d.has(at, 4):
        if transport.stated_protocol(d, ip_at) == _PROTOCOL:
            d.add(f"{transport.hosts(d, ip_at)} ")
        raise ShortError
    ports = d.ports = (d.u16(at), d.u16(at + 2))
    d.ip_at = ip_at
    d.add(transport.endpoints(d, ip_at, _PROTOCOL, ports, d.names.udp_port))
    if length < _HEADER:
        d.add(f"truncated-udp {length}")
        return
    d.check(at, 6)
    stated = d.u16(at + 4)
    if stated == 0 and length > 0xFFFF:
        # A jumbogram (RFC 2675).
        stated = length
    if stated < _HEADER:
        d.add(f"truncated-udplength {stated}")
        return
    d.check(at, _HEADER)
    stated -= _HEADER
    length = min(length - _HEADER, stated)
    if d.flags.packet_type:
        typed = d.protocols.udp_types.get(d.flags.packet_type)
        if typed is not None:
            typed(d, at + _HEADER, length)
        return
    if d.flags.verbose and d.flags.checksums and not fragmented:
        d.add(_checksum_note(d, at, length, ip_at))
    if not d.flags.quiet:
        known = d.protocols.udp_ports.get(*ports)
        if known is not None:
            known(d, at + _HEADER, length)
            return
    if stated > length and not fragmented:
        d.add(f"UDP, bad length {stated} > {length}")
    else:
        d.add(f"UDP, length {stated}")


def _checksum_note(d: Dissection, at: int, length: int, ip_at: int) -> str:
    found = d.u16(at + 6)
    if d.data[ip_at] >> 4 == 4:
        if d.flags.verbose == 1:
            return ""
        if found == 0:
            return "[no cksum] "
    if not d.has(at, _HEADER + length):
        return ""
    computed = transport.checksum(d, ip_at, _PROTOCOL, at, _HEADER + length)
    if computed == 0:
        return "[udp sum ok] "
    return f"[bad udp cksum 0x{found:04x} -> 0x{correct(found, computed):04x}!] "
