"""Sets of packets as boxes: what rules of one chain match, and what they leave.

A *dimension* is something that rules look at, cut into classes that none of them tells apart; a box
has a set of classes (one integer) for each dimension it bounds. What a class means is
decided by the compiled condition itself, asked about a packet of the class. Things that no packet
can be made for (ports, groups, MACs, connections) are dimensions of two classes each: it is so, or
not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, cast

from midocli.simulator.topology.condition import (
    ANYTHING,
    Condition,
    Situation,
    compile_condition,
    effective_policy,
)
from midocli.simulator.topology.records import Rule
from midocli.simulator.wire.addresses import NO_ADDRESS, Prefix, mask_of
from midocli.simulator.wire.frame import Frame

#: A dimension, and the classes of it that are in the box.
Box = dict[Hashable, int]
Region = list[Box]

EVERYTHING: Region = [{}]

#: What rules ask of the frame itself: fields of a condition, by the frame's attribute they read.
_READ = {
    "src": "nw_src",
    "dst": "nw_dst",
    "src_port": "tp_src",
    "dst_port": "tp_dst",
    "proto": "proto",
    "tos": "tos",
    "ethertype": "ethertype",
}
#: Fragment fields that policies tell apart: a whole packet, a first fragment, and a later one.
_FRAGMENTS = (0, 0x2000, 1)
#: Fields of a condition that are no tests of their own.
_NOT_TESTS = {"inverted", "fragment_policy", "negated", "hw_src_mask", "hw_dst_mask"}


class Space:
    """The dimensions of the rules of a chain."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        conditions = [rule.condition for rule in rules]
        self._values = {name: _values(name, conditions) for name in _READ}
        self._sizes: dict[Hashable, int] = {name: len(v) for name, v in self._values.items()}
        self._sizes["fragment"] = len(_FRAGMENTS)

    def region(self, rule: Rule) -> Region:
        """What a rule matches."""
        condition = rule.condition
        box: Box = {}
        for dimension, mask in self._terms(condition):
            box[dimension] = box.get(dimension, self._all(dimension)) & mask
        region = [box] if all(box.values()) else []
        if condition.inverted:
            region = self.minus(EVERYTHING, region)
        policy = effective_policy(condition, dynamic_nat=rule.dynamic)
        if policy == "any":
            return region
        matches = compile_condition(replace(ANYTHING, fragment_policy=policy))
        frames = [Frame(fragment=fragment) for fragment in _FRAGMENTS]
        return self.common(region, [{"fragment": _mask(matches, frames)}])

    def _terms(self, condition: Condition) -> Iterator[tuple[Hashable, int]]:
        for field in fields(condition):
            name, value = field.name, getattr(condition, field.name)
            if name in _NOT_TESTS or value == field.default:
                continue
            negated = condition.negated & {name}
            if name in _READ:
                alone = replace(ANYTHING, **{name: value}, negated=negated, fragment_policy="any")
                frames = [_frame(name, each) for each in self._values[name]]
                yield name, _mask(compile_condition(alone), frames)
            elif name == "flow":
                yield "flow", 1 if (value == "fwd-flow") is not bool(negated) else 2
            else:
                more = getattr(condition, f"{name}_mask", None)
                yield (name, value, more), 2 if negated else 1

    def _all(self, dimension: Hashable) -> int:
        return (1 << self._sizes.get(dimension, 2)) - 1

    def common(self, one: Region, other: Region) -> Region:
        """What is in both."""
        return [box for a in one for b in other if (box := self._both(a, b)) is not None]

    def _both(self, one: Box, other: Box) -> Box | None:
        both = dict(one)
        for dimension, mask in other.items():
            both[dimension] = both.get(dimension, self._all(dimension)) & mask
            if not both[dimension]:
                return None
        return both

    def minus(self, one: Region, other: Region) -> Region:
        """What is in one region and not in another."""
        for taken in other:
            one = [piece for box in one for piece in self._without(box, taken)]
        return one

    def _without(self, box: Box, taken: Box) -> Iterator[Box]:
        """A box without what another takes of it, in boxes that do not overlap."""
        if self._both(box, taken) is None:
            yield box
            return
        rest = box
        for dimension, mask in taken.items():
            own = rest.get(dimension, self._all(dimension))
            if own & ~mask:
                yield {**rest, dimension: own & ~mask}
            rest = {**rest, dimension: own & mask}


def _frame(name: str, value: int) -> Frame:
    frame = Frame()
    setattr(frame, _READ[name], value)
    return frame


def _mask(matches: Any, frames: Sequence[Frame]) -> int:
    """The classes whose packets meet a condition that asks of the frame alone."""
    nowhere = cast(Situation, None)
    return sum(1 << at for at, frame in enumerate(frames) if matches(nowhere, frame))


def _values(name: str, conditions: Iterable[Condition]) -> list[int]:
    """A value of each class of what a field reads, and one of a frame that has none."""
    given = [value for each in conditions if (value := getattr(each, name)) is not None]
    if name in ("src", "dst"):
        cuts = {0, *(cut for prefix in given for cut in _ends(prefix))}
        return [*sorted(cut for cut in cuts if cut < 1 << 32), NO_ADDRESS]
    if name in ("src_port", "dst_port"):
        cuts = {0, *(cut for first, last in given for cut in (first, last + 1))}
        return [*sorted(cut for cut in cuts if cut < 1 << 16), -1]
    other = next(number for number in range(1, 1 << 17) if number not in given)
    return [*sorted(set(given)), other, -1]


def _ends(prefix: Prefix) -> tuple[int, int]:
    mask = mask_of(prefix[1])
    first = prefix[0] & mask
    return first, (first | ~mask & 0xFFFFFFFF) + 1
