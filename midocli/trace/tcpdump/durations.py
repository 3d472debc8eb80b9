"""Spans of time in the units tcpdump counts them in."""

from __future__ import annotations

_UNITS = (("y", 31536000), ("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def in_units(seconds: int) -> str:
    """`1d2h` for 93600 seconds; `0s` for none."""
    parts = []
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
