"""Which pools health monitors check, and how, from the store's rows.

A monitor works where MidoNet's agent could write haproxy's configuration (`PoolConfig.scala`,
`HealthMonitorConfig.scala`, `VipConfig.scala`): it and the load balancer are up, the balancer is on
a router, delay, timeout and retries are given, some VIP is up, and no port is 0. Whether the pool
or a member is up does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import HealthChecks, Member
from midocli.store.rows import Row
from midocli.store.store import Store

#: What any of it rests on.
PATHS = frozenset(
    {
        "health-monitor",
        "load-balancer",
        "load-balancer.pool",
        "load-balancer.pool.member",
        "load-balancer.pool.vip",
        "router",
    }
)


def checks(store: Store) -> dict[Key, HealthChecks]:
    """Pool -> how its members are checked."""
    return dict(_checks(store))


def _checks(store: Store) -> Iterator[tuple[Key, HealthChecks]]:
    for balancer in store.rows("load-balancer"):
        router = balancer.get("router")
        if router is None or balancer.get("state") != "up":
            continue
        for pool in balancer.siblings("load-balancer.pool") or ():
            found = _of(pool, router.id)
            if found is not None:
                yield pool.id, found


def _of(pool: Row, router: Key) -> HealthChecks | None:
    monitor = pool.get("health-monitor")
    members = _rows(pool, "load-balancer.pool.member")
    vips = _rows(pool, "load-balancer.pool.vip")
    usable = [vip for vip in vips if vip.get("state") == "up" and vip.get("protocol-port")]
    if monitor is None or monitor.get("state") != "up" or not usable:
        return None
    delay, timeout, fall = (monitor.get(name) for name in ("delay", "timeout", "max-retries"))
    if not (delay and timeout and fall and all(each.get("protocol-port") for each in members)):
        return None
    return HealthChecks(
        router=router,
        address=usable[0].get("address"),
        delay_ns=delay * SECOND_NS,
        timeout_ns=timeout * SECOND_NS,
        fall=fall,
        members=tuple(map(_member, members)),
        vips=tuple(
            tuple(vip.get(name) for name in ("address", "protocol-port", "persistence", "state"))
            for vip in vips
        ),
    )


def _rows(pool: Row, path: str) -> list[Row]:
    found: Iterable[Row] = pool.siblings(path) or ()
    return list(found)


def _member(row: Row) -> Member:
    return Member(
        alias=row.full_alias,
        address=row.get("address"),
        port=row.get("protocol-port"),
        weight=row.get("weight"),
        up=row.get("state") == "up",
        key=row.id,
    )
