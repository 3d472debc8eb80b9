"""Tests of frames that filters are compiled into, and how they are joined.

A test that looks beyond the end of a frame raises IndexError, one that divides by zero
ZeroDivisionError: the frame does not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grammar.filter import Direction

Predicate = Callable[[bytes], bool]
Value = Callable[[bytes], int]

WORD = 0xFFFF_FFFF


def number16_at(frame: bytes, at: int) -> int:
    """The two bytes at an offset."""
    return frame[at + 1] | frame[at] << 8


def number_at(frame: bytes, at: int, size: int) -> int:
    """The big-endian number of some bytes at an offset."""
    frame[at + size - 1]  # rejects the frame when the number is not all there
    return int.from_bytes(frame[at : at + size], "big")


def negation(test: Predicate) -> Predicate:
    """A test that holds where another does not."""
    return lambda frame: not test(frame)


def both(first: Predicate, second: Predicate) -> Predicate:
    """Two tests that must hold."""
    return lambda frame: first(frame) and second(frame)


def any_of(tests: Sequence[Predicate]) -> Predicate:
    """Tests of which one must hold."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda frame: first(frame) or second(frame)
    return lambda frame: any(test(frame) for test in tests)


def row(first: Predicate, others: Sequence[tuple[str, Predicate]]) -> Predicate:
    """Tests joined from the left by `and` and `or`, without nesting."""

    def test(frame: bytes) -> bool:
        result = first(frame)
        for join, other in others:
            result = result and other(frame) if join == "and" else result or other(frame)
        return result

    return test


def directed(direction: Direction, source: Predicate, destination: Predicate) -> Predicate:
    """A test of the source, of the destination, of either or of both."""
    if direction == "src":
        return source
    if direction == "dst":
        return destination
    return both(source, destination) if direction == "both" else any_of([source, destination])


def hardware(direction: Direction, address: bytes) -> Predicate:
    """Whether a MAC of the frame is the one given."""

    def source(frame: bytes) -> bool:
        frame[11]  # rejects the frame when the address is not all there
        return frame[6:12] == address

    def destination(frame: bytes) -> bool:
        frame[5]  # likewise
        return frame[:6] == address

    return directed(direction, source, destination)


COMPARISONS: dict[str, Callable[[Value, Value], Predicate]] = {
    "=": lambda a, b: lambda frame: a(frame) == b(frame),
    "!=": lambda a, b: lambda frame: a(frame) != b(frame),
    "<": lambda a, b: lambda frame: a(frame) < b(frame),
    "<=": lambda a, b: lambda frame: a(frame) <= b(frame),
    ">": lambda a, b: lambda frame: a(frame) > b(frame),
    ">=": lambda a, b: lambda frame: a(frame) >= b(frame),
}

# In 32 bits without sign, as BPF calculates; shifts by 32 and more give 0.
CALCULATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: lambda frame: a(frame) + b(frame) & WORD,
    "-": lambda a, b: lambda frame: a(frame) - b(frame) & WORD,
    "*": lambda a, b: lambda frame: a(frame) * b(frame) & WORD,
    "/": lambda a, b: lambda frame: a(frame) // b(frame),
    "%": lambda a, b: lambda frame: a(frame) % b(frame),
    "&": lambda a, b: lambda frame: a(frame) & b(frame),
    "|": lambda a, b: lambda frame: a(frame) | b(frame),
    "^": lambda a, b: lambda frame: a(frame) ^ b(frame),
    "<<": lambda a, b: lambda frame: a(frame) << min(b(frame), 32) & WORD,
    ">>": lambda a, b: lambda frame: a(frame) >> min(b(frame), 32),
}
