"""Addresses as text, remembered: a capture repeats a handful of them.

The caches are bounded and hold nothing but what the bytes say.
"""

from __future__ import annotations

from functools import lru_cache

_REMEMBERED = 4096
_WORDS = 8
# Words at the front that are zero (or zero and then ffff) in an address that embeds IPv4.
_EMBEDDING = 6


def mac(address: bytes) -> str:
    """`c2:86:ff:ce:17:0a` for six bytes (or any other number of them)."""
    return address.hex(":")


@lru_cache(_REMEMBERED)
def ipv4(address: bytes) -> str:
    """`192.168.78.9` for four bytes."""
    return ".".join(map(str, address))


@lru_cache(_REMEMBERED)
def ipv6(address: bytes) -> str:
    """`fe80::1` for sixteen bytes: the first of the longest runs of zeros is left out."""
    words = [address[at] << 8 | address[at + 1] for at in range(0, 16, 2)]
    start, length = _longest_zeros(words)
    if length < 2:
        return ":".join(f"{word:x}" for word in words)
    front = ":".join(f"{word:x}" for word in words[:start])
    back = ":".join(f"{word:x}" for word in words[start + length :])
    if start == 0 and (length == _EMBEDDING or (length == 5 and words[5] == 0xFFFF)):
        back = f"{'ffff:' if length == 5 else ''}{ipv4(address[12:])}"
    return f"{front}::{back}"


def _longest_zeros(words: list[int]) -> tuple[int, int]:
    best = (0, 0)
    start = 0
    while start < _WORDS:
        stop = start
        while stop < _WORDS and words[stop] == 0:
            stop += 1
        if stop - start > best[1]:
            best = (start, stop - start)
        start = stop + 1
    return best
