"""Sets of numbers as text: `0-4,7`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def ranges_of(numbers: Iterable[int]) -> str:
    """Numbers as the ranges they make up, the lowest first."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(f"{low}-{high}" if low < high else str(low) for low, high in found)


def numbers_of(text: str) -> Iterator[int]:
    """The numbers that ranges hold; ValueError where the text is none."""
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)
