"""A chain made ready: its rules in order, and which of them is the next that matches.

A long chain is not tried rule by rule. Its rules are sorted by the fields of which they want
exact values (the *shape*: `src/24 proto dst-port`, say), and the rules of a shape by those
values. A frame has one set of values for a shape, so one look into a dict leaves the few rules
worth trying: tuple space search, as Open vSwitch's classifier does it. The rules found are then
tried in order, by their whole conditions; so the answer is the one that trying all would give.

Trying a condition has no effect but one: asking for the direction of the connection makes it
known (`Walk.is_forward`). The first rules that may do so are therefore tried in their turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from midocli.simulator.records import Chain, Rule

if TYPE_CHECKING:
    from midocli.simulator.frame import Frame
    from midocli.simulator.walk import Walk

Reader = Callable[["Walk", "Frame"], Hashable]
Shape = tuple[str, ...]

#: From how many rules on an index is worth having, for a chain and for a shape.
_LONG = 32
_MANY = 4
#: Under how many keys a rule may be entered.
_MAX_KEYS = 32


@dataclass(slots=True, eq=False)
class ChainPlan:
    """A chain's rules, and the index of a long one.

    `tables` has a dict for each shape, from a frame's values to places of rules; `others` are
    the places of rules of rare shapes or none; `asking` those of rules tried in their turn.
    """

    chain: Chain
    rules: tuple[Rule, ...]
    tables: tuple[tuple[Reader, dict[Hashable, list[int]]], ...]
    others: Sequence[int]
    asking: tuple[int, ...]

    @staticmethod
    def of(chain: Chain | None) -> ChainPlan | None:
        """The plan of a chain (None: there is no such chain)."""
        if chain is None:
            return None
        rules = chain.rules
        if len(rules) < _LONG:
            return ChainPlan(chain, rules, (), range(len(rules)), ())
        shapes: dict[Shape, list[int]] = {}
        for place, rule in enumerate(rules):
            shapes.setdefault(_shape(rule), []).append(place)
        others = shapes.pop((), [])
        tables = []
        for shape, places in shapes.items():
            if len(places) < _MANY:
                others += places
            else:
                tables.append((_reader(shape), _table(shape, rules, places)))
        return ChainPlan(chain, rules, tuple(tables), sorted(others), _asking(rules))

    def next_match(self, walk: Walk, frame: Frame, start: int) -> int:
        """The place of the first rule from `start` on that matches; the end, if none does."""
        end = len(self.rules)
        for place in self.asking:
            if place >= start:
                found = self._search(walk, frame, start, place)
                if found < place or self.rules[place].matcher.matches(walk, frame):
                    return found
                start = place + 1
        return self._search(walk, frame, start, end)

    def _search(self, walk: Walk, frame: Frame, start: int, end: int) -> int:
        """The same between two places, among which the order of trying does not matter."""
        rules = self.rules
        for read, table in self.tables:
            places = table.get(read(walk, frame))
            if places is not None:
                end = _first(rules, places, walk, frame, start, end)
        return _first(rules, self.others, walk, frame, start, end)


def _first(
    rules: tuple[Rule, ...],
    places: Sequence[int],
    walk: Walk,
    frame: Frame,
    start: int,
    end: int,
) -> int:
    """The first of some places, from `start` and before `end`, whose rule matches; else `end`."""
    for at in range(bisect_left(places, start) if start else 0, len(places)):
        place = places[at]
        if place >= end:
            break
        if rules[place].matcher.matches(walk, frame):
            return place
    return end


def _shape(rule: Rule) -> Shape:
    """What must be read of a frame to find the rule, as sorted expressions."""
    exact = rule.matcher.exact
    shape = tuple(sorted(exact))
    while prod(len(exact[read]) for read in shape) > _MAX_KEYS:
        widest = max(shape, key=lambda read: len(exact[read]))
        shape = tuple(read for read in shape if read != widest)
    return shape


def _table(
    shape: Shape, rules: tuple[Rule, ...], places: Sequence[int]
) -> dict[Hashable, list[int]]:
    """The places of rules of one shape by the values they want."""
    table: dict[Hashable, list[int]] = {}
    for place in places:
        exact = rules[place].matcher.exact
        if len(shape) == 1:
            keys: Sequence[Hashable] = exact[shape[0]]
        else:
            keys = list(product(*(exact[read] for read in shape)))
        for key in keys:
            table.setdefault(key, []).append(place)
    return table


def _asking(rules: tuple[Rule, ...]) -> tuple[int, ...]:
    """The first rule that asks for the connection, of each fragment policy.

    The policy is looked at first. Where it lets the first rule ask, the answer is known from
    then on; where it does not, it lets no later rule ask either.
    """
    first: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if rule.matcher.asks_flow:
            first.setdefault(rule.matcher.policy, place)
    return tuple(first.values())


@cache
def _reader(shape: Shape) -> Reader:
    """A function that reads a frame's values; the expressions come from `condition` alone."""
    values = shape[0] if len(shape) == 1 else f"({', '.join(shape)})"
    reader: Reader = eval(f"lambda w, f: {values}")
    return reader
