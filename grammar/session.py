"""Commands about the session: time, output, scripts, help, and leaving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyparsing as pp

from grammar.commands import CommandHelp, argument, build, nothing, value
from grammar.elements import Entry, Probe, Rest, Switch, Table, Tokens
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

HELP = {
    "clock": CommandHelp(
        "shows the simulated time, sets it, or lets it pass",
        ("clock", "clock set TIME", "clock advance DURATION"),
        "clock set 2017-04-14T12:30:51.226238+02:00",
    ),
    "format": CommandHelp(
        "chooses how results are printed", ("format text", "format json"), "format json"
    ),
    "echo": CommandHelp("prints words", ("echo TEXT",), "echo before the change:"),
    "source": CommandHelp("runs the commands of a file", ("source FILE",), "source lab.mido"),
    "expect": CommandHelp(
        "fails unless a command succeeds or, with not, unless it fails",
        ("expect COMMAND", "expect not COMMAND"),
        "expect ping client 192.168.79.119 quiet capture none",
        more=("expect not ping client 192.168.77.9 quiet capture none",),
    ),
    "save": CommandHelp(
        "writes the topology as a script that rebuilds it", ("save FILE",), "save lab.mido"
    ),
    "undo": CommandHelp("takes changes back, the last first", ("undo [COUNT]",), "undo 3"),
    "redo": CommandHelp("does again what was undone", ("redo [COUNT]",), "redo"),
    "sett": CommandHelp(
        "chooses the tenant of what is created and listed",
        ("sett TENANT",),
        "sett 0123456789abcdef0123456789abcdef",
    ),
    "cleart": CommandHelp("chooses no tenant", ("cleart",), "cleart"),
    "debug": CommandHelp(
        "turns debug mode on or off; it changes nothing here", ("debug on", "debug off"), "debug on"
    ),
    "reset": CommandHelp(
        "forgets what the datapath has learnt; the topology stays", ("reset",), "reset"
    ),
    "demo": CommandHelp(
        "loads a small network with DNAT to try things on, where there is nothing yet",
        ("demo",),
        "demo",
    ),
    "prefs": PREFS,
    "help": CommandHelp("explains the language", ("help [WORD]",), "help ping"),
    "quit": CommandHelp("ends the session; exit is the same word", ("quit",), "quit"),
}


def entries(probe: Probe, end: pp.ParserElement) -> dict[str, pp.ParserElement]:
    """What follows the words of this module's commands, but for `expect`."""
    return {
        "clock": _clock(probe, end),
        "format": _value(probe, "format", FORMATS, end, _format),
        "echo": build(Rest(probe, "words"), lambda tokens: Echo(tokens[0])),
        "source": build(argument(probe, "a file", "file", end), lambda tokens: Source(tokens[0])),
        "reset": build(end, lambda tokens: Reset()),
        "demo": build(end, lambda tokens: Demo()),
        "prefs": prefs(probe, end),
        "save": build(argument(probe, "a file", "file", end), lambda tokens: Save(tokens[0])),
        "undo": _count(probe, end, again=False),
        "redo": _count(probe, end, again=True),
        "sett": build(
            argument(probe, "a tenant id", "tenant", end),
            lambda tokens: Tenant(tokens[0].text),
        ),
        "cleart": build(end, lambda tokens: Tenant(None)),
        "debug": _value(
            probe,
            "mode",
            Choice(("on", "off")),
            end,
            lambda tokens: Debug(tokens[0][0] == "on"),
        ),
        **{word: _help(probe) for word in ("help", "?")},
        **{word: build(Rest(probe, "words"), lambda tokens: Quit()) for word in ("quit", "exit")},
    }


def _clock(probe: Probe, end: pp.ParserElement) -> pp.ParserElement:
    table: Table = {
        "set": (nothing, _value(probe, "time", Timestamp(), end, _clock_action("set"))),
        "advance": (
            nothing,
            _value(probe, "duration", Duration(), end, _clock_action("advance")),
        ),
    }
    expected = [
        Expectation("verb", "set", "set the simulated time"),
        Expectation("verb", "advance", "let simulated time pass"),
    ]
    switch = Switch(probe, "clock", lambda: (table, ()), lambda: expected, ends=True)
    return switch.add_parse_action(lambda tokens: list(tokens) or [Clock()])


def _count(probe: Probe, end: pp.ParserElement, again: bool) -> pp.ParserElement:
    """How many changes to undo or redo; one if not said."""
    one = build(end, lambda tokens: Undo(1, again))
    many = _value(
        probe, "count", Integer(1, 1_000_000), end, lambda tokens: Undo(tokens[0][0], again)
    )
    return one | many


def _clock_action(action: str) -> Callable[[list[Tokens]], Clock]:
    return lambda tokens: Clock(action, tokens[0][0], tokens[0][1])


def _format(tokens: list[Tokens]) -> Format:
    return Format(tokens[0][0])


def _help(probe: Probe) -> pp.ParserElement:
    """All words behind `help` are one topic: `help bridge port`."""

    def make(line: str, loc: int, tokens: pp.ParseResults) -> Help:
        return Help(Argument(" ".join(tokens[0]), loc + 1) if tokens[0] else None)

    return Rest(probe, "words to explain").add_parse_action(make)


def _value(
    probe: Probe,
    name: str,
    type: ValueType,
    end: pp.ParserElement,
    make: Callable[[list[Tokens]], object],
) -> pp.ParserElement:
    """One word of a value type, and what is made of it."""
    return build(value(probe, name, type, end), make)


def expect_entries(
    probe: Probe, line: pp.ParserElement, finish: Callable[[list[Any]], Any]
) -> dict[str, Entry]:
    """`expect [not] COMMAND`, where `line` reads a command and `finish` makes its tree."""

    def holding(negated: bool) -> pp.ParserElement:
        return line.copy().add_parse_action(
            lambda text, loc, tokens: Expect(finish(list(tokens)), negated, loc + 1)
        )

    def build_table() -> tuple[Table, Sequence[pp.ParserElement]]:
        return {"not": (nothing, holding(True))}, (holding(False),)

    expected = [Expectation("verb", "not", "the command must fail")]
    return {"expect": (nothing, Switch(probe, "expect", build_table, lambda: expected))}
