"""Options as other programs have them: `-c 3`, `-nc3` and `--icmp` beside `count 3`.

Who types `ping -c 3 alice bob` says what `ping alice bob count 3` says; that is how it is written
again. A word in quotes is none of these (`ping '-c' bob`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyparsing as pp

from grammar.elements import Element, Question, Rejected, Result
from grammar.errors import IncompleteError, LineSyntaxError, shorten
from grammar.expectation import Expectation
from grammar.pairs import Pairs
from grammar.schema import Field
from grammar.tree import Setting
from grammar.values import Flag
from grammar.words import WORD, behind_blanks, unquote, words_of

_DASHED = re.compile(r"-\S")


class Dash(NamedTuple):
    """One option: its letter or long name, and the word it takes, if it does.

    `start` is where the name stands, `at` where that word does, or would.
    """

    name: str
    start: int
    value: str | None
    at: int

    @property
    def spelled(self) -> str:
        """The option as it is typed."""
        return f"-{self.name}" if len(self.name) == 1 else f"--{self.name}"


def is_dashed(word: str) -> bool:
    """Whether a word of a line, with its quotes, is one of options."""
    return _DASHED.match(word) is not None


def has_dashes(line: str) -> bool:
    """Whether any word of a line is one of options."""
    return any(is_dashed(word[0]) for word in words_of(line))


def dashes(line: str, loc: int, takes: Callable[[str], bool]) -> tuple[list[Dash], int] | None:
    """The options of the word at `loc`, and where it ends; None where the word is none of them.

    `takes` tells which of them take a value, which stands in the same word or is the next.
    """
    word = WORD.match(line, behind_blanks(line, loc))
    if word is None or not is_dashed(word[0]):
        return None
    found: list[Dash] = []
    end = word.end()
    for dash in _dashes(word[0], word.start(), takes):
        if takes(dash.name) and not dash.value:
            at = behind_blanks(line, end)
            behind = WORD.match(line, at)
            value, end = (unquote(behind[0]), behind.end()) if behind else (None, end)
            dash = dash._replace(value=value, at=at)
        found.append(dash)
    return found, end


def _dashes(text: str, start: int, takes: Callable[[str], bool]) -> Iterator[Dash]:
    """Each option of a word, with what is left of the word behind one that takes a value."""
    if text.startswith("--"):
        name, equals, rest = text[2:].partition("=")
        at = start + 2 + len(name) + len(equals)
        yield Dash(name, start, unquote(rest) if takes(name) else None, at)
        return
    for place, letter in enumerate(text[1:], 1):
        if takes(letter):
            yield Dash(letter, start + place, unquote(text[place + 1 :]), start + place + 1)
            return
        yield Dash(letter, start + place, None, start + place + 1)


class Options(Pairs):
    """The options of a command, said as pairs or as the program of its name has them.

    `letters` has what each of that program's options means: the name of an option of ours (of
    which it takes the value, unless that stands alone), that and its value, or nothing where it
    makes no difference here. `others` are options that cannot be said as pairs.
    """

    def __init__(
        self,
        program: str,
        fields: Sequence[Field],
        letters: Mapping[str, str],
        others: Sequence[Field] = (),
    ) -> None:
        super().__init__("options", fields, "option")
        self._program = program
        self._letters = letters
        self._meant = {field.name: field for field in (*fields, *others)}

    def dashed(self, line: str, loc: int) -> tuple[list[Setting], int] | None:
        """What the word at `loc` says, if it is one of options; Rejected where that is wrong."""
        found = dashes(line, loc, self._takes)
        if found is None:
            return None
        each, end = found
        return [setting for dash in each for setting in self._said(line, dash)], end

    def _takes(self, name: str) -> bool:
        field = self._meant.get(self._letters.get(name, ""))
        return field is not None and not isinstance(field.type, Flag)

    def _said(self, line: str, dash: Dash) -> list[Setting]:
        if dash.name not in self._letters:
            known = tuple(f"-{name}" for name in self._letters if len(name) == 1)
            message = f"{self._program}'s option {shorten(dash.spelled)} is not understood here"
            message += f": expected {', '.join(known[:-1])} or {known[-1]}"
            error = LineSyntaxError(message, dash.start + 1, known)
            raise Rejected(line, dash.start, self, error)
        name, _, value = self._letters[dash.name].partition(" ")
        if not name:
            return []
        field = self._meant[name]
        word = dash.value if self._takes(dash.name) else value
        if word is None:
            self._ask(line, dash, field)
            message = f"{dash.spelled} needs a value: {field.type.expected}"
            raise Rejected(line, dash.at, self, IncompleteError(message, dash.at + 1))
        return [Setting(field, self.value(line, field, word, dash.at), dash.at + 1, word)]

    def _ask(self, line: str, dash: Dash, field: Field) -> None:
        if type(line) is Question and dash.at == line.at:
            line.found[:] = [Expectation.of_value(field)]

    def _other(self, line: str, loc: int) -> tuple[list[Setting], int] | None:
        return self.dashed(line, loc)

    def before(self, element: pp.ParserElement) -> pp.ParserElement:
        """What reads an element behind options of the program."""
        return _Behind(self, element)


class _Behind(Element):
    """Options of a program, as many as there are, and what stands behind them."""

    def __init__(self, options: Options, element: pp.ParserElement) -> None:
        super().__init__("options before")
        self._options = options
        self._element = element

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        tokens: list[Setting] = []
        while said := self._options.dashed(line, loc):
            tokens += said[0]
            loc = said[1]
        end, others = self._element._parse(line, loc, do_actions)
        return end, [*tokens, *others]
