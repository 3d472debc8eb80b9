"""The language as a whole: a line of text becomes a tree, or an error worth reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pyparsing as pp

from grammar.as_form import EXPECTED_AS, As, Suffix, expected_form, suffix_of
from grammar.command import Declaration, OnGuest
from grammar.commands import CommandWord, declarations, declared, meant
from grammar.elements import Element, Made, Question, Rejected, Switch, Table
from grammar.errors import IncompleteError, LineSyntaxError, MidoError, shorten
from grammar.expectation import END, Expectation
from grammar.nearest import nearest, suggestion
from grammar.objects import Paths
from grammar.pipe import EXPECTED_BAR, Pipe, Piped, pipe_of
from grammar.resources import SCHEMA
from grammar.schema import Schema
from grammar.tree import Command
from grammar.verbs import VERBS, assemble
from grammar.words import CODES, MISCODED, TRAILING, WHOLE_LINE, WORD, unquote, words_of

if TYPE_CHECKING:
    from grammar.commands.expect import Expect

#: What may stand before a command that was typed, or copied, for a shell.
_CALLS = ("midocli", "midonet-cli", "midonet>")


class Language:
    """The grammar of a schema's collections and of all commands."""

    def __init__(self, schema: Schema = SCHEMA) -> None:
        self.schema = schema
        self._paths = Paths(schema)
        held = Made(self._lines(None), lambda tokens, column: _finish(tokens))
        self._line = self._lines(held)

    def _lines(self, held: Made | None) -> Switch:
        """Lines about objects, and commands; those around others only where these are given."""

        def build() -> tuple[Table, Sequence[Element]]:
            table = {**self._paths.verb_entries(), **self._paths.collection_entries()}
            # Other words for commands are looked for last: that takes all of them.
            return table, (
                CommandWord(reading, declared),
                self._paths.root_object("free"),
                CommandWord(reading, meant),
            )

        def reading(declaration: Declaration) -> pp.ParserElement | None:
            if held and declaration.around:
                return declaration.around(held)
            return declaration.follows() if said(declaration) and declaration.follows else None

        def said(declaration: Declaration) -> bool:
            """Whether a command may begin such a line."""
            if held:
                return declaration.begins_line
            return bool(declaration.follows) and not declaration.is_alone

        def expect() -> list[Expectation]:
            roots = [self.schema[name] for name in self.schema.root]
            return [
                *(Expectation("verb", name, verb.help) for name, verb in VERBS.items()),
                *(Expectation("collection", each.name, each.help) for each in roots),
                *(
                    Expectation("command", each.name, each.help)
                    for each in filter(said, declarations().values())
                ),
            ]

        lines = Switch("command", build, expect)
        lines.parse_with_tabs()
        return lines

    def parse(self, line: str) -> Command | None:
        """The tree of a line; None where it is blank or only a comment.

        Raises a MidoError that says what is wrong, at which column, and what
        was expected there.
        """
        if TRAILING.match(line):
            return None
        if "'" in line or '"' in line or "\\" in line:
            _check_quotes(line)
        pipe = pipe_of(line)
        return self._parse_formed(line) if pipe is None else self._parse_piped(line, pipe)

    def _parse_piped(self, line: str, pipe: Pipe) -> Command:
        """A line that ends in `| include TEXT` or the like, or only looks as if it did."""
        try:
            how, text = pipe.checked()
        except MidoError:
            with suppress(MidoError):
                return self._parse_formed(line)
            self.parse(pipe.command)  # what is wrong before the bar is said first
            raise
        with suppress(Rejected):
            return self._read(line)
        command = self.parse(pipe.command)
        assert command is not None, "words stand before the bar"
        if not (command.has_form or isinstance(command, As)):
            message = "| belongs behind a command that shows something"
            raise LineSyntaxError(message, len(pipe.command) + 1)
        return Piped(command, how, text)

    def _parse_formed(self, line: str) -> Command:
        """A line, with `as FORM` at its end or without."""
        suffix = suffix_of(line)
        return self._parse(line) if suffix is None else self._parse_shown(line, suffix)

    def _parse_shown(self, line: str, suffix: Suffix) -> Command:
        """A line that ends in `as FORM`, or only looks as if it did."""
        try:
            command = self._parse(suffix.command)
            form = suffix.checked(command)
            if not command.has_form:
                message = "as belongs behind a command that shows something"
                raise LineSyntaxError(message, len(suffix.command) + 1)
        except MidoError:
            with suppress(MidoError):
                return self._parse(line)
            raise
        return As(command, form)

    def _parse(self, line: str) -> Command:
        """A line, which may claim at its end how the command comes out that it expects."""
        try:
            return self._read(line)
        except Rejected as failure:
            command = self._claiming(line)
            if command is None:
                raise self._explain(line, failure) from None
            return command

    def _claiming(self, line: str) -> Command | None:
        """A line of `expect` that claims something; MidoError where it is wrong before that."""
        from grammar.claims import claimed  # few lines do

        found = claimed(line)
        if found is None:
            return None
        try:
            command = self._read(found.command)
        except Rejected as failure:
            raise self._explain(found.command, failure) from None
        if command.word != "expect":
            return None
        return cast("Expect", command).claiming(found.claim, found.column)

    def _read(self, line: str) -> Command:
        """The command that a line is; Rejected where it is none."""
        try:
            return _finish(self._line.parse_string(line).as_list())
        except Rejected:
            raise
        except pp.ParseException as failure:
            raise Rejected(line, failure.loc, self._line) from None

    def expected(self, line: str, cursor: int) -> list[Expectation]:
        """What may stand at the cursor, where the word under it begins."""
        start = cursor
        for word in WORD.finditer(line[:cursor]):
            if word.end() == cursor:
                start = word.start()
        found = self._expected_at(line[:start], start)
        pipe = pipe_of(line[:start])
        if pipe is not None and self._whole(pipe.command):
            return [*found, *pipe.expected()]
        suffix = suffix_of(line[:start])
        if suffix is not None and not suffix.form:
            shown = self._whole(suffix.command)
            if shown is not None:
                return [*found, expected_form(shown)]
        command = self._whole(line[:start])
        if command is not None and (found or command.word == "expect"):
            claims = cast("Expect", command).claims if command.word == "expect" else ()
            return [*found, *(claims or _continued(line[:start])), EXPECTED_AS, EXPECTED_BAR]
        return found or _continued(line[:start])

    def _whole(self, line: str) -> Command | None:
        """The command of a line that is whole, if its result could be shown in another form."""
        try:
            command = self.parse(line)
        except MidoError:
            return None
        return command if command is not None and command.has_form else None

    def _expected_at(self, line: str, at: int) -> list[Expectation]:
        question = Question(line, at)
        with suppress(pp.ParseException, MidoError):
            self._line.parse_string(question)
        return list(dict.fromkeys(question.found))

    def _explain(self, line: str, failure: Rejected) -> MidoError:
        """The error for a position where reading could not go on."""
        if failure.error is not None:
            return failure.error
        at = self._line.preParse(line, failure.loc)
        expected = self._expected_at(line[: failure.loc], failure.loc)
        words = list(dict.fromkeys(word for item in expected for word in item.words))
        kinds = [item.help for item in expected if not item.words and item != END]
        wanted = tuple(dict.fromkeys(kinds + words)) or tuple(item.help for item in expected[:1])
        word = WORD.match(line, failure.loc)
        before = list(WORD.finditer(line, 0, failure.loc)) if not wanted else ()
        if before:
            # Read by a form that nothing could complete: the words before are wrong.
            return self._explain(line, Rejected(line, before[-1].start(), self._line))
        if word is None and getattr(failure.parser_element, "refuses_end", False):
            message = f"nothing to work on: expected {_one_of(wanted)}"
            return LineSyntaxError(message, at + 1, wanted)
        if word is None:
            message = f"incomplete command: expected {_one_of(wanted)}"
            return IncompleteError(message + self._misread(line, failure.loc), at + 1, wanted)
        message = f"unexpected {shorten(word[0])}: expected {_one_of(wanted)}"
        message += (
            suggestion(word[0], [*words, *_synonyms(words)])
            or self._misread(line, failure.loc)
            or self._without(line, word)
        )
        return LineSyntaxError(message, at + 1, wanted)

    def _without(self, line: str, first: re.Match[str]) -> str:
        """A suggestion where a command stands behind what calls midocli, or behind a prompt."""
        words = list(words_of(line))
        if first[0] not in _CALLS or words[0].start() != first.start():
            return ""
        rest = [word for word in words[1:] if not word[0].startswith("-")]
        if not rest:
            return ""
        meant = unquote(rest[0][0]) if len(rest) == 1 else line[rest[0].start() : rest[-1].end()]
        with suppress(Rejected, MidoError):
            self._read(meant)
            return f"; did you mean {meant}?"
        return ""

    def _misread(self, line: str, end: int) -> str:
        """A suggestion about a word before `end`: a misspelt verb is read as a name."""
        for before in list(WORD.finditer(line, 0, end))[:0:-1][:3]:
            expected = self._expected_at(line[: before.start()], before.start())
            verbs = [word for item in expected if item.kind == "verb" for word in item.words]
            verbs += _synonyms(verbs)
            near = None if before[0] in verbs else nearest(before[0], verbs)
            if near:
                return f"; did you mean {near}, not {shorten(before[0])}?"
        return ""


