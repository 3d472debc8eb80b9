"""What makes DHCP subnets, BGP peers, load balancers, containers and trace requests sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grammar.addresses import Cidr, format_ipv4
from grammar.errors import ConflictError, RefusedError
from grammar.tree import Setting
from midocli.store.condition_policy import ConditionPolicy
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row


class DhcpPolicy(Policy):
    """The subnets of a bridge do not overlap; that one is enabled goes without saying."""

    def before_create(self, edit: Edit, row: Row) -> None:
        if row.get("enabled"):
            row.values[row.collection.index["enabled"]] = None

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "enabled" and row.get("enabled"):
            edit.put(row, "enabled", None)

    def check(self, edit: Edit, row: Row) -> None:
        subnet: Cidr = row.get("subnet")
        for other in (row.parent.siblings("bridge.dhcp") if row.parent else None) or ():
            if other is not row and _overlap(subnet, other.get("subnet")):
                field = row.collection.by_name["subnet"]
                raise ConflictError(
                    f"subnet {field.type.format(subnet)} overlaps with "
                    f"{field.type.format(other.get('subnet'))} of the same bridge",
                    "subnet",
                )


def _overlap(one: Cidr, other: Cidr) -> bool:
    return not (one.address ^ other.address) & one.mask & other.mask


class RouterPolicy(Policy):
    """A router and its load balancer name each other."""

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        self._pair(edit, row, None)

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        if field == "load-balancer":
            self._pair(edit, row, old)

    def _pair(self, edit: Edit, row: Row, old: Row | None) -> None:
        pair(edit, row, old, "load-balancer", "router")


class BalancerPolicy(Policy):
    """The other end of the same tie."""

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
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
            raise ConflictError(
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


class BgpPeerPolicy(Policy):
    """A router speaks once with an address of an autonomous system."""

    def check(self, edit: Edit, row: Row) -> None:
        for other in (row.parent.siblings("router.bgp-peer") if row.parent else None) or ():
            same = [other.get(name) == row.get(name) for name in ("asn", "address")]
            if other is not row and all(same):
                raise RefusedError(
                    f"{other.full_alias} is the peer {format_ipv4(row.get('address'))} "
                    f"of AS {row.get('asn')}",
                    "address",
                )


class ContainerPolicy(Policy):
    """A container runs where its port is, so it runs nowhere without one."""

    def check(self, edit: Edit, row: Row) -> None:
        if row.get("host") is not None and row.get("port") is None:
            raise ConflictError(
                "a container without a port cannot be scheduled on a host; give it a port", "host"
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
