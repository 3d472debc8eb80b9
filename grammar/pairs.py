"""Reading fields: `field value` pairs, and field names alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pyparsing as pp

from grammar.elements import Element, Question, Rejected, Result, Tokens
from grammar.errors import (
    IncompleteError,
    InvalidValueError,
    NotClearableError,
    ReadOnlyError,
    shorten,
)
from grammar.expectation import END, Expectation
from grammar.nearest import suggestion
from grammar.numbers import numbered
from grammar.schema import Collection, Field
from grammar.tree import FieldName, Setting
from grammar.values import Flag, Negated
from grammar.words import BLANK, TRAILING, WORD, WORD_PATTERN, unquote

#: A word, and the one behind it.
PAIR = re.compile(f"{BLANK}*+((?!#){WORD_PATTERN})(?:{BLANK}++((?!#){WORD_PATTERN}))?", re.DOTALL)


class Pairs(Element):
    """`field value` pairs of one collection or command.

    `purpose` decides what a field is good for: `filter` takes any field and
    keeps the word for comparison, `create`, `set` and `option` read the value
    and take only fields that can be given. Reads at least `least` pairs, and at
    most `most` where that is given; the line must end behind them if `closes`,
    otherwise they stop before a word that is no field, or has no value. `lead`
    makes a token that stands before the pairs. A filter is on the objects of the collection whose
    path is `of`.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[Field],
        purpose: str,
        least: int = 0,
        most: int | None = None,
        closes: bool = True,
        lead: Callable[[int], Tokens] | None = None,
        of: str = "",
    ) -> None:
        super().__init__(name)
        self._fields = {field.name: field for field in fields}
        self._purpose = purpose
        self._least = least
        self._most = most
        self._closes = closes
        self._lead = lead
        self._of = of

    def expectations(self) -> Sequence[Expectation]:
        found = [Expectation.of_field(field) for field in self._usable()]
        if self._purpose != "create":
            return found
        needed = {field.name for field in self._usable() if field.required}
        found = [each._replace(required=each.text in needed) for each in found]
        return sorted(found, key=lambda each: not each.required)

    def _answer_behind(
        self, question: Question, loc: int, tokens: Sequence[Tokens], least: int
    ) -> None:
        """Say what may follow some pairs: no field of theirs again."""
        given = {token.field.name for token in tokens if isinstance(token, Setting)}
        if loc == question.at:
            question.found += [each for each in self.expectations() if each.text not in given]
            question.found += [END] * (self._closes and len(tokens) >= least)

    def _usable(self) -> list[Field]:
        fields = self._fields.values()
        if self._purpose == "set":
            return [f for f in fields if not f.read_only and not f.fixed]
        if self._purpose == "create":
            return [f for f in fields if not f.read_only]
        return list(fields)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        tokens: list[Tokens] = [] if self._lead is None else [self._lead(loc + 1)]
        least, most = len(tokens) + self._least, self._most
        while most is None or len(tokens) < most:
            pair = PAIR.match(line, loc)
            if type(line) is Question:
                at = pair.start(1) if pair else self.preParse(line, loc)
                self._answer_behind(line, at, tokens, least)
            if pair is None:
                break
            field = self._fields.get(pair[1])
            if field is None:
                other = self._other(line, loc)
                if other is None:
                    break
                settings, loc = other
                tokens += settings
                continue
            if pair[2] is None and not self._closes and len(tokens) >= least:
                self._missing_value(line, pair, field)
                break
            setting, loc = self._setting(line, pair, field)
            tokens.append(setting)
        if len(tokens) < least or (self._closes and not TRAILING.match(line, loc)):
            raise Rejected(line, self.preParse(line, loc), self)
        return loc, tokens

    def _other(self, line: str, loc: int) -> tuple[list[Setting], int] | None:
        """What a word says that is no field, and where it ends, if that may stand here."""
        return None

    def _setting(self, line: str, pair: re.Match[str], field: Field) -> tuple[Setting, int]:
        """The value of one field; Rejected at the word that is wrong."""
        if self._purpose in ("create", "set") and (
            field.read_only or (field.fixed and self._purpose == "set")
        ):
            start = pair.start(1)
            why = "; it is given at creation only" if field.fixed else ""
            error = ReadOnlyError(f"{field.name} is a read-only field{why}", start + 1)
            raise Rejected(line, start, self, error)
        if isinstance(field.type, Flag):
            if type(line) is Question:
                self._answer_behind_flag(line, pair, field)
            return _flag(field, field.type, pair)
        if pair[2] is None:
            end = self._missing_value(line, pair, field)
            incomplete = IncompleteError(
                f"{field.name} needs a value: {field.type.expected}", end + 1
            )
            raise Rejected(line, end, self, incomplete)
        start, end = pair.span(2)
        word = unquote(pair[2])
        if self._purpose == "filter":
            return Setting(field, word, start + 1, word), end
        if field.reference is not None:
            word, end = self._spelled_out(line, field, word, end)
        return Setting(field, self.value(line, field, word, start), start + 1, word), end

    def _missing_value(self, line: str, pair: re.Match[str], field: Field) -> int:
        """Where a value that is missing would stand; that it may, if that is the question."""
        end = self.preParse(line, pair.end(1))
        if type(line) is Question and end == line.at:
            expected = Expectation.of_value(field)
            if self._of and not expected.target and not expected.words:
                expected = expected._replace(target=f"{self._of} {field.name}")
            line.found[:] = [expected]
        return end

    def _answer_behind_flag(self, question: Question, pair: re.Match[str], field: Field) -> None:
        """Say what may stand behind an option that stands alone otherwise."""
        end = self.preParse(question, pair.end(1))
        if type(field.type) is not Flag and end == question.at:
            question.found.append(Expectation.of_value(field))

    def value(self, line: str, field: Field, word: str, start: int) -> Any:
        """What a word at `start` means as the value of a field; Rejected where it means nothing."""
        try:
            if word[:1] == "!" and field.invertible:
                return Negated(field.type.parse(word[1:]))
            return field.type.parse(word)
        except ValueError as reason:
            error = InvalidValueError(
                f"invalid value {shorten(word)} for {field.name}: {reason}; "
                f"expected {field.type.expected}"
                + (
                    suggestion(word, Expectation.of_value(field).words)
                    or numbered(field.type, word, field.name)
                ),
                start + 1,
                (field.type.expected,),
            )
            raise Rejected(line, start, self, error) from None

    def _spelled_out(self, line: str, field: Field, word: str, end: int) -> tuple[str, int]:
        """A reference spelled as a path (`router router0 port port0`) as its alias."""
        steps = _spellings(field.reference.target if field.reference else "").get(word)
        if steps is None:
            return word, end
        found = _pattern(steps).match(line, end)
        if found is None or found[1] in self._fields:
            return word, end
        return ":".join(unquote(part) for part in found.groups()), found.end()


