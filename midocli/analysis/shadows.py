"""Rules that no packet reaches, and rules without which nothing would be otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from midocli.analysis.regions import EVERYTHING, Region, Space
from midocli.simulator.topology.records import Chain, Rule

#: What ends the evaluation of a chain for whatever it matches.
_FINAL = ("accept", "drop", "reject", "return", "redirect")
#: What leaves a packet as it is, so that later rules see what earlier ones left.
_HARMLESS = ("continue", "trace", "jump")
#: In more pieces than these what is left of all packets is looked at no further.
_MOST_BOXES = 2000


class Idle(NamedTuple):
    """A rule that does nothing: `because` are the rules that make it so.

    `reached`: packets come to it, but fare without it as they do. `undecided`: the chain is too
    intricate from here on to say.
    """

    rule: Rule
    because: tuple[Rule, ...]
    reached: bool
    undecided: bool = False


def idle_rules(chain: Chain, is_called: bool) -> Iterator[Idle]:
    """The rules of a chain that do nothing; `is_called` says that others jump to it."""
    space = Space(chain.rules)
    regions = {rule.key: space.region(rule) for rule in chain.rules}
    left, earlier = EVERYTHING, list[Rule]()
    is_known = False
    for place, rule in enumerate(chain.rules):
        if len(left) > _MOST_BOXES:
            yield Idle(rule, (), True, undecided=True)
            return
        region = regions[rule.key]
        come = space.common(region, left)
        # The first that asks for the connection makes its answers known, whatever it matches.
        asks = rule.matcher.asks_flow and not is_known
        is_known = is_known or rule.matcher.asks_flow
        if not come and not asks:
            yield Idle(rule, _takers(space, region, earlier, regions), False)
        elif not asks and _is_idle(space, chain.rules[place:], come, regions, is_called):
            yield Idle(rule, (), True)
        if rule.type in _FINAL:
            left = space.minus(left, region)
            earlier.append(rule)
        elif rule.type not in _HARMLESS:
            # What it matches may look otherwise from here on.
            left, earlier = EVERYTHING, []


def _takers(
    space: Space, region: Region, earlier: Sequence[Rule], regions: dict[object, Region]
) -> tuple[Rule, ...]:
    """The earlier rules that take what a rule matches, none of which could be left out."""
    needed = [rule for rule in earlier if space.common(region, regions[rule.key])]
    for rule in tuple(needed):
        others = [other for other in needed if other is not rule]
        left = region
        for other in others:
            left = space.minus(left, regions[other.key])
        if not left:
            needed = others
    return tuple(needed)


def _is_idle(
    space: Space,
    rules: Sequence[Rule],
    come: Region,
    regions: dict[object, Region],
    is_called: bool,
) -> bool:
    """Whether what comes to the first of some rules fares the same without it."""
    rule, later = rules[0], rules[1:]
    if rule.type == "continue":
        return True
    if rule.type not in ("accept", "drop", "reject", "return"):
        return False
    end = "return" if is_called else "accept"
    own = end if rule.type == "return" else rule.type
    for other in later:
        met = space.common(come, regions[other.key])
        if not met or other.type in ("continue", "trace"):
            continue
        theirs = end if other.type == "return" else other.type
        if other.type not in ("accept", "drop", "reject", "return") or theirs != own:
            return False
        come = space.minus(come, regions[other.key])
        if len(come) > _MOST_BOXES:
            return False
    return not come or own == end
