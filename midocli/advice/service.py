"""Advice about load balancers and inserted services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.advice.failure import Change, Failure
from midocli.advice.plug import inactive_port
from midocli.context.labels import find_rule
from midocli.datapath.wiring import guest_behind
from midocli.simulator.wire.protocol import TCP
from midocli.store.display import binding_of, interface_of

if TYPE_CHECKING:
    from midocli.store.catalog import Catalog
    from midocli.store.rows import Row


def no_member(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A VIP's pool has nobody to take the connection."""
    vip = catalog.named("load-balancer.pool.vip", str(failure.reason.details.get("vip")))
    pool = vip.parent if vip is not None else None
    if pool is None:
        return
    path = _path(pool)
    if pool.get("state") == "down":
        yield Change(f"{pool.full_alias} is switched off", (f"{path} set state up",))
        return
    members = list(pool.siblings("load-balancer.pool.member") or ())
    if not members:
        yield Change(f"{pool.full_alias} wants a member", ())
    for member in sorted(members, key=_found_dead):
        one = f"{path} member {member.alias} set"
        if member.get("state") == "down":
            yield Change(f"{member.full_alias} is switched off", (f"{one} state up",))
        elif not member.get("weight"):
            yield Change(f"{member.full_alias} has no weight", (f"{one} weight 1",))
        elif _found_dead(member):
            why = f"{member.full_alias} was found dead by its health monitor"
            yield Change(why, (f"{one} status ACTIVE",))


def _found_dead(member: Row) -> bool:
    return bool(member.get("status") == "INACTIVE")


def _path(pool: Row) -> str:
    """How commands name a pool."""
    balancer = pool.parent.full_alias if pool.parent is not None else ""
    return f"load-balancer {balancer} pool {pool.alias}"


def vip(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A packet has a VIP's address, and is not for it, or the VIP is switched off."""
    found = catalog.named("load-balancer.pool.vip", str(failure.reason.details.get("vip")))
    pool = found.parent if found is not None else None
    frame = failure.frame
    if found is None or pool is None or frame is None or pool.parent is None:
        return
    balancer = pool.parent
    if frame.proto != TCP or frame.fault is not None:
        yield Change(f"{found.full_alias} takes connections by TCP, nothing else", ())
    elif frame.tp_dst != found.get("protocol-port"):
        another = f"add vip address {format_ipv4(frame.nw_dst)} protocol-port {frame.tp_dst}"
        yield Change("a VIP for that port", (f"{_path(pool)} {another}",), plain=False)
    elif balancer.get("state") == "down":
        why = f"{balancer.full_alias} is switched off"
        yield Change(why, (f"load-balancer {balancer.full_alias} set state up",))
    else:
        why = f"{found.full_alias} is switched off"
        yield Change(why, (f"{_path(pool)} vip {found.alias} set state up",))


def redirect_down(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A redirect leads to a port that does not work."""
    port = catalog.named("port", failure.reason.at)
    rule = failure.reason.rule
    if port is None:
        if rule and find_rule(catalog, rule) is not None:
            yield Change("it leads nowhere", (f"delete {rule}",))
        return
    if port.get("state") == "down":
        yield Change(f"{port.full_alias} is switched off", (f"{port.full_alias} set state up",))
    elif (interface := _interface_of(catalog, port)) is not None and guest_behind(interface):
        yield from inactive_port(catalog, port)
    if rule and rule.startswith("l2insertion"):
        why = "let frames pass while the service is down"
        yield Change(why, (f"l2insertion {rule} set fail-open true",))


def _interface_of(catalog: Catalog, port: Row) -> Row | None:
    binding = binding_of(port)
    return interface_of(catalog.store, binding) if binding is not None else None
