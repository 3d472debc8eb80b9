"""A probe that failed, and the ways out of that: changes as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import grammar
from grammar import tree
from grammar.words import quoted
from midocli.results.printable import printable
from midocli.simulator.reason import Reason
from midocli.simulator.wire.frame import Frame

#: From this width on a change does more than what is wanted.
WIDE = 4
#: From this width on a change is a guess: it helps, but may not be what is wanted.
GUESS = 5


class Change(NamedTuple):
    """Commands that may help, and why; none: a remark, something only a person can decide.

    `width` orders those of as many commands: what else they change, from 0, nothing.
    """

    why: str
    commands: tuple[tree.Command, ...] = ()
    width: int = 0

    def lines(self) -> list[str]:
        """Its commands as they are typed."""
        return [worded(command) for command in self.commands]


class Failure(NamedTuple):
    """Why a request ended, with the frame that did and who sent the request to whom.

    `remembered`: the network knows the frame's connection by either of its ends. `port`: the
    one that was asked for, by TCP or UDP.
    """

    reason: Reason
    frame: Frame | None = None
    source: str | None = None
    destination: int | None = None
    remembered: bool = False
    port: int | None = None


class Ways(NamedTuple):
    """What was found about one failure: ways out that were tried, the best first, and remarks."""

    changes: Sequence[Change] = ()
    remarks: Sequence[str] = ()

    def best(self) -> list[str]:
        """The commands of the best way, [] where there is none."""
        return self.changes[0].lines() if self.changes else []


class Advice:
    """What was found about the failures of a probe, by their reasons."""

    def __init__(self, found: Iterable[tuple[Reason, Ways]] = ()) -> None:
        self._ways = {_place(reason): ways for reason, ways in found}

    def of(self, reason: Reason | None) -> Ways:
        """The ways out of what ended for a reason."""
        return self._ways.get(_place(reason), Ways()) if reason is not None else Ways()

    def best(self) -> list[str]:
        """The commands of the first failure's best way that has any."""
        return next((best for ways in self._ways.values() if (best := ways.best())), [])

    def tail(self, reason: Reason | None) -> str:
        """`; try: COMMAND; COMMAND …`: what ends the line that tells a reason."""
        best = self.of(reason).best()
        return f"; try: {'; '.join(best)}" if best else ""

    def lines(self) -> list[str]:
        """What ends an explanation: remarks, then ways, which can be pasted as commands."""
        every = self._ways.values()
        remarks = dict.fromkeys(remark for ways in every for remark in ways.remarks)
        changes = dict.fromkeys(change for ways in every for change in ways.changes)
        lines = [f"Remark: {printable(remark)}" for remark in remarks]
        lines += ["What would change that:"] if changes else []
        for change in changes:
            lines += [f"  # {printable(change.why)}", *(f"  {line}" for line in change.lines())]
        return lines


def _place(reason: Reason | None) -> object:
    return reason and (reason.code, reason.at, reason.rule, reason.text)


def way(why: str, *lines: str, width: int = 0) -> Change:
    """A change by commands that are given as they are typed."""
    return Change(why, tuple(map(_parsed, lines)), width)


def _parsed(line: str) -> tree.Command:
    command = grammar.parse(line)
    assert command is not None
    return command


def worded(command: tree.Command) -> str:
    """A command as it is typed: as `canonical`, but the verb stands where people put it."""
    match command:
        case tree.Create(path=path, target=target, settings=settings) if path:
            start = [*tree.written_path(path), "add", target.collection.name]
        case tree.Create(target=target, settings=settings):
            start = [target.collection.name, "create"]
        case tree.Set(path=path, settings=settings):
            start = [*tree.written_path(path), "set"]
        case tree.Delete(path=(tree.Selector(name=str(name)),)) if ":" in name:
            return f"delete {name}"
        case tree.Delete(path=(*front, last)) if front:
            what = [last.collection.name, *last.written()]
            return " ".join([*tree.written_path(tuple(front)), "delete", *what])
        case _:
            return grammar.canonical(command)
    words = [word for each in settings for word in (each.field.name, quoted(each.text))]
    return " ".join([*start, *words])


#: What a probe that needs none is given.
NOTHING = Advice()
