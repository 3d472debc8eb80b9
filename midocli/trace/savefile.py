"""What is read from a capture file, whichever format it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

ByteOrder = Literal["big", "little"]

_LARGEST_INT = 2**31 - 1
_USUAL_LARGEST = 262144
# The three link types of which libpcap expects larger frames: USBPCAP, D-Bus and EBHSCR.
_LARGEST = {249: 1 << 20, 231: 128 << 20, 279: 8 << 20}


class CaptureFileError(Exception):
    """A file is no capture file, or not a whole one."""


class ReadFrame(NamedTuple):
    """A frame of a file: when it was captured, what was captured, and its length on the wire.

    `second` counts from the Unix epoch; `fraction_ns` is what the file adds to it, which in a
    damaged file may be a second and more, or below zero. `direction` is None where the file
    does not tell.
    """

    second: int
    fraction_ns: int
    data: bytes
    wire_length: int
    direction: Literal["in", "out"] | None

    @property
    def time_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return self.second * 1_000_000_000 + self.fraction_ns


class CaptureFile(NamedTuple):
    """A file that is being read.

    `link_type` is the LINKTYPE_ number of its frames, and `link_extension` what the file's
    head says beside it (of check sequences at the end of frames), to be written in a copy.
    `order` is the byte order of its numbers.
    """

    link_type: int
    snap_length: int
    frames: Iterator[ReadFrame]
    order: ByteOrder = "little"
    link_extension: int = 0


def truncated(wanted: int, got: int, what: str = "bytes", kind: str = "") -> CaptureFileError:
    """The error for a file that ends within something."""
    return CaptureFileError(
        f"truncated {kind}dump file; tried to read {wanted} {what}, only got {got}"
    )


def number(data: bytes, at: int, size: int, order: ByteOrder) -> int:
    """The number of `size` bytes at an offset."""
    return int.from_bytes(data[at : at + size], order)


def signed(value: int, bits: int) -> int:
    """The lowest `bits` of a number, as C's casts make them one with a sign."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def read_whole(stream: BinaryIO, size: int, what: str = "bytes", kind: str = "") -> bytes:
    """`size` bytes; CaptureFileError where the file ends within them."""
    data = stream.read(size)
    if len(data) < size:
        raise truncated(size, len(data), what, kind)
    return data


def largest_frame(link_type: int) -> int:
    """The largest frame of a link type that libpcap takes for sane."""
    return _LARGEST.get(link_type, _USUAL_LARGEST)


def adjusted(snap_length: int, link_type: int) -> int:
    """The snapshot length that holds where a file gives none, or one beyond all reason."""
    return snap_length if 0 < snap_length <= _LARGEST_INT else largest_frame(link_type)
