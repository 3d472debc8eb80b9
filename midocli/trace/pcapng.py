"""Captures written as pcapng (draft-ietf-opsawg-pcapng): one interface block per point.

scapy's writer gives the section and the framing of blocks. What it lacks is added
here: writing to a stream, descriptions of interfaces, times in nanoseconds, and
doing without an unnamed interface of its own. Blocks of frames are built here too,
since scapy's takes times as floats and its arguments differ between releases.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from midocli.trace.capture import CapturedFrame

_ETHERNET = 1
_SNAP_LENGTH = 262144
_INTERFACE_BLOCK, _FRAME_BLOCK = 1, 6
_END, _COMMENT, _FRAME_FLAGS = 0, 1, 2
_NAME, _DESCRIPTION, _TIME_RESOLUTION = 2, 3, 9
_NANOSECONDS = b"\x09"
_DIRECTIONS = {"in": 1, "out": 2}
_LONGEST_OPTION = 0xFFFF
_LAST_TIME = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Capture:
    """The frames seen at one point, and what may be said of the point."""

    point: str
    description: str | None
    frames: Sequence[CapturedFrame]


def write_captures(stream: BinaryIO, captures: Sequence[Capture]) -> None:
    """Write all captures as one pcapng section, their frames ordered by time.

    Frames of the same time keep the order they are given in. The bytes depend on the
    captures alone. A time before 1970 or after 2554 raises ValueError before anything
    is written, since the format has no number for it.
    """
    frames = sorted(
        (
            (interface, frame)
            for interface, capture in enumerate(captures)
            for frame in capture.frames
        ),
        key=lambda numbered: numbered[1].time_ns,
    )
    for _, frame in frames:
        if not 0 <= frame.time_ns <= _LAST_TIME:
            raise ValueError(f"pcapng has no number for the time {frame.time_ns} ns")
    writer = _writer_class()(stream)
    writer.write_section()
    for capture in captures:
        writer.write_interface(capture)
    for interface, frame in frames:
        writer.write_frame(interface, frame)


def _options(options: Iterable[tuple[int, bytes]]) -> bytes:
    """Options with their padding and the mark after the last."""
    packed = b"".join(
        struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
        for code, value in options
    )
    return packed + struct.pack("<HH", _END, 0)


def _text(text: str) -> bytes:
    """UTF-8, cut between characters where it is longer than an option can be."""
    return text.encode()[:_LONGEST_OPTION].decode(errors="ignore").encode()


@cache
def _writer_class() -> Any:
    """scapy's writer, extended; made on first use, as importing scapy takes its time."""
    import scapy.config

    # Left alone, scapy looks at the machine's routes.
    scapy.config.conf.route_autoload = False
    scapy.config.conf.route6_autoload = False
    scapy.config.conf.ipv6_enabled = False
    from scapy.utils import RawPcapNgWriter

    class StreamWriter(RawPcapNgWriter):  # type: ignore[misc]
        """Writes blocks to a stream; closing it is left to whoever opened it."""

        def __init__(self, stream: BinaryIO) -> None:
            # scapy's own would open a file by its name.
            self.f = stream
            self.endian = "<"
            self.endian_magic = b"\x4d\x3c\x2b\x1a"

        def write_section(self) -> None:
            self._write_block_shb()

        def write_interface(self, capture: Capture) -> None:
            options = [(_NAME, _text(capture.point))]
            if capture.description is not None:
                options.append((_DESCRIPTION, _text(capture.description)))
            options.append((_TIME_RESOLUTION, _NANOSECONDS))
            body = struct.pack("<HHI", _ETHERNET, 0, _SNAP_LENGTH)
            self._write_block(_INTERFACE_BLOCK, body, options)

        def write_frame(self, interface: int, frame: CapturedFrame) -> None:
            high, low = divmod(frame.time_ns, 2**32)
            length = len(frame.data)
            options = []
            if frame.comment is not None:
                options.append((_COMMENT, _text(frame.comment)))
            options.append((_FRAME_FLAGS, struct.pack("<I", _DIRECTIONS[frame.direction])))
            body = struct.pack("<IIIII", interface, high, low, length, length) + frame.data
            self._write_block(_FRAME_BLOCK, body, options)

        def _write_block(self, kind: int, body: bytes, options: list[tuple[int, bytes]]) -> None:
            self.f.write(self.build_block(struct.pack("<I", kind), body, _options(options)))

    return StreamWriter
