"""Reading pcapng files with libpcap 1.10's checks, in its order (sf-pcapng.c).

All interfaces must have the link type and the snapshot length of the first one. Of options
only those count that libpcap looks at, if_tsresol and if_tsoffset, and a frame's direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from midocli.trace.link_types import canonical, dlt
from midocli.trace.savefile import (
    ByteOrder,
    CaptureFile,
    CaptureFileError,
    ReadFrame,
    adjusted,
    largest_frame,
    number,
    read_whole,
    signed,
    truncated,
)

SECTION = b"\x0a\x0d\x0d\x0a"
_INTERFACE, _OLD_FRAME, _SIMPLE_FRAME, _FRAME = 1, 2, 3, 6
_SECTION = 0x0A0D0D0A
_BYTE_ORDER = 0x1A2B3C4D
_KIND = "pcapng "
# The least and the most that a section's first block may have, and the most of any block.
_SECTION_LEAST, _SECTION_MOST = 28, 1 << 20
_BLOCK_MOST, _ROOM_BESIDE_FRAME = 16 << 20, 131072 + 32
_END, _FLAGS, _RESOLUTION, _OFFSET = 0, 2, 9, 14
_DIRECTIONS: dict[int, Literal["in", "out"]] = {1: "in", 2: "out"}
_FINEST_BINARY, _FINEST_DECIMAL = 63, 19
_64_BITS = 2**64 - 1


class _Interface(NamedTuple):
    """What an interface says of the times of its frames."""

    ticks_per_second: int = 1_000_000
    binary: bool = False
    offset: int = 0


class _Block:
    """One block, read from its beginning; CaptureFileError where it is too short."""

    def __init__(self, kind: int, body: bytes, order: ByteOrder) -> None:
        self.kind = kind
        self._body = body
        self._at = 0
        self._order: ByteOrder = order

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._body) - self._at

    def taken(self, size: int) -> bytes:
        """The next bytes."""
        if self.left < size:
            raise CaptureFileError(f"block of type {self.kind} in pcapng dump file is too short")
        self._at += size
        return self._body[self._at - size : self._at]

    def numbers(self, *sizes: int) -> list[int]:
        """The next numbers, of so many bytes each, which must all be there."""
        data = self.taken(sum(sizes))
        found, at = [], 0
        for size in sizes:
            found.append(number(data, at, size, self._order))
            at += size
        return found

    def options(self) -> Iterator[tuple[int, bytes]]:
        """The options that follow, with the one that ends them."""
        code = None
        while self.left and code != _END:
            code, length = self.numbers(2, 2)
            yield code, self.taken((length + 3) // 4 * 4)[:length]

    def direction(self, captured: int) -> Literal["in", "out"] | None:
        """Which way a frame went, by the options behind the padding of its data."""
        try:
            self.taken(-captured % 4)
            for code, value in self.options():
                if code == _FLAGS:
                    return _DIRECTIONS.get(number(value, 0, 4, self._order) & 3)
        except CaptureFileError:
            # libpcap does not look at these options.
            pass
        return None


class _Reader:
    """A file whose first section has begun."""

    def __init__(self, stream: BinaryIO, order: ByteOrder, tick_ns: int) -> None:
        self._stream = stream
        self._order: ByteOrder = order
        self._tick_ns = tick_ns
        self._interfaces: list[_Interface] = []
        self._most = _BLOCK_MOST

    def opened(self) -> CaptureFile:
        """The file with its first interface, behind which frames follow."""
        while True:
            block = self._next_block()
            if block is None:
                raise CaptureFileError("the capture file has no Interface Description Blocks")
            if block.kind == _INTERFACE:
                break
            if block.kind in (_FRAME, _SIMPLE_FRAME, _OLD_FRAME):
                raise CaptureFileError(
                    "the capture file has a packet block before any Interface Description Blocks"
                )
        link_type, _, snap_length = block.numbers(2, 2, 4)
        self._interfaces.append(_interface(block, self._order))
        self._link_type = canonical(link_type)
        self._snap_length = adjusted(snap_length, self._link_type)
        self._most = max(self._most, largest_frame(self._link_type) + _ROOM_BESIDE_FRAME)
        return CaptureFile(self._link_type, self._snap_length, self._frames(), self._order)

    def _next_block(self) -> _Block | None:
        head = self._stream.read(8)
        if not head:
            return None
        if len(head) < 8:
            raise truncated(8, len(head), kind=_KIND)
        kind, length = number(head, 0, 4, self._order), number(head, 4, 4, self._order)
        if length < 12:
            raise CaptureFileError(f"block in pcapng dump file has a length of {length} < 12")
        if length % 4:
            raise CaptureFileError(
                f"block in pcapng dump file has a length of {length} that is not a multiple of 4"
            )
        if length > self._most:
            raise CaptureFileError(f"pcapng block size {length} > maximum {self._most}")
        rest = read_whole(self._stream, length - 8, kind=_KIND)
        if number(rest, length - 12, 4, self._order) != length:
            raise CaptureFileError("block total length in header and trailer don't match")
        return _Block(kind, rest[:-4], self._order)

    def _frames(self) -> Iterator[ReadFrame]:
        while (block := self._next_block()) is not None:
            if block.kind == _INTERFACE:
                self._add_interface(block)
            elif block.kind == _SECTION:
                self._begin_section(block)
            elif block.kind == _FRAME:
                interface, *time, captured, length = block.numbers(4, 4, 4, 4, 4)
                yield self._frame(block, interface, time, captured, length)
            elif block.kind == _OLD_FRAME:
                interface, _, *time, captured, length = block.numbers(2, 2, 4, 4, 4, 4)
                yield self._frame(block, interface, time, captured, length)
            elif block.kind == _SIMPLE_FRAME:
                (length,) = block.numbers(4)
                yield self._frame(block, 0, [0, 0], min(length, self._snap_length), length)

    def _frame(
        self, block: _Block, at: int, time: list[int], captured: int, length: int
    ) -> ReadFrame:
        if at >= len(self._interfaces):
            raise CaptureFileError(
                f"a packet arrived on interface {at}, but there's no Interface Description "
                "Block for that interface"
            )
        if captured > self._snap_length:
            raise CaptureFileError(
                f"invalid packet capture length {captured}, bigger than "
                f"snaplen of {self._snap_length}"
            )
        second, fraction_ns = self._time(self._interfaces[at], time[0] << 32 | time[1])
        data = block.taken(captured)
        direction = block.direction(captured) if block.kind != _SIMPLE_FRAME else None
        return ReadFrame(second, fraction_ns, data, length, direction)

    def _time(self, interface: _Interface, ticks: int) -> tuple[int, int]:
        """Second and nanoseconds, of which libpcap keeps 64 and 32 bits in the file's ticks."""
        second, part = divmod(ticks, interface.ticks_per_second)
        wanted = 1_000_000_000 // self._tick_ns
        if interface.binary:
            part = (part * wanted & _64_BITS) // interface.ticks_per_second
        else:
            part = part * wanted // interface.ticks_per_second
        return second + interface.offset & _64_BITS, signed(part, 32) * self._tick_ns

    def _add_interface(self, block: _Block) -> None:
        link_type, _, snap_length = block.numbers(2, 2, 4)
        # libpcap compares its own number of the first type with the file's of this one.
        if link_type != dlt(self._link_type):
            raise CaptureFileError(
                f"an interface has a type {link_type} different from the type of the first "
                "interface"
            )
        if adjusted(snap_length, self._link_type) != self._snap_length:
            raise CaptureFileError(
                f"an interface has a snapshot length {snap_length} different from the snapshot "
                "length of the first interface"
            )
        self._interfaces.append(_interface(block, self._order))

    def _begin_section(self, block: _Block) -> None:
        """Begin a section, which numbers its own interfaces, in the same byte order."""
        mark, major, _, _ = block.numbers(4, 2, 2, 8)
        if mark == int.from_bytes(_BYTE_ORDER.to_bytes(4, "big"), "little"):
            raise CaptureFileError("the file has sections with different byte orders")
        if mark != _BYTE_ORDER:
            raise CaptureFileError("the file has a section with a bad byte order magic field")
        if major != 1:
            raise CaptureFileError(f"unknown pcapng savefile major version number {major}")
        self._interfaces.clear()


