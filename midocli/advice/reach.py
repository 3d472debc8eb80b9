"""Where addresses are at home, and which way from router to router leads there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from grammar.addresses import Cidr
from midocli.advice.whereabouts import bridge_of, gateways, guest_with, router_ports_on
from midocli.store.catalog import Catalog
from midocli.store.rows import Row


class Hop(NamedTuple):
    """A port to leave a router by, and the next router's on its link (None: it is there)."""

    port: Row
    next: Row | None


def holds(net: Cidr | None, address: int) -> bool:
    """Whether a network holds an address."""
    return net is not None and not (address ^ net.address) & net.mask


def routers(catalog: Catalog) -> list[Row]:
    """All routers."""
    return list(catalog.store.rows("router"))


def ports(router: Row) -> list[Row]:
    """A router's ports."""
    return list(router.siblings("router.port") or ())


def neighbours(port: Row) -> list[Row]:
    """The ports of other routers on a router port's link."""
    peer = port.get("peer")
    if peer is not None and peer.collection.path == "router.port":
        return [peer]
    return [each for each in router_ports_on(bridge_of(port)) if each is not port]


def connected(router: Row, address: int) -> Row | None:
    """The port of a router whose network holds an address."""
    return next((port for port in ports(router) if holds(port.get("net"), address)), None)


def translators(catalog: Catalog, kind: str, field: str, address: int) -> Iterator[tuple[Row, Row]]:
    """(device, rule) of the rules of a kind in filters whose `src` or `dst` holds an address."""
    for device, rule in filtering(catalog):
        if rule.get("type") == kind and holds(_plain(rule.get(field)), address):
            yield device, rule


def _plain(value: object) -> Cidr | None:
    """A network of a condition, unless it is inverted."""
    return value if hasattr(value, "mask") else None  # type: ignore[return-value]


def filtering(catalog: Catalog) -> Iterator[tuple[Row, Row]]:
    """(router, rule) of the rules in the chains that filter routers and their ports."""
    for router, chain in _filters(catalog):
        for rule in chain.siblings("chain.rule") or ():
            yield router, rule


def _filters(catalog: Catalog) -> Iterator[tuple[Row, Row]]:
    """(router, chain) of the chains that filter routers and their ports."""
    for router in routers(catalog):
        for row in (router, *ports(router)):
            for name in ("infilter", "outfilter"):
                chain = row.get(name)
                if chain is not None:
                    yield router, chain


def extent(catalog: Catalog) -> int:
    """How much there is to look through: objects, and the rules of each filter of a router."""
    rules = (chain.siblings("chain.rule") or () for _, chain in _filters(catalog))
    return catalog.store.count + sum(map(len, rules))


def homes(catalog: Catalog, address: int) -> list[Row]:
    """The routers where packets for an address are taken care of, the likeliest first."""
    found = [router for router, _ in translators(catalog, "dnat", "dst", address)]
    found += [
        router
        for router, rule in filtering(catalog)
        if rule.get("type") == "snat"
        and any(target.first <= address <= target.last for target in rule.get("target") or ())
    ]
    for balancer in catalog.store.rows("load-balancer"):
        router = balancer.get("router")
        for pool in (balancer.siblings("load-balancer.pool") or ()) if router is not None else ():
            vips = pool.siblings("load-balancer.pool.vip") or ()
            found += [router for vip in vips if vip.get("address") == address]
    owner = guest_with(catalog.store, address)
    behind = [port.parent for port in gateways(owner[1])] if owner is not None else []
    near = [router for router in routers(catalog) if connected(router, address) is not None]
    found += [router for router in near if router in behind]
    found += [router for router in behind if router is not None]
    return list(dict.fromkeys([*found, *near]))


def is_shared(catalog: Catalog, address: int) -> bool:
    """Whether an address is no machine's own: it is translated, or a load balancer's."""
    pools = (
        pool
        for balancer in catalog.store.rows("load-balancer")
        for pool in balancer.siblings("load-balancer.pool") or ()
    )
    vips = (vip for pool in pools for vip in pool.siblings("load-balancer.pool.vip") or ())
    if any(vip.get("address") == address for vip in vips):
        return True
    chains = dict.fromkeys(chain for _, chain in _filters(catalog))
    return any(
        rule.get("type") == "dnat" and _is_one(rule.get("dst"), address)
        for chain in chains
        for rule in chain.siblings("chain.rule") or ()
    )


def _is_one(value: object, address: int) -> bool:
    net = _plain(value)
    return net is not None and net.length == 32 and net.address == address


def hop(catalog: Catalog, router: Row, address: int) -> Hop | None:
    """The first hop of the shortest way from a router to where an address is at home."""
    goals = homes(catalog, address)
    if router in goals:
        port = connected(router, address) or _behind(catalog, router, address)
        return Hop(port, None) if port is not None else None
    waiting: deque[tuple[Row, Hop | None]] = deque([(router, None)])
    seen = {router}
    while waiting:
        here, first = waiting.popleft()
        for port in ports(here):
            for other in neighbours(port):
                there = other.parent
                if there is None or there in seen:
                    continue
                seen.add(there)
                begun = first or Hop(port, other)
                if there in goals:
                    return begun
                waiting.append((there, begun))
    return None


def _behind(catalog: Catalog, router: Row, address: int) -> Row | None:
    """The router's port on the link of the machine that has an address."""
    owner = guest_with(catalog.store, address)
    found = gateways(owner[1]) if owner is not None else []
    return next((port for port in found if port.parent is router), None)
