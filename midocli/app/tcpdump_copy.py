"""What `midocli tcpdump -w` writes: one capture file, or with -C and -G several of them."""

from __future__ import annotations

import sys
import time
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from grammar.errors import FileError
from grammar.tree import Argument
from midocli.app.tcpdump_options import Failure, file_size, leading_number

if TYPE_CHECKING:
    from midocli.context.files import GrowingFile
    from midocli.trace.pcap import PcapWriter
    from midocli.trace.savefile import CaptureFile, ReadFrame

_BUFFERED = 1 << 16


class Rotation(NamedTuple):
    """When another file is begun: -C's bytes, -G's seconds and -W's number, 0 for none of it."""

    size: int = 0
    seconds: int = 0
    files: int = 0


def rotation(options: dict[str, str]) -> Rotation:
    """What the options say of it, which have been checked."""
    return Rotation(
        file_size(options["-C"]) if "-C" in options else 0,
        leading_number(options.get("-G", "")),
        leading_number(options.get("-W", "")),
    )


class Copy:
    """Frames as capture files, each of which always ends behind a whole frame.

    Failure where one cannot be written.
    """

    def __init__(
        self, name: str, capture: CaptureFile, nanoseconds: bool, rotation: Rotation
    ) -> None:
        self._name = name
        self._capture = capture
        self._nanoseconds = nanoseconds
        self._rotation = rotation
        self._begun_s = int(time.time())
        self._by_size = self._by_time = 0
        self._begin()

    def _begin(self) -> None:
        """Begin a file: the first, or the next."""
        from midocli.trace.pcap import PcapWriter

        capture = self._capture
        self._stream = BytesIO()
        self._flushed = 0
        self._writer: PcapWriter = PcapWriter(
            self._stream,
            capture.link_type | capture.link_extension,
            capture.snap_length,
            self._nanoseconds,
        )
        name = self._file_name()
        self._file: GrowingFile | None = None
        if name != "-":
            self._file = _opened(name, self._taken())

    def _file_name(self) -> str:
        """The file's name: the time goes where -G has a place for it, the number behind -C's."""
        name = self._name
        if self._rotation.seconds:
            name = time.strftime(name, time.localtime(self._begun_s))
        digits = len(str(self._rotation.files - 1)) if self._rotation.files > 1 else 0
        if not self._rotation.size or not (self._by_size or digits):
            return name
        return f"{name}{self._by_size:0{digits}}"

    def put(self, frame: ReadFrame) -> bool:
        """Write a frame, once there are enough of them; False: -W's files are all written."""
        if not self._rotated():
            return False
        try:
            self._writer.copy(frame)
        except ValueError as error:
            raise Failure(f"Unable to write output: {error}") from None
        if self._stream.tell() >= _BUFFERED:
            self.flush()
        return True

    def _rotated(self) -> bool:
        """Begin another file where this one is too old or too large; False: it was the last."""
        rotation, now_s = self._rotation, int(time.time()) if self._rotation.seconds else 0
        if rotation.seconds and now_s - self._begun_s >= rotation.seconds:
            self.flush()
            self._begun_s = now_s
            self._by_time += 1
            if not rotation.size and 0 < rotation.files <= self._by_time:
                return False
            self._by_size = 0
            self._begin()
        if rotation.size and self._flushed + self._stream.tell() > rotation.size:
            self.flush()
            self._by_size += 1
            if 0 < rotation.files <= self._by_size:
                self._by_size = 0
            self._begin()
        return True

    def flush(self) -> None:
        """Write what is still held back."""
        data = self._taken()
        if self._file is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        try:
            self._file.add(data)
        except FileError as error:
            why = error.message.rpartition(": ")[2]
            raise Failure(f"Unable to write output: {why}") from None

    def _taken(self) -> bytes:
        data = self._stream.getvalue()
        self._flushed += len(data)
        self._stream.seek(0)
        self._stream.truncate()
        return data


def _opened(name: str, head: bytes) -> GrowingFile:
    from midocli.context.files import Files

    try:
        return Files().grow(Argument(name, 1), head, force=True)
    except FileError as error:
        raise Failure(f"{name}: {error.message.rpartition(': ')[2]}") from None
