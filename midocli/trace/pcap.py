"""Capture files in classic pcap, as `tcpdump -w` writes them."""

from __future__ import annotations

from struct import Struct
from typing import BinaryIO

from midocli.trace.capture import CapturedFrame
from midocli.trace.savefile import ReadFrame

_MICROSECONDS, _NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D
_VERSION = (2, 4)
_SNAP_LENGTH = 262144
_ETHERNET = 1
_HEAD, _RECORD = Struct("<IHHIIII"), Struct("<IIII")
_FIRST_SECOND, _LAST_SECOND = -(2**31), 2**32 - 1
_WORD = 2**32 - 1


class PcapWriter:
    """A writer of frames of one link type, whose head is written at once.

    The format knows neither points nor directions nor comments: frames of several
    points follow each other. It has no number for times before 1970 or after 2106.
    """

    def __init__(
        self,
        stream: BinaryIO,
        link_type: int = _ETHERNET,
        snap_length: int = _SNAP_LENGTH,
        nanoseconds: bool = False,
    ) -> None:
        self._write = stream.write
        self._tick_ns = 1 if nanoseconds else 1000
        magic = _NANOSECONDS if nanoseconds else _MICROSECONDS
        self._write(_HEAD.pack(magic, *_VERSION, 0, 0, snap_length, link_type))

    def interface(self, point: str, description: str | None) -> None:
        """Nothing: the format has no place for it."""

    def frame(self, interface: int, frame: CapturedFrame) -> None:
        """Write a frame; ValueError where the format has no number for its time."""
        second, fraction_ns = divmod(frame.time_ns, 10**9)
        if second < 0:
            raise ValueError(f"pcap has no number for the time {frame.time_ns} ns")
        self.copy(ReadFrame(second, fraction_ns, frame.data, len(frame.data), frame.direction))

    def copy(self, frame: ReadFrame) -> None:
        """Write a frame of another file, with its numbers as they are there.

        ValueError where the format has no number for its time: seconds below zero are those
        that pcap has for times after 2038.
        """
        if not _FIRST_SECOND <= frame.second <= _LAST_SECOND:
            raise ValueError(f"pcap has no number for the time {frame.time_ns} ns")
        ticks = frame.fraction_ns // self._tick_ns
        head = frame.second & _WORD, ticks & _WORD, len(frame.data), frame.wire_length
        self._write(_RECORD.pack(*head))
        self._write(frame.data)