def _flag(field: Field, kind: Flag, pair: re.Match[str]) -> tuple[Setting, int]:
    """An option that stands alone, with the word behind it where it takes that."""
    word = unquote(pair[2] or "")
    place = 2 if kind.takes(word) else 1
    word = word if place == 2 else ""
    return Setting(field, kind.parse(word), pair.start(place) + 1, word), pair.end(place)


@cache
def _pattern(steps: tuple[str, ...]) -> re.Pattern[str]:
    """`NAME word NAME …` after a path's first collection; compiled when first used."""
    pattern = f"{BLANK}++((?!#){WORD_PATTERN})"
    for word in steps:
        pattern += f"{BLANK}++{word}{BLANK}++((?!#){WORD_PATTERN})"
    return re.compile(pattern, re.DOTALL)


@cache
def _spellings(target: str) -> Mapping[str, tuple[str, ...]]:
    """How a reference may be spelled: first word -> the words between the names."""
    if target == "port":
        return {"router": ("port",), "bridge": ("port",), "port": ()}
    if target == "interface":
        return {"host": ("(?:interface|iface)",)}
    root, *inner = target.split(".")
    return {root: tuple(inner)}


class FieldNames(Element):
    """Names of fields without values, for `clear` and `show`; `follow` reads on behind them."""

    def __init__(
        self, name: str, collection: Collection, clearing: bool, follow: pp.ParserElement
    ) -> None:
        super().__init__(name)
        self._collection = collection
        self._clearing = clearing
        self._follow = follow

    def expectations(self) -> Sequence[Expectation]:
        return [
            Expectation("field", field.name, field.help)
            for field in self._collection.fields
            if field.clearable or not self._clearing
        ]

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        names: list[FieldName] = []
        while self._clearing or not names:
            loc = self.preParse(line, loc)
            if type(line) is Question and loc == line.at:
                given = {each.field.name for each in names}
                found = self.expectations()
                line.found += [each for each in found if each.text not in given]
            word = WORD.match(line, loc)
            field = self._collection.by_name.get(word[0]) if word else None
            if word is None or field is None:
                break
            if self._clearing and not field.clearable:
                error = NotClearableError(f"{field.name} cannot be cleared", loc + 1)
                raise Rejected(line, loc, self, error)
            names.append(FieldName(field, loc + 1))
            loc = word.end()
        if not names:
            raise Rejected(line, loc, self)
        end, tokens = self._follow._parse(line, loc, do_actions)
        return end, [*names, *tokens]
