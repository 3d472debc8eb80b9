"""Capture files in pcapng (draft-ietf-opsawg-pcapng): one interface block per point.

scapy's writer gives the section and the framing of blocks. What it lacks is added
here: writing to a stream, descriptions of interfaces, times in nanoseconds, and
doing without an unnamed interface of its own. Blocks of frames are built here too,
since scapy's takes times as floats and its arguments differ between releases.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from typing import Any, BinaryIO

from midocli.trace.capture import CapturedFrame, CaptureWriter

_ETHERNET = 1
_SNAP_LENGTH = 262144
_SECTION_BLOCK, _INTERFACE_BLOCK, _FRAME_BLOCK = 0x0A0D0D0A, 1, 6
_BYTE_ORDER, _LENGTH_UNKNOWN = 0x1A2B3C4D, -1
_END, _COMMENT, _FRAME_FLAGS, _APPLICATION = 0, 1, 2, 4
_NAME, _DESCRIPTION, _TIME_RESOLUTION = 2, 3, 9
_NANOSECONDS = b"\x09"
_DIRECTIONS = {"in": 1, "out": 2}
_LONGEST_OPTION = 0xFFFF
_LAST_TIME = 2**64 - 1


def pcapng_writer(stream: BinaryIO, application: str | None = None) -> CaptureWriter:
    """A writer of one pcapng section, whose head is written at once.

    `application` is who writes it, for the section's option of that name. The format has no
    number for times before 1970 or after 2554.
    """
    writer: CaptureWriter = _writer_class()(stream, application)
    return writer


def _options(options: Iterable[tuple[int, bytes]]) -> bytes:
    """Options with their padding and the mark after the last."""
    packed = b"".join(
        struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
        for code, value in options
    )
    return packed + struct.pack("<HH", _END, 0)


def _text(text: str) -> bytes:
    """UTF-8, cut between characters where it is longer than an option can be."""
    encoded = text.encode("utf-8", "replace")
    return encoded[:_LONGEST_OPTION].decode(errors="ignore").encode()


def _scapy_utils() -> Any:
    """The module `scapy.utils`, loaded without a look at the machine's own network."""
    import logging

    import scapy.config

    scapy.config.conf.route_autoload = False
    scapy.config.conf.route6_autoload = False
    scapy.config.conf.ipv6_enabled = False
    # What is wrong with a file is told once, by whoever reads it.
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    import scapy.utils

    return scapy.utils


@cache
def _writer_class() -> Any:
    """scapy's writer, extended; made on first use, as importing scapy takes its time."""

    class StreamWriter(_scapy_utils().RawPcapNgWriter):  # type: ignore[misc]
        """Writes blocks to a stream; closing it is left to whoever opened it."""

        def __init__(self, stream: BinaryIO, application: str | None) -> None:
            # scapy's own would open a file by its name.
            self.f = stream
            self.endian = "<"
            if application is None:
                self.endian_magic = b"\x4d\x3c\x2b\x1a"
                self._write_block_shb()
            else:
                head = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, _LENGTH_UNKNOWN)
                self._write_block(_SECTION_BLOCK, head, [(_APPLICATION, _text(application))])

        def interface(self, point: str, description: str | None) -> None:
            options = [(_NAME, _text(point))]
            if description is not None:
                options.append((_DESCRIPTION, _text(description)))
            options.append((_TIME_RESOLUTION, _NANOSECONDS))
            body = struct.pack("<HHI", _ETHERNET, 0, _SNAP_LENGTH)
            self._write_block(_INTERFACE_BLOCK, body, options)

        def frame(self, interface: int, frame: CapturedFrame) -> None:
            if not 0 <= frame.time_ns <= _LAST_TIME:
                raise ValueError(f"pcapng has no number for the time {frame.time_ns} ns")
            high, low = divmod(frame.time_ns, 2**32)
            length = len(frame.data)
            options = []
            if frame.comment:
                options.append((_COMMENT, _text(frame.comment)))
            options.append((_FRAME_FLAGS, struct.pack("<I", _DIRECTIONS[frame.direction])))
            body = struct.pack("<IIIII", interface, high, low, length, length) + frame.data
            self._write_block(_FRAME_BLOCK, body, options)

        def _write_block(self, kind: int, body: bytes, options: list[tuple[int, bytes]]) -> None:
            self.f.write(self.build_block(struct.pack("<I", kind), body, _options(options)))

    return StreamWriter
