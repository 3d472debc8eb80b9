"""The tables of what the network has learnt, as rows for the live collections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grammar.schema import Collection, Field
from grammar.tree import Setting
from midocli.datapath import trace_walks
from midocli.datapath.datapath import Datapath
from midocli.results.values import Table
from midocli.simulator.guests.neighbour import listing
from midocli.simulator.learnt.entries import FLOW_IDLE_NS
from midocli.simulator.learnt.flows import Flow
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ICMP
from midocli.store.filters import passes
from midocli.store.rows import Row
from midocli.store.table_policy import place_of
from midocli.trace.flow_text import flow_actions

Entry = tuple[Any, ...]


def table(
    datapath: Datapath, collection: Collection, parent: Row | None, filters: Iterable[Setting]
) -> Table:
    """The rows of a live collection, in a fixed order, that show the word given for each field."""
    rows = _TABLES[collection.path](datapath, parent)
    for setting in filters:
        index, field = collection.index[setting.field.name], setting.field
        rows = [row for row in rows if passes(setting, word_of(field, row[index]))]
    return Table(collection.fields, rows)


def word_of(field: Field, value: Any) -> str | None:
    """What a live field shows of a value."""
    return None if value is None else field.type.format(value)


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
    told = parent.siblings("bridge.mac") or ()
    static = {place_of(row): datapath.name_of(row.get("port").id) for row in told}
    return sorted(
        [
            *((_mac(mac), vlan, port, True) for (vlan, mac), port in static.items()),
            *(
                (_mac(mac), vlan, datapath.name_of(port), None)
                for vlan, mac, port in found
                # what was behind a port that is gone is not known
                if ports[port] is not None and (vlan, mac) not in static
            ),
        ]
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


def _flows(datapath: Datapath, parent: Row | None) -> list[Entry]:
    now_ns = datapath.engine.now_ns
    return [_flow(datapath, flow, now_ns) for flow in datapath.network.state.flows.live(now_ns)]


def _flow(datapath: Datapath, flow: Flow, now_ns: int) -> Entry:
    key, hw_src, hw_dst, vlans, ethertype, original = flow.match
    src, dst, proto, tp_src, tp_dst, icmp_id = original
    is_echo = proto == ICMP and tp_src in (ECHO_REQUEST, ECHO_REPLY)
    idle_ns = now_ns - flow.used_ns
    return (
        datapath.name_of(key),
        _mac(hw_src),
        _mac(hw_dst),
        vlans[0] & 0xFFF if vlans else None,
        ethertype,
        *(address if proto >= 0 else None for address in (src, dst)),
        proto if proto >= 0 else None,
        *(port if port >= 0 else None for port in (tp_src, tp_dst)),
        icmp_id if is_echo else None,
        flow.packets,
        idle_ns,
        FLOW_IDLE_NS - idle_ns,
        flow_actions(flow),
    )


def _mac(value: int) -> str:
    return value.to_bytes(6, "big").hex(":")


_TABLES = {
    "guest.neighbour": neighbours,
    "router.arp": _arp,
    "router.nat": _nat,
    "bridge.mac": _macs,
    "connection": _connections,
    "tracerequest.walk": trace_walks.rows,
    "flow": _flows,
}
