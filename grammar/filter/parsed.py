"""What the grammar of filters gives: values that have not yet taken over any words.

In `port 80 or 443` the second number takes the word `port` from the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grammar.filter.tree import Condition, Direction


@dataclass(frozen=True, slots=True)
class Words:
    """The words in front of an address, port or number; a later one may take them over."""

    protocol: str | None
    direction: Direction
    kind: Literal["host", "net", "port", "portrange", "proto", "protochain"]


@dataclass(frozen=True, slots=True)
class Value:
    """An address, port, number or name as it is written, with what follows `/` or `mask`."""

    text: str
    column: int
    bits: str | None = None
    mask: str | None = None


@dataclass(frozen=True, slots=True)
class Qualified:
    """Words and the value, or values in parentheses, that they stand before."""

    words: Words
    value: Parsed


@dataclass(frozen=True, slots=True)
class Negation:
    """What stands behind `not`."""

    operand: Parsed


@dataclass(frozen=True, slots=True)
class Series:
    """Operands and the words between them."""

    first: Parsed
    rest: tuple[tuple[Literal["and", "or"], Parsed], ...]


# What the grammar gives: values are still without the words they take over.
Parsed = Value | Qualified | Negation | Series | Condition
