"""What a picture says of a device or a port: names, addresses, and what bears on traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grammar.addresses import format_ipv4
from midocli.results.printable import printable
from midocli.store.display import Display
from midocli.store.rows import Row
from midocli.store.store import Store

#: Fields that steer or copy traffic, in the order in which a packet meets them.
_NOTED = (
    "asn",
    "local-redirect-chain",
    "in-mirrors",
    "infilter",
    "post-in-filter-mirrors",
    "load-balancer",
    "forward-chain",
    "pre-out-filter-mirrors",
    "outfilter",
    "out-mirrors",
    "qos-policy",
    "vlan",
    "vni",
)
_NO_ASN = -1
#: What is said of a port that such a field of another object names.
_PARTS = {
    ("l2insertion", "port"): "service",
    ("l2insertion", "srv-port"): "serves",
    ("mirror", "to-port"): "copies of",
}


def notes_of(row: Row, store: Store, display: Display) -> tuple[str, ...]:
    """What bears on traffic: filters and the like, and being down."""
    notes = [f"{name} {word}" for name, word in _noted(row, display)]
    notes += [*_vips(row, store), *_parts(row)]
    if row.get("state") == "down":
        notes.append("down")
    if row.collection.path == "guest" and row.get("gw") is not None:
        notes.append(f"gw {format_ipv4(row.get('gw'))}")
    return tuple(notes)


def _noted(row: Row, display: Display) -> Iterator[tuple[str, str]]:
    for name in _NOTED:
        field = row.collection.by_name.get(name)
        value = row.get(name) if field is not None else None
        if field is None or not value or value in (field.default, _NO_ASN):
            continue
        if name == "vlan" and row.collection.path == "guest":
            continue  # said of the interface it is on
        word = display.word(field, value)
        called = name_of(value) if isinstance(value, Row) else None
        yield name, printable(f"{word} {called}" if called else word)


def _vips(row: Row, store: Store) -> Iterator[str]:
    """The addresses that a router's load balancer answers for."""
    balancer = row.get("load-balancer") if row.collection.path == "router" else None
    if balancer is not None:
        for pool in store.rows("load-balancer.pool", balancer):
            for vip in store.rows("load-balancer.pool.vip", pool):
                place = f"{format_ipv4(vip.get('address'))}:{vip.get('protocol-port')}"
                yield f"vip {place} to {pool.alias}"


def _parts(row: Row) -> Iterator[str]:
    """The parts that a port plays for others."""
    for source, index in row.referrers or ():
        part = _PARTS.get((source.collection.path, source.collection.fields[index].name))
        if part is not None:
            yield f"{part} {source.full_alias}"


def name_of(row: Row) -> str | None:
    """What its owner called an object, where objects of its kind have names."""
    return row.get("name") if "name" in row.collection.index else None


def addresses_of(row: Row) -> tuple[str, ...]:
    """The addresses of a port or NIC, each with its length where that is known."""
    if row.collection.path == "bridge.port":
        return ()
    if row.collection.path != "router.port":
        return tuple(map(_cidr, row.get("address") or ()))
    address, net = row.get("address"), row.get("net")
    if address is None:
        return ()
    first = f"{format_ipv4(address)}/{net.length}" if net is not None else format_ipv4(address)
    return (first, *map(_cidr, (row.get("addresses") or ())[1:]))


def _cidr(value: Any) -> str:
    return f"{format_ipv4(value.address)}/{value.length}"


def vlan_of(nic: Row) -> tuple[str, ...]:
    """The VLAN an interface's frames are tagged with, if any."""
    return (f"vlan {nic.get('vlan')}",) if nic.get("vlan") else ()
