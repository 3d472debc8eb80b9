"""Capture files in classic pcap, with times in microseconds, as `tcpdump -w` writes them."""

from __future__ import annotations

from typing import Any, BinaryIO

from midocli.trace.capture import CapturedFrame

_SNAP_LENGTH = 262144
_LAST_SECOND = 2**32 - 1


class PcapWriter:
    """A writer of frames of one link type (1: Ethernet), whose head is written at once.

    The format knows neither points nor directions nor comments: frames of several
    points follow each other. It has no number for times before 1970 or after 2106.
    """

    def __init__(
        self, stream: BinaryIO, link_type: int = 1, snap_length: int = _SNAP_LENGTH
    ) -> None:
        from midocli.trace.scapy_files import scapy_utils

        self._writer: Any = scapy_utils().RawPcapWriter(
            stream, linktype=link_type, endianness="<", snaplen=snap_length
        )
        # A link type of 0 (BSD loopback) is one that scapy takes for none.
        self._writer.linktype = link_type
        self._writer.write_header(None)

    def interface(self, point: str, description: str | None) -> None:
        """Nothing: the format has no place for it."""

    def frame(self, interface: int, frame: CapturedFrame) -> None:
        """Write a frame; ValueError where the format has no number for its time."""
        self.write(frame.time_ns, frame.data)

    def write(self, time_ns: int, data: bytes, wire_length: int | None = None) -> None:
        """Write what was captured of a frame, and how long it was on the wire."""
        second, nanosecond = divmod(time_ns, 10**9)
        if not 0 <= second <= _LAST_SECOND:
            raise ValueError(f"pcap has no number for the time {time_ns} ns")
        self._writer.write_packet(data, sec=second, usec=nanosecond // 1000, wirelen=wire_length)
