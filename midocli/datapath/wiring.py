"""What is plugged into what: ports, hosts' interfaces, guests, and inserted services."""

from __future__ import annotations

from collections.abc import Iterator

from midocli.simulator.topology.insertion import WAYS, InsertionChain
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import RecordKind
from midocli.store.rows import Row

#: Where a trace request may be put: fields of its row, and kinds of record.
_TRACED: tuple[RecordKind, ...] = ("port", "router", "bridge")

#: A record of the topology: its kind and key.
Concerned = tuple[RecordKind, Key]


def guest_behind(interface: Row) -> Row | None:
    """The guest, or other NIC of one, behind an interface."""
    for row, _ in interface.referrers or ():
        if row.collection.path in ("guest", "guest.nic"):
            return row
    return None


def nic_number(nic: Row) -> tuple[int, int]:
    """The key of a guest and the number of its NIC."""
    if nic.parent is None:
        return nic.id, 0
    return nic.parent.id, 1 + list(nic.parent.siblings("guest.nic") or ()).index(nic)


def binding_at(interface: Row) -> Row | None:
    """The binding that plugs a port into an interface."""
    bindings = interface.parent.siblings("host.binding") if interface.parent else None
    found = bindings.by_key.get(interface.get("iface"), {}) if bindings else {}
    return next(iter(found), None)


def port_at(interface: Row | None) -> int | None:
    """The key of the port bound to an interface."""
    return None if interface is None else _port_of(binding_at(interface))


def _port_of(binding: Row | None) -> int | None:
    port = binding.get("port") if binding is not None else None
    return None if port is None else int(port.id)


def wired_to(row: Row) -> Iterator[Concerned]:
    """The ports and guests that a row of hosts, guests or services concerns as it is now."""
    path = row.collection.path
    if path == "host.binding":
        yield "port", _port_of(row)
        interface = row.parent.siblings("host.interface") if row.parent else None
        for found in interface.by_key.get(row.get("interface"), ()) if interface else ():
            yield from wired_to(found)
    elif path == "host.interface":
        guest = guest_behind(row)
        if guest is not None:
            yield "guest", (guest.parent or guest).id
        yield "port", port_at(row)
    elif path in ("guest", "guest.nic"):
        guest = row.parent or row
        yield "guest", guest.id
        for nic in (guest, row, *(guest.siblings("guest.nic") or ())):
            interface = nic.get("interface")
            if interface is not None:
                yield "port", port_at(interface)
    elif path == "l2insertion":
        for port in filter(None, (row.get("port"), row.get("srv-port"))):
            yield "port", port.id
            yield from (("chain", InsertionChain(port.id, way)) for way in WAYS)
    elif path == "container" and row.get("port") is not None:
        yield "port", row.get("port").id
    elif path == "tracerequest":
        for place in _TRACED:
            if row.get(place) is not None:
                yield place, row.get(place).id
