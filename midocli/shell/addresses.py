"""The addresses there are, for commands that send to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from grammar.addresses import Cidr, format_ipv4
from midocli.advice.whereabouts import guests
from midocli.shell.words import Candidate
from midocli.store.rows import Row
from midocli.store.store import Store

#: So many machines are looked at, and so many ports, VIPs and rules.
_MOST_LOOKED_AT = 1_000
_VIPS = ("load-balancer", "load-balancer.pool", "load-balancer.pool.vip")


def addresses(store: Store, fits: Callable[[str], bool]) -> Iterator[Candidate]:
    """Addresses that answer or are translated, those that fit, with whose they are."""
    for address, owner, how in _owned(store):
        text = format_ipv4(address)
        if fits(text):
            yield Candidate(text, f"{how} {_called(owner)}")


def _called(row: Row) -> str:
    name = row.get("name") if row.collection.path == "guest" else None
    return str(name or row.full_alias)


def _owned(store: Store) -> Iterator[tuple[int, Row, str]]:
    """Addresses with the object that has them, guests' first."""
    for guest, nic in islice(guests(store), _MOST_LOOKED_AT):
        for cidr in nic.get("address") or ():
            yield cidr.address, guest, "of"
    for port in islice(_inside(store, "router", "router.port"), _MOST_LOOKED_AT):
        if port.get("address") is not None:
            yield port.get("address"), port, "of"
    for vip in islice(_inside(store, *_VIPS), _MOST_LOOKED_AT):
        yield vip.get("address"), vip, "of"
    for rule in islice(_inside(store, "chain", "chain.rule"), _MOST_LOOKED_AT):
        dst = rule.get("dst")
        if isinstance(dst, Cidr) and dst.length == 32 and rule.get("type") == "dnat":
            yield dst.address, rule, "translated by"


def _inside(store: Store, *paths: str, holder: Row | None = None) -> Iterator[Row]:
    """The objects at the last of some paths, each inside the one before."""
    first, *inner = paths
    for row in store.rows(first, holder):
        if inner:
            yield from _inside(store, *inner, holder=row)
        else:
            yield row
