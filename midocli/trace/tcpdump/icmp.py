"""ICMP (RFC 792, 950, 1122, 1191, 1256, 1812)."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import icmp_extensions, ipv4
from midocli.trace.tcpdump.checksum import correct, verify
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_UNREACHABLE, _QUENCH, _REDIRECT, _TIME_EXCEEDED, _PARAMETER = 3, 4, 5, 11, 12
_ERRORS = frozenset((_UNREACHABLE, _QUENCH, _REDIRECT, _TIME_EXCEEDED, _PARAMETER))
_EXTENSIBLE = frozenset((_UNREACHABLE, _TIME_EXCEEDED, _PARAMETER))

_PLAIN = numbered("""
    4 source quench, 10 router solicitation, 15 information request, 16 information reply,
    17 address mask request
""")
_NEED_FRAGMENTATION, _PROTOCOL_UNREACHABLE, _PORT_UNREACHABLE = 4, 2, 3
# `{}` stands for the destination of the quoted packet.
_UNREACHABLE_TEXTS = numbered("""
    0 net {} unreachable, 1 host {} unreachable, 5 {} unreachable - source route failed,
    6 net {} unreachable - unknown, 7 host {} unreachable - unknown,
    8 {} unreachable - source host isolated, 9 net {} unreachable - admin prohibited,
    10 host {} unreachable - admin prohibited, 11 net {} unreachable - tos prohibited,
    12 host {} unreachable - tos prohibited, 13 host {} unreachable - admin prohibited filter,
    14 host {} unreachable - host precedence violation, 15 host {} unreachable - precedence cutoff
""")
_REDIRECT_TEXTS = numbered("""
    0 redirect {} to net {}, 1 redirect {} to host {}, 2 redirect-tos {} to net {},
    3 redirect-tos {} to host {}
""")

# Offsets in the message: the quoted IP packet and fields in it.
_QUOTE = 8
_QUOTED_PROTOCOL = _QUOTE + 9
_QUOTED_DESTINATION = _QUOTE + 16


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show a message of `length` bytes and, with -v, the packet an error quotes."""
    d.protocol = "icmp"
    d.need(at, 2)
    kind, code = d.data[at], d.data[at + 1]
    describe = _DESCRIPTIONS.get(kind)
    text = describe(d, at, code) if describe else _PLAIN.get(kind, f"type-#{kind}")
    d.add(f"ICMP {text}, length {length}")
    if not d.flags.verbose:
        return
    if not fragmented and d.has(at, length):
        d.add(_checksum_note(d, at, length))
    if kind in _ERRORS:
        _show_quote(d, at + _QUOTE)
    if kind in _EXTENSIBLE:
        icmp_extensions.show(d, at, length)


def _checksum_note(d: Dissection, at: int, length: int) -> str:
    computed = verify(d.data[at : at + length])
    if not computed:
        return ""
    found = d.u16(at + 2)
    return f" (wrong icmp cksum {found:x} (->{correct(found, computed):x})!)"


def _show_quote(d: Dissection, at: int) -> None:
    d.add("\n\t")
    total = d.u16(at + 2)
    end = d.end
    d.end = min(at + total, end)
    # tcpdump reads the length a second time here: one below 4 hides itself.
    d.need(at, 4)
    ipv4.show(d, at, total)
    d.end = end
    d.protocol = "icmp"


def _address(d: Dissection, at: int) -> str:
    return d.names.ipv4(d.taken(at, 4))


# What follows gives the text of one kind of message.


def _echo(d: Dissection, at: int, code: int) -> str:
    id_and_seq = d.u32(at + 4)
    what = "request" if d.data[at] == 8 else "reply"
    return f"echo {what}, id {id_and_seq >> 16}, seq {id_and_seq & 0xFFFF}"


