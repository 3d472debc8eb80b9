"""The messages of IPv6's neighbour discovery (RFC 4861) and of Mobile IPv6's (RFC 6275).

Each function shows a message's body.
"""

from __future__ import annotations

from midocli.trace.tcpdump import neighbour_options
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.neighbour_options import PREFERENCES
from midocli.trace.tcpdump.tables import named_bits, numbered

_ADVERTISEMENT_FLAGS = numbered("0x80 router, 0x40 solicited, 0x20 override")
_ROUTER_FLAGS = numbered("0x80 managed, 0x40 other stateful, 0x20 home agent, 0x02 ipv6 only")


def _address(d: Dissection, at: int) -> str:
    return ipv6(d.taken(at, 16))


def _show_options(d: Dissection, at: int, length: int) -> None:
    """Show neighbour discovery options with -v."""
    if d.flags.verbose:
        neighbour_options.show(d, at, length)


def show_router_solicitation(d: Dissection, at: int, length: int, code: int) -> None:
    """Somebody looks for routers."""
    _show_options(d, at + 8, length - 8)


def show_router_advertisement(d: Dissection, at: int, length: int, code: int) -> None:
    """A router, how to reach it, and what it advertises."""
    if d.flags.verbose:
        flags = d.u8(at + 5)
        d.add(
            f"\n\thop limit {d.u8(at + 4)}, Flags [{named_bits(_ROUTER_FLAGS, flags)}], "
            f"pref {PREFERENCES[flags >> 3 & 3]}, router lifetime {d.u16(at + 6)}s, "
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
