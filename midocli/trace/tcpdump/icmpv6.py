"""ICMPv6: errors and echo (RFC 4443); the other messages are in files of their own."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import mld, neighbour, node_information, renumbering, rpl, transport
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.checksum import correct
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.hexdump import hex_only
from midocli.trace.tcpdump.tables import numbered

_PROTOCOL = 58
_UNREACHABLE, _TOO_BIG, _TIME_EXCEEDED, _PARAMETER = 1, 2, 3, 4
_NAMES = numbered("""
    1 destination unreachable, 2 packet too big, 3 time exceeded in-transit, 4 parameter problem,
    128 echo request, 129 echo reply, 130 multicast listener query, 131 multicast listener report,
    132 multicast listener done, 133 router solicitation, 134 router advertisement,
    135 neighbor solicitation, 136 neighbor advertisement, 137 redirect, 138 router renumbering,
    139 who-are-you request, 140 who-are-you reply, 141 inverse neighbor solicitation,
    142 inverse neighbor advertisement, 143 multicast listener report v2, 144 ha discovery request,
    145 ha discovery reply, 146 mobile router solicitation, 147 mobile router advertisement,
    155 RPL, 200 mtrace response, 201 mtrace message
""")
# With -v, these give the length in front of what follows.
_LENGTH_FIRST = frozenset((133, 134, 135, 136, 137, 145, 147))
_UNREACHABLE_TEXTS = {
    0: "unreachable route",
    1: " unreachable prohibited",
    2: "beyond scope",
    3: "unreachable address",
    4: "unreachable port",
}
_BEYOND_SCOPE, _PORT_UNREACHABLE = 2, 4
_PARAMETER_TEXTS = numbered("0 erroneous, 1 next header, 2 option, 3 incomplete header chain")
# Offsets in the message: the quoted IPv6 packet and fields in it.
_QUOTE = 8
_QUOTED_SOURCE = _QUOTE + 8
_QUOTED_DESTINATION = _QUOTE + 24


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show a message of `length` bytes."""
    d.protocol = "icmp6"
    if length == 0:
        d.add("ICMP6, length 0 (invalid)")
        return
    verbose = d.flags.verbose
    if verbose and not fragmented and d.has(at, length):
        found = d.u16(at + 2)
        computed = transport.checksum(d, ip_at, _PROTOCOL, at, length)
        if computed:
            d.add(f"[bad icmp6 cksum 0x{found:04x} -> 0x{correct(found, computed):04x}!] ")
        else:
            d.add("[icmp6 sum ok] ")
    kind = d.u8(at)
    d.add(f"ICMP6, {_NAMES.get(kind, f'unknown icmp6 type ({kind})')}")
    if verbose and kind in _LENGTH_FIRST:
        d.add(f", length {length}")
    code = d.u8(at + 1)
    show_body = _BODIES.get(kind)
    if show_body is None:
        if kind not in _WITHOUT_BODY:
            d.add(f", length {length}")
            if verbose <= 1:
                _show_hex(d, at, length)
            return
    elif show_body(d, at, length, code) is False:
        return
    if not verbose:
        d.add(f", length {length}")


def _address(d: Dissection, at: int) -> str:
    return ipv6(d.taken(at, 16))


def _show_hex(d: Dissection, at: int, length: int) -> None:
    d.add(hex_only(d.data[at : min(at + length, d.end)], "\n\t"))


# What follows shows the body of one kind of message; False says that its text ends there.


def _unreachable(d: Dissection, at: int, length: int, code: int) -> bool:
    d.add(f", {_UNREACHABLE_TEXTS.get(code, f'unknown unreach code ({code})')}")
    if code == _PORT_UNREACHABLE:
        _port_unreachable(d, at)
    elif code == _BEYOND_SCOPE:
        source = _address(d, at + _QUOTED_SOURCE)
        d.add(f" {_address(d, at + _QUOTED_DESTINATION)}, source address {source}")
    elif code in _UNREACHABLE_TEXTS:
        d.add(f" {_address(d, at + _QUOTED_DESTINATION)}")
    elif d.flags.verbose <= 1:
        _show_hex(d, at, length)
        return False
    return True


def _port_unreachable(d: Dissection, at: int) -> None:
    protocol, header = _quoted_transport(d, at + _QUOTE)
    port = d.u16(header + 2)
    text = (
        f"tcp port {d.names.tcp_port(port)}"
        if protocol == 6
        else f"udp port {d.names.udp_port(port)}"
    )
    d.add(f", {_address(d, at + _QUOTED_DESTINATION)} {text}")


def _quoted_transport(d: Dissection, at: int) -> tuple[int, int]:
    """The protocol and offset of a quoted packet's TCP or UDP header; ShortError without one."""
    d.check(at + 6, 1)
    kind = d.u8(at + 6)
    advance = 40
    while at < d.end:
        at += advance
        if kind in (6, 17):
            d.check(at + 2, 2)
            return kind, at
        if kind in (0, 43, 60):
            d.check(at + 1, 1)
            kind, advance = d.u8(at), (d.u8(at + 1) + 1) * 8
        elif kind == 44:
            d.check(at + 2, 2)
            if d.u16(at + 2) & 0xFFF8:
                break
            kind, advance = d.u8(at), 8
        elif kind == 51:
            d.check(at + 1, 1)
            kind, advance = d.u8(at), (d.u8(at + 1) + 2) * 4
        else:
            break
    raise ShortError


def _too_big(d: Dissection, at: int, length: int, code: int) -> None:
    d.add(f", mtu {d.u32(at + 4)}")


def _time_exceeded(d: Dissection, at: int, length: int, code: int) -> None:
    if code == 0:
        d.add(f" for {_address(d, at + _QUOTED_DESTINATION)}")
    else:
        d.add(" (reassembly)" if code == 1 else f", unknown code ({code})")


def _parameter_problem(d: Dissection, at: int, length: int, code: int) -> None:
    d.check(at + _QUOTED_DESTINATION, 16)
    if code in _PARAMETER_TEXTS:
        d.add(f", {_PARAMETER_TEXTS[code]} - octet {d.u32(at + 4)}")
    else:
        d.add(f", code-#{code}")


def _echo(d: Dissection, at: int, length: int, code: int) -> None:
    d.add(f", id {d.u16(at + 4)}, seq {d.u16(at + 6)}")


def _rpl(d: Dissection, at: int, length: int, code: int) -> None:
    # Fewer than four bytes wrap around in tcpdump, which then reads on until cut off.
    rpl.show(d, at + 4, length - 4 & 0xFFFF_FFFF, code)


_WITHOUT_BODY = frozenset((141, 142))
_BODIES: dict[int, Callable[[Dissection, int, int, int], bool | None]] = {
    _UNREACHABLE: _unreachable,
    _TOO_BIG: _too_big,
    _TIME_EXCEEDED: _time_exceeded,
    _PARAMETER: _parameter_problem,
    128: _echo,
    129: _echo,
    130: mld.show_query,
    131: mld.show,
    132: mld.show,
    133: neighbour.show_router_solicitation,
    134: neighbour.show_router_advertisement,
    135: neighbour.show_neighbour_solicitation,
    136: neighbour.show_neighbour_advertisement,
    137: neighbour.show_redirect,
    138: renumbering.show,
    139: node_information.show,
    140: node_information.show,
    143: mld.show_report_v2,
    144: neighbour.show_mobility_request,
    145: neighbour.show_home_agents,
    146: neighbour.show_mobility_request,
    147: neighbour.show_mobile_prefix,
    155: _rpl,
}
