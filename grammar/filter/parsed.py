"""What the grammar of filters gives: values that have not yet taken over any words.

In `port 80 or 443` the second number takes the word `port` from the first.
"""

from __future__ import annotations

from typing import Literal

from grammar.filter.tree import Condition, Direction
from grammar.node import Node


class Words(Node):
    """The words in front of an address, port or number; a later one may take them over."""

    protocol: str | None
    direction: Direction
    kind: Literal["host", "net", "port", "portrange", "proto", "protochain"]


class Value(Node):
    """An address, port, number or name as it is written, with what follows `/` or `mask`."""

    text: str
    column: int
    bits: str | None = None
    mask: str | None = None


class Qualified(Node):
    """Words and the value, or values in parentheses, that they stand before."""

    words: Words
    value: Parsed


class Negation(Node):
    """What stands behind `not`."""

    operand: Parsed


class Series(Node):
    """Operands and the words between them."""

    first: Parsed
    rest: tuple[tuple[Literal["and", "or"], Parsed], ...]


# What the grammar gives: values are still without the words they take over.
Parsed = Value | Qualified | Negation | Series | Condition
