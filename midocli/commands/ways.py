"""Ways out of a failed probe, found by trying what is proposed.

What makes the probe succeed, and leaves what just worked working, is a way. Where nothing alone
does, what moves the failure elsewhere is kept, and what is proposed there tried behind it: so all
that stands in the way is found, one thing after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grammar import tree
from grammar.sending import Sending
from midocli.advice.advise import proposals
from midocli.advice.failure import GUESS, Advice, Change, Failure, Ways, way
from midocli.commands.trial import Outcome, Trial
from midocli.context.changes import CHANGES
from midocli.datapath.fork import ExhaustedError
from midocli.probes.probe import Probe
from midocli.simulator.reason import Code

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.simulator.reason import Reason

#: What is tried at most: probes, and the actions these take (some 0.2 s).
_MOST_TRIALS = 50
_MOST_WORK = 3_000
#: How many things may stand in the way, and how many ways out are told.
_DEEPEST = 4
_MOST_WAYS = 3
#: Failures of one kind of probe that are looked into, each by itself.
_MOST_REASONS = 3
#: How many places to go on from are kept, of those that things moved to.
_MOST_PLACES = 4
#: How often more what helps once has to help.
_SURE = 2
#: After a first way so many more trials go into others.
_MORE_TRIALS = 12
#: Failures that what was learnt, or is waited for, may prolong; and how many changes are tried
#: with that forgotten.
_LEARNT = (Code.ARP_TIMEOUT, Code.WRONG_MAC, Code.NOT_ADDRESSED_TO_GUEST, Code.NO_ANSWER)
_MOST_FORGETFUL = 12
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
        self._trial = Trial(context, _MOST_WORK)
        self._trials = _MOST_TRIALS
        self._sound: list[tuple[tree.Command, type[Probe]]] | None = None

    def ways(self, failure: Failure) -> Ways:
        """The ways out, the smallest first, and what else there is to say."""
        remarks: list[str] = []
        found: list[Change] = []
        enough = 0
        helped: set[tuple[Change, ...]] = set()
        stops, seen = [_Stop((), failure)], {_place(failure.reason)}
        try:
            for _ in range(_DEEPEST):
                further: list[_Stop] = []
                for stop in stops[:_MOST_PLACES]:
                    for done in self._attempts(stop, remarks):
                        if found and self._trials < enough:
                            break
                        if done[:-1] in helped:
                            continue
                        outcome, whole = self._tried(done)
                        if outcome is None:
                            continue
                        if outcome.succeeded:
                            if self._is_sure(whole.commands) and self._is_harmless(whole.commands):
                                enough = max(enough, self._trials - _MORE_TRIALS)
                                found.append(whole)
                                helped.add(done)
                        elif outcome.failures:
                            there = outcome.failures[0]
                            if _place(there.reason) not in seen:
                                seen.add(_place(there.reason))
                                further.append(_Stop(done, there))
                    if len(found) >= _MOST_WAYS:
                        break
                if found or not further:
                    break
                stops = further
        except ExhaustedError:
            pass
        found.sort(key=lambda change: (len(change.commands), change.width))
        return Ways(found[:_MOST_WAYS], tuple(dict.fromkeys(remarks)))

    def _proposed(self, stop: _Stop, remarks: list[str]) -> list[Change]:
        """What may help where a probe ends, the smallest first; remarks are put aside."""
        commands = [command for change in stop.changes for command in change.commands]
        with self._trial.changed(commands):
            proposed = list(proposals(self._trial.context, stop.failure))
        remarks += [change.why for change in proposed if not change.commands and not stop.changes]
        different: dict[tuple[str, ...], Change] = {}
        for change in proposed:
            if change.commands:
                different.setdefault(tuple(change.lines()), change)
        return sorted(different.values(), key=lambda change: (change.width, len(change.commands)))

    def _attempts(self, stop: _Stop, remarks: list[str]) -> Iterator[tuple[Change, ...]]:
        """What is tried where a probe ends: each change alone, then with a `reset` behind."""
        proposed = self._proposed(stop, remarks)
        if stop.changes:
            proposed = [change for change in proposed if change.width < GUESS]
        for change in proposed:
            yield (*stop.changes, change)
        if stop.failure.reason.code in _LEARNT:
            for change in proposed[:_MOST_FORGETFUL]:
                yield (*stop.changes, change, _FORGET)

    def _tried(self, changes: Sequence[Change]) -> tuple[Outcome | None, Change]:
        """What comes of the probe after some changes, which are made one."""
        commands = [command for change in changes for command in change.commands]
        # First all that changes the topology, then what forgets, waits or asks anew.
        commands.sort(key=lambda command: not isinstance(command, CHANGES))
        why = "; after that, ".join(change.why for change in changes)
        whole = Change(why, tuple(commands), max(change.width for change in changes))
        return self._outcome(commands), whole

    def _outcome(self, commands: Sequence[tree.Command]) -> Outcome | None:
        self._trials -= 1
        if self._trials < 0:
            raise ExhaustedError
        return self._trial.outcome(self._command, self._kind, commands)

    def _is_sure(self, commands: Sequence[tree.Command]) -> bool:
        """Whether the probe succeeds again, by other chances: a load balancer's, for instance."""
        return all(self._works(self._command, self._kind, commands) for _ in range(_SURE))

    def _is_harmless(self, commands: Sequence[tree.Command]) -> bool:
        """Whether what this session's probes showed working works after some commands, too."""
        if self._sound is None:
            self._sound = list(self._still_working())
        if any(isinstance(command, Sending) for command in commands):
            return True
        return all(self._works(command, kind, commands) for command, kind in self._sound)

    def _still_working(self) -> Iterator[tuple[tree.Command, type[Probe]]]:
        for command, kind in self._context.working:
            if command != self._command and self._works(command, kind):
                yield command, kind

    def _works(
        self, command: tree.Command, kind: type[Probe], commands: Sequence[tree.Command] = ()
    ) -> bool:
        outcome = self._trial.outcome(command, kind, commands)
        return outcome is not None and outcome.succeeded


def _place(reason: Reason) -> object:
    """What tells one end from another."""
    return reason.code, reason.at, reason.rule, reason.text
