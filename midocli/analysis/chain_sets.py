"""Chains run for all atoms at once: a set of packets goes in, sets come out.

What a rule asks of protocol, ports and connection is a set of atoms; all else it asks is decided by
its compiled condition, for the addresses, ports and MACs at hand. A rule takes `left & matched`, as
the simulator's `chain` takes one packet. What chains do is kept by the values their rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from midocli.analysis.alike import port_terms
from midocli.analysis.atoms import FIRST_PORT, LAST_PORT, Atoms, Refined, Span
from midocli.analysis.derived import Derived, Making, Steady
from midocli.analysis.members import Groups
from midocli.simulator.topology.condition import (
    Condition,
    Predicate,
    Situation,
    effective_policy,
    matcher,
    reader,
)
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port, Rule
from midocli.simulator.topology.topology import Topology
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ICMP, TCP, UDP

#: Rules that leave packets as they are: nothing that was not translated is translated back.
IDLE = ("continue", "trace", "rev_dnat", "rev_snat")
#: Those that decide, too; all others are left to the simulator.
PLAIN = (*IDLE, "accept", "drop", "reject", "return", "jump")


class Place:
    """Where packets are, as conditions ask for it: a `Situation` of which nothing is learnt."""

    generated = False
    nw_dst_rewritten = False
    forward: bool | None = None

    def __init__(self, groups: Groups) -> None:
        self.topology: Any = groups
        self.entry: Port = NO_PORT
        self.in_port: Port = NO_PORT
        self.out_port: Port = NO_PORT

    def is_forward(self) -> bool:
        """What is no TCP, UDP or ICMP always is."""
        return True


class Passing(NamedTuple):
    """What a chain does with all atoms: which pass, and which it takes by which rule.

    `asked` are those whose connection it asks for, `odd` those that a rule takes which does more.
    """

    passed: int
    asked: int
    odd: int
    taken: tuple[tuple[int, Rule], ...]

    def refined(self, refined: Refined) -> Passing:
        """The same in finer atoms."""
        taken = tuple((refined(some), rule) for some, rule in self.taken)
        return Passing(refined(self.passed), refined(self.asked), refined(self.odd), taken)


class _Ready(NamedTuple):
    """A rule made ready: its sets by direction (request, answer) and by what the connection is."""

    rule: Rule
    holds: Predicate
    sets: dict[tuple[bool, bool], int]
    inverted: bool
    never: bool
    asks: bool

    def refined(self, refined: Refined) -> _Ready:
        """The same in finer atoms."""
        return self._replace(sets={which: refined(some) for which, some in self.sets.items()})


class ChainSets:
    """The chains of a topology, run for sets of atoms."""

    def __init__(self, topology: Topology, making: Making, atoms: Atoms) -> None:
        self._topology = topology
        #: Whether a chain has nothing but plain rules, wherever it jumps.
        self.plain = Steady(making, self._is_plain)
        #: The rules of a chain, made ready.
        self.ready = Derived(making, self._made_ready)
        self._readers = Derived(making, self._reader)
        self._passings = Derived(making, self._run)
        self.groups = Groups(topology, making)
        self._here: tuple[Place, Frame] = Place(self.groups), Frame()
        self._atoms = atoms

    @property
    def _tracked(self) -> int:
        return sum(self._atoms.protocol(proto) for proto in (TCP, UDP, ICMP))

    def refine(self, atoms: Atoms, refined: Refined) -> None:
        """Packets are known by these finer atoms from now on."""
        for key, rules in self.ready.items():
            self.ready[key] = [rule.refined(refined) for rule in rules]
        for passing, found in self._passings.items():
            self._passings[passing] = found.refined(refined)
        self._atoms = atoms

    def run(self, key: Key, place: Place, frame: Frame, answers: bool, forward: bool) -> Passing:
        """Run a chain for packets (or `answers`) that go in a direction of their connections."""
        self._here = place, frame
        return self._passings[key, answers, forward, self._readers[key](place, frame)]

    def lets_pass(self, key: Key, place: Place, frame: Frame) -> bool:
        """Whether a plain chain lets a frame pass that is no IP packet."""
        return key is None or self._verdict(key, place, frame, set()) != "refused"

    def _verdict(self, key: Key, place: Place, frame: Frame, visited: set[Key]) -> str:
        visited.add(key)
        for rule in self._rules(key):
            if not rule.matcher.matches(place, frame):
                continue
            if rule.type in ("drop", "reject"):
                return "refused"
            if rule.type in ("accept", "return"):
                return rule.type
            target = rule.jump_to if rule.type == "jump" else None
            if target is not None and target not in visited:
                verdict = self._verdict(target, place, frame, visited)
                if verdict in ("refused", "accept"):
                    return verdict
        return "end"

    # -- running -----------------------------------------------------------------------------

    def _run(self, passing: tuple[Key, bool, bool, Hashable]) -> Passing:
        key, answers, forward, _ = passing
        # The values in `passing` mean something only as long as the same is read.
        self._readers[key]
        run = _Run(self, *self._here, answers, forward)
        accepted, through = run.chain(key, self._atoms.all)
        return Passing(accepted | through, run.asked & self._tracked, run.odd, tuple(run.taken))

    def _is_plain(self, key: Key) -> bool:
        rules = [rule for each in self._closure(key) for rule in self._rules(each)]
        return all(rule.type in PLAIN for rule in rules)

    def _made_ready(self, key: Key) -> list[_Ready]:
        return [self._readied(rule) for rule in self._rules(key)]

    def _readied(self, rule: Rule) -> _Ready:
        condition = rule.condition
        policy = effective_policy(condition, dynamic_nat=rule.dynamic)
        sets = {
            (answers, forward): self._set(condition, answers, forward)
            for answers in (False, True)
            for forward in (False, True)
        }
        holds = matcher(_rest(condition)).matches
        asks = condition.flow is not None
        return _Ready(rule, holds, sets, condition.inverted, policy == "nonheader", asks)

    def _set(self, condition: Condition, answers: bool, forward: bool) -> int:
        """The atoms that have what a condition asks of protocol, ports and connection."""
        atoms, found = self._atoms, self._atoms.all
        if condition.proto:
            proto = atoms.protocol(condition.proto)
            found &= ~proto if "proto" in condition.negated else proto
        for term in port_terms(condition):
            ports = self._with_ports(term.is_source, term.span, answers)
            found &= ~ports if term.negated else ports
        if condition.flow is not None:
            flow = self._atoms.all if forward else self._atoms.all & ~self._tracked
            wants_forward = (condition.flow == "fwd-flow") is not ("flow" in condition.negated)
            found &= flow if wants_forward else ~flow
        return found & self._atoms.all

    def _with_ports(self, is_source: bool, span: Span, answers: bool) -> int:
        """The atoms whose packets, or answers, have a port (or ICMP's type or code) in a range."""
        first, last = max(span[0], FIRST_PORT), min(span[1], LAST_PORT)
        among = self._atoms.from_ports if is_source is not answers else self._atoms.to_ports
        found = among(first, last) if first <= last else 0
        kind = (ECHO_REPLY if answers else ECHO_REQUEST) if is_source else 0
        return found | self._atoms.protocol(ICMP) if span[0] <= kind <= span[1] else found

    def _reader(self, key: Key) -> Callable[[Situation, Frame], Hashable]:
        reads = {
            read
            for each in self._closure(key)
            for rule in self._rules(each)
            for read in matcher(_rest(rule.condition)).reads
        }
        return reader(sorted(reads, key=str)) if reads else lambda place, frame: None

    def _rules(self, key: Key) -> tuple[Rule, ...]:
        chain = self._topology.chains[key] if key is not None else None
        return chain.rules if chain is not None else ()

    def _closure(self, key: Key) -> Iterator[Key]:
        waiting, seen = [key], set[Key]()
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            yield each
            waiting += [rule.jump_to for rule in self._rules(each) if rule.type == "jump"]


class _Run:
    """One chain, and those it jumps to, run for all atoms."""

    def __init__(
        self, chains: ChainSets, place: Place, frame: Frame, answers: bool, forward: bool
    ) -> None:
        self._chains = chains
        self._place, self._frame = place, frame
        self._which = answers, forward
        self._visited: dict[Key, int] = {}
        self.asked = self.odd = 0
        self.taken: list[tuple[int, Rule]] = []

    def chain(self, key: Key, left: int) -> tuple[int, int]:
        """The atoms that are accepted for good, and those that come out at the end."""
        self._visited[key] = self._visited.get(key, 0) | left
        accepted = returned = 0
        for ready in self._chains.ready[key]:
            if not left:
                break
            if ready.never:
                continue
            if ready.asks:
                self.asked |= left
            matched = left & self._matched(ready)
            if not matched:
                continue
            rule = ready.rule
            if rule.type == "jump":
                more, left = self._jump(rule, matched, left)
                accepted |= more
            elif rule.type not in IDLE:
                left &= ~matched
                if rule.type == "accept":
                    accepted |= matched
                elif rule.type == "return":
                    returned |= matched
                elif rule.type in ("drop", "reject"):
                    self.taken.append((matched, rule))
                else:
                    self.odd |= matched
        return accepted, left | returned

    def _matched(self, ready: _Ready) -> int:
        holds = ready.holds(self._place, self._frame)
        if ready.inverted:
            return ~ready.sets[self._which] if holds else -1
        return ready.sets[self._which] if holds else 0

    def _jump(self, rule: Rule, matched: int, left: int) -> tuple[int, int]:
        """What is accepted behind a jump, and what is left then; each chain is visited once."""
        target = rule.jump_to
        going = matched & ~self._visited.get(target, 0) if target is not None else 0
        if not going or not self._chains.ready[target]:
            return 0, left
        accepted, through = self.chain(target, going)
        return accepted, left & ~going | through


def _rest(condition: Condition) -> Condition:
    """A condition without what is decided by sets."""
    return replace(
        condition,
        inverted=False,
        proto=None,
        src_port=None,
        dst_port=None,
        flow=None,
        fragment_policy="any",
    )
