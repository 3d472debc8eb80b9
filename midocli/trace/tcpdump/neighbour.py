"""IPv6's neighbour discovery (RFC 4861) and Mobile IPv6's messages (RFC 6275), with their options.

Each function shows a message's body. Options are also of RFC 4191 and RFC 8106.
"""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import domain_names
from midocli.trace.tcpdump.addresses import ipv6, mac
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.hexdump import hex_only
from midocli.trace.tcpdump.tables import named_bits, numbered

_ADVERTISEMENT_FLAGS = numbered("0x80 router, 0x40 solicited, 0x20 override")
_ROUTER_FLAGS = numbered("0x80 managed, 0x40 other stateful, 0x20 home agent, 0x02 ipv6 only")
# By the two bits of a router's or route's preference.
_PREFERENCES = ("medium", "high", "rsv", "low")

_REDIRECTED, _ROUTE, _SEARCH_LIST = 4, 24, 31
_NAMES = numbered("""
    1 source link-address, 2 destination link-address, 3 prefix info, 4 redirected header, 5 mtu,
    7 advertisement interval, 8 homeagent information, 24 route info, 25 rdnss, 31 dnssl
""")
_PREFIX_FLAGS = numbered("0x80 onlink, 0x40 auto, 0x20 router")
_INFINITE = 0xFFFF_FFFF


def _address(d: Dissection, at: int) -> str:
    return ipv6(d.taken(at, 16))


def show_router_solicitation(d: Dissection, at: int, length: int, code: int) -> None:
    """Somebody looks for routers."""
    _show_options(d, at + 8, length - 8)


def show_router_advertisement(d: Dissection, at: int, length: int, code: int) -> None:
    """A router, how to reach it, and what it advertises."""
    if d.flags.verbose:
        flags = d.u8(at + 5)
        d.add(
            f"\n\thop limit {d.u8(at + 4)}, Flags [{named_bits(_ROUTER_FLAGS, flags)}], "
            f"pref {_PREFERENCES[flags >> 3 & 3]}, router lifetime {d.u16(at + 6)}s, "
            f"reachable time {d.u32(at + 8)}ms, retrans timer {d.u32(at + 12)}ms"
        )
    _show_options(d, at + 16, length - 16)


def show_neighbour_solicitation(d: Dissection, at: int, length: int, code: int) -> None:
    """Somebody asks for a link address."""
    d.add(f", who has {_address(d, at + 8)}")
    _show_options(d, at + 24, length - 24)


def show_neighbour_advertisement(d: Dissection, at: int, length: int, code: int) -> None:
    """Somebody tells its link address."""
    d.add(f", tgt is {_address(d, at + 8)}")
    if d.flags.verbose:
        d.add(f", Flags [{named_bits(_ADVERTISEMENT_FLAGS, d.u32(at + 4) >> 24)}]")
    _show_options(d, at + 24, length - 24)


def show_redirect(d: Dissection, at: int, length: int, code: int) -> None:
    """A better next hop."""
    d.add(f", {_address(d, at + 24)}")
    d.add(f" to {_address(d, at + 8)}")
    _show_options(d, at + 40, length - 40)


def show_mobility_request(d: Dissection, at: int, length: int, code: int) -> None:
    """A request of Mobile IPv6, for home agents or prefixes."""
    d.add(f", id 0x{d.u16(at + 4):04x}")


def show_home_agents(d: Dissection, at: int, length: int, code: int) -> None:
    """The home agents there are."""
    if d.flags.verbose:
        d.add(f", id 0x{d.u16(at + 4):04x}")
        for entry in range(at + 8, at + length, 16):
            d.add(f", {_address(d, entry)}")


def show_mobile_prefix(d: Dissection, at: int, length: int, code: int) -> None:
    """The prefixes of a home network."""
    if d.flags.verbose:
        d.add(f", id 0x{d.u16(at + 4):04x}")
        flags = d.u16(at + 6) >> 14
        d.add(("", " O", " M", " MO")[flags])
    _show_options(d, at + 8, length - 8)


