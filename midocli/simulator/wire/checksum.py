"""The Internet checksum: RFC 1071 over bytes, RFC 1624 for a change of some words."""

from __future__ import annotations


def words_sum(data: bytes) -> int:
    """One's-complement sum of the 16-bit words, odd data padded with a zero byte.

    2**16 is 1 modulo 0xffff, so one big division folds all carries at once.
    """
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return number % 0xFFFF or (0xFFFF if number else 0)


def checksum(data: bytes, initial: int = 0) -> int:
    """The checksum of the data, with `initial` (the sum of other words) added in (RFC 1071)."""
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    number += initial
    return 0xFFFF - (number % 0xFFFF or (0xFFFF if number else 0))


def pseudo_header_sum(src: int, dst: int, proto: int, length: int) -> int:
    """Sum of the TCP/UDP pseudo-header (RFC 793, RFC 768): at most 17 bits wide."""
    total = (src >> 16) + (src & 0xFFFF) + (dst >> 16) + (dst & 0xFFFF) + proto + length
    return (total & 0xFFFF) + (total >> 16)


def updated(old_checksum: int, old: int, new: int) -> int:
    """The checksum after a field changed from `old` to `new` (16 or 32 bits; RFC 1624, eqn. 3).

    An error in the old checksum stays an error of the same size in the new one.
    """
    total = (~old_checksum & 0xFFFF) + (~old & 0xFFFF) + (new & 0xFFFF)
    total += (~(old >> 16) & 0xFFFF) + (new >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def updated_for_bytes(old_checksum: int, old: bytes, new: bytes) -> int:
    """The checksum after `old` was replaced by `new`, both starting at an even offset."""
    return updated(old_checksum, words_sum(old), words_sum(new))
