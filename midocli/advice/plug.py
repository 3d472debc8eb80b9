"""Advice where something is switched off, unplugged or behind no interface."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from grammar.words import quoted
from midocli.advice.failure import Change, Failure, way
from midocli.advice.rule import rule
from midocli.advice.whereabouts import (
    bridge_of,
    free_interfaces,
    free_port,
    guests,
    home_bridge,
    interface_name,
    port_of,
)
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of, interface_of
from midocli.store.rows import Row


def admin_down(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A device or port is switched off."""
    at = str(failure.reason.details.get("down", failure.reason.at))
    yield way(f"{at} is switched off", f"{at} set state up")


def inactive(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A port is bound to an interface that does not work."""
    port = catalog.named("port", failure.reason.at)
    if port is not None:
        yield from inactive_port(catalog, port)


def inactive_port(catalog: Catalog, port: Row) -> Iterator[Change]:
    """What makes a bound port's interface work."""
    binding = binding_of(port)
    host = binding.parent if binding is not None else None
    if binding is None or host is None:
        return
    interface = interface_of(catalog.store, binding)
    name = interface.get("iface") if interface else binding.get("interface")
    commands = []
    if not host.get("alive"):
        commands.append(f"host {host.full_alias} set alive true")
    if interface is None or not interface.get("status") & 1:
        commands.append(f"host {host.full_alias} interface iface {quoted(str(name))} set status up")
    if not commands:
        return
    yield way(f"{port.full_alias} counts only while its interface is up", *commands)


def unplugged(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A port or interface leads nowhere."""
    at, store = failure.reason.at, catalog.store
    guest = catalog.named("guest", at)
    if guest is not None:
        yield from plug_in(catalog, guest, guest)
        return
    if catalog.named("port", at) is not None:
        if failure.reason.rule:
            yield from rule(catalog, failure)
        yield Change(f"{at} wants an interface (host … add binding) or a peer (set peer)")
        return
    host, _, interface = at.partition(":")
    for guest, nic in _guests_at(catalog, at):
        bridge = home_bridge(store, nic)
        port = free_port(bridge)
        if port is not None:
            why = f"{guest.full_alias} belongs to {bridge.full_alias}"  # type: ignore[union-attr]
            yield way(why, bind(host, port, interface))
            return
        if bridge is not None:
            yield Change(f"{bridge.full_alias} has no free port to bind {at} to")
            return
    how = f"host {host} add binding … interface {quoted(interface)}"
    yield Change(f"bind a port to {at}: {how}")


def bind(host: str, port: Row, interface: str) -> str:
    """The command that binds a port to a host's interface."""
    return f"host {host} add binding port {port.full_alias} interface {quoted(interface)}"


def _guests_at(catalog: Catalog, point: str) -> Iterator[tuple[Row, Row]]:
    for guest, nic in guests(catalog.store):
        interface = nic.get("interface")
        if interface is not None and interface_name(interface) == point:
            yield guest, nic


def plug_in(catalog: Catalog, guest: Row, nic: Row) -> Iterator[Change]:
    """Put a guest behind a free interface, best one of the bridge where it belongs."""
    store, alias = catalog.store, guest.full_alias
    home = home_bridge(store, nic)
    found = list(free_interfaces(store))
    fitting = [each for each in found if bridge_of(each[1]) is home] if home else []
    for interface, port in (fitting or found)[:1]:
        name = interface_name(interface)
        what = f"guest {alias}" if nic is guest else nic.full_alias
        why = f"{name}, on {port.full_alias}, has nobody behind it"
        yield way(why, f"{what} set interface {quoted(name)}")
    if not found:
        yield Change(f"{alias} wants an interface of its own")


def plugged_anew(catalog: Catalog, guest: Row, nic: Row) -> Iterator[Change]:
    """Bind a port of where a machine belongs to its interface, or to a new one."""
    hosts = [host for host in catalog.store.rows("host") if host.get("alive")]
    for place in _places(catalog, nic) if hosts else ():
        commands = []
        port, where = place.full_alias, place.full_alias
        if place.parent is None:
            free, siblings = free_port(place), place.siblings("bridge.port")
            number = siblings.free_number() if siblings is not None else 0
            port = free.full_alias if free is not None else f"{where}:port{number}"
            commands += [f"bridge {where} add port"] if free is None else []
        interface = nic.get("interface")
        if interface is not None:
            host, name = interface.parent.full_alias, interface.get("iface")
        else:
            host, name = hosts[0].full_alias, _new_interface(hosts[0])
        commands.append(f"host {host} add binding port {port} interface {quoted(name)}")
        if interface is None:
            what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
            commands.append(f"{what} set interface {quoted(f'{host}:{name}')}")
        yield way(f"{guest.full_alias} belongs to {where}", *commands, width=2)


def _places(catalog: Catalog, nic: Row) -> list[Row]:
    """Bridges where a machine may belong, and free ports of routers, the likeliest first."""
    store = catalog.store
    home = home_bridge(store, nic)
    found = [home] if home is not None else []
    nets = list(nic.get("address") or ())
    for _, other in guests(store):
        bridge = bridge_of(port_of(other))
        alike = any(
            not (one.address ^ cidr.address) & cidr.mask
            for one in other.get("address") or ()
            for cidr in nets
        )
        if alike and bridge is not None:
            found.append(bridge)
    for router in store.rows("router"):
        for port in router.siblings("router.port") or ():
            net, unused = port.get("net"), port.get("peer") is None and binding_of(port) is None
            if unused and net is not None:
                found += [port for one in nets if not (one.address ^ net.address) & net.mask]
    found += [bridge for bridge in store.rows("bridge") if free_port(bridge) is not None]
    return list(dict.fromkeys(found))[:4]


def _new_interface(host: Row) -> str:
    """A name that no interface of a host has."""
    siblings = host.siblings("host.interface")
    taken = siblings.by_key if siblings is not None else {}
    return next(name for number in count() if (name := f"tap{number}") not in taken)
