"""`COMMAND as FORM`: how the result of one command is to be shown."""

from __future__ import annotations

import re
from typing import NamedTuple

from grammar.command import Declaration
from grammar.errors import IncompleteError, InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.nearest import suggestion
from grammar.tree import Command
from grammar.values import Choice
from grammar.words import BLANK, words_of

FORMS = Choice(("table", "json", "yaml", "csv", "commands"))
EXPECTED_AS = Expectation("verb", "as", "show the result in another form")

AS = Declaration(
    "as",
    "shows what comes of one command in another form",
    group="looking",
    rank=2,
    usage=("COMMAND as table|json|yaml|csv|commands",),
    examples=(
        "router router0 port list as table  # columns lined up, as psql does",
        "ping client vm capture none as json  # the document that format json prints",
        "chain chain0 show as commands  # what would create it again, rules and all",
    ),
    see=("format", "list", "json"),
)

_MAYBE = re.compile(rf"{BLANK}as(?:{BLANK}|\Z)")


class As(Command):
    """Show what comes of a command in a form of its own."""

    word = "as"
    has_form = False
    command: Command
    form: str

    def written(self) -> list[str]:
        return [*self.command.written(), self.word, self.form]


class Suffix(NamedTuple):
    """The words `as FORM` at the end of a line; `form` is empty where it is still missing."""

    command: str
    form: str
    at: int

    def checked(self, command: Command) -> str:
        """The form of what comes of a command; a MidoError where there is none of that name."""
        forms = forms_of(command)
        if not self.form:
            raise IncompleteError(f"as needs a form: {forms.expected}", self.at + 1, forms.words)
        if self.form not in forms.words:
            message = f"unexpected {shorten(self.form)}: expected {forms.expected}"
            message += suggestion(self.form, forms.words)
            raise InvalidValueError(message, self.at + 1, forms.words)
        return self.form


def forms_of(command: Command) -> Choice:
    """The forms in which what comes of a command can be shown."""
    return Choice(tuple(dict.fromkeys((*FORMS.words, *command.innermost.own_forms))))


def expected_form(command: Command) -> Expectation:
    """What may stand behind `as`."""
    forms = forms_of(command)
    return Expectation("value", "", forms.expected, type=forms)


def suffix_of(line: str) -> Suffix | None:
    """The suffix a line ends in, if it does; it may also be a value that is called `as`."""
    if not _MAYBE.search(line):
        return None
    found = list(words_of(line))
    if len(found) < 2:
        return None
    before, last = found[-2:]
    if last[0] == "as":
        return Suffix(line[: last.start()], "", last.end())
    if before[0] == "as" and len(found) > 2:
        return Suffix(line[: before.start()], last[0], last.start())
    return None
