"""What may be otherwise of a thing, one at a time, and a network that acts as if it were.

The topology stays as it is: only what the simulator makes of it is changed, so that no command
finds an object gone that it names, and no list shows what a test is to notice by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from midocli.datapath.conditions import condition
from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Chain, NatTarget, Route, Router, Rule
from midocli.simulator.topology.service_records import LoadBalancer, Member, Vip
from midocli.simulator.topology.topology import Topology
from midocli.store.rows import Row

AWAY = "away"
_FLIPPED = {"accept": "drop for accept", "drop": "accept for drop", "reject": "accept for reject"}
SRC_PORT = "src-port off by one"
DST_PORT = "dst-port off by one"
_TARGET = "target port off by one"
_PORT = "port off by one"
_LAST_PORT = 0xFFFF

T = TypeVar("T")
Ports = tuple[int, int]


def changes(row: Row) -> list[str]:
    """What may be otherwise of a rule, a route, a VIP or a member of a pool."""
    path = row.collection.path
    if path == "chain.rule":
        return [AWAY, *_of_rule(row)]
    if path == "router.route":
        return [AWAY, _PORT] if _has_next_port(row) else [AWAY]
    return [_PORT] if path in ("load-balancer.pool.vip", "load-balancer.pool.member") else []


def make(topology: Topology, row: Row, change: str) -> None:
    """Have the network act, from now on, as if that were otherwise; ValueError for what is not."""
    owner = row.parent
    assert owner is not None
    if row.collection.path == "chain.rule":
        topology.chains.load_by(lambda load: _changing_chain(load, row, change))
        topology.forget("chain", owner.id)
    elif row.collection.path == "router.route":
        topology.routers.load_by(lambda load: _changing_router(load, row, change))
        topology.forget("router", owner.id)
    else:
        assert owner.parent is not None
        topology.load_balancers.load_by(lambda load: _changing_balancer(load, row))
        topology.forget("load-balancer", owner.parent.id)


def ports_of(row: Row, change: str) -> Ports | None:
    """The range of ports that a rule asks for and that a change moves; None where it moves none."""
    if change not in (SRC_PORT, DST_PORT):
        return None
    asked = condition(row)
    return asked.src_port if change == SRC_PORT else asked.dst_port


def moved(ports: Ports) -> Ports:
    """A range of ports, off by one; the last port is the end."""
    first, last = ports
    if first == _LAST_PORT:
        return first - 1, last - 1
    return first + 1, min(last + 1, _LAST_PORT)


def _of_rule(row: Row) -> Iterable[str]:
    flipped = _FLIPPED.get(row.get("type"))
    if flipped is not None:
        yield flipped
    yield from (each for each in (SRC_PORT, DST_PORT) if ports_of(row, each) is not None)
    if any(_is_one(target.first_port, target.last_port) for target in row.get("target") or ()):
        yield _TARGET


def _is_one(first: int | None, last: int | None) -> bool:
    """Whether a target names one port, of which another one is not as good."""
    return bool(first) and first == last


def _has_next_port(route: Row) -> bool:
    assert route.parent is not None
    ports = route.parent.siblings("router.port") or ()
    return route.get("port") is not None and len(ports) > 1


def _changing_chain(
    load: Callable[[Key], Chain | None], row: Row, change: str
) -> Callable[[Key], Chain | None]:
    owner = row.parent

    def changed(key: Key) -> Chain | None:
        chain = load(key)
        if chain is None or owner is None or key != owner.id:
            return chain
        rules = (
            _changed_rule(rule, change) if rule.key == row.id else rule for rule in chain.rules
        )
        return replace(chain, rules=_those_left(rules))

    return changed


def _changed_rule(rule: Rule, change: str) -> Rule | None:
    if change == AWAY:
        return None
    if change in (SRC_PORT, DST_PORT):
        return replace(rule, condition=_moved_condition(rule.condition, change))
    if change == _TARGET:
        return replace(rule, targets=tuple(map(_moved_target, rule.targets)))
    return replace(rule, type="drop" if rule.type == "accept" else "accept")


def _moved_condition(asked: Condition, change: str) -> Condition:
    if change == SRC_PORT:
        return replace(asked, src_port=asked.src_port and moved(asked.src_port))
    return replace(asked, dst_port=asked.dst_port and moved(asked.dst_port))


def _moved_target(target: NatTarget) -> NatTarget:
    if target.port_first is None or target.port_first != target.port_last:
        return target
    first, last = moved((target.port_first, target.port_first))
    return replace(target, port_first=first, port_last=last)


def _changing_router(
    load: Callable[[Key], Router | None], row: Row, change: str
) -> Callable[[Key], Router | None]:
    owner = row.parent

    def changed(key: Key) -> Router | None:
        router = load(key)
        if router is None or owner is None or key != owner.id:
            return router
        routes = (
            _changed_route(route, router, change) if route.key == row.id else route
            for route in router.routes
        )
        return replace(router, routes=_those_left(routes))

    return changed


def _changed_route(route: Route, router: Router, change: str) -> Route | None:
    if change == AWAY:
        return None
    if route.port not in router.ports:
        return route
    following = router.ports.index(route.port) + 1
    return replace(route, port=router.ports[following % len(router.ports)])


def _changing_balancer(
    load: Callable[[Key], LoadBalancer | None], row: Row
) -> Callable[[Key], LoadBalancer | None]:
    alias = row.full_alias

    def changed(key: Key) -> LoadBalancer | None:
        balancer = load(key)
        if balancer is None:
            return None
        return replace(balancer, vips=tuple(_moved_vip(vip, alias) for vip in balancer.vips))

    return changed


def _moved_vip(vip: Vip, alias: str) -> Vip:
    """A VIP with another port, or whose pool has a member with another port."""
    port = moved((vip.port, vip.port))[0] if vip.alias == alias else vip.port
    members = tuple(_moved_member(member, alias) for member in vip.pool.members)
    return replace(vip, port=port, pool=replace(vip.pool, members=members))


def _moved_member(member: Member, alias: str) -> Member:
    if member.alias != alias:
        return member
    return replace(member, port=moved((member.port, member.port))[0])


def _those_left(items: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(item for item in items if item is not None)
