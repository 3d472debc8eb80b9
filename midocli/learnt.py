"""The tables of what the network has learnt, as rows for the live collections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grammar.schema import Collection
from grammar.tree import Setting
from midocli.simulator.neighbour import listing
from midocli.store.rows import Row

if TYPE_CHECKING:
    from midocli.datapath import Datapath

Entry = tuple[Any, ...]


def learnt(datapath: Datapath, path: str, parent: Row | None) -> list[Entry]:
    """The rows of the live collection at `path`, inside its parent, in a fixed order."""
    return _TABLES[path](datapath, parent)


def filtered(
    datapath: Datapath,
    collection: Collection,
    parent: Row | None,
    filters: Iterable[Setting],
) -> list[Entry]:
    """The rows of a live collection that show, for each field, the word given."""
    rows = learnt(datapath, collection.path, parent)
    for setting in filters:
        index = collection.index[setting.field.name]
        rows = [
            row
            for row in rows
            if row[index] is not None and setting.field.type.format(row[index]) == setting.text
        ]
    return rows


def neighbours(datapath: Datapath, parent: Row | None) -> list[Entry]:
    """A guest's ARP cache: address, device, MAC (None: unknown) and state of each entry."""
    assert parent is not None
    found = listing(datapath.network.guest(parent.id))
    return sorted(
        (entry.address, entry.nic.name, _mac(entry.mac) if entry.mac else None, state)
        for entry, state in found
    )


def _arp(datapath: Datapath, parent: Row | None) -> list[Entry]:
    assert parent is not None
    found = datapath.network.state.live_arp(parent.id, datapath.engine.now_ns)
    return [
        (address, _mac(mac), "stale" if stale else "fresh") for address, mac, stale in sorted(found)
    ]


def _macs(datapath: Datapath, parent: Row | None) -> list[Entry]:
    assert parent is not None
    found = datapath.network.state.live_macs(parent.id, datapath.engine.now_ns)
    ports = datapath.network.topology.ports
    return sorted(
        (_mac(mac), vlan, datapath.name_of(port))
        for vlan, mac, port in found
        if ports[port] is not None  # what was behind a port that is gone is not known
    )


def _nat(datapath: Datapath, parent: Row | None) -> list[Entry]:
    """The bindings of the router's rules, then those of its load balancer."""
    assert parent is not None
    owners = filter(None, (parent, parent.get("load-balancer")))
    state, now_ns = datapath.network.state, datapath.engine.now_ns
    return [
        (each.type.replace("_", "-"), each.proto, *each.before, *each.after, each.rule)
        for owner in owners
        for each in state.live_nat(owner.id, now_ns)
    ]


def _connections(datapath: Datapath, parent: Row | None) -> list[Entry]:
    found = datapath.network.state.live_connections(datapath.engine.now_ns)
    return sorted(
        (proto, src, src_port, dst, dst_port, datapath.name_of(device))
        for src, src_port, dst, dst_port, proto, device in found
    )


def _mac(value: int) -> str:
    return value.to_bytes(6, "big").hex(":")


_TABLES = {
    "guest.neighbour": neighbours,
    "router.arp": _arp,
    "router.nat": _nat,
    "bridge.mac": _macs,
    "connection": _connections,
}
