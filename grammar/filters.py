"""What follows `list`: filters on the objects' fields, and which fields are shown.

`FIELD VALUE` lets through what shows that value. A word between the two makes it another test:
`not`, `contains` or `in`. Such a word is the value itself where the line would go on without
one (`name not state up`), or in quotes.
"""

from __future__ import annotations

import re
from typing import Any

from grammar.addresses import IpAddress, IPv4, Network, parse_cidr
from grammar.elements import Question, Rejected
from grammar.errors import InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.pairs import PAIR, Pairs
from grammar.schema import Collection, Field
from grammar.tree import Setting
from grammar.values import Choice, ListOf
from grammar.words import unquote

#: The words that may stand between a field and its value, with what they are for.
TESTS = {
    "not": "that does not show the value",
    "contains": "that shows a text somewhere in its value",
    "in": "whose address is in a network",
}
COLUMNS = "columns"

_NETWORK = Network("a network", "10.0.0.0/8")


def columns_of(collection: Collection) -> Field:
    """The pair that chooses what a list shows of each object of a collection."""
    names = ["alias"] * collection.has_id + [field.name for field in collection.fields]
    return Field(COLUMNS, ListOf(Choice(tuple(names))), "the fields to show, in this order")


class Filters(Pairs):
    """The pairs behind `list COLLECTION`; the line ends behind them."""

    def __init__(self, collection: Collection, **shape: Any) -> None:
        fields = (*collection.fields, columns_of(collection))
        name = f"{collection.name} fields"
        super().__init__(name, fields, "filter", of=collection.path, **shape)

    def _setting(self, line: str, pair: re.Match[str], field: Field) -> tuple[Setting, int]:
        if field.name == COLUMNS and pair[2] is not None:
            word, (start, end) = unquote(pair[2]), pair.span(2)
            return Setting(field, self.value(line, field, word, start), start + 1, word), end
        if pair[2] in TESTS:
            operand = PAIR.match(line, pair.end(2))
            if type(line) is Question:
                self._answer_operand(line, pair.end(2), field, pair[2])
            if operand is not None and not (operand[1] in self._fields and operand[2]):
                return self._tested(line, pair[2], operand, field)
        return super()._setting(line, pair, field)

    def _tested(
        self, line: str, how: str, operand: re.Match[str], field: Field
    ) -> tuple[Setting, int]:
        """A filter with a test of its own; Rejected at an operand that makes no sense."""
        start, end = operand.span(1)
        word = unquote(operand[1])
        if how == "in":
            try:
                _check_network(field, word)
            except ValueError as reason:
                message = f"{field.name} in {shorten(word)}: {reason}"
                error = InvalidValueError(message, start + 1, (_NETWORK.expected,))
                raise Rejected(line, start, self, error) from None
        return Setting(field, word, start + 1, word, how), end

    def _missing_value(self, line: str, pair: re.Match[str], field: Field) -> int:
        end = super()._missing_value(line, pair, field)
        if type(line) is Question and end == line.at and field.name != COLUMNS:
            line.found += [Expectation("verb", word, meant) for word, meant in _tests_of(field)]
        return end

    def _answer_operand(self, question: Question, at: int, field: Field, how: str) -> None:
        """Say that a value may stand behind the word of a test, if that is the question."""
        if self.preParse(question, at) == question.at:
            kind = _NETWORK if how == "in" else None
            expected = Expectation("value", "", kind.expected if kind else "a text", type=kind)
            if how == "not":
                expected = Expectation.of_value(field)
                if not expected.target and not expected.words:
                    expected = expected._replace(target=f"{self._of} {field.name}")
            question.found.append(expected)


def _tests_of(field: Field) -> list[tuple[str, str]]:
    return [(word, meant) for word, meant in TESTS.items() if word != "in" or _has_address(field)]


def _check_network(field: Field, word: str) -> None:
    """ValueError where a field has no address that could be in the network of this word."""
    if not _has_address(field):
        raise ValueError("the field holds no IPv4 address")
    try:
        parse_cidr(word)
    except ValueError as reason:
        raise ValueError(f"{reason}; expected {_NETWORK.expected}") from None


def _has_address(field: Field) -> bool:
    kind = field.type.item if isinstance(field.type, ListOf) else field.type
    return isinstance(kind, (IPv4, IpAddress, Network))
