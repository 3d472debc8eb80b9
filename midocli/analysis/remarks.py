"""What is there and does nothing, or not what it seems to be for: worth a look, and no mistake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.advice.whereabouts import guests, port_of
from midocli.analysis.check import End, Finding, Links
from midocli.simulator.wire.addresses import Prefix, contains
from midocli.store.display import binding_of
from midocli.store.rows import Row

if TYPE_CHECKING:
    from midocli.simulator.topology.keys import Key
    from midocli.simulator.topology.topology import Topology
    from midocli.store.store import Store

#: What is remarked on, a stable code, and one sentence.
Remarks = Iterator[tuple[Row, str, str]]

#: What may be down, with the parts of it that may.
_MAY_BE_DOWN = {
    "guest": (),
    "bridge": ("bridge.port",),
    "router": ("router.port",),
    "load-balancer": ("load-balancer.pool",),
}


def remarks(store: Store, topology: Topology) -> Iterator[Finding]:
    """All of them."""
    links = Links(store)
    every = (
        *_down(store),
        *_plugged_in_nowhere(store),
        *_without_routes(store),
        *_overlapping(store),
        *_strangers(links),
        *_unused_chains(store),
        *_balancing_nothing(store),
        *_sent_to_nobody(store, topology, links),
    )
    yield from (Finding(False, code, row.full_alias, text) for row, code, text in every)


def _down(store: Store) -> Remarks:
    for kind, parts in _MAY_BE_DOWN.items():
        for whole in store.rows(kind):
            for row in (whole, *(part for path in parts for part in whole.siblings(path) or ())):
                if row.get("state") == "down":
                    yield row, "down", "it is down"
    for host in store.rows("host"):
        if host.get("alive") is False:
            yield host, "down", "it is not alive, so its ports are plugged in nowhere"


def _plugged_in_nowhere(store: Store) -> Remarks:
    for _, nic in guests(store):
        if nic.get("address") and port_of(nic) is None:
            yield nic, "unplugged-machine", "it has an address, and is plugged in nowhere"


def _without_routes(store: Store) -> Remarks:
    """Ports of routers that no packet leaves by: the link of a port needs a route, too."""
    for router in store.rows("router"):
        routes = router.siblings("router.route") or ()
        leading = {route.get("port") for route in routes if route.get("type") == "normal"}
        for port in router.siblings("router.port") or ():
            is_used = port.get("peer") is not None or binding_of(port) is not None
            if is_used and port.get("address") is not None and port not in leading:
                text = "no route leads out of it, so nobody behind it is sent anything"
                yield port, "port-without-route", text


def _overlapping(store: Store) -> Remarks:
    """Ports of one router whose networks have addresses in common."""
    for router in store.rows("router"):
        ports = [port for port in router.siblings("router.port") or () if port.get("net")]
        for one, other in combinations(ports, 2):
            wide, narrow = sorted((_net(one), _net(other)), key=lambda net: net[1])
            if contains(wide, narrow[0]):
                text = f"its network overlaps that of {one.full_alias}"
                yield other, "overlapping-networks", text


def _net(port: Row) -> Prefix:
    net = port.get("net")
    return int(net.address), net.length


def _strangers(links: Links) -> Remarks:
    """Those whose networks nobody else on their link is in."""
    for link, ends in links.ends.items():
        for end in ends if link not in links.open else ():
            others = [other for other in ends if other is not end and other.addresses]
            if end.networks and others and not any(_are_near(end, other) for other in others):
                where = links.rows[link].full_alias
                text = f"nobody else on {where} has an address in its network"
                yield end.row, "alone-in-network", text


def _are_near(one: End, other: End) -> bool:
    """Whether one is in a network with an address of the other."""
    return any(_is_in(one, address) for address in other.addresses)


def _is_in(end: End, address: int) -> bool:
    return any(contains(net, address) for net in end.networks)


def _unused_chains(store: Store) -> Remarks:
    for chain in store.rows("chain"):
        if not chain.referrers:
            yield chain, "unused-chain", "no filter and no rule uses it"


def _pools(store: Store) -> Iterator[Row]:
    for balancer in store.rows("load-balancer"):
        yield from balancer.siblings("load-balancer.pool") or ()


def _balancing_nothing(store: Store) -> Remarks:
    """Virtual addresses without anybody to send to."""
    for pool in _pools(store):
        members = pool.siblings("load-balancer.pool.member") or ()
        if not any(each.get("weight") != 0 and each.get("state") != "down" for each in members):
            for vip in pool.siblings("load-balancer.pool.vip") or ():
                yield vip, "no-member", f"no member of {pool.full_alias} takes what it gets"


def _sent_to_nobody(store: Store, topology: Topology, links: Links) -> Remarks:
    """Translations and members of pools with an address that nobody has where it would be."""
    vips = {
        int(vip.get("address"))
        for pool in _pools(store)
        for vip in pool.siblings("load-balancer.pool.vip") or ()
    }
    for row, address in (*_translated(store, topology), *_members(store)):
        there = {
            link for link, ends in links.ends.items() if any(_is_in(end, address) for end in ends)
        }
        known = {each for link in there for end in links.ends[link] for each in end.addresses}
        told = {each for link in there for each in links.told.get(link, ())} | vips
        if there and not there & links.open and address not in known | told:
            yield row, "unknown-target", f"nobody has {format_ipv4(address)}, to which it sends"


def _translated(store: Store, topology: Topology) -> Iterator[tuple[Row, int]]:
    """The rules that put an address in the place of others, where it is the only one."""
    for row in store.rows("chain"):
        chain = topology.chains[row.id]
        rows: dict[Key, Row] = {each.id: each for each in row.siblings("chain.rule") or ()}
        for rule in chain.rules if chain is not None else ():
            spans = {(target.first, target.last) for target in rule.targets}
            first, last = next(iter(spans), (0, -1))
            if rule.type == "dnat" and len(spans) == 1 and first == last:
                yield rows[rule.key], first


def _members(store: Store) -> Iterator[tuple[Row, int]]:
    for pool in _pools(store):
        for member in pool.siblings("load-balancer.pool.member") or ():
            yield member, int(member.get("address"))