def _show_options(d: Dissection, at: int, length: int) -> None:
    """Show `length` bytes of options with -v, a line each; ShortError when one does not fit.

    With -vv the bytes of each follow in hex.
    """
    if not d.flags.verbose:
        return
    first = at
    end = at + length
    while at < d.end:
        d.check(at + 1, 1)
        if at >= end:
            return
        kind, units = d.u8(at), d.u8(at + 1)
        size = units * 8
        if size == 0 or at + size > d.end:
            raise ShortError
        name = _NAMES.get(kind, "unknown")
        d.add(f"\n\t  {name} option ({kind}), length {size} ({units}): ")
        if kind == _REDIRECTED:
            # tcpdump shows as many bytes from the first option on.
            d.add(hex_only(d.data[first : min(first + size, d.end)], "\n\t    "))
        elif kind == _SEARCH_LIST:
            _show_search_list(d, at, size, first)
        elif kind == _ROUTE:
            _show_route(d, at, units)
        elif kind in _VALUES:
            d.add(_VALUES[kind](d, at, size))
        elif d.flags.verbose <= 1:
            d.add(hex_only(d.data[at + 2 : at + size], "\n\t  "))
            return
        if d.flags.verbose > 1:
            d.add(hex_only(d.data[at + 2 : at + size], "\n\t    "))
        at += size


def _lifetime(seconds: int) -> str:
    return "infinity" if seconds == _INFINITE else f"{seconds}s"


def _link_address(d: Dissection, at: int, size: int) -> str:
    return mac(d.data[at + 2 : at + size])


def _prefix(d: Dissection, at: int, size: int) -> str:
    prefix = ipv6(d.taken(at + 16, 16))
    flags = named_bits(_PREFIX_FLAGS, d.u8(at + 3))
    return (
        f"{prefix}/{d.u8(at + 2)}{'' if size == 32 else 'badlen'}, Flags [{flags}], "
        f"valid time {_lifetime(d.u32(at + 4))}, pref. time {_lifetime(d.u32(at + 8))}"
    )


def _mtu(d: Dissection, at: int, size: int) -> str:
    return f" {d.u32(at + 4)}{'' if size == 8 else 'bad option length'}"


def _name_servers(d: Dissection, at: int, size: int) -> str:
    servers = [
        f" addr: {ipv6(d.data[each : each + 16])}" for each in range(at + 8, at + size - 15, 16)
    ]
    return f" lifetime {d.u32(at + 4)}s,{''.join(servers)}"


def _interval(d: Dissection, at: int, size: int) -> str:
    return f" {d.u32(at + 4)}ms"


def _home_agent(d: Dissection, at: int, size: int) -> str:
    return f" preference {d.u16(at + 4)}, lifetime {d.u16(at + 6)}"


_VALUES: dict[int, Callable[[Dissection, int, int], str]] = {
    1: _link_address,
    2: _link_address,
    3: _prefix,
    5: _mtu,
    7: _interval,
    8: _home_agent,
    25: _name_servers,
}


def _show_search_list(d: Dissection, at: int, size: int, first: int) -> None:
    d.add(f" lifetime {d.u32(at + 4)}s, domain(s):")
    name = at + 8
    while name < at + size and d.u8(name):
        d.add(" ")
        name = domain_names.show(d, name, first)


def _show_route(d: Dissection, at: int, units: int) -> None:
    if units > 3:
        raise ShortError
    # The prefix has as many bytes as the option has room for: 0, 8 or 16.
    prefix = d.data[at + 8 : at + units * 8].ljust(16, b"\0")
    d.add(f" {ipv6(prefix)}/{d.u8(at + 2)}")
    d.add(f", pref={_PREFERENCES[d.u8(at + 3) >> 3 & 3]}, lifetime={_lifetime(d.u32(at + 4))}")
