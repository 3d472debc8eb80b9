"""A probe made where nothing is at stake: in a fork of the network, with changes taken back.

Nothing is left of it: no change, no alias, no time, nothing learnt, no number taken from chance,
no frame in a capture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from random import Random
from typing import NamedTuple, cast

from grammar import tree
from grammar.commands.clock import Clock
from grammar.commands.reset import Reset
from grammar.errors import MidoError
from grammar.schema import Field
from grammar.sending import Sending
from midocli.advice.failure import Failure
from midocli.context.changes import CHANGES, make
from midocli.context.context import Context
from midocli.datapath.fork import Fork, Meter
from midocli.probes.probe import Probe
from midocli.store.rows import Row

#: Options that say what is shown, not what is sent.
_SHOWING = {"capture", "filter", "flags", "write", "explain", "draw", "report", "force", "quiet"}
#: More requests than these show no more.
_MOST_REQUESTS = 5
_MOST_HOPS = 10


class _TakenBack(Exception):  # noqa: N818 (no error: what was to be tried was)
    """A change was tried; it is not to stay."""


class Outcome(NamedTuple):
    """What came of a probe that was tried."""

    succeeded: bool
    failures: Sequence[Failure]


class Trial:
    """What would come of probes."""

    def __init__(self, context: Context) -> None:
        self._context = context.forked()
        self._fork = cast("Fork", self._context.datapath)
        # UUIDs are told apart from the session's own, even if its seed is known.
        self._chance = Random("what is tried")

    @property
    def context(self) -> Context:
        """The topology with the changes that are made just now."""
        return self._context

    @contextmanager
    def changed(self, commands: Iterable[tree.Command]) -> Iterator[None]:
        """Inside, some changes are made; MidoError where they are refused."""
        store = self._context.store
        touched: list[Row] = []
        rolling, disturbed = store.rolling(self._chance), self._context.manner.undisturbed()
        try:
            with disturbed, rolling, store.journal.transaction(lasting=False):
                before = len(store.journal.touched)
                for command in commands:
                    if isinstance(command, CHANGES):
                        make(self._context, command)
                touched = store.journal.touched[before:]
                self._fork.changed(touched)
                yield
                raise _TakenBack
        except _TakenBack:
            pass
        finally:
            self._fork.changed(touched)

    def outcome(
        self,
        meter: Meter,
        command: tree.Command,
        kind: type[Probe],
        commands: Sequence[tree.Command] = (),
    ) -> Outcome | None:
        """What comes of a probe after some commands; None: they, or it, are refused, or they are
        another kind of probe.

        ExhaustedError where that is more than the meter lets happen.
        """
        again = [each for each in commands if isinstance(each, Sending)]
        if again and type(again[-1]) is not type(command):
            return None
        try:
            with self.changed(commands):
                self._fork.begin(meter)
                for each in commands:
                    self._go_on(each)
                probe = kind(self._context, plain(again[-1] if again else command))
                probe.drive()
                return Outcome(probe.succeeded, probe.failures)
        except MidoError:
            return None

    def _go_on(self, command: tree.Command) -> None:
        """Do with the fork what a command does that changes no topology."""
        if isinstance(command, Reset):
            self._fork.reset()
        elif isinstance(command, Clock) and command.action == "advance":
            self._context.have_time(command.value)
            self._fork.advance(command.value, lambda done, total: None)


def sent(command: tree.Command) -> tree.Command:
    """A probe that sends the same, and shows what probes show that are not told what."""
    return _with(command, _sending(command).values())


def plain(command: tree.Command) -> tree.Command:
    """A probe that shows nothing, and sends no more than it takes."""
    fields = {field.name: field for field in _fields(command)}
    kept = _sending(command)
    kept["capture"] = tree.Setting(fields["capture"], "none", 1, "none")
    if "count" in fields:
        count = min(int(kept["count"].value), _MOST_REQUESTS) if "count" in kept else 1
        kept["count"] = tree.Setting(fields["count"], count, 1, str(count))
    if "max-ttl" in fields and not kept.keys() & {"first-ttl", "max-ttl"}:
        kept["max-ttl"] = tree.Setting(fields["max-ttl"], _MOST_HOPS, 1, str(_MOST_HOPS))
    if "queries" in fields:
        kept["queries"] = tree.Setting(fields["queries"], 1, 1, "1")
    return _with(command, kept.values())


def _sending(command: tree.Command) -> dict[str, tree.Setting]:
    """The options that say what is sent, by their names."""
    options: Sequence[tree.Setting] = command.options  # type: ignore[attr-defined]
    return {each.field.name: each for each in options if each.field.name not in _SHOWING}


def _with(command: tree.Command, options: Iterable[tree.Setting]) -> tree.Command:
    """The same command with these options alone."""
    names: Sequence[str] = command.__match_args__
    values = {name: getattr(command, name) for name in names}
    return type(command)(**values | {"options": tuple(options)})


def _fields(command: tree.Command) -> Sequence[Field]:
    """The options that a command has."""
    declared: Sequence[Field] = import_module(f"grammar.commands.{command.word}").OPTIONS
    return declared
