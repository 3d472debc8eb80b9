"""Ways out of a failed probe, found by trying what is proposed.

What makes the probe succeed, and leaves what just worked working, is a way. Where nothing alone
does, what moves the failure elsewhere is kept, and what is proposed there tried behind it: so all
that stands in the way is found, one thing after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from grammar import tree
from grammar.sending import Sending
from midocli.advice.advise import proposals
from midocli.advice.failure import GUESS, WIDE, Advice, Change, Failure, Ways, way
from midocli.commands.trial import Outcome, Trial, plain, sent
from midocli.context.changes import CHANGES
from midocli.context.context import Context
from midocli.datapath.fork import ExhaustedError, Meter
from midocli.probes.probe import Probe
from midocli.simulator.reason import Code, Reason

#: What is tried at most: probes, and the actions these take (some 0.2 s).
_MOST_TRIALS = 50
_MOST_WORK = 3_000
#: What may go into making sure that a way is one.
_MOST_CHECKING = 2_000
#: How many things may stand in the way, and how many ways out are told.
_DEEPEST = 4
_MOST_WAYS = 3
#: Failures of one kind of probe that are looked into, each by itself.
_MOST_REASONS = 3
#: How many places to go on from are kept, of those that things moved to.
_MOST_PLACES = 4
#: How often more what helps once has to help.
_SURE = 2
#: The same where one of several may be chosen.
_SURE_OF_ALL = 7
#: After a first way so many more trials go into others.
_MORE_TRIALS = 12
#: Failures that what was learnt, or is waited for, may prolong; and how many changes are tried
#: with that forgotten.
_LEARNT = (Code.ARP_TIMEOUT, Code.WRONG_MAC, Code.NOT_ADDRESSED_TO_GUEST, Code.NO_ANSWER)
_MOST_FORGETFUL = 12
_BY_NOW = "what was learnt before was in the way, and is not any more"
_FORGET = way("what was learnt before is forgotten", "reset", width=2)


def advised(
    context: Context, command: tree.Command, kind: type[Probe], failures: Sequence[Failure]
) -> Advice:
    """The ways out of a probe's failures."""
    search = _Search(context, command, kind)
    different = {_place(failure.reason): failure for failure in failures}
    found = [
        (failure.reason, search.ways(failure))
        for failure in list(different.values())[:_MOST_REASONS]
    ]
    return Advice(found)


class _Stop(NamedTuple):
    """Where a probe ends after some changes."""

    changes: tuple[Change, ...]
    failure: Failure


