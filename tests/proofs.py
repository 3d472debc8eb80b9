"""What must hold of a store whatever happened to it, shown with nothing of what wrote it.

The log is replayed from the first change on, over plain dictionaries, and leads to the objects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, NamedTuple

from grammar.resources import SCHEMA
from midocli.session.stores import opened
from midocli.store.storage.check import Check
from midocli.store.storage.database import Database
from midocli.store.storage.tables import prepare
from midocli.store.storage.values import Shapes

_SHAPES = Shapes(SCHEMA)
_LOG = "SELECT number, session, kind, summary, data FROM change ORDER BY number"
_OBJECTS = (
    "SELECT id, collection, parent, number, shared, data FROM object ORDER BY place, number, id"
)


class Entry(NamedTuple):
    """An entry of a store's log."""

    number: int
    session: str
    kind: str
    summary: str
    data: str


def prove(where: str) -> list[Entry]:
    """The log of a store, of which all holds that must; AssertionError where it does not."""
    database = opened(where, new=False)
    try:
        prepare(database)
        found = list(Check(SCHEMA, database).findings())
        assert not found, f"{where}: {found}"
        log = _log(database)
        objects = {row for row in database.rows(_OBJECTS) if not SCHEMA[row[1]].single}
        orders = _orders(database)
    finally:
        database.close()
    again = Replayed(log)
    assert [each.number for each in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert objects == again.objects(), objects ^ again.objects()
    assert orders == again.orders(), (orders, again.orders())
    return log


def _log(database: Database) -> list[Entry]:
    return [Entry(*row) for row in database.rows(_LOG)]


def _orders(database: Database) -> dict[tuple[str, str], list[str]]:
    """The ids of what has an order, by collection and parent."""
    found: dict[tuple[str, str], list[str]] = {}
    for id, path, parent, *_ in database.rows(_OBJECTS):
        if SCHEMA[path].ordered_by is not None:
            found.setdefault((path, parent), []).append(id)
    return found


class Replayed:
    """The objects that a log leads to."""

    def __init__(self, log: Iterable[Entry]) -> None:
        self._objects: dict[str, tuple[str, str, int, int, dict[str, Any]]] = {}
        self._orders: dict[tuple[str, str], list[str]] = {}
        for entry in log:
            for change in json.loads(entry.data):
                self._make(*change)

    def _make(self, kind: str, id: str, *said: Any) -> None:
        if said[0] == "capture":
            return  # a session's own
        match kind, *said:
            case "attach", path, parent, number, shared, place, values, _:
                self._objects[id] = path, parent, number, shared, dict(values)
                if SCHEMA[path].ordered_by is not None:
                    order = self._orders.setdefault((path, parent), [])
                    order.insert(len(order) if place is None else place - 1, id)
            case "detach", *_:
                self._order(id).remove(id)
                del self._objects[id]
            case "put", name, _, value if id in self._objects:
                path, _, _, _, values = self._objects[id]
                index = SCHEMA[path].index[name]
                default = _SHAPES[path].value(index, SCHEMA[path].fields[index].default)
                values[name] = value
                if value == default:
                    del values[name]
            case "move", _, place:
                order = self._order(id)
                order.remove(id)
                order.insert(place - 1, id)
            case "name", number, shared:
                path, parent, _, _, values = self._objects[id]
                self._objects[id] = path, parent, number, shared, values

    def _order(self, id: str) -> list[str]:
        assert id in self._objects, f"a change is of {id}, which was not made"
        path, parent, *_ = self._objects[id]
        return self._orders.get((path, parent), [id])

    def objects(self) -> set[tuple[Any, ...]]:
        """The rows that the table of objects has, without places."""
        return {(id, *each[:4], _written(*each)) for id, each in self._objects.items()}

    def orders(self) -> dict[tuple[str, str], list[str]]:
        """The ids of what has an order, by collection and parent."""
        return {place: order for place, order in self._orders.items() if order}


def _written(path: str, parent: str, number: int, shared: int, values: dict[str, Any]) -> str:
    names = [field.name for field in SCHEMA[path].fields if field.name in values]
    return json.dumps({name: values[name] for name in names}, separators=(",", ":"))


def session(dice: Random, length: int) -> Iterator[tuple[str, int]]:
    """Commands that all succeed where nobody else works, and how many changes each of them logs."""
    yield "chain create name c", 1
    routers, rules, undone, number = 0, 0, False, 1
    while number < length:
        number += 1
        match dice.randrange(12):
            case 0 | 1 | 2:
                yield f"router create name r{routers}", 1
                routers, undone = routers + 1, False
            case 3 | 4 if routers:
                chosen = f"router{dice.randrange(routers)}"
                yield f"router {chosen} set asn {number}", 1
                undone = False
            case 5 if routers:
                chosen = f"router{dice.randrange(routers)}"
                net = f"10.{number // 250}.{number % 250}"
                yield f"router {chosen} add port address {net}.1 net {net}.0/24", 1
                undone = False
            case 6 if routers:
                yield f"router router{dice.randrange(routers)} list route", 0
            case 7 | 8:
                yield f"chain c add rule type accept tos {number % 256} pos 1", 1
                rules, undone = rules + 1, False
            case 9 if rules > 1:
                yield f"chain c rule rule{rules - 1} set pos {dice.randint(1, rules)}", 1
            case 10 if not undone:
                yield "bridge create", 1
                yield "undo", 1
                number, undone = number + 1, True
            case 11 if number + 3 < length:
                yield "begin", 0
                yield f"bridge create name b{number}", 0
                yield f"bridge b{number} set name c{number}", 0
                yield "commit", 1
                number, undone = number + 3, False
