"""The names that protocols give to numbers, and to the bits of a field."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Names may have commas, but none before a number.
_NEXT = re.compile(r", (?=\d)")


def numbered(table: str) -> dict[int, str]:
    """Names by number, of a table such as `1 ICMP, 0x3a ICMPv6`; lines may break anywhere."""
    entries = [entry.split(" ", 1) for entry in _NEXT.split(" ".join(table.split()))]
    return {int(number, 0): name for number, name in entries}


def named_bits(names: Mapping[int, str], value: int, none: str = "none") -> str:
    """The names of the set bits, comma separated; `none` when none of them is."""
    return ", ".join([name for bit, name in names.items() if value & bit]) or none


def letters(names: Mapping[int, str], value: int) -> str:
    """The letters of the set bits."""
    return "".join([letter for bit, letter in names.items() if value & bit])
