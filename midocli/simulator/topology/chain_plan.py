"""A chain made ready: its rules in order, and which of them is the next that matches.

Two things save trying rule after rule; neither changes what is found.

* What was found for a packet is kept by the values of the fields that the rules look at, as
  the agent keeps flows. The next packet of a flow costs one look into a dict.
* The rules of a long chain are sorted by the fields of which they want exact values (the
  *shape*: `src/24 proto dst-port`, say), and the rules of a shape by those values. A packet has
  one set of values for a shape, so a look into a dict leaves the few rules worth trying: tuple
  space search, as in Open vSwitch's classifier. Those are tried in order, by all they ask.
  A range of ports is entered as the blocks it is made of.

Trying a rule has no effect but one: asking for the direction of the connection makes it known
(`Situation.is_forward`). So the first rules that may ask are tried in their turn; they cut the
chain into sections within which the order of trying does not matter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod

from midocli.simulator.topology.condition import Situation, reader
from midocli.simulator.topology.records import Chain, Rule
from midocli.simulator.wire.frame import Frame

Reader = Callable[[Situation, Frame], Hashable]
Shape = tuple[str, ...]

#: From how many rules on it is worth having an index, a table for a shape, and what was found.
_LONG = 32
_MANY = 4
_REPEATING = 3
#: Under how many keys a rule may be entered.
_MAX_KEYS = 32
#: How many different things are worth reading to find what was found, of which how much is kept.
_MAX_READS = 16
_MAX_FOUND = 4096


@dataclass(slots=True, eq=False)
class ChainPlan:
    """A chain's rules, in sections."""

    chain: Chain
    rules: tuple[Rule, ...]
    sections: tuple[Section, ...]

    @staticmethod
    def of(chain: Chain | None) -> ChainPlan | None:
        """The plan of a chain (None: there is no such chain)."""
        if chain is None:
            return None
        rules = chain.rules
        cuts = {0, len(rules)}
        for place in _asking(rules):
            cuts |= {place, place + 1}
        sections = (Section(rules, *ends) for ends in pairwise(sorted(cuts)))
        return ChainPlan(chain, rules, tuple(sections))

    def next_match(self, situation: Situation, frame: Frame, start: int) -> int:
        """The place of the first rule from `start` on that matches; the end, if none does."""
        for section in self.sections:
            if start < section.end:
                start = section.next_match(situation, frame, start)
                if start < section.end:
                    return start
        return start


def _asking(rules: Sequence[Rule]) -> Iterable[int]:
    """The first rule that asks for the connection, of each fragment policy.

    The policy is looked at first. Where it lets the first rule ask, the answer is known from
    then on; where it does not, it lets no later rule ask either.
    """
    first: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if rule.matcher.asks_flow:
            first.setdefault(rule.matcher.policy, place)
    return first.values()


class Section:
    """Some rules of a chain, from the place `begin` to before `end`.

    `tables` has a dict for each shape, from a packet's values to places of rules; `others` are
    the places of rules of rare shapes or none. `found` has the place found from a place on, by
    what `read` gives (None: what was found is not kept).
    """

    __slots__ = ("_begin", "_found", "_matches", "_others", "_read", "_tables", "end")

    def __init__(self, rules: Sequence[Rule], begin: int, end: int) -> None:
        self.end = end
        self._begin = begin
        self._matches = [rule.matcher.matches for rule in rules[begin:end]]
        self._found: dict[tuple[int, Hashable], int] = {}
        reads = dict.fromkeys(read for rule in rules[begin:end] for read in rule.matcher.reads)
        worthwhile = end - begin >= _REPEATING and 0 < len(reads) <= _MAX_READS
        self._read = reader(sorted(reads, key=str)) if worthwhile else None
        places = range(begin, end)
        self._tables: list[tuple[Reader, dict[Hashable, list[int]]]] = []
        self._others = list(places)
        if len(places) >= _LONG:
            shapes: dict[Shape, dict[int, Iterable[Hashable]]] = {}
            for place in places:
                for shape, keys in _entries(rules[place]):
                    shapes.setdefault(shape, {})[place] = keys
            worth = {
                shape: rules for shape, rules in shapes.items() if shape and len(rules) >= _MANY
            }
            for shape, entries in worth.items():
                read = reader([(expression, ()) for expression in shape])
                self._tables.append((read, _table(entries)))
            rest = (entries for shape, entries in shapes.items() if shape not in worth)
            self._others = sorted({place for entries in rest for place in entries})

    def next_match(self, situation: Situation, frame: Frame, start: int) -> int:
        """The place of the first rule from `start` on that matches; `end`, if none does."""
        if self._read is None:
            return self._search(situation, frame, start)
        key = start, self._read(situation, frame)
        found = self._found.get(key)
        if found is None:
            found = self._search(situation, frame, start)
            if len(self._found) >= _MAX_FOUND:
                self._found.clear()
            self._found[key] = found
        return found

    def _search(self, situation: Situation, frame: Frame, start: int) -> int:
        found = self._first(self._others, situation, frame, start, self.end)
        for read, table in self._tables:
            places = table.get(read(situation, frame))
            if places is not None:
                found = self._first(places, situation, frame, start, found)
        return found

    def _first(
        self, places: Sequence[int], situation: Situation, frame: Frame, start: int, end: int
    ) -> int:
        """The first of some places, from `start` and before `end`, whose rule matches; `end`."""
        matches, begin = self._matches, self._begin
        for at in range(bisect_left(places, start), len(places)):
            place = places[at]
            if place >= end:
                break
            if matches[place - begin](situation, frame):
                return place
        return end


def _entries(rule: Rule) -> Iterable[tuple[Shape, Iterable[Hashable]]]:
    """Where to find the rule: shapes, each with the keys under which it is entered.

    A packet for the rule has one of the keys of one of the shapes. A range of many values is
    cut into blocks of a power of two each, as a prefix is; each size makes a shape.
    """
    exact = rule.matcher.exact
    shape = tuple(sorted(exact))
    while prod(len(exact[read]) for read in shape) > _MAX_KEYS:
        widest = max(shape, key=lambda read: len(exact[read]))
        shape = tuple(read for read in shape if read != widest)
    values = [exact[read] for read in shape]
    if not rule.matcher.ranges:
        return [(shape, _keys(values))]
    read, ends = min(rule.matcher.ranges.items(), key=lambda each: each[1][1] - each[1][0])
    return [
        ((*shape, f"{read} >> {shift}"), _keys([*values, blocks]))
        for shift, blocks in _blocks(*ends).items()
    ]


def _keys(values: Sequence[Sequence[Hashable]]) -> Iterable[Hashable]:
    """What a packet's values may be: one alone, or tuples of all."""
    return values[0] if len(values) == 1 else list(product(*values))


def _blocks(first: int, last: int) -> dict[int, list[int]]:
    """A range as aligned blocks: by the logarithm of their size, their numbers."""
    blocks: dict[int, list[int]] = {}
    while first <= last:
        shift = 0
        while first % (2 << shift) == 0 and first + (2 << shift) - 1 <= last:
            shift += 1
        blocks.setdefault(shift, []).append(first >> shift)
        first += 1 << shift
    return blocks


def _table(entries: dict[int, Iterable[Hashable]]) -> dict[Hashable, list[int]]:
    """The places of rules, in order, by the keys they are entered under."""
    table: dict[Hashable, list[int]] = {}
    for place, keys in entries.items():
        for key in keys:
            table.setdefault(key, []).append(place)
    return table
