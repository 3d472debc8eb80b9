"""What a picture of the virtual network shows: boxes, and the links between their ports.

Made from the store alone; every text is what the user calls a thing, free of characters
that a terminal would act on. The order is that of the store, so that the same topology
gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from grammar.addresses import format_ipv4
from midocli.datapath.wiring import binding_at, guest_behind
from midocli.pictures.notes import addresses_of, name_of, notes_of, vlan_of
from midocli.results.printable import printable
from midocli.store.display import Display, binding_is_up, binding_of, interface_of, is_vxlan
from midocli.store.rows import Row
from midocli.store.store import Store
from midocli.store.told import Told, untold


class Node(NamedTuple):
    """A box: `kind` is router, bridge, guest, interface (with nobody behind), container, vtep."""

    key: str
    kind: str
    label: str
    notes: tuple[str, ...] = ()


class End(NamedTuple):
    """One end of a link: a port of a device, or an interface of a guest.

    `port` is the full alias of a port, or an interface's name (`host0:veth0`); `label` says it
    within its box. `name` is what a port is called from elsewhere, empty for interfaces.
    """

    node: str
    port: str
    label: str
    notes: tuple[str, ...] = ()
    name: str = ""

    @property
    def text(self) -> str:
        """The label with its notes."""
        return f"{self.label} ({', '.join(self.notes)})" if self.notes else self.label


class Link(NamedTuple):
    """A port and what it is connected to, if anything."""

    near: End
    far: End | None

    @property
    def is_bare(self) -> bool:
        """Whether it leads nowhere, and its port has nothing to be said of."""
        return self.far is None and not self.near.notes and " " not in self.near.label

    def turned(self) -> Link:
        """The same, seen from the other end."""
        return self if self.far is None else Link(self.far, self.near)


class Picture(NamedTuple):
    """All boxes and links; `left_out` counts boxes not shown, in all and at each box."""

    nodes: dict[str, Node]
    links: tuple[Link, ...]
    left_out: int = 0
    left_out_at: dict[str, int] = {}  # noqa: RUF012 (never changed)


def picture_of(store: Store, display: Display, told: Told = untold) -> Picture:
    """The picture of all that is in a store, however unfinished.

    `told` is told how many devices there are, and how many were looked at.
    """
    return _Survey(store, display).picture(told)


def data(picture: Picture) -> dict[str, Any]:
    """Boxes and links as data."""
    return {
        "nodes": [
            {"name": node.key, "kind": node.kind, "label": node.label, "notes": list(node.notes)}
            for node in picture.nodes.values()
        ],
        "links": [
            {"from": _end_data(link.near), "to": link.far and _end_data(link.far)}
            for link in picture.links
        ],
    }


def _end_data(end: End) -> dict[str, Any]:
    return {"node": end.node, "port": end.port, "label": end.label, "notes": list(end.notes)}


class _Survey:
    """Goes through a store once."""

    def __init__(self, store: Store, display: Display) -> None:
        self._store = store
        self._display = display
        self._nodes: dict[str, Node] = {}
        self._links: list[Link] = []

    def picture(self, told: Callable[[int, int], None]) -> Picture:
        devices = [row for path in ("router", "bridge") for row in self._store.rows(path)]
        for row in (*devices, *self._store.rows("guest")):
            self._add(row, notes_of(row, self._store, self._display))
        for done, device in enumerate(devices):
            told(done, len(devices))
            for port in self._store.rows(f"{device.collection.path}.port", device):
                if not is_vxlan(port):
                    self._link(port)
        for guest in self._store.rows("guest"):
            self._links += self._unplugged(guest)
        for vtep in self._store.rows("vtep"):
            self._links += self._vtep(vtep)
        return Picture(self._nodes, tuple(self._links))

    def _add(self, row: Row, notes: tuple[str, ...] = ()) -> str:
        key = row.full_alias
        name = name_of(row)
        label = f"{self._display.name(row)} {printable(name)}" if name else self._display.name(row)
        self._nodes[key] = Node(key, row.collection.path, label, notes)
        return key

    def _link(self, port: Row) -> None:
        """The link of a port, once for both of its ends."""
        near = self._port_end(port)
        peer: Row | None = port.get("peer")
        if peer is None:
            self._links.append(Link(near, self._behind(port)))
        elif (port.parent is peer.parent and port.number <= peer.number) or self._is_first(port):
            self._links.append(Link(near, self._port_end(peer)))

    def _is_first(self, port: Row) -> bool:
        """Whether a port's device comes before that of its peer."""
        owner, other = port.parent, port.get("peer").parent
        order = ("router", "bridge")
        mine = (order.index(owner.collection.path), owner.number) if owner else (0, 0)
        return mine < (order.index(other.collection.path), other.number)

    def _behind(self, port: Row) -> End | None:
        """What is plugged into a port: a guest, an interface or a container."""
        binding = binding_of(port)
        if binding is not None:
            return self._interface_end(binding)
        referrers = (row for row, _ in port.referrers or ())
        found = next((row for row in referrers if row.collection.path == "container"), None)
        return None if found is None else End(self._add(found), found.full_alias, "")

    def _interface_end(self, binding: Row) -> End:
        interface = interface_of(self._store, binding)
        name = printable(f"{binding.parent.full_alias}:{binding.get('interface')}")  # type: ignore[union-attr]
        nic = guest_behind(interface) if interface is not None else None
        if nic is not None:
            return self._nic_end(nic, name)
        notes = () if interface is not None else ("no such interface",)
        self._nodes[name] = Node(name, "interface", name, notes)
        return End(name, name, "")

    def _nic_end(self, nic: Row, name: str) -> End:
        guest = nic.parent or nic
        return End(guest.full_alias, name, " ".join((name, *addresses_of(nic))), vlan_of(nic))

    def _unplugged(self, guest: Row) -> Iterator[Link]:
        """The interfaces of a guest that lead nowhere."""
        for nic in (guest, *self._store.rows("guest.nic", guest)):
            interface = nic.get("interface")
            if interface is None or binding_at(interface) is None:
                where = printable(self._display.name(interface)) if interface is not None else ""
                end = self._nic_end(nic, where or printable(nic.get("dev") or nic.alias))
                if not where:
                    end = end._replace(port=f"{nic.full_alias}:{end.port}")
                why = "no port" if where else "no interface"
                yield Link(end._replace(notes=(*end.notes, why)), None)

    def _vtep(self, vtep: Row) -> Iterator[Link]:
        """The bridges that a VTEP's physical ports are joined to."""
        key = self._add(vtep, (format_ipv4(vtep.get("management-ip")),))
        bridges = {bridge.uuid: bridge.full_alias for bridge in self._store.rows("bridge")}
        for binding in self._store.rows("vtep.binding", vtep):
            bridge = bridges.get(binding.get("network-id"))
            if bridge is not None:
                name = printable(binding.get("physical-port"))
                port = f"{key}:{name}:{binding.get('vlan')}"
                far = End(key, port, name, (f"vlan {binding.get('vlan')}",))
                yield Link(End(bridge, f"{bridge}:{port}", "vxlan"), far)

    def _port_end(self, port: Row) -> End:
        assert port.parent is not None
        view = self._display
        own = port.alias if view.aliases else port.uuid
        label = " ".join((own, *addresses_of(port)))
        notes = list(notes_of(port, self._store, self._display))
        if binding_of(port) is not None and not binding_is_up(self._store, port):
            notes.append("unplugged")
        return End(port.parent.full_alias, port.full_alias, label, tuple(notes), view.name(port))
