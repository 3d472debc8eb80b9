"""Commands about the session: time, output, scripts, help, and leaving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyparsing as pp

from grammar.commands import CommandHelp, argument, build, nothing, value
from grammar.elements import Entry, Made, Rest, Switch, Table, Tokens
from grammar.expectation import Expectation
from grammar.prefs import HELP as PREFS
from grammar.prefs import prefs
from grammar.times import Duration, Timestamp
from grammar.tree import (
    Argument,
    Clock,
    Debug,
    Demo,
    Echo,
    Expect,
    Format,
    Help,
    Quit,
    Reset,
    Save,
    Source,
    Tenant,
    Undo,
)
from grammar.values import Choice, Integer, ValueType

FORMATS = Choice(("text", "json"))
_TOPIC = Expectation("text", "", "a word to explain", target="help")
_WORDS = Expectation("text", "", "any words")

HELP = {
    "clock": CommandHelp(
        "shows the simulated time, sets it, or lets it pass",
        "session",
        ("clock", "clock set TIME", "clock advance DURATION"),
        (
            "clock",
            "clock set 2017-04-14T12:30:51.226238+02:00",
            "clock advance 90s  # what has been learnt grows older, too",
        ),
        see=("reset", "flow"),
    ),
    "format": CommandHelp(
        "chooses how results are printed",
        "session",
        ("format text", "format json"),
        ("format json  # one document for each command, from now on", "format text"),
        see=("as", "json"),
    ),
    "echo": CommandHelp(
        "prints words",
        "session",
        ("echo TEXT",),
        ("echo before the change:", 'echo "two  blanks" # and a comment'),
        see=("scripts",),
    ),
    "source": CommandHelp(
        "runs the commands of a file, up to the first error",
        "session",
        ("source FILE",),
        ("source lab.mido", 'source "my lab.mido"'),
        see=("save", "expect", "scripts"),
    ),
    "expect": CommandHelp(
        "fails unless a command succeeds or, with not, unless it fails",
        "session",
        ("expect COMMAND", "expect not COMMAND"),
        (
            "expect ping client vm quiet capture none",
            "expect not ping client 192.168.77.9 quiet capture none  # nobody is there",
            "expect not router nosuch show  # errors are failures, too",
        ),
        see=("source", "scripts"),
    ),
    "save": CommandHelp(
        "writes the topology as a script that rebuilds it",
        "session",
        ("save FILE",),
        ("save lab.mido  # source lab.mido rebuilds it", 'save "my lab.mido"'),
        see=("source", "as", "scripts"),
    ),
    "undo": CommandHelp(
        "takes changes back, the last first",
        "session",
        ("undo [COUNT]",),
        ("undo", "undo 2  # the last two changes"),
        see=("redo",),
    ),
    "redo": CommandHelp(
        "does again what was undone",
        "session",
        ("redo [COUNT]",),
        ("redo", "redo 2"),
        see=("undo",),
    ),
    "sett": CommandHelp(
        "chooses the tenant of what is created and listed",
        "session",
        ("sett TENANT",),
        ("sett 0123456789abcdef0123456789abcdef",),
        see=("cleart", "tenant"),
    ),
    "cleart": CommandHelp(
        "chooses no tenant: lists show what belongs to any",
        "session",
        ("cleart",),
        ("cleart",),
        see=("sett", "tenant"),
    ),
    "debug": CommandHelp(
        "turns debug mode on or off; it changes nothing here",
        "session",
        ("debug on", "debug off"),
        ("debug on", "debug off"),
        see=("tracerequest",),
    ),
    "reset": CommandHelp(
        "forgets what the datapath has learnt; the topology stays",
        "session",
        ("reset",),
        ("reset  # no MAC, ARP, NAT or connection is known any more",),
        see=("clock", "flow", "connection"),
    ),
    "demo": CommandHelp(
        "loads a small network with DNAT to try things on, where there is nothing yet",
        "session",
        ("demo",),
        ("demo",),
        see=("ping", "topology", "source"),
    ),
    "prefs": PREFS,
    "help": CommandHelp(
        "explains the language",
        "session",
        ("help", "help WORD", "help verbs|collections|commands|ideas"),
        (
            "help  # a map of all words",
            "help ping  # a page on one of them",
            "help chain rule  # what lives inside another object",
            "help collections  # a line on each",
        ),
        see=("describe", "demo"),
        synonyms=("?",),
    ),
    "quit": CommandHelp(
        "ends the session; exit is the same word",
        "session",
        ("quit",),
        ("quit",),
        see=("save",),
        synonyms=("exit",),
    ),
}


def entries(end: pp.ParserElement) -> dict[str, pp.ParserElement]:
    """What follows the words of this module's commands, but for `expect`."""
    return {
        "clock": _clock(end),
        "format": _value("format", FORMATS, end, _format),
        "echo": build(Rest("words", _WORDS), lambda tokens: Echo(tokens[0])),
        "source": build(argument("a file", "file", end), lambda tokens: Source(tokens[0])),
        "reset": build(end, lambda tokens: Reset()),
        "demo": build(end, lambda tokens: Demo()),
        "prefs": prefs(end),
        "save": build(argument("a file", "file", end), lambda tokens: Save(tokens[0])),
        "undo": _count(end, again=False),
        "redo": _count(end, again=True),
        "sett": build(
            argument("a tenant id", "tenant", end),
            lambda tokens: Tenant(tokens[0].text),
        ),
        "cleart": build(end, lambda tokens: Tenant(None)),
        "debug": _value(
            "mode",
            Choice(("on", "off")),
            end,
            lambda tokens: Debug(tokens[0][0] == "on"),
        ),
        **{word: _help() for word in ("help", "?")},
        **{word: build(Rest("words"), lambda tokens: Quit()) for word in ("quit", "exit")},
    }


