"""TCP (RFC 9293)."""

from __future__ import annotations

from functools import cache
from struct import Struct

from midocli.trace.frame_text import flags_text
from midocli.trace.tcpdump import tcp_options, transport
from midocli.trace.tcpdump.checksum import correct
from midocli.trace.tcpdump.dissection import CutOffError, Dissection, ShortError
from midocli.trace.tcpdump.text import visible

_HEADER = Struct(">HHIIBBHHH")
_HEADER_LENGTH = _HEADER.size
_PROTOCOL = 6
_FIN, _SYN, _RST, _ACK, _URG = 0x01, 0x02, 0x04, 0x10, 0x20
_UNSIGNED = 0xFFFF_FFFF
_LONGEST_RESET_TEXT = 30


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show a segment; `length` is what the IP packet carries of it."""
    d.protocol = "tcp"
    if not d.has(at, 4):
        d.add(transport.hosts(d, ip_at))
        raise ShortError
    ports = d.ports = (d.u16(at), d.u16(at + 2))
    d.ip_at = ip_at
    d.add(transport.endpoints(d, ip_at, _PROTOCOL, ports, d.names.tcp_port))
    d.check(at, _HEADER_LENGTH)
    _, _, seq, ack, offset, flags, window, checksum, urgent = _HEADER.unpack_from(d.data, at)
    header_length = (offset >> 4) * 4
    data_length = length - header_length
    if header_length < _HEADER_LENGTH:
        d.add(
            f" tcp {data_length & _UNSIGNED} [bad hdr length {header_length} - too short, "
            f"< {_HEADER_LENGTH}]"
        )
        return
    if d.flags.quiet:
        d.add(f"tcp {data_length & _UNSIGNED}")
        if data_length < 0:
            d.add(f" [bad hdr length {header_length} - too long, > {length}]")
        return

    d.add(f"Flags [{flags_text(flags)}]")
    base = 0
    if flags & _ACK and not d.flags.absolute:
        source, destination = transport.addresses(d, ip_at)
        seq, ack, base = d.conversations.relative(
            (source, ports[0]), (destination, ports[1]), seq, ack, bool(flags & _SYN)
        )
    if data_length < 0:
        d.add(f" [bad hdr length {header_length} - too long, > {length}]")
        return
    if d.flags.verbose and d.flags.checksums and not fragmented and d.has(at, length):
        d.add(_checksum_note(d, at, length, ip_at, checksum))
    if data_length or flags & (_SYN | _FIN | _RST) or d.flags.verbose > 1:
        d.add(f", seq {seq}")
        if data_length:
            d.add(f":{(seq + data_length) & _UNSIGNED}")
    if flags & _ACK:
        d.add(f", ack {ack}")
    d.add(f", win {window}")
    if flags & _URG:
        d.add(f", urg {urgent}")
    if header_length > _HEADER_LENGTH and not tcp_options.show(
        d, at + _HEADER_LENGTH, header_length - _HEADER_LENGTH, base, at + length, flags
    ):
        return
    d.add(f", length {data_length}")
    if data_length:
        _show_data(d, at, header_length, data_length, ports, flags)


@cache
def _checksum_note(d: Dissection, at: int, length: int, ip_at: int, found: int) -> str:
    computed = transport.checksum(d, ip_at, _PROTOCOL, at, length)
    verdict = f"incorrect -> 0x{correct(found, computed):04x}" if computed else "correct"
    return f", cksum 0x{found:04x} ({verdict})"


def _show_data(
    d: Dissection, at: int, header_length: int, length: int, ports: tuple[int, int], flags: int
) -> None:
    if not d.has(at, header_length):
        d.add(f" [remaining caplen({d.end - at}) < header length({header_length})]")
        raise CutOffError
    if flags & _RST and d.flags.verbose:
        _show_reset_text(d, at + header_length, length)
        return
    if d.flags.packet_type:
        known = d.protocols.tcp_types.get(d.flags.packet_type)
    else:
        known = d.protocols.tcp_ports.get(*ports)
    if known is not None:
        known(d, at + header_length, length)


def _show_reset_text(d: Dissection, at: int, length: int) -> None:
    """Show the data of a RST, which may say why (RFC 9293, section 3.5.3)."""
    shown = d.data[at : min(d.end, at + min(length, _LONGEST_RESET_TEXT))]
    d.add(
        f" [{'' if d.has(at, length) else '!'}RST{'+' if length > _LONGEST_RESET_TEXT else ''} "
        f"{visible(shown)}]"
    )
