"""Pairs asked about where nothing is known but what is sent: on the machines of a cluster.

The topology comes as its script, with the machines that are asked about, and is built once by each
process that is asked. A question is the numbers of some groups of pairs that fare alike: these
stand in the same order there and here.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO, StringIO
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

import grammar
from grammar.commands.reach import Traffic
from grammar.script import read_lines
from midocli.analysis.blocks import packed
from midocli.analysis.ends import Machine, pairs_of
from midocli.analysis.fare import Fate
from midocli.analysis.outside import Outside
from midocli.analysis.standing import Standing
from midocli.analysis.twins import alike
from midocli.context.changes import CHANGES, make
from midocli.context.context import Context
from midocli.context.files import Files
from midocli.context.manner import Manner
from midocli.help.version import VERSION
from midocli.simulator.clock import Clock
from midocli.store.rows import Row
from midocli.store.saving import script

if TYPE_CHECKING:
    from midocli.store.store import Store

#: How many topologies a process keeps.
_MOST_KEPT = 2

_kept: OrderedDict[str, Callable[[int], Sequence[Fate]]] = OrderedDict()
#: A process asks about one pair at a time, however many threads it has.
_lock = Lock()


class OtherVersionError(Exception):
    """Who asks and who is asked have different versions, and may mean different things."""


def message(context: Context, machines: Sequence[Machine], traffic: Traffic) -> bytes:
    """A topology, and who is asked about in it, as it is sent."""
    alive = context.datapath.network.state.found_alive
    known = {
        "version": VERSION,
        "script": script(context.store).encode("utf-8", "surrogateescape").decode("latin-1"),
        "machines": [[each.name, _sent(context.store, each.key), *each[2:]] for each in machines],
        "traffic": [traffic.proto, traffic.port],
        "alive": [[_alias(context.store, key), found] for key, found in alive.items()],
    }
    return zlib.compress(json.dumps(known).encode(), 9)


def answers(digest: str, known: bytes, first: int, last: int) -> bytes:
    """What becomes of the pairs with these numbers; `digest` names what is known.

    OtherVersionError where it was sent by another version.
    """
    with _lock:
        if digest not in _kept:
            _kept[digest] = _ready(json.loads(zlib.decompress(known)))
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        return packed(map(_kept[digest], range(first, last)))


def _ready(known: dict[str, Any]) -> Callable[[int], Sequence[Fate]]:
    """What finds what becomes of the pair of a number."""
    if known["version"] != VERSION:
        raise OtherVersionError(f"it has midocli {VERSION}, not {known['version']}")
    context = Context(Random(0), Clock(0), Files(), Manner(StringIO()))
    for line in read_lines(BytesIO(known["script"].encode("latin-1"))):
        command = grammar.parse(line.text)
        if isinstance(command, CHANGES):
            with context.changing():
                make(context, command)
    by_alias = {row.full_alias: row.id for row in _named(context.store)}
    alive = context.datapath.network.state.found_alive
    alive.update({by_alias[alias]: found for alias, found in known["alive"]})
    machines = [
        Machine(name, _received(by_alias, key), *more) for name, key, *more in known["machines"]
    ]
    standing = Standing.of(context, Traffic(*known["traffic"]))
    groups = alike(standing.lab, machines, pairs_of(machines))

    def fates(number: int) -> Sequence[Fate]:
        source, target = (machines[at] for at in groups[number][0])
        return standing.fates(source, target.address, target.meant)

    return fates


def _named(store: Store) -> Iterator[Row]:
    """All that is sent by its alias: machines, routers' ports, and members of pools."""
    yield from store.rows("guest")
    for router in store.rows("router"):
        yield from router.siblings("router.port") or ()
    for balancer in store.rows("load-balancer"):
        for pool in balancer.siblings("load-balancer.pool") or ():
            yield from pool.siblings("load-balancer.pool.member") or ()


def _alias(store: Store, key: Any) -> str | None:
    row = store.by_id(key) if key is not None else None
    return row.full_alias if row is not None else None


def _sent(store: Store, key: Any) -> Any:
    """A machine's key as it is sent: the alias of a guest, or all of who is outside."""
    return [_alias(store, key.port), *key[1:]] if isinstance(key, Outside) else _alias(store, key)


def _received(by_alias: dict[str, Any], key: Any) -> Any:
    if isinstance(key, list):
        return Outside(by_alias[key[0]], *key[1:])
    return by_alias[key] if key is not None else None
