"""What makes DHCP subnets, load balancers, tunnel zones, VTEPs and trace requests sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grammar.addresses import Cidr
from grammar.errors import RefusedError
from midocli.store.condition_policy import ConditionPolicy
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row


class DhcpPolicy(Policy):
    """The subnets of a bridge do not overlap."""

    def check(self, edit: Edit, row: Row) -> None:
        subnet: Cidr = row.get("subnet")
        for other in (row.parent.siblings("bridge.dhcp") if row.parent else None) or ():
            if other is not row and _overlap(subnet, other.get("subnet")):
                field = row.collection.by_name["subnet"]
                raise RefusedError(
                    f"subnet {field.type.format(subnet)} overlaps with "
                    f"{field.type.format(other.get('subnet'))} of the same bridge",
                    "subnet",
                )


def _overlap(one: Cidr, other: Cidr) -> bool:
    return not (one.address ^ other.address) & one.mask & other.mask


class RouterPolicy(Policy):
    """A router and its load balancer name each other."""

    def created(self, edit: Edit, row: Row, companion: int | None) -> None:
        self._pair(edit, row, None)

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "load-balancer":
            self._pair(edit, row, old)

    def _pair(self, edit: Edit, row: Row, old: Row | None) -> None:
        pair(edit, row, old, "load-balancer", "router")


class BalancerPolicy(Policy):
    """The other end of the same tie."""

    def created(self, edit: Edit, row: Row, companion: int | None) -> None:
        pair(edit, row, None, "router", "load-balancer")

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "router":
            pair(edit, row, old, "router", "load-balancer")


def pair(edit: Edit, row: Row, old: Row | None, field: str, back: str) -> None:
    """Make the object that `field` names refer back to this one, and the old one no more."""
    new: Row | None = row.get(field)
    if new is old:
        return
    if old is not None:
        edit.put(old, back, None)
    if new is not None:
        if new.get(back) not in (None, row):
            raise RefusedError(
                f"{new.full_alias} belongs to {new.get(back).full_alias} already", field
            )
        edit.put(new, back, row)


class VipPolicy(Policy):
    """Persistence NONE is the absence of any."""

    def before_create(self, edit: Edit, row: Row) -> None:
        if row.get("persistence") == "NONE":
            row.values[row.collection.index["persistence"]] = None

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "persistence" and row.get("persistence") == "NONE":
            edit.put(row, "persistence", None)


class TunnelZonePolicy(Policy):
    """Tunnel zones have names of their own, and stay while a VTEP is in them."""

    def check(self, edit: Edit, row: Row) -> None:
        siblings = edit.store.siblings(row.collection, None)
        named = siblings.by_key.get(row.get("name"), {}) if siblings else {}
        for other in named:
            if other is not row:
                raise RefusedError(f"{other.full_alias} has the name {row.get('name')}", "name")
        if row.get("type") != "vtep":
            for vtep in _vteps(row):
                raise RefusedError(f"{vtep.full_alias} is in {row.full_alias}", "type")

    def deleting(self, edit: Edit, row: Row) -> None:
        for vtep in _vteps(row):
            raise RefusedError(f"{vtep.full_alias} is in {row.full_alias}; delete it first")


def _vteps(zone: Row) -> Iterator[Row]:
    return (source for source, _ in zone.referrers or () if source.collection.path == "vtep")


class VtepPolicy(Policy):
    """A VTEP is in a tunnel zone of its own type."""

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


class VtepBindingPolicy(Policy):
    """A binding joins a port's VLAN, once, to a bridge that exists."""

    def before_create(self, edit: Edit, row: Row) -> None:
        assert row.parent is not None
        row.values[row.collection.index["management-ip"]] = row.parent.get("management-ip")

    def check(self, edit: Edit, row: Row) -> None:
        word = row.get("network-id")
        bridge = edit.resolver.find(edit.store.schema["bridge"], None, word)
        if bridge is None:
            raise RefusedError(f"no bridge is {word[:40]!r}", "network-id")
        row.values[row.collection.index["network-id"]] = bridge.uuid
        for other in (row.parent.siblings("vtep.binding") if row.parent else None) or ():
            same = [other.get(name) == row.get(name) for name in ("physical-port", "vlan")]
            if other is not row and all(same):
                raise RefusedError(
                    f"VLAN {row.get('vlan')} of {row.get('physical-port')} is bound already",
                    "vlan",
                )


class TracePolicy(ConditionPolicy):
    """A trace request watches one port, router or bridge."""

    def check(self, edit: Edit, row: Row) -> None:
        named = [name for name in ("port", "router", "bridge") if row.get(name) is not None]
        if len(named) != 1:
            raise RefusedError(
                "a tracerequest needs one port, router or bridge to watch",
                named[-1] if named else None,
            )
        super().check(edit, row)


class InsertionPolicy(Policy):
    """A service is not its own subject."""

    def check(self, edit: Edit, row: Row) -> None:
        if row.get("port") is row.get("srv-port"):
            raise RefusedError("port and srv-port are the same port", "srv-port")