def open_pcapng(stream: BinaryIO, tick_ns: int) -> CaptureFile | None:
    """A pcapng file behind the kind of its first block; None where it is none after all.

    CaptureFileError where it has no interface before its first frame.
    """
    head = stream.read(8)
    if len(head) < 8:
        return None
    orders: tuple[ByteOrder, ...] = ("little", "big")
    for order in orders:
        if number(head, 4, 4, order) == _BYTE_ORDER:
            _read_section(stream, number(head, 0, 4, order), order)
            return _Reader(stream, order, tick_ns).opened()
    return None


def _read_section(stream: BinaryIO, length: int, order: ByteOrder) -> None:
    """Read the rest of the first section's block, whose end libpcap does not look at."""
    if not _SECTION_LEAST <= length <= _SECTION_MOST:
        raise CaptureFileError(
            f"Section Header Block in pcapng dump file has invalid length {_SECTION_LEAST} < "
            f"_{length}_ < {_SECTION_MOST} (BT_SHB_INSANE_MAX)"
        )
    rest = read_whole(stream, length - 12, kind=_KIND)
    major, minor = number(rest, 0, 2, order), number(rest, 2, 2, order)
    if major != 1 or minor not in (0, 2):
        raise CaptureFileError(f"unsupported pcapng savefile version {major}.{minor}")


def _interface(block: _Block, order: ByteOrder) -> _Interface:
    """What an interface's options say of its times."""
    found = _Interface()
    seen = set()
    for code, value in block.options():
        if code == _END:
            _check(value, 0, "opt_endofopt")
        elif code == _RESOLUTION:
            _check(value, 1, "if_tsresol", code in seen)
            found = _with_resolution(found, value[0])
        elif code == _OFFSET:
            _check(value, 8, "if_tsoffset", code in seen)
            found = found._replace(offset=number(value, 0, 8, order))
        seen.add(code)
    return found


def _check(value: bytes, length: int, name: str, again: bool = False) -> None:
    begin = "Interface Description Block has"
    if len(value) != length:
        raise CaptureFileError(f"{begin} {name} option with length {len(value)} != {length}")
    if again:
        raise CaptureFileError(f"{begin} more than one {name} option")


def _with_resolution(interface: _Interface, option: int) -> _Interface:
    power, base = option & 0x7F, 2 if option & 0x80 else 10
    if power > (_FINEST_BINARY if base == 2 else _FINEST_DECIMAL):
        raise CaptureFileError(
            f"Interface Description Block if_tsresol option resolution {base}^-{power} is too high"
        )
    return interface._replace(ticks_per_second=base**power, binary=base == 2)
