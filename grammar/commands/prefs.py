"""`prefs`: the preferences of the prompt, declared like the fields of an object."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build
from grammar.elements import Switch, Table, Tokens
from grammar.expectation import Expectation
from grammar.pairs import Pairs
from grammar.schema import Field
from grammar.tree import Command, Setting, written_settings
from grammar.values import Choice, Text, Truth

#: tcpdump's flags where a command gives none: in a script, and at the prompt.
DEFAULT_FLAGS = "-nnn -vvv -X -e"
PROMPT_FLAGS = "-n"
_SWITCH = Truth("on", "off")


class Program(Text):
    """The command of a program that midocli starts: only who types may choose one."""


PREFERENCES = (
    Field("key-mode", Choice(("emacs", "vi")), "the keys that edit a line", default="emacs"),
    Field(
        "color",
        Choice(("auto", "always", "never")),
        "colours; auto heeds NO_COLOR and the terminal",
        default="auto",
    ),
    Field("hint", _SWITCH, "the line that says what may come next", default=True),
    Field("toolbar", _SWITCH, "the line that shows the state of the session", default=True),
    Field("complete-while-typing", _SWITCH, "offer words without Tab", default=True),
    Field(
        "pager",
        Program("a pager's command, or off", "less -FRX"),
        "the program that shows what does not fit the screen",
        default="less -FRX",
    ),
    Field(
        "flags",
        Text("tcpdump's flags in quotes", DEFAULT_FLAGS, names="flags"),
        "how ping and the other probes print frames at the prompt, if they give no flags",
        default=PROMPT_FLAGS,
    ),
    Field(
        "impact",
        _SWITCH,
        "the line after a change that says what it opened or closed, up to 100 machines",
        default=False,
    ),
)


class Prefs(Command):
    """Show the preferences of the prompt, change some, or go back to the defaults."""

    word = "prefs"
    settings: tuple[Setting, ...]
    reset: bool

    def written(self) -> list[str]:
        reset = ["reset"] if self.reset else []
        return [self.word, *reset, *written_settings(self.settings)]


def _changes() -> pp.ParserElement:
    pairs = Pairs("preferences", PREFERENCES, "option", least=1)
    table: Table = {"reset": (lambda column: ("reset",), LINE_END)}
    expected = [
        Expectation("verb", "reset", "go back to the defaults"),
        *(Expectation.of_field(field) for field in PREFERENCES),
    ]
    switch = Switch("prefs", lambda: (table, (pairs,)), lambda: expected, ends=True)

    def make(tokens: list[Tokens]) -> Prefs:
        return Prefs((), True) if tokens == ["reset"] else Prefs(tuple(tokens), False)

    return build(switch, make)


PREFS = Declaration(
    "prefs",
    "shows or changes the preferences of the prompt, which are kept for later sessions",
    group="session",
    rank=17,
    usage=("prefs", "prefs NAME VALUE...", "prefs reset"),
    examples=(
        "prefs  # what they are now",
        "prefs key-mode vi color never",
        'prefs flags "-nnn -vvv -X -e"  # all of each frame, from now on, as scripts print it',
        "prefs impact on  # say after each change what it opened or closed",
        "prefs reset  # back to the defaults",
    ),
    options=PREFERENCES,
    see=("flags", "format"),
    follows=_changes,
)
