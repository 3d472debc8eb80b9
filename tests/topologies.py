"""Topologies made up from the schema: commands that mostly succeed, chosen by numbers.

Each number makes one command out of what there is: the same numbers always make the same
topology, and a test that fails can be cut down to the fewest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from hypothesis import strategies as st
from worlds import World, rows

from grammar.errors import MidoError
from grammar.examples import example
from grammar.resources import SCHEMA
from grammar.schema import Field
from grammar.values import Choice, Integer, Limit, LinkStatus, ListOf, Reference, Text, Truth
from grammar.words import quoted
from midocli.store.rows import Row

#: A command each: what it does, to what, and with which values all come from its number.
commands = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60)

_CREATABLE = [
    each
    for each in SCHEMA.collections.values()
    if each.creatable and not each.gathers and not each.live and not each.single
]
_COMMON = ("router.port", "bridge.port", "chain.rule", "router.route", "chain", "router", "bridge")
_WORDS = ["a", "b", "two words", "it's", "", "#"]
#: What needs something done before, beside `demo`.
BEFORE = {
    "undo": ("bridge create name a", "bridge create name b"),
    "redo": ("bridge create name a", "bridge create name b", "bridge create name c", "undo 3"),
    "demo": ("undo",),
    "capture": ("tcpdump veth0 quiet",),
    "vtep": ("tunnel-zone create name racks type vtep",),
    "pool-statistic": ("load-balancer create", "load-balancer lb0 pool create"),
    "health-monitor.pool": ("load-balancer create",),
    "health-monitor.pool.member": ("health-monitor hm0 pool create load-balancer lb0",),
    "health-monitor.pool.vip": ("health-monitor hm0 pool create load-balancer lb0",),
}


def before(path: str) -> list[str]:
    """What makes the objects that hold those of a collection, and what it needs."""
    parent = SCHEMA[path].parent
    lines = before(parent) if parent else []
    if parent and SCHEMA[parent].creatable and not SCHEMA[parent].gathers:
        lines.append(example(SCHEMA, SCHEMA[parent]))
    return [*lines, *BEFORE.get(path, ())]


class Builder:
    """Runs commands that numbers stand for; texts in fields are some of `texts`."""

    def __init__(self, world: World, texts: Sequence[str] = _WORDS) -> None:
        self.world = world
        self.texts = texts
        self.lines: list[str] = []
        self._dice = random.Random(0)

    def run(self, draws: list[int]) -> None:
        """One command a number; those that are refused are left out."""
        for draw in draws:
            self._dice = random.Random(draw)
            line = self._line()
            if line is None:
                continue
            try:
                self.world.run(line)
            except MidoError:
                continue
            self.lines.append(line)

    def _line(self) -> str | None:
        kind = self._dice.random()
        if kind < 0.55:
            return self._create()
        row = self._any_row()
        if row is None:
            return self._create()
        if kind < 0.8:
            return self._set(row)
        if kind < 0.88:
            return self._clear(row)
        return None if row.collection.single else f"{self._path(row)} delete"

    # -- commands ------------------------------------------------------------------

    def _create(self) -> str | None:
        collection = self._dice.choice(_CREATABLE)
        if self._dice.random() < 0.4:
            collection = SCHEMA[self._dice.choice(_COMMON)]
        parent = None
        if collection.parent:
            parent = self._one_of(collection.parent)
            if parent is None:
                return None
        pairs = []
        for field in collection.fields:
            if field.read_only or field.parent:
                continue
            if field.required or self._dice.random() < 0.3:
                word = self._word(field, parent)
                if word is not None:
                    pairs.append(f"{field.name} {quoted(word)}")
        if collection.has_id and self._dice.random() < 0.15:
            pairs.append(f"alias {collection.prefix}{self._dice.randrange(12)}")
        where = f"{self._path(parent)} " if parent else ""
        return f"{where}{collection.name} create {' '.join(pairs)}"

    def _set(self, row: Row) -> str | None:
        fields = [
            each
            for each in row.collection.fields
            if not (each.read_only or each.fixed or each.parent)
        ]
        self._dice.shuffle(fields)
        pairs = []
        for field in fields[: self._dice.randint(1, 3)]:
            word = self._word(field, row.parent)
            if word is not None:
                pairs.append(f"{field.name} {quoted(word)}")
        return f"{self._path(row)} set {' '.join(pairs)}" if pairs else None

    def _clear(self, row: Row) -> str | None:
        fields = [field.name for field in row.collection.fields if field.clearable]
        return f"{self._path(row)} clear {self._dice.choice(fields)}" if fields else None

    # -- objects -------------------------------------------------------------------

    def _any_row(self) -> Row | None:
        everything = rows(self.world.store)
        return self._dice.choice(everything) if everything else None

    def _one_of(self, path: str) -> Row | None:
        found = [row for row in rows(self.world.store) if row.collection.path == path]
        return self._dice.choice(found) if found else None

    def _path(self, row: Row | None) -> str:
        """A row by its alias or by all of its fields, whatever its kind allows."""
        if row is None:
            return ""
        collection = row.collection
        if collection.single:
            return collection.name
        if collection.has_id:
            return f"{self._path(row.parent)} {collection.name} {row.alias}".strip()
        names = collection.key or tuple(
            field.name for field in collection.fields if row.get(field.name) is not None
        )
        display = self.world.context.display
        words = {name: display.field(row, collection.by_name[name]) or "" for name in names}
        filters = [f"{name} {quoted(word)}" for name, word in words.items()]
        return f"{self._path(row.parent)} {collection.name} {' '.join(filters)}".strip()

    # -- values --------------------------------------------------------------------

    def _word(self, field: Field, parent: Row | None) -> str | None:
        if field.name == "network-id":
            bridge = self._one_of("bridge")
            return bridge.full_alias if bridge else None
        if field.name == "pos":
            return str(self._dice.choice([1, 1, 1, 2, 3]))
        if field.name == "port" and parent is not None and parent.collection.path == "router":
            own = list(parent.siblings("router.port") or ())
            return self._dice.choice(own).full_alias if own else None
        word = self._of_type(field.type)
        negated = field.invertible and self._dice.random() < 0.3
        return f"!{word}" if word is not None and negated else word

    def _of_type(self, type: object) -> str | None:
        dice = self._dice
        match type:
            case Choice() | Truth():
                return dice.choice(type.words)
            case Integer():
                return str(dice.choice([type.low, type.high, min(type.high, type.low + 7)]))
            case Limit():
                return dice.choice(["no-limit", "3"])
            case LinkStatus():
                return dice.choice(["up", "down", "1"])
            case Text():
                return dice.choice(self.texts)[: type.max_length]
            case Reference():
                return self._reference(type)
            case ListOf(item=item):
                words = [self._of_type(item) for _ in range(dice.randrange(3))]
                return ",".join(word for word in words if word)
        return _ADDRESSES[type.__class__.__name__](dice)

    def _reference(self, reference: Reference) -> str | None:
        if reference.target == "interface":
            host = self._one_of("host")
            return f"{host.full_alias}:veth{self._dice.randrange(4)}" if host else None
        paths = SCHEMA[reference.target].gathers or (reference.target,)
        row = self._one_of(self._dice.choice(paths))
        return row.full_alias if row else None


def _address(dice: random.Random) -> str:
    return f"10.{dice.randrange(3)}.{dice.randrange(3)}.{dice.randrange(4)}"


def _network(dice: random.Random) -> str:
    return f"{_address(dice)}/{dice.choice([0, 8, 24, 32])}"


_ADDRESSES: dict[str, Callable[[random.Random], str]] = {
    "IPv4": _address,
    "IpAddress": lambda dice: dice.choice([_address(dice), "2001:db8::1", "::"]),
    "Network": _network,
    "Mac": lambda dice: f"2:0:0:0:0:{dice.randrange(16):x}",
    "MacMask": lambda dice: "ffff.ff00.0000",
    "Ports": lambda dice: dice.choice(["80", "1-1023", "0-65535"]),
    "NatTargets": lambda dice: dice.choice(
        [_address(dice), "10.0.0.1-10.0.0.9:80", "10.0.0.1:1-99,10.0.0.2"]
    ),
    "Uuid": lambda dice: f"{dice.getrandbits(128):032x}"[:8] + "-0000-4000-8000-000000000000",
}
