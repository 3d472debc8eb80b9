"""Calculations in filters: rows of operands and operators become trees by precedence."""

from __future__ import annotations

import re
from typing import Any

import pyparsing as pp

from grammar.errors import InvalidValueError, LineSyntaxError
from grammar.filter.limits import MOST_OPERATORS, check_depth
from grammar.filter.tree import (
    Arithmetic,
    Bytes,
    Calculation,
    Comparison,
    Length,
    Negative,
    Number,
)
from grammar.filter.words import CONSTANTS

_PRECEDENCE = {"|": 1, "^": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5}


def comparison(tokens: pp.ParseResults) -> Comparison:
    """The tree of a relation and the calculations on its sides."""
    left, relation, right = tokens
    operator = "=" if relation == "==" else relation
    return Comparison(operator, calculation(left), calculation(right))


def calculation(tokens: pp.ParseResults) -> Arithmetic:
    """The tree of a flat row of operands and operators, by precedence, from the left."""
    if len(tokens) > 2 * MOST_OPERATORS:
        raise LineSyntaxError(f"a calculation has more than {MOST_OPERATORS} operators")
    operands = [_operand(tokens[0])]
    operators: list[str] = []

    def combine() -> None:
        right = operands.pop()
        operands[-1] = Calculation(operators.pop(), operands[-1], right)

    for operator, operand in zip(tokens[1::2], tokens[2::2], strict=True):
        while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[operator]:
            combine()
        operators.append(operator)
        operands.append(_checked_operand(operator, _operand(operand)))
    while operators:
        combine()
    return operands[0]


def _checked_operand(operator: str, operand: Arithmetic) -> Arithmetic:
    if isinstance(operand, Number):
        if operator in "/%" and operand.value == 0:
            raise InvalidValueError("a filter cannot divide by zero")
        if operator in ("<<", ">>") and operand.value > 31:
            raise InvalidValueError("a filter cannot shift by more than 31 bits")
    return operand


def _operand(tokens: pp.ParseResults) -> Arithmetic:
    *signs, inner = tokens
    check_depth(len(signs))
    operand = _atom(*inner) if isinstance(inner, tuple) else calculation(inner)
    for _ in signs:
        operand = Negative(operand)
    return operand


def _atom(what: str, column: int, content: Any) -> Arithmetic:
    if what == "number":
        return Number(number_of(content, column))
    if what == "constant":
        return Number(CONSTANTS[content])
    if what == "length":
        return Length()
    protocol, offset, *size = content
    width = number_of(size[0], column) if size else 1
    if width not in (1, 2, 4):
        raise InvalidValueError("the size of an access must be 1, 2 or 4", column, ("1", "2", "4"))
    if protocol in ("ah", "esp"):
        raise InvalidValueError(f"`{protocol}` cannot be indexed in a filter", column)
    return Bytes(protocol, calculation(offset), width)


def plain_number(text: str, column: int) -> int:
    """A number of 32 bits that must not be anything else, such as a name."""
    if not re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", text):
        raise InvalidValueError(f"`{text}` is no number", column)
    return number_of(text, column)


def number_of(text: str, column: int) -> int:
    """A number of 32 bits: decimal, hexadecimal with 0x, octal with 0."""
    try:
        base = 16 if text[:2] in ("0x", "0X") else 8 if text[0] == "0" else 10
        value = int(text, base)
    except ValueError:
        raise InvalidValueError(f"`{text}` is no octal number", column) from None
    if value > 0xFFFF_FFFF:
        raise InvalidValueError(f"`{text}` is more than 32 bits", column)
    return value