def _clock(end: pp.ParserElement) -> pp.ParserElement:
    table: Table = {
        "set": (nothing, _value("time", Timestamp(), end, _clock_action("set"))),
        "advance": (
            nothing,
            _value("duration", Duration(), end, _clock_action("advance")),
        ),
    }
    expected = [
        Expectation("verb", "set", "set the simulated time"),
        Expectation("verb", "advance", "let simulated time pass"),
    ]
    switch = Switch("clock", lambda: (table, ()), lambda: expected, ends=True)
    return build(switch, lambda tokens: tokens[0] if tokens else Clock())


def _count(end: pp.ParserElement, again: bool) -> pp.ParserElement:
    """How many changes to undo or redo; one if not said."""
    one = build(end, lambda tokens: Undo(1, again))
    many = _value("count", Integer(1, 1_000_000), end, lambda tokens: Undo(tokens[0][0], again))
    return many | one


def _clock_action(action: str) -> Callable[[list[Tokens]], Clock]:
    return lambda tokens: Clock(action, tokens[0][0], tokens[0][1])


def _format(tokens: list[Tokens]) -> Format:
    return Format(tokens[0][0])


def _help() -> pp.ParserElement:
    """All words behind `help` are one topic: `help bridge port`."""

    def make(tokens: list[Tokens], column: int) -> Help:
        return Help(Argument(" ".join(tokens[0]), column) if tokens[0] else None)

    return Made(Rest("words to explain", _TOPIC), make)


def _value(
    name: str,
    type: ValueType,
    end: pp.ParserElement,
    make: Callable[[list[Tokens]], object],
) -> pp.ParserElement:
    """One word of a value type, and what is made of it."""
    return build(value(name, type, end), make)


def expect_entries(line: pp.ParserElement, finish: Callable[[list[Any]], Any]) -> dict[str, Entry]:
    """`expect [not] COMMAND`, where `line` reads a command and `finish` makes its tree."""

    def holding(negated: bool) -> pp.ParserElement:
        return Made(line, lambda tokens, column: Expect(finish(tokens), negated, column))

    def build_table() -> tuple[Table, Sequence[pp.ParserElement]]:
        return {"not": (nothing, holding(True))}, (holding(False),)

    expected = [Expectation("verb", "not", "the command must fail")]
    return {"expect": (nothing, Switch("expect", build_table, lambda: expected))}
