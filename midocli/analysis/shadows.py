"""Rules that no packet reaches, and rules without which nothing would be otherwise."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from midocli.analysis.regions import EVERYTHING, Region, Space
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Chain, Rule

#: What ends the evaluation of a chain for whatever it matches.
_FINAL = ("accept", "drop", "reject", "return", "redirect")
#: What leaves a packet as it is, so that later rules see what earlier ones left.
_HARMLESS = ("continue", "trace")
#: In more pieces than these what is left of all packets is looked at no further.
_MOST_BOXES = 2000

Chains = Callable[[Key], Chain | None]


class Idle(NamedTuple):
    """A rule that does nothing: `because` are the rules that make it so.

    `reached`: packets come to it, but fare without it as they do; `ends` says that some do so
    at the end of the chain. `undecided`: the chain is too intricate from here on to say.
    """

    rule: Rule
    because: tuple[Rule, ...]
    reached: bool
    undecided: bool = False
    ends: bool = False


def idle_rules(chain: Chain, is_called: bool, chains: Chains = lambda key: None) -> Iterator[Idle]:
    """The rules of a chain that do nothing; `is_called` says that others jump to it.

    `chains` gives those that it jumps to by their keys.
    """
    jumps = _Jumps(chain, is_called, chains)
    space, regions = jumps.space, jumps.regions
    left, earlier = EVERYTHING, list[Rule]()
    taken: dict[object, Region] = {}
    asked = set[str]()
    for place, rule in enumerate(chain.rules):
        if len(left) > _MOST_BOXES:
            yield Idle(rule, (), True, undecided=True)
            return
        region = regions[rule.key]
        come = space.common(region, left)
        is_asking = _asks(rule, asked)
        if not come and not is_asking:
            yield Idle(rule, _takers(space, region, earlier, taken), False)
        elif not is_asking:
            idle = _idle(rule, chain.rules[place + 1 :], come, jumps, is_called, asked)
            if idle is not None:
                yield idle
        else:
            asked.add(rule.matcher.policy)
        passed = jumps.passed(rule, region)
        if passed is None:
            # What it matches may look otherwise from here on.
            left, earlier = EVERYTHING, []
        elif passed is not region:
            taken[rule.key] = space.minus(region, passed)
            left = space.minus(left, taken[rule.key])
            earlier.append(rule)


def _asks(rule: Rule, asked: Container[str]) -> bool:
    """Whether a rule has packets' connections known, whatever it matches; `asked` did before."""
    policy = rule.matcher.policy
    return rule.matcher.asks_flow and policy not in asked and "any" not in asked


class _Jumps:
    """What becomes of packets in the rules of a chain, and in those of the chains it jumps to."""

    def __init__(self, chain: Chain, is_called: bool, chains: Chains) -> None:
        self._chains = chains
        #: A chain that a packet has been in already is passed over: those to which it is not
        #: known whether it has.
        self._visited: set[Key] | None = None if is_called else {chain.key}
        rules = [rule for each in self._below(chain) for rule in each.rules]
        self._changing = {rule.key for rule in rules if not self._is_harmless(rule)}
        own = chain.rules if is_called else rules
        self.space = Space(own)
        self.regions = {rule.key: self.space.region(rule) for rule in own}

    def target(self, rule: Rule) -> Chain | None:
        """The chain that a rule jumps to."""
        return self._chains(rule.jump_to) if rule.type == "jump" else None

    def passed(self, rule: Rule, come: Region) -> Region | None:
        """What a rule lets go on of what it matches; None: that may not be as it was."""
        if rule.key in self._changing:
            return None
        target = self.target(rule)
        if target is not None and self._visited is not None:
            return self._returned(target, come, self._visited)
        return [] if rule.type in _FINAL else come

    def _returned(self, chain: Chain, come: Region, visited: set[Key]) -> Region:
        """What comes back out of a chain."""
        if chain.key in visited:
            return come
        visited.add(chain.key)
        left, back = come, Region()
        for rule in chain.rules:
            if len(left) + len(back) > _MOST_BOXES:
                return come
            there = self.space.common(self.regions[rule.key], left)
            target = self.target(rule)
            if rule.type == "return":
                back = back + there
            if rule.type in _FINAL:
                left = self.space.minus(left, there)
            elif target is not None:
                left = self.space.minus(left, there) + self._returned(target, there, visited)
        return back + left

    def _is_harmless(self, rule: Rule) -> bool:
        """Whether a rule, or what it jumps to, leaves what goes on as it is."""
        target = self.target(rule)
        if target is None:
            return rule.type in (*_FINAL, *_HARMLESS, "jump")
        return all(
            each.type in (*_FINAL, *_HARMLESS, "jump")
            for chain in self._below(target)
            for each in chain.rules
        )

    def _below(self, chain: Chain) -> list[Chain]:
        """A chain and all that it jumps to, in any number of steps."""
        found = {chain.key: chain}
        waiting = [chain]
        while waiting:
            for rule in waiting.pop().rules:
                target = self.target(rule)
                if target is not None and target.key not in found:
                    found[target.key] = target
                    waiting.append(target)
        return list(found.values())


def _takers(
    space: Space, region: Region, earlier: Sequence[Rule], taken: Mapping[object, Region]
) -> tuple[Rule, ...]:
    """The earlier rules that take what a rule matches, none of which could be left out."""
    needed = [rule for rule in earlier if space.common(region, taken[rule.key])]
    for rule in tuple(needed):
        others = [other for other in needed if other is not rule]
        left = region
        for other in others:
            left = space.minus(left, taken[other.key])
        if not left:
            needed = others
    return tuple(needed)


def _idle(
    rule: Rule,
    later: Sequence[Rule],
    come: Region,
    jumps: _Jumps,
    is_called: bool,
    asked: Container[str],
) -> Idle | None:
    """A rule, if what comes to it fares the same without it."""
    target = jumps.target(rule)
    if rule.type == "continue" or (target is not None and not target.rules):
        return Idle(rule, (), True)
    if rule.type not in ("accept", "drop", "reject", "return"):
        return None
    end = "return" if is_called else "accept"
    own = end if rule.type == "return" else rule.type
    space, regions = jumps.space, jumps.regions
    all_that_comes, because = come, list[Rule]()
    for other in later:
        if come and _asks(other, asked):
            return None
        met = space.common(come, regions[other.key])
        if not met or other.type in _HARMLESS:
            continue
        theirs = end if other.type == "return" else other.type
        if other.type not in ("accept", "drop", "reject", "return") or theirs != own:
            return None
        because.append(other)
        come = space.minus(come, met)
        if len(come) > _MOST_BOXES:
            return None
    if come and own != end:
        return None
    needed = _takers(space, space.minus(all_that_comes, come), because, regions)
    return Idle(rule, needed, True, ends=bool(come))
