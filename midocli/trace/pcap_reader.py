"""Reading classic pcap files, in all the forms that libpcap 1.10 knows (sf-pcap.c).

Times in micro- or nanoseconds, either byte order, lengths in the order of versions before
2.3, and the longer records of Kuznetzov's libpcap.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, NamedTuple

from midocli.trace.link_types import canonical
from midocli.trace.savefile import (
    ByteOrder,
    CaptureFile,
    CaptureFileError,
    ReadFrame,
    adjusted,
    largest_frame,
    read_whole,
    truncated,
)

_MICROSECONDS, _NANOSECONDS, _KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
_HEAD, _RECORD, _KUZNETZOVS_RECORD = 24, 16, 24
_ETHERNET, _COOKED_HEADER = 1, 14
# DG/UX wrote this version, with lengths in the old order.
_DG_UX = (543, 0)
_LINK_TYPE = 0x03FF_FFFF


class _Form(NamedTuple):
    """How the records of a file are laid out."""

    order: ByteOrder
    record_size: int
    tick_ns: int
    #: Whether the length on the wire comes first; None where only the lengths tell.
    wire_first: bool | None


def byte_order(magic: bytes) -> ByteOrder | None:
    """The byte order of a pcap file that begins with these four bytes; None: it is none."""
    orders: tuple[ByteOrder, ...] = ("little", "big")
    for order in orders:
        if int.from_bytes(magic, order) in (_MICROSECONDS, _NANOSECONDS, _KUZNETZOV):
            return order
    return None


def open_pcap(stream: BinaryIO, magic: bytes, order: ByteOrder, tick_ns: int) -> CaptureFile:
    """A pcap file behind its magic number; CaptureFileError where its head is none."""
    rest = stream.read(_HEAD - len(magic))
    if len(rest) < _HEAD - len(magic):
        raise truncated(_HEAD, len(rest), "file header bytes")
    mark = "<" if order == "little" else ">"
    major, minor, _, _, snap_length, link = Struct(f"{mark}HHIIII").unpack(rest)
    if major < 2:
        raise CaptureFileError("archaic pcap savefile format")
    if not (major == 2 and minor <= 4) and (major, minor) != _DG_UX:
        raise CaptureFileError(f"unsupported pcap savefile version {major}.{minor}")
    link_type = canonical(link & _LINK_TYPE)
    snap_length = adjusted(snap_length, link_type)
    number = int.from_bytes(magic, order)
    if number == _KUZNETZOV and link_type == _ETHERNET:
        # Room for the Ethernet header that this libpcap put before cooked packets.
        snap_length = min(snap_length + _COOKED_HEADER, 2**31 - 1)
    wire_first = minor < 3 if (major, minor) != (2, 3) else None
    form = _Form(
        order,
        _KUZNETZOVS_RECORD if number == _KUZNETZOV else _RECORD,
        1 if number == _NANOSECONDS else 1000,
        wire_first,
    )
    frames = _frames(stream, form, link_type, snap_length, tick_ns)
    return CaptureFile(link_type, snap_length, frames, order, link & ~_LINK_TYPE)


def _frames(
    stream: BinaryIO, form: _Form, link_type: int, snap_length: int, tick_ns: int
) -> Iterator[ReadFrame]:
    head = Struct("<iiII" if form.order == "little" else ">IIII")
    read, size, largest = stream.read, form.record_size, largest_frame(link_type)
    while True:
        record = read(size)
        if len(record) < size:
            if record:
                raise truncated(size, len(record), "header bytes")
            return
        second, fraction, captured, length = head.unpack_from(record)
        if form.wire_first or (form.wire_first is None and captured > length):
            captured, length = length, captured
        if captured > largest:
            raise _too_long(captured, snap_length, largest)
        data = _data(stream, captured, snap_length)
        yield ReadFrame(second, _fraction_ns(fraction, form.tick_ns, tick_ns), data, length, None)


def _fraction_ns(fraction: int, tick_ns: int, wanted_ns: int) -> int:
    """The part of a second in nanoseconds, cut as C divides to the ticks that are wanted."""
    ticks = abs(fraction) * tick_ns // wanted_ns
    return (-ticks if fraction < 0 else ticks) * wanted_ns


def _too_long(captured: int, snap_length: int, largest: int) -> CaptureFileError:
    bound = f"snaplen of {snap_length}"
    if captured <= snap_length:
        bound = f"maximum of {largest}"
    return CaptureFileError(f"invalid packet capture length {captured}, bigger than {bound}")


def _data(stream: BinaryIO, captured: int, snap_length: int) -> bytes:
    """What was captured of a frame; more than the snapshot length is read and left out."""
    kept = read_whole(stream, min(captured, snap_length), "captured bytes")
    if captured > snap_length:
        left_out = stream.read(captured - snap_length)
        if len(left_out) < captured - snap_length:
            raise truncated(captured, snap_length + len(left_out), "captured bytes")
    return kept
