"""Calculations in filters: rows of operands and operators become trees by precedence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyparsing as pp

from grammar.errors import InvalidValueError, LineSyntaxError
from grammar.filter.limits import MOST_OPERATORS, check_depth
from grammar.filter.tree import Arithmetic, Bytes, Calculation, Comparison, Length, Negative, Number
from grammar.filter.words import CONSTANTS, INDEXED, LINKS

_SIGN = "sign"
_PRECEDENCE = {"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, _SIGN: 6}
_STRONGEST = 6


def comparison(tokens: pp.ParseResults) -> Comparison:
    """The tree of a relation and the calculations on its sides."""
    left, relation, right = tokens
    operator = "=" if relation == "==" else relation
    return Comparison(operator, calculation(left), calculation(right))


def calculation(tokens: pp.ParseResults) -> Arithmetic:
    """The tree of a flat row of operands and operators, by precedence, from the left.

    `^` and `%` have no precedence in libpcap: whatever stands right of them, or right of
    what they follow, goes together first.
    """
    if len(tokens) > 2 * MOST_OPERATORS:
        raise LineSyntaxError(f"a calculation has more than {MOST_OPERATORS} operators")
    operands: list[Arithmetic] = []
    operators: list[str] = []

    def combine() -> None:
        operator, right = operators.pop(), operands.pop()
        if operator == _SIGN:
            operands.append(Negative(right))
        else:
            left = operands.pop()
            _check(operator, left, right)
            operands.append(Calculation(operator, left, right))

    for operator, (*signs, inner) in zip(["", *tokens[1::2]], tokens[::2], strict=True):
        while operators and operator and _binds(operators[-1], operator):
            combine()
        check_depth(len(signs))
        operators += [operator, *([_SIGN] * len(signs))] if operator else [_SIGN] * len(signs)
        operands.append(_atom(*inner) if isinstance(inner, tuple) else calculation(inner))
    while operators:
        combine()
    return operands[0]


def _binds(left: str, right: str) -> bool:
    """Whether an operator takes what is between it and the next one."""
    return left in _PRECEDENCE and _PRECEDENCE[left] >= _PRECEDENCE.get(right, _STRONGEST + 1)


def _check(operator: str, left: Arithmetic, right: Arithmetic) -> None:
    """Refuse what libpcap does: it looks at the number that is loaded first, and the result."""
    result = constant(right)
    if result is not None:
        _check_right(operator, result if constant(left) is None or operator in "/%" else 0)
    first = right
    while not isinstance(first, Number):
        match first:
            case Negative(inner) | Bytes(offset=inner) | Calculation(left=inner):
                first = inner
            case _:
                return
    _check_right(operator, first.value)


def _check_right(operator: str, value: int) -> None:
    if operator in "/%" and value == 0:
        raise InvalidValueError("a filter cannot divide by zero")
    if operator in ("<<", ">>") and value > 31:
        raise InvalidValueError("a filter cannot shift by more than 31 bits")


_CALCULATED: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "/": int.__floordiv__,
    "%": int.__mod__,
    "&": int.__and__,
    "|": int.__or__,
    "^": int.__xor__,
    "<<": lambda value, bits: value << min(bits, 32),
    ">>": int.__rshift__,
}


def constant(operand: Arithmetic) -> int | None:
    """What a calculation gives where it looks into no frame, in 32 bits without sign.

    None where it does, or where it divides by zero.
    """
    match operand:
        case Number(value):
            return value
        case Negative(inner):
            positive = constant(inner)
            return None if positive is None else -positive & 0xFFFF_FFFF
        case Calculation(operator, left, right):
            one, other = constant(left), constant(right)
            if one is None or other is None or (operator in "/%" and other == 0):
                return None
            return _CALCULATED[operator](one, other) & 0xFFFF_FFFF
    return None


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
    if protocol not in INDEXED | LINKS:
        raise InvalidValueError(f"`{protocol}` cannot be indexed in a filter", column)
    return Bytes(protocol if protocol not in LINKS else "ether", calculation(offset), width)


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
