"""The Internet checksum (RFC 1071) over whole numbers.

A sum of 16-bit words in ones' complement is the remainder modulo 0xffff of the
bytes read as one big number, so Python's integers do the work.
"""

from __future__ import annotations


def words(data: bytes) -> int:
    """The data as one number whose 16-bit words are to be summed; odd data is padded."""
    number = int.from_bytes(data, "big")
    return number << 8 if len(data) & 1 else number


def verify(data: bytes) -> int:
    """The checksum of data that has one in it: 0 when that is right."""
    number = int.from_bytes(data, "big")
    return 0 if number and number % 0xFFFF == 0 else complement(words(data))


def complement(total: int) -> int:
    """The checksum of what `words` gave (sums of it are allowed): 0 when it verifies."""
    # A sum that is not 0 never folds to 0: its multiples of 0xffff stay 0xffff.
    return 0xFFFF - (total % 0xFFFF or (0xFFFF if total else 0))


def correct(found: int, computed: int) -> int:
    """The value a checksum field should have had, from what it has and `complement`."""
    total = found + computed
    return (total & 0xFFFF) + (total >> 16)