def _continued(line: str) -> list[Expectation]:
    """What may come behind the words of a claim that `expect` has begun."""
    if "expect" not in line:
        return []
    from grammar.claims import continuing  # the same

    return continuing(line)


def _finish(tokens: list[Any]) -> Command:
    """The command that the tokens of a line make up."""
    last = tokens[-1]
    if isinstance(last, OnGuest):
        return last.make(tuple(tokens[:-1]))
    if isinstance(last, Command):
        return last
    return assemble(tokens)


def _check_quotes(line: str) -> None:
    end = WHOLE_LINE.match(line)
    at = end.end() if end else 0
    if at < len(line):
        if wrong := re.compile(MISCODED).match(line, at):
            message = f"no such code in $'…'; a backslash stands before {CODES}"
            raise LineSyntaxError(message, wrong.end() + 1, (CODES,))
        what = "unmatched quote" if line[at:].strip("\\") else "backslash before nothing"
        raise LineSyntaxError(what, at + 1, ("a closing quote",))


def synonyms(word: str) -> Sequence[str]:
    """Other words for a verb or a command; none for other words."""
    entry = VERBS.get(word) or declared(word)
    return entry.synonyms if entry else ()


def _synonyms(words: Sequence[str]) -> list[str]:
    return [other for word in words for other in synonyms(word)]


def _one_of(words: Sequence[str], most: int = 12) -> str:
    if not words:
        return "the end of the line"
    shown = list(words[:most])
    if len(words) > most:
        shown.append("…")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]
