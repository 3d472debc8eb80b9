"""What makes bindings, interfaces and guests sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grammar.addresses import format_ipv4
from grammar.errors import ConflictError, RefusedError
from grammar.tree import Setting
from midocli.store.display import binding_of
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row
from midocli.store.vtep_policy import refuse_vxlan


class HostPolicy(Policy):
    """A host goes when its agent runs no more and nothing is bound to it."""

    def before_delete(self, edit: Edit, row: Row) -> None:
        if row.get("alive"):
            raise ConflictError(f"{row.full_alias} is alive; set alive false first")
        bindings = row.siblings("host.binding")
        if bindings:
            many = f"{len(bindings)} binding{'s' if len(bindings) > 1 else ''}"
            raise ConflictError(f"{row.full_alias} has {many}; delete them first")

    def check(self, edit: Edit, row: Row) -> None:
        for vtep in edit.store.rows("vtep"):
            address = format_ipv4(vtep.get("management-ip"))
            if address in (row.get("addresses") or ()):
                raise ConflictError(f"{vtep.full_alias} is managed at {address}", "addresses")


class BindingPolicy(Policy):
    """A port is bound once, an interface carries one port, and is made if need be."""

    def before_create(self, edit: Edit, row: Row) -> None:
        port = row.get("port")
        refuse_vxlan(port, "port")
        bound = binding_of(port)
        if bound is not None:
            raise ConflictError(
                f"{port.full_alias} is bound to {edit.display.name(bound)} already", "port"
            )
        if port.get("peer") is not None:
            raise ConflictError(
                f"{port.full_alias} is peered with {port.get('peer').full_alias}; "
                "a peered port cannot be bound",
                "port",
            )

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        assert row.parent is not None
        siblings = row.parent.siblings("host.interface")
        if siblings is None or row.get("interface") not in siblings.by_key:
            edit.new("host.interface", row.parent, iface=row.get("interface"))

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        raise RefusedError("a binding cannot be changed; delete it and add another", field)


class InterfacePolicy(Policy):
    """When an interface goes, what was plugged into it is unplugged."""

    def deleting(self, edit: Edit, row: Row) -> None:
        siblings = row.parent.siblings("host.binding") if row.parent else None
        for binding in list(siblings.by_key.get(row.get("iface"), ()) if siblings else ()):
            edit.delete(binding)


class NicPolicy(Policy):
    """One machine behind an interface; a MAC is made up where none is given."""

    def before_create(self, edit: Edit, row: Row) -> None:
        index = row.collection.index
        if row.get("mac") is None:
            made_up = edit.store.chance.getrandbits(24).to_bytes(3, "big").hex(":")
            row.values[index["mac"]] = f"fa:16:3e:{made_up}"
        if row.get("interface") is not None:
            self._check_alone(edit, row)

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        if row.get("dev") is None:
            edit.put(row, "dev", f"eth{row.number + 1}")

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "interface" and row.get("interface") is not None:
            self._check_alone(edit, row)

    def _check_alone(self, edit: Edit, row: Row) -> None:
        interface = row.get("interface")
        for other, _ in interface.referrers or ():
            if other is not row and other.collection.path in ("guest", "guest.nic"):
                raise ConflictError(
                    f"{other.full_alias} is behind {edit.display.name(interface)} already",
                    "interface",
                )


class GuestPolicy(NicPolicy):
    """A guest also starts with some IP identification."""

    def before_create(self, edit: Edit, row: Row) -> None:
        super().before_create(edit, row)
        if row.get("ip-id") is None:
            row.values[row.collection.index["ip-id"]] = edit.store.chance.getrandbits(16)
