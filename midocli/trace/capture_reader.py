"""Reading capture files bit by bit: pcap in all its forms, and pcapng.

What is wrong with a file is told as libpcap 1.10 tells it, and behind the same frame.
"""

from __future__ import annotations

from typing import BinaryIO

from midocli.trace.pcap_reader import byte_order, open_pcap
from midocli.trace.pcapng_reader import SECTION, open_pcapng
from midocli.trace.savefile import CaptureFile, CaptureFileError, ReadFrame, read_whole


def open_capture(stream: BinaryIO, nanoseconds: bool = True) -> CaptureFile:
    """A capture file, of which nothing but the head has been read.

    Without `nanoseconds` times are cut to microseconds, as for tcpdump without `--nano`.
    CaptureFileError where it is none; its frames raise it as well, behind the last one
    that is whole. OSError is what the stream raises.
    """
    tick_ns = 1 if nanoseconds else 1000
    magic = read_whole(stream, 4, "file header bytes")
    order = byte_order(magic)
    if order is not None:
        return open_pcap(stream, magic, order, tick_ns)
    capture = open_pcapng(stream, tick_ns) if magic == SECTION else None
    if capture is None:
        raise CaptureFileError("unknown file format")
    return capture


__all__ = ["CaptureFile", "CaptureFileError", "ReadFrame", "open_capture"]
