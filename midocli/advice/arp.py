"""Why nobody answered for an address, and what would make somebody answer.

Either the wrong address was asked for (a gateway that does not exist, a network that is too
large), or the right one and who has it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from grammar.words import quoted
from midocli.advice.address import addressless
from midocli.advice.failure import Change, Failure, way
from midocli.advice.plug import bind, plug_in
from midocli.advice.reach import is_shared
from midocli.advice.whereabouts import (
    bridge_of,
    free_port,
    gateways,
    guest_with,
    guests,
    interface_name,
    port_of,
    router_port_with,
)
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of
from midocli.store.rows import Row


def silence(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """What to change when ARP requests for an address stay unanswered."""
    address = failure.reason.details.get("address")
    if not isinstance(address, int):
        return
    bare = catalog.named("port", str(failure.reason.details.get("addressless")))
    if bare is not None:
        yield from addressless(catalog, bare, address)
        return
    asker = catalog.named("guest", failure.reason.at)
    if asker is not None:
        wrong = list(_wrongly_asked(catalog, asker, address))
        if wrong:
            yield from wrong
            return
    port = catalog.named("port", str(failure.reason.details.get("port", "")))
    bridge = bridge_of(port) if asker is None else bridge_of(port_of(asker))
    owner, router_port = guest_with(catalog.store, address), None
    if owner is not None:
        yield from _absent(catalog, *owner, bridge, address)
        return
    router_port = router_port_with(catalog.store, address)
    if router_port is not None:
        yield from _unlinked(router_port, bridge)
        return
    yield from _nobody(catalog, bridge, address, asker)


def _wrongly_asked(catalog: Catalog, asker: Row, address: int) -> Iterator[Change]:
    """The guest asks for a gateway that is none, or for one it takes to be on its own link."""
    alias = asker.full_alias
    bridge = bridge_of(port_of(asker))
    if asker.get("vlan") and not _carries_vlans(bridge):
        why = f"{alias} sends tagged frames, but its link carries no VLANs"
        yield way(why, f"guest {alias} clear vlan")
        return
    routers = gateways(asker)
    if not routers or any(port.get("address") == address for port in routers):
        return
    right = format_ipv4(routers[0].get("address"))
    why = f"{routers[0].full_alias}, the router on its link, has {right}"
    if asker.get("gw") == address:
        yield way(why, f"guest {alias} set gw {right}")
        return
    for route in asker.siblings("guest.route") or ():
        if route.get("gw") == address:
            yield way(why, f"{route.full_alias} set gw {right}")
            return
    net = routers[0].get("net")
    for cidr in asker.get("address") or ():
        covers = not (address ^ cidr.address) & cidr.mask
        if (
            covers
            and net is not None
            and cidr.length < net.length
            and (address ^ net.address) & net.mask
        ):
            others = ",".join(
                f"{format_ipv4(each.address)}/{net.length if each is cidr else each.length}"
                for each in asker.get("address")
            )
            why = (
                f"its network is larger than that of {routers[0].full_alias}, so it does not ask it"
            )
            commands = [f"guest {alias} set address {others}"]
            if asker.get("gw") is None:
                commands.append(f"guest {alias} set gw {right}")
            yield way(why, *commands)


def _carries_vlans(bridge: Row | None) -> bool:
    """Whether a bridge has a port, or leads to one, that is tagged."""
    ports = list(bridge.siblings("bridge.port") or ()) if bridge is not None else []
    ports += [peer for port in ports if (peer := port.get("peer")) is not None]
    return any("vlan" in port.collection.index and port.get("vlan") for port in ports)


def _cidr(cidr: object) -> str:
    return f"{format_ipv4(cidr.address)}/{cidr.length}"  # type: ignore[attr-defined]


def _absent(
    catalog: Catalog, guest: Row, nic: Row, bridge: Row | None, address: int
) -> Iterator[Change]:
    """The guest with the address does not answer."""
    alias = guest.full_alias
    if guest.get("state") == "down":
        yield way(f"{alias} has the address, but is switched off", f"guest {alias} set state up")
        return
    if nic.get("interface") is None:
        yield from plug_in(catalog, guest, nic)
        return
    point, port = interface_name(nic.get("interface")), port_of(nic)
    host, _, interface = point.partition(":")
    free = free_port(bridge)
    if port is None:
        if free is not None:
            why = f"{alias} has the address, but no port is bound to its {point}"
            yield way(why, bind(host, free, interface))
        else:
            yield Change(f"{alias} has the address, but no port is bound to its {point}")
        return
    if bridge is not None and bridge_of(port) is not bridge:
        where = bridge_of(port)
        there = where.full_alias if where is not None else port.full_alias
        why = f"{alias} has the address, but is behind {there}, not {bridge.full_alias}"
        commands: tuple[str, ...] = ()
        if free is not None:
            commands = (
                f"host {host} delete binding interface {quoted(interface)}",
                bind(host, free, interface),
            )
        yield way(why, *commands)
        return
    if nic.get("vlan"):
        what = f"guest {alias}" if nic is guest else nic.full_alias
        yield way(f"{alias} takes tagged frames only", f"{what} clear vlan")


def _unlinked(port: Row, bridge: Row | None) -> Iterator[Change]:
    """The router port with the address is not on the asker's link."""
    if bridge is None or bridge_of(port) is bridge:
        return
    why = f"{port.full_alias} has the address, but is not linked to {bridge.full_alias}"
    commands = [f"{port.full_alias} clear peer"] if port.get("peer") is not None else []
    if binding_of(port) is None:
        free = free_port(bridge)
        commands.append(
            f"{port.full_alias} set peer {free.full_alias}"
            if free is not None
            else f"bridge {bridge.full_alias} add port peer {port.full_alias}"
        )
        yield way(why, *commands)


def _nobody(
    catalog: Catalog, bridge: Row | None, address: int, asker: Row | None
) -> Iterator[Change]:
    """Nobody has the address: perhaps a machine there was to have it."""
    if is_shared(catalog, address):
        return
    text = format_ipv4(address)
    there = [
        (guest, nic)
        for guest, nic in guests(catalog.store)
        if bridge is not None and guest is not asker and bridge_of(port_of(nic)) is bridge
    ]
    for guest, nic in there:
        addresses = [*(nic.get("address") or ())]
        have = ", ".join(_cidr(each) for each in addresses) or "no address"
        what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
        given = ",".join(
            [*map(_cidr, addresses), f"{text}/{addresses[0].length if addresses else 24}"]
        )
        why = f"no machine has {text}; {guest.full_alias}, which is there, has {have}"
        yield way(why, f"{what} set address {given}", width=5 if addresses else 0)
    if not there:
        yield Change(f"no machine has {text}, and none that could is on that link")