def _unreachable(d: Dissection, at: int, code: int) -> str:
    if code == _PORT_UNREACHABLE:
        return _port_unreachable(d, at)
    if code == _NEED_FRAGMENTATION:
        mtu = d.u16(at + 6)
        limit = f" (mtu {mtu})" if mtu else ""
        return f"{_address(d, at + _QUOTED_DESTINATION)} unreachable - need to frag{limit}"
    destination = _address(d, at + _QUOTED_DESTINATION)
    if code == _PROTOCOL_UNREACHABLE:
        return f"{destination} protocol {d.u8(at + _QUOTED_PROTOCOL)} unreachable"
    text = _UNREACHABLE_TEXTS.get(code)
    return text.format(destination) if text else f"{destination} unreachable - #{code}"


def _port_unreachable(d: Dissection, at: int) -> str:
    d.check(at, _QUOTED_PROTOCOL + 1)
    header_length = (d.u8(at + _QUOTE) & 0xF) * 4
    port = d.u16(at + _QUOTE + header_length + 2)
    protocol = d.u8(at + _QUOTED_PROTOCOL)
    destination = _address(d, at + _QUOTED_DESTINATION)
    if protocol == 6:
        return f"{destination} tcp port {d.names.tcp_port(port)} unreachable"
    if protocol == 17:
        return f"{destination} udp port {d.names.udp_port(port)} unreachable"
    return f"{destination} protocol {protocol} port {port} unreachable"


def _redirect(d: Dissection, at: int, code: int) -> str:
    destination = _address(d, at + _QUOTED_DESTINATION)
    gateway = _address(d, at + 4)
    text = _REDIRECT_TEXTS.get(code)
    return (
        text.format(destination, gateway)
        if text
        else f"redirect-#{code} {destination} to {gateway}"
    )


def _time_exceeded(d: Dissection, at: int, code: int) -> str:
    d.check(at + _QUOTED_DESTINATION, 4)
    if code == 0:
        return "time exceeded in-transit"
    return "ip reassembly time exceeded" if code == 1 else f"time exceeded-#{code}"


def _parameter_problem(d: Dissection, at: int, code: int) -> str:
    if code:
        return f"parameter problem - code {code}"
    return f"parameter problem - octet {d.u8(at + 4)}"


def _mask_reply(d: Dissection, at: int, code: int) -> str:
    return f"address mask is 0x{d.u32(at + 8):08x}"


def _timestamp_request(d: Dissection, at: int, code: int) -> str:
    return f"time stamp query id {d.u16(at + 4)} seq {d.u16(at + 6)}"


def _timestamp_reply(d: Dissection, at: int, code: int) -> str:
    d.check(at + 16, 4)
    originated, received, transmitted = (_time_of_day(d.u32(at + field)) for field in (8, 12, 16))
    return (
        f"time stamp reply id {d.u16(at + 4)} seq {d.u16(at + 6)}: "
        f"org {originated}, recv {received}, xmit {transmitted}"
    )


def _time_of_day(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{fraction:03}"


def _router_advertisement(d: Dissection, at: int, code: int) -> str:
    d.check(at + 4, 4)
    count, size = d.u8(at + 4), d.u8(at + 5)
    parts = [f"router advertisement lifetime {_lifetime(d.u16(at + 6))} {count}:"]
    if size != 2:
        return f"{parts[0]} [size {size}]"
    for entry in range(at + 8, at + 8 + 8 * count, 8):
        d.check(entry, 8)
        parts.append(f"{{{_address(d, entry)} {d.u32(entry + 4)}}}")
    return " ".join(parts)


def _lifetime(seconds: int) -> str:
    if seconds < 60:
        return str(seconds)
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


_DESCRIPTIONS: dict[int, Callable[[Dissection, int, int], str]] = {
    0: _echo,
    _UNREACHABLE: _unreachable,
    _REDIRECT: _redirect,
    8: _echo,
    9: _router_advertisement,
    _TIME_EXCEEDED: _time_exceeded,
    _PARAMETER: _parameter_problem,
    13: _timestamp_request,
    14: _timestamp_reply,
    18: _mask_reply,
}
