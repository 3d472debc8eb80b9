"""What makes ports, links and routes sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grammar.addresses import Cidr
from grammar.errors import ConflictError, RefusedError
from grammar.tree import Setting
from midocli.store.display import binding_of, local_route_of
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row
from midocli.store.vtep_policy import refuse_vxlan


class PortPolicy(Policy):
    """Links between ports are symmetric, and a port is either linked or bound."""

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        if row.get("peer") is not None:
            self._link(edit, row, row.get("peer"))

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "peer":
            peer = row.get("peer")
            if old is not None and peer is not None and old is not peer:
                raise ConflictError(
                    f"{row.full_alias} is peered with {old.full_alias} already; "
                    "clear its peer first",
                    "peer",
                )
            if old is not None and peer is None:
                edit.put(old, "peer", None)
            elif peer is not None:
                self._link(edit, row, peer)

    def _link(self, edit: Edit, row: Row, peer: Row) -> None:
        if peer is row:
            raise RefusedError("a port cannot be its own peer", "peer")
        if peer.get("peer") not in (None, row):
            raise ConflictError(
                f"{peer.full_alias} is peered with {peer.get('peer').full_alias} already", "peer"
            )
        for end in (row, peer):
            refuse_vxlan(end, "peer")
            binding = binding_of(end)
            if binding is not None:
                raise ConflictError(
                    f"{end.full_alias} is bound to {edit.display.name(binding)}; "
                    "a bound port cannot be peered",
                    "peer",
                )
        edit.put(peer, "peer", row)

    def before_delete(self, edit: Edit, row: Row) -> None:
        refuse_vxlan(row)

    def deleting(self, edit: Edit, row: Row) -> None:
        """A container without its port runs nowhere."""
        for source, _ in row.referrers or ():
            if source.collection.path == "container":
                edit.put(source, "host", None)

    def check(self, edit: Edit, row: Row) -> None:
        ends = [
            end
            for end in (row, row.get("peer"))
            if end is not None and "vlan" in end.collection.index
        ]
        if len([end for end in ends if end.get("vlan")]) > 1:
            raise RefusedError("both ports of a link would have a VLAN; one of them may", "vlan")


class RouterPortPolicy(PortPolicy):
    """A router port has a MAC, and a local route to its address."""

    def before_create(self, edit: Edit, row: Row) -> None:
        if row.get("mac") is None:
            made_up = edit.store.chance.getrandbits(24).to_bytes(3, "big").hex(":")
            row.values[row.collection.index["mac"]] = f"ac:ca:ba:{made_up}"
        if row.get("addresses") and row.get("address") is None:
            for name, value in _first_address(row):
                row.values[row.collection.index[name]] = value

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        super().created(edit, row, companions)
        self._renew_local_route(edit, row, companions)

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        super().changed(edit, row, field, old)
        if field == "addresses":
            for name, value in _first_address(row):
                before = row.get(name)
                edit.put(row, name, value)
                self.changed(edit, row, name, before)
        elif field == "address" and old != row.get("address"):
            self._renew_local_route(edit, row)

    def _renew_local_route(self, edit: Edit, row: Row, aliases: Sequence[Setting] = ()) -> None:
        before = local_route_of(row)
        if before is not None:
            edit.delete(before)
        address = row.get("address")
        if address is not None and row.parent is not None:
            dst = Cidr(address, 32)
            edit.new("router.route", row.parent, row, aliases, type=None, dst=dst, port=row)


def _first_address(row: Row) -> Iterator[tuple[str, Any]]:
    """What the newer form of a router port's addresses says in the older one."""
    first: Cidr | None = next(iter(row.get("addresses") or ()), None)
    yield "address", first and first.address
    yield "net", first


class RoutePolicy(Policy):
    """A normal route leads out of a port of its own router, a local one follows its port."""

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        kind = old if field == "type" else row.get("type")
        if kind is None and field in ("type", "dst", "port", "gw") and row.get(field) != old:
            raise RefusedError(
                f"{row.full_alias} is the local route to its port's address, and follows it", field
            )

    def check(self, edit: Edit, row: Row) -> None:
        port = row.get("port")
        router = row.parent.full_alias if row.parent else ""
        if port is None and row.get("type") == "normal":
            raise RefusedError(f"a normal route needs port: a port of {router}", "type")
        if port is not None and port.parent is not row.parent:
            raise RefusedError(f"{port.full_alias} is not a port of {router}", "port")
