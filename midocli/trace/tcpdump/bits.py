"""Names for the bits that are set in a field."""

from __future__ import annotations

from collections.abc import Sequence


def named_bits(names: Sequence[tuple[int, str]], value: int, none: str = "none") -> str:
    """The names of the set bits, comma separated; `none` when none of them is."""
    return ", ".join([name for bit, name in names if value & bit]) or none
