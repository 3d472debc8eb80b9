"""The ways between hosts, from tunnel zones and their members."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4, mac_number
from midocli.simulator.topology.crossings import Crossing, Tunnel
from midocli.store.rows import Row
from midocli.store.store import Store

# The type bits of the keys that agents give to their ports (MidoNet: `TunnelKeys.scala`).
_LOCAL_KEY = 0x100000
_KEY_BITS = 0x0FFFFF


def tunnel_key(port: Row) -> int:
    """What stands for a port in tunnel packets: MidoNet's form, its digits the port's number.

    Agents draw those digits by chance; here `port3` of the root collection has always 3.
    """
    return _LOCAL_KEY | port.shared_number & _KEY_BITS


def crossing(store: Store, here: Row | None, there: Row | None) -> Crossing:
    """The way from one host to another: by the first zone that both are members of.

    Zones of type vtep hold hardware gateways, not peers. A host may be gone (None) while a
    frame that entered there was waiting.
    """
    if here is None or there is None:
        return Crossing(_name(here), _name(there), zones=True)
    zones = [zone for zone in store.rows("tunnel-zone") if zone.get("type") != "vtep"]
    return Crossing(
        here.full_alias,
        there.full_alias,
        next((tunnel for zone in zones for tunnel in _tunnels(zone, here, there)), None),
        bool(zones),
    )


def _name(host: Row | None) -> str:
    return host.full_alias if host is not None else "a deleted host"


def _tunnels(zone: Row, here: Row, there: Row) -> Iterator[Tunnel]:
    """The tunnel of a zone between two hosts, if both are members."""
    members = zone.siblings("tunnel-zone.member")
    by_host = members.by_key if members is not None else {}
    for source in by_host.get(here, ()):
        for destination in by_host.get(there, ()):
            src, dst = source.get("address"), destination.get("address")
            yield Tunnel(zone.get("type"), src, dst, _mac(here, src), _mac(there, dst))


def _mac(host: Row, address: int) -> int:
    """The MAC of the host's interface with an address, else one made from the address."""
    text = format_ipv4(address)
    for interface in host.siblings("host.interface") or ():
        if text in (interface.get("addresses") or ()) and interface.get("mac"):
            return mac_number(interface.get("mac"))
    return 0x02 << 40 | address