class _Search:
    """The search for ways out of what made one probe fail."""

    def __init__(self, context: Context, command: tree.Command, kind: type[Probe]) -> None:
        self._context = context
        self._command = command
        self._kind = kind
        self._trial = Trial(context)
        self._searching, self._checking = Meter(_MOST_WORK), Meter(_MOST_CHECKING)
        self._trials = _MOST_TRIALS
        self._works_now: dict[tree.Command, bool] = {}
        #: The ways out of the failure that is looked into, and what else there is to say of it.
        self._found: list[Change] = []
        self._remarks: list[str] = []

    def ways(self, failure: Failure) -> Ways:
        """The ways out, the smallest first, and what else there is to say."""
        self._found, self._remarks = [], []
        stops, seen = [_Stop((), failure)], {_place(failure.reason)}
        try:
            if failure.reason.code in _LEARNT and self._is_sure(()):
                return Ways([Change(_BY_NOW, (sent(self._command),))])
            for _ in range(_DEEPEST):
                stops = self._stops_behind(stops, seen)
                if self._found or not stops:
                    break
        except ExhaustedError:
            pass
        self._found.sort(key=_order)
        return Ways(_sensible(self._found)[:_MOST_WAYS], tuple(dict.fromkeys(self._remarks)))

    def _stops_behind(self, stops: Sequence[_Stop], seen: set[object]) -> list[_Stop]:
        """Try what is proposed at some places; where else the probe ends then."""
        further: list[_Stop] = []
        enough = 0
        for stop in stops[:_MOST_PLACES]:
            helped: set[tuple[Change, ...]] = set()
            for done in self._attempts(stop):
                if self._found and self._trials < enough:
                    return further
                if done[:-1] in helped:
                    continue
                whole = _one(done)
                outcome = self._outcome(whole.commands)
                if outcome.succeeded and self._is_way(whole.commands):
                    enough = max(enough, self._trials - _MORE_TRIALS)
                    self._found.append(whole)
                    helped.add(done)
                elif not outcome.succeeded and outcome.failures:
                    there = outcome.failures[0]
                    if _place(there.reason) not in seen:
                        seen.add(_place(there.reason))
                        further.append(_Stop(done, there))
            if len(self._found) >= _MOST_WAYS:
                break
        return further

    def _proposed(self, stop: _Stop) -> list[Change]:
        """What may help where a probe ends, the smallest first; remarks are put aside."""
        commands = [command for change in stop.changes for command in change.commands]
        with self._trial.changed(commands):
            proposed = list(proposals(self._trial.context, stop.failure))
        if not stop.changes:
            self._remarks += [change.why for change in proposed if not change.commands]
        different: dict[tuple[str, ...], Change] = {}
        for change in proposed:
            if change.commands:
                different.setdefault(tuple(change.lines()), change)
        return sorted(different.values(), key=lambda change: (change.width, len(change.commands)))

    def _attempts(self, stop: _Stop) -> Iterator[tuple[Change, ...]]:
        """What is tried where a probe ends: each change alone, then with a `reset` behind."""
        proposed = self._proposed(stop)
        if stop.changes:
            proposed = [change for change in proposed if change.width < GUESS]
        for change in proposed:
            yield (*stop.changes, change)
        if stop.failure.reason.code in _LEARNT:
            for change in proposed[:_MOST_FORGETFUL]:
                yield (*stop.changes, change, _FORGET)

    def _outcome(self, commands: Sequence[tree.Command]) -> Outcome:
        self._trials -= 1
        if self._trials < 0:
            raise ExhaustedError
        outcome = self._trial.outcome(self._searching, self._command, self._kind, commands)
        return outcome or Outcome(False, ())

    def _is_way(self, commands: Sequence[tree.Command]) -> bool:
        return self._is_sure(commands) and self._is_harmless(commands)

    def _is_sure(self, commands: Sequence[tree.Command]) -> bool:
        """Whether the probe succeeds again, by other chances: a load balancer's, for instance."""
        times = _SURE_OF_ALL if any(self._context.store.rows("load-balancer")) else _SURE
        return all(self._works(self._command, self._kind, commands) for _ in range(times))

    def _is_harmless(self, commands: Sequence[tree.Command]) -> bool:
        """Whether what this session's probes showed working works after some commands, too.

        What does not work now is not to be kept; nor is more looked at than there is time for.
        """
        if all(isinstance(command, Sending) for command in commands):
            return True
        mine = plain(self._command)
        others = [other for other in self._context.working.probes(plain) if other[0] != mine]
        with suppress(ExhaustedError):
            return not any(self._is_broken_by(commands, *other) for other in others)
        return True

    def _is_broken_by(
        self, commands: Sequence[tree.Command], command: tree.Command, kind: type[Probe]
    ) -> bool:
        """Whether some commands are why a probe does not work then."""
        if self._works(command, kind, commands):
            return False
        if command not in self._works_now:
            self._works_now[command] = self._works(command, kind)
        return self._works_now[command]

    def _works(
        self, command: tree.Command, kind: type[Probe], commands: Sequence[tree.Command] = ()
    ) -> bool:
        outcome = self._trial.outcome(self._checking, command, kind, commands)
        return outcome is not None and outcome.succeeded


def _order(change: Change) -> tuple[bool, int, int]:
    """The smallest first; what lets everything pass, or is a guess, last."""
    return change.width >= WIDE, len(change.commands), change.width


def _sensible(changes: Sequence[Change]) -> list[Change]:
    """The ways that are told beside the first: none that takes much more, or only guesses."""
    if not changes:
        return []
    most, width = len(changes[0].commands) + 1, max(changes[0].width, GUESS - 1)
    return [each for each in changes if len(each.commands) <= most and each.width <= width]


def _one(changes: Sequence[Change]) -> Change:
    """Some changes as one."""
    commands = [command for change in changes for command in change.commands]
    # First all that changes the topology, then what forgets, waits or asks anew.
    commands.sort(key=lambda command: not isinstance(command, CHANGES))
    why = "; after that, ".join(change.why for change in changes)
    return Change(why, tuple(commands), max(change.width for change in changes))


def _place(reason: Reason) -> object:
    """What tells one end from another."""
    return reason.code, reason.at, reason.rule, reason.text
