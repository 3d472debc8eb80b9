"""Advice about load balancers and inserted services."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from midocli.advice.failure import Change, Failure, way
from midocli.advice.plug import inactive_port
from midocli.advice.whereabouts import guest_with
from midocli.context.labels import find_rule
from midocli.datapath.wiring import guest_behind
from midocli.simulator.wire.protocol import TCP
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of, interface_of
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
        yield way(f"{pool.full_alias} is switched off", f"{path} set state up")
        return
    members = list(pool.siblings("load-balancer.pool.member") or ())
    if not members:
        yield Change(f"{pool.full_alias} wants a member")
    for member in sorted(members, key=lambda member: _is_dead(catalog, member)):
        one = f"{path} member {member.alias} set"
        if member.get("state") == "down":
            yield way(f"{member.full_alias} is switched off", f"{one} state up")
        elif not member.get("weight"):
            yield way(f"{member.full_alias} has no weight", f"{one} weight 1")
        elif _is_dead(catalog, member) and pool.get("health-monitor") is not None:
            yield _heal(catalog, member, pool.get("health-monitor"))
        elif _is_dead(catalog, member):
            why = f"{member.full_alias} is said to be dead, and no health monitor looks"
            yield way(why, f"{one} status ACTIVE")


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
        return Change(f"{why}: no machine has its address")
    guest = owner[0]
    cure = f"guest {guest.full_alias} "
    services = guest.siblings("guest.service") or ()
    if guest.get("state") == "down":
        cure += "set state up"
    elif not any((each.get("proto"), each.get("port")) == ("tcp", port) for each in services):
        cure += f"add service proto tcp port {port}"
    else:
        return Change(why)
    return way(why, cure, f"clock advance {2 * (monitor.get('delay') or 0) + _CONNECT}s")


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
        yield Change(f"{found.full_alias} takes connections by TCP, nothing else")
    elif frame.tp_dst != found.get("protocol-port"):
        another = f"add vip address {format_ipv4(frame.nw_dst)} protocol-port {frame.tp_dst}"
        yield way("a VIP for that port", f"{_path(pool)} {another}", width=5)
    elif balancer.get("state") == "down":
        why = f"{balancer.full_alias} is switched off"
        yield way(why, f"load-balancer {balancer.full_alias} set state up")
    else:
        why = f"{found.full_alias} is switched off"
        yield way(why, f"{_path(pool)} vip {found.alias} set state up")


def redirect_down(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A redirect leads to a port that does not work."""
    port = catalog.named("port", failure.reason.at)
    rule = failure.reason.rule
    if port is None:
        if rule and find_rule(catalog, rule) is not None:
            yield way("it leads nowhere", f"delete {rule}")
        return
    if port.get("state") == "down":
        yield way(f"{port.full_alias} is switched off", f"{port.full_alias} set state up")
    elif (interface := _interface_of(catalog, port)) is not None and guest_behind(interface):
        yield from inactive_port(catalog, port)
    if rule and rule.startswith("l2insertion"):
        why = "let frames pass while the service is down"
        yield way(why, f"l2insertion {rule} set fail-open true")


def _interface_of(catalog: Catalog, port: Row) -> Row | None:
    binding = binding_of(port)
    return interface_of(catalog.store, binding) if binding is not None else None


def balanced(catalog: Catalog, address: int, port: int | None) -> Iterator[Change]:
    """Nothing takes connections for an address: a VIP may be meant to."""
    text = format_ipv4(address)
    for balancer in catalog.store.rows("load-balancer"):
        pools = list(balancer.siblings("load-balancer.pool") or ())
        vips = [vip for pool in pools for vip in pool.siblings("load-balancer.pool.vip") or ()]
        if balancer.get("state") == "down":
            why = f"{balancer.full_alias} is switched off"
            yield way(why, f"load-balancer {balancer.full_alias} set state up")
        for vip in vips:
            yield from _meant(vip, address, port)
        if balancer.get("router") is None and any(vip.get("address") == address for vip in vips):
            for router in catalog.store.rows("router"):
                if router.get("load-balancer") is None:
                    why = f"{balancer.full_alias} has {text}, but is on no router"
                    setting = f"set load-balancer {balancer.full_alias}"
                    yield way(why, f"router {router.full_alias} {setting}", width=1)
        for pool in pools:
            if port is not None and not pool.siblings("load-balancer.pool.vip"):
                vip_words = f"add vip address {text} protocol-port {port}"
                yield way(f"{pool.full_alias} has no VIP", f"{_path(pool)} {vip_words}", width=2)


def _meant(vip: Row, address: int, port: int | None) -> Iterator[Change]:
    """A VIP that is off, or has another address or port."""
    assert vip.parent is not None
    words = f"{_path(vip.parent)} vip {vip.alias} set"
    right = vip.get("address") == address, vip.get("protocol-port") == port
    if all(right) and vip.get("state") == "down":
        yield way(f"{vip.full_alias} is switched off", f"{words} state up")
    elif right == (False, True):
        why = f"{vip.full_alias} has another address"
        yield way(why, f"{words} address {format_ipv4(address)}", width=3)
    elif right == (True, False) and port is not None:
        why = f"{vip.full_alias} has another port"
        yield way(why, f"{words} protocol-port {port}", width=3)


def members(catalog: Catalog) -> Iterator[Change]:
    """Members that lead to nobody who serves: another address, another port, or a new one."""
    serving = [
        (cidr.address, service.get("port"))
        for guest in catalog.store.rows("guest")
        for service in guest.siblings("guest.service") or ()
        for cidr in (guest.get("address") or ())[:1]
        if service.get("proto") == "tcp"
    ]
    for balancer in catalog.store.rows("load-balancer"):
        for pool in balancer.siblings("load-balancer.pool") or ():
            if pool.get("state") == "down":
                yield way(f"{pool.full_alias} is switched off", f"{_path(pool)} set state up")
            there = list(pool.siblings("load-balancer.pool.member") or ())
            known = [(each.get("address"), each.get("protocol-port")) for each in there]
            for member in there:
                yield from _served(pool, member, serving)
            for address, port in serving:
                if (address, port) not in known:
                    text = f"address {format_ipv4(address)} protocol-port {port}"
                    why = f"{format_ipv4(address)} serves port {port}"
                    yield way(why, f"{_path(pool)} add member {text}", width=4)


def _served(pool: Row, member: Row, serving: list[tuple[int, int]]) -> Iterator[Change]:
    """What makes a member one that serves."""
    have = member.get("address"), member.get("protocol-port")
    one = f"{_path(pool)} member {member.alias} set"
    if have in serving:
        return
    for address, port in serving:
        why = f"{member.full_alias} leads to nobody who serves; {format_ipv4(address)}:{port} does"
        if address == have[0]:
            yield way(why, f"{one} protocol-port {port}", width=2)
        elif port == have[1]:
            yield way(why, f"{one} address {format_ipv4(address)}", width=3)
