"""The data of an echo request, as ping of iputils fills it (ping.c `fill`, `pinger`)."""

from __future__ import annotations

from struct import Struct

TIMESTAMP = Struct("<QQ")


def filler(size: int, pattern: bytes = b"") -> bytes:
    """`size` data bytes without a timestamp: the pattern over and over, or each its offset."""
    if pattern:
        return (pattern * (size // len(pattern) + 1))[:size]
    return bytes(offset & 0xFF for offset in range(size))


def stamped(data: bytes, now_ns: int) -> bytes:
    """The data with the time of sending in its first 16 bytes, where it is that long.

    Seconds and microseconds, each 64 bits little-endian, as on a 64-bit machine.
    """
    if len(data) < TIMESTAMP.size:
        return data
    seconds, rest = divmod(now_ns, 1_000_000_000)
    return TIMESTAMP.pack(seconds, rest // 1000) + data[TIMESTAMP.size :]
