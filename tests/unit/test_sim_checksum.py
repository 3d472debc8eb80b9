"""Checksums against the plain definition of RFC 1071."""

from hypothesis import given
from hypothesis import strategies as st

from midocli.simulator.wire.checksum import checksum, pseudo_header_sum, updated, words_sum


def plain_sum(data: bytes) -> int:
    total = 0
    padded = data + b"\0" * (len(data) % 2)
    for at in range(0, len(padded), 2):
        total += padded[at] << 8 | padded[at + 1]
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.binary(max_size=200))
def test_words_sum_is_the_folded_sum_of_words(data: bytes) -> None:
    assert words_sum(data) == plain_sum(data)


def test_the_example_of_rfc_1071() -> None:
    assert words_sum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2


@given(st.binary(max_size=60), st.integers(0, 0x1FFFF))
def test_checksum_complements_the_sum(data: bytes, initial: int) -> None:
    total = plain_sum(data) + initial
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(data, initial) == total ^ 0xFFFF


@given(st.binary(min_size=20, max_size=20), st.integers(0, 0xFFFFFFFF))
def test_an_updated_checksum_still_verifies(data: bytes, new: int) -> None:
    """The data with its checksum sums to all ones, before and after a 32-bit change."""
    old = int.from_bytes(data[4:8], "big")
    changed = data[:4] + new.to_bytes(4, "big") + data[8:]
    result = updated(checksum(data), old, new)
    if any(changed):
        assert words_sum(changed + result.to_bytes(2, "big")) == 0xFFFF


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF), st.integers(0, 65535))
def test_pseudo_header(src: int, dst: int, length: int) -> None:
    data = src.to_bytes(4, "big") + dst.to_bytes(4, "big") + bytes((0, 17))
    total = plain_sum(data + length.to_bytes(2, "big"))
    got = pseudo_header_sum(src, dst, 17, length)
    assert (got & 0xFFFF) + (got >> 16) == total
