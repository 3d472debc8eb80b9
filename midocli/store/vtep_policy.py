"""What makes tunnel zones, VTEPs and their bindings sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grammar.addresses import format_ipv4
from grammar.errors import ConflictError, RefusedError
from grammar.tree import Setting
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row


def refuse_vxlan(port: Row, field: str | None = None) -> None:
    """RefusedError for a VXLAN port, which the bindings of its VTEP alone make and take away."""
    vtep = port.get("vtep") if "vtep" in port.collection.index else None
    if vtep is not None and port.parent is not None:
        raise ConflictError(
            f"{port.parent.full_alias} has VTEP bindings of {vtep.full_alias}; delete them first",
            field,
        )


class TunnelZonePolicy(Policy):
    """Tunnel zones have names of their own, and stay while a VTEP is in them."""

    def check(self, edit: Edit, row: Row) -> None:
        siblings = edit.store.siblings(row.collection, None)
        named = siblings.by_key.get(row.get("name"), {}) if siblings else {}
        for other in named:
            if other is not row:
                raise ConflictError(f"{other.full_alias} has the name {row.get('name')}", "name")
        if row.get("type") != "vtep":
            for vtep in _vteps(row):
                raise ConflictError(f"{vtep.full_alias} is in {row.full_alias}", "type")

    def before_delete(self, edit: Edit, row: Row) -> None:
        for vtep in _vteps(row):
            raise ConflictError(f"{vtep.full_alias} is in {row.full_alias}; delete it first")


def _vteps(zone: Row) -> Iterator[Row]:
    return (source for source, _ in zone.referrers or () if source.collection.path == "vtep")


class VtepPolicy(Policy):
    """A VTEP is in a tunnel zone of its own type, and its address is nobody else's."""

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "management-ip":
            for binding in row.siblings("vtep.binding") or ():
                edit.put(binding, "management-ip", row.get("management-ip"))

    def check(self, edit: Edit, row: Row) -> None:
        zone = row.get("tunnel-zone")
        if zone is not None and zone.get("type") != "vtep":
            raise RefusedError(
                f"{zone.full_alias} is of type {zone.get('type')}; a VTEP needs one of type vtep",
                "tunnel-zone",
            )
        address = format_ipv4(row.get("management-ip"))
        for other in edit.store.rows("vtep"):
            if other is not row and other.get("management-ip") == row.get("management-ip"):
                raise ConflictError(f"{other.full_alias} is managed at {address}", "management-ip")
        for host in edit.store.rows("host"):
            if address in (host.get("addresses") or ()):
                raise ConflictError(f"{host.full_alias} has the address {address}", "management-ip")

    def before_delete(self, edit: Edit, row: Row) -> None:
        bindings = row.siblings("vtep.binding")
        if bindings:
            many = f"{len(bindings)} binding{'s' if len(bindings) > 1 else ''}"
            raise ConflictError(f"{row.full_alias} has {many}; delete what it binds first")


class VtepBindingPolicy(Policy):
    """A binding joins a port's VLAN, once, to a bridge, which has a VXLAN port for the VTEP.

    That port comes with the first binding and goes with the last (`VtepBindingResource.scala`).
    """

    def before_create(self, edit: Edit, row: Row) -> None:
        assert row.parent is not None
        row.values[row.collection.index["management-ip"]] = row.parent.get("management-ip")
        row.values[row.collection.index["network-id"]] = _bridge(edit, row.get("network-id")).uuid

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        bridge = _bridge(edit, row.get("network-id"))
        if row.parent is not None and _vxlan_port(bridge, row.parent) is None:
            edit.new("bridge.port", bridge, row.parent, companions, vtep=row.parent, vlan=None)

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "network-id":
            edit.put(row, field, _bridge(edit, row.get(field)).uuid)
            _leave(edit, row, old)
            self.created(edit, row, ())

    def deleting(self, edit: Edit, row: Row) -> None:
        _leave(edit, row, row.get("network-id"))

    def check(self, edit: Edit, row: Row) -> None:
        for other in (row.parent.siblings("vtep.binding") if row.parent else None) or ():
            same = [other.get(name) == row.get(name) for name in ("physical-port", "vlan")]
            if other is not row and all(same):
                raise ConflictError(
                    f"VLAN {row.get('vlan')} of {row.get('physical-port')} is bound already",
                    "vlan",
                )


class BridgePolicy(Policy):
    """A bridge stays while a VTEP is bound to it."""

    def before_delete(self, edit: Edit, row: Row) -> None:
        for port in row.siblings("bridge.port") or ():
            refuse_vxlan(port)


def _bridge(edit: Edit, word: str) -> Row:
    """The bridge that a binding names; RefusedError if there is none."""
    bridge = edit.resolver.find(edit.store.schema["bridge"], None, word)
    if bridge is None:
        raise RefusedError(f"no bridge is {word[:40]!r}", "network-id")
    return bridge


def _vxlan_port(bridge: Row, vtep: Row) -> Row | None:
    ports = bridge.siblings("bridge.port") or ()
    return next((port for port in ports if port.get("vtep") is vtep), None)


def _leave(edit: Edit, binding: Row, network: str) -> None:
    """Take the VXLAN port of a bridge away that no other binding of the VTEP is of."""
    vtep = binding.parent
    assert vtep is not None
    others = (each for each in vtep.siblings("vtep.binding") or () if each is not binding)
    if all(each.get("network-id") != network for each in others):
        port = _vxlan_port(_bridge(edit, network), vtep)
        if port is not None:
            edit.put(port, "vtep", None)
            edit.delete(port)
