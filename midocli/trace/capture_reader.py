"""Reading capture files bit by bit: pcap in all its forms, and pcapng.

scapy's readers take the records apart. They end silently where a file breaks off and
do without libpcap's checks, so they read from sources that complain in libpcap's words
(sf-pcap.c, sf-pcapng.c of libpcap 1.10).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Literal, NamedTuple

from midocli.trace.scapy_files import scapy_utils

_LARGEST = 262144
_SIGN = 1 << 31
_LARGEST_BLOCK = 16 * 1024 * 1024
_SECTION = b"\x0a\x0d\x0d\x0a"
_PCAP_MAGICS = (b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1")
_DIRECTIONS: dict[int | None, Literal["in", "out"]] = {1: "in", 2: "out"}


class CaptureFileError(Exception):
    """A file is no capture file, or not a whole one."""


class ReadFrame(NamedTuple):
    """A frame of a file: nanoseconds since the Unix epoch, what was captured, its whole length.

    `direction` is None where the file does not tell. `second` is the one that the file
    counts the time from, where that is not the one it falls into.
    """

    time_ns: int
    data: bytes
    wire_length: int
    direction: Literal["in", "out"] | None
    second: int | None = None


class CaptureFile(NamedTuple):
    """A file that is being read. `link_type` is what LINKTYPE_ number its frames have."""

    link_type: int
    snap_length: int
    frames: Iterator[ReadFrame]


def open_capture(stream: BinaryIO) -> CaptureFile:
    """A capture file, of which nothing but the head has been read.

    CaptureFileError where it is none; its frames raise it as well, behind the last one
    that is whole. OSError is what the stream raises.
    """
    magic = stream.read(4)
    if len(magic) < 4:
        raise CaptureFileError(_truncated(4, len(magic), "file header bytes"))
    if magic == _SECTION:
        return _open_pcapng(_Blocks(stream, magic))
    if magic in _PCAP_MAGICS:
        return _open_pcap(_Records(stream, magic))
    raise CaptureFileError("unknown file format")


def _truncated(wanted: int, got: int, what: str = "bytes", kind: str = "") -> str:
    return f"truncated {kind}dump file; tried to read {wanted} {what}, only got {got}"


# -- pcap ---------------------------------------------------------------------------


class _Records:
    """A pcap file as scapy reads it: the head, then header and data of each record."""

    def __init__(self, stream: BinaryIO, magic: bytes) -> None:
        self._read = stream.read
        self._byteorder: Literal["big", "little"] = "big" if magic[0] == 0xA1 else "little"
        self._magic = magic
        self._begun = self._data_next = False
        self.snap_length = _LARGEST

    def read(self, size: int) -> bytes:
        """`size` bytes; CaptureFileError where the file ends within them."""
        if self._data_next:
            self._data_next = False
            return self._whole(size, size, "captured bytes")
        if not self._begun:
            return self._head(size)
        header = self._read(size)
        if len(header) < size:
            if header:
                raise CaptureFileError(_truncated(size, len(header), "header bytes"))
            return header
        captured = int.from_bytes(header[8:12], self._byteorder)
        if captured > _LARGEST:
            least = "snaplen" if self.snap_length < _LARGEST else "maximum"
            raise CaptureFileError(
                f"invalid packet capture length {captured}, "
                f"bigger than {least} of {self.snap_length}"
            )
        self._data_next = True
        return header

    def _head(self, size: int) -> bytes:
        if self._magic:
            magic, self._magic = self._magic[:size], self._magic[size:]
            return magic
        self._begun = True
        head = self._whole(size, 24, "file header bytes")
        major = int.from_bytes(head[:2], self._byteorder)
        if major != 2:
            minor = int.from_bytes(head[2:4], self._byteorder)
            raise CaptureFileError(f"unsupported pcap savefile version {major}.{minor}")
        return head

    def _whole(self, size: int, told: int, what: str) -> bytes:
        data = self._read(size)
        if len(data) < size:
            raise CaptureFileError(_truncated(told, len(data), what))
        return data


def _open_pcap(records: _Records) -> CaptureFile:
    reader = scapy_utils().RawPcapReader(records)
    snap_length = records.snap_length = _adjusted(reader.snaplen)
    # The upper bits of the link type tell of check sequences at the end of frames.
    link_type = reader.linktype & 0x03FF_FFFF
    return CaptureFile(link_type, snap_length, _pcap_frames(reader, snap_length))


def _adjusted(snap_length: int) -> int:
    """The largest length stands for none, or for one beyond all reason."""
    return snap_length if 0 < snap_length <= _LARGEST else _LARGEST


def _pcap_frames(reader: Any, snap_length: int) -> Iterator[ReadFrame]:
    fraction = 1 if reader.nano else 1000
    read = reader._read_packet
    while True:
        try:
            data, (second, part, wire_length, _) = read(_LARGEST)
        except EOFError:
            return
        # libpcap takes the fraction for a signed number, and does not carry it over.
        part = (part ^ _SIGN) - _SIGN
        time_ns = second * 1_000_000_000 + part * fraction
        carried = None if time_ns // 1_000_000_000 == second else second
        yield ReadFrame(time_ns, data[:snap_length], wire_length, None, carried)


# -- pcapng -------------------------------------------------------------------------


class _Blocks:
    """A pcapng file as scapy reads it, block by block; `sections` counts those begun."""

    def __init__(self, stream: BinaryIO, magic: bytes) -> None:
        self._stream = stream
        self._byteorder: Literal["big", "little"] = "little"
        self.sections = 0
        self.ended = False
        self._block = b""
        self._at = 0
        self._load(magic)

    def read(self, size: int) -> bytes:
        """The next bytes of a block; CaptureFileError where the file ends within it."""
        if self._at >= len(self._block):
            head = self._stream.read(4)
            if not head:
                self.ended = True
                return b""
            self._load(head)
        at = self._at
        self._at = at + size
        return self._block[at : at + size]

    def _load(self, kind: bytes) -> None:
        """Read a whole block, which begins with its kind."""
        head = kind + self._stream.read(8 - len(kind))
        if len(head) < 8:
            raise CaptureFileError(_truncated(8, len(head), kind="pcapng "))
        if kind == _SECTION:
            self.sections += 1
            head += self._stream.read(4)
            if len(head) < 12:
                raise CaptureFileError(_truncated(4, len(head) - 8, kind="pcapng "))
            self._byteorder = "big" if head[8:] == b"\x1a\x2b\x3c\x4d" else "little"
        length = int.from_bytes(head[4:8], self._byteorder)
        if not 12 <= length <= _LARGEST_BLOCK or length % 4:
            raise CaptureFileError(f"block in pcapng dump file has a length of {length}")
        rest = self._stream.read(length - len(head))
        if len(rest) < length - len(head):
            raise CaptureFileError(_truncated(length - len(head), len(rest), kind="pcapng "))
        if head[4:8] != rest[-4:]:
            trailer = int.from_bytes(rest[-4:], self._byteorder)
            raise CaptureFileError(
                f"block total length in header {length} and trailer {trailer} don't match"
            )
        self._block, self._at = head + rest, 0


def _open_pcapng(blocks: _Blocks) -> CaptureFile:
    utils = scapy_utils()
    try:
        reader = utils.RawPcapNgReader(blocks)
    except utils.Scapy_Exception as error:
        raise CaptureFileError(f"malformed pcapng section: {error}") from None
    frames = _pcapng_frames(reader, blocks)
    # The head is the first interface's: read on until there is one.
    while not reader.interfaces:
        if _next_block(reader, blocks) is not None or blocks.ended:
            fault = (
                "no Interface Description Blocks"
                if blocks.ended
                else "a packet block before any Interface Description Blocks"
            )
            raise CaptureFileError(f"the capture file has {fault}")
    link_type, snap_length, _ = reader.interfaces[0]
    return CaptureFile(link_type, _adjusted(snap_length), frames)


def _next_block(reader: Any, blocks: _Blocks) -> tuple[bytes, Any] | None:
    """What scapy makes of the next block; None where it holds no frame, or there is none."""
    sections = blocks.sections
    try:
        found: tuple[bytes, Any] | None = reader._read_block(_LARGEST)
    except EOFError:
        if not blocks.ended:
            raise CaptureFileError("malformed block in pcapng dump file") from None
        return None
    if blocks.sections > sections:
        # Each section numbers its own interfaces.
        reader.interfaces.clear()
    return found


def _pcapng_frames(reader: Any, blocks: _Blocks) -> Iterator[ReadFrame]:
    link_type, snap_length, _ = reader.interfaces[0]
    snap_length = _adjusted(snap_length)
    known = 0
    while True:
        found = _next_block(reader, blocks)
        if blocks.ended:
            return
        if len(reader.interfaces) != known:
            known = len(reader.interfaces)
            _check_interfaces(reader.interfaces, link_type, snap_length)
        if found is None:
            continue
        data, about = found
        if len(data) > snap_length:
            raise CaptureFileError(
                f"invalid packet capture length {len(data)}, bigger than snaplen of {snap_length}"
            )
        ticks = ((about.tshigh or 0) << 32) + (about.tslow or 0)
        time_ns = ticks * 1_000_000_000 // about.tsresol
        yield ReadFrame(time_ns, data, about.wirelen, _DIRECTIONS.get(about.direction))


def _check_interfaces(interfaces: list[Any], link_type: int, snap_length: int) -> None:
    """Interfaces must be of one kind, as libpcap has it: a file has one link type."""
    for kind, length, _ in interfaces:
        if kind != link_type:
            raise CaptureFileError(
                f"an interface has a type {kind} different from the type of the first interface"
            )
        if _adjusted(length) != snap_length:
            raise CaptureFileError(
                f"an interface has a snapshot length {length} different from the snapshot length "
                "of the first interface"
            )
