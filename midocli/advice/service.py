"""Advice about load balancers and inserted services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.advice.failure import Change, Failure
from midocli.advice.plug import inactive_port
from midocli.advice.whereabouts import guest_with
from midocli.context.labels import find_rule
from midocli.datapath.wiring import guest_behind
from midocli.simulator.wire.protocol import TCP
from midocli.store.display import binding_of, interface_of

if TYPE_CHECKING:
    from midocli.store.catalog import Catalog
    from midocli.store.rows import Row

#: Seconds that a check which is under way may take, and a little more.
_CONNECT = 6


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
    for member in sorted(members, key=lambda member: _is_dead(catalog, member)):
        one = f"{path} member {member.alias} set"
        if member.get("state") == "down":
            yield Change(f"{member.full_alias} is switched off", (f"{one} state up",))
        elif not member.get("weight"):
            yield Change(f"{member.full_alias} has no weight", (f"{one} weight 1",))
        elif _is_dead(catalog, member) and pool.get("health-monitor") is not None:
            yield _heal(catalog, member, pool.get("health-monitor"))
        elif _is_dead(catalog, member):
            why = f"{member.full_alias} is said to be dead, and no health monitor looks"
            yield Change(why, (f"{one} status ACTIVE",))


def _is_dead(catalog: Catalog, member: Row) -> bool:
    """Whether it was found dead or, where no monitor looks, said to be."""
    status = member.collection.index["status"]
    return bool(catalog.display.value(member, member.collection.fields[status]) == "INACTIVE")


def _heal(catalog: Catalog, member: Row, monitor: Row) -> Change:
    """Have a member's machine serve, and wait until its monitor has noticed."""
    alias, port = member.full_alias, member.get("protocol-port")
    why = f"{monitor.full_alias} found that {alias} does not answer"
    owner = guest_with(catalog.store, member.get("address"))
    if owner is None:
        return Change(f"{why}: no machine has its address", ())
    guest = owner[0]
    cure = f"guest {guest.full_alias} "
    services = guest.siblings("guest.service") or ()
    if guest.get("state") == "down":
        cure += "set state up"
    elif not any((each.get("proto"), each.get("port")) == ("tcp", port) for each in services):
        cure += f"add service proto tcp port {port}"
    else:
        return Change(why, ())
    return Change(why, (cure, f"clock advance {2 * (monitor.get('delay') or 0) + _CONNECT}s"))


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
