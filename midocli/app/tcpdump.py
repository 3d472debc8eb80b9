"""`midocli tcpdump`: capture files printed, filtered and copied, with tcpdump's command line.

Messages and exit statuses are those of tcpdump 4.99 reading a file. What concerns
live interfaces is refused: there are none.
"""

from __future__ import annotations

import sys
import time
from getopt import GetoptError, gnu_getopt
from typing import TYPE_CHECKING

from grammar.errors import FileError, MidoError
from midocli.help.version import VERSION
from midocli.results.printable import output_to, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from midocli.context.files import GrowingFile
    from midocli.trace.capture_reader import CaptureFile, ReadFrame
    from midocli.trace.filter import Passes
    from midocli.trace.tcpdump.flags import Flags
    from midocli.trace.tcpdump.printer import Printer

_USAGE = """\
Usage: midocli tcpdump [-AehKlnNqStuUvxX#] [ -c count ] [--count] [ -F file ]
		[ --number ] [ --print ] [ -T type ] [ --version ] [ -w file ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		-r file [ expression ]
"""
# Flags that only say how frames are printed, and those that change nothing with a file.
_PRINTING = ("A", "b", "e", "H", "K", "n", "N", "q", "S", "t", "u", "v", "x", "X", "#")
_LONG_PRINTING = (
    "absolute-tcp-sequence-numbers",
    "dont-verify-checksums",
    "micro",
    "nano",
    "number",
    "time-stamp-precision=",
)
# Flags with and without a value that tcpdump has for what midocli does not do.
_NOT_HERE = ("aLdfm", "CEGMQVWyz")
_LETTERS = "".join(_PRINTING) + "hlOpUDIJB:c:F:i:j:r:s:T:w:Z:" + _NOT_HERE[0]
_LETTERS += "".join(f"{letter}:" for letter in _NOT_HERE[1])
_LONG = (
    *_LONG_PRINTING,
    *("count", "help", "print", "version", "interface=", "list-interfaces", "monitor-mode"),
    *("immediate-mode", "no-optimize", "no-promiscuous-mode", "packet-buffered"),
    *("buffer-size=", "snapshot-length=", "relinquish-privileges="),
)
_LIVE = ("-i", "--interface", "-D", "--list-interfaces", "-I", "--monitor-mode", "-j", "-J")
_BUFFERED = 1 << 16

Options = dict[str, str]


class _Failure(Exception):  # noqa: N818 (it becomes a message, not a traceback)
    """The program ends with a message."""


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit status: 0, or 1 where something was wrong."""
    try:
        given, words = gnu_getopt(list(arguments), _LETTERS, list(_LONG))
    except GetoptError as error:
        _tell(f"tcpdump: {_in_getopts_words(error)}\n{_USAGE}")
        return 1
    options = dict(given)
    if options.keys() & {"-h", "--help", "--version"}:
        usage = "" if "--version" in options else _USAGE
        sys.stdout.write(f"midocli tcpdump version {VERSION}\n{usage}")
        return 0
    try:
        _run(options, [name + value for name, value in _printing_flags(given)], words)
    except (_Failure, MidoError) as failure:
        message = failure.message if isinstance(failure, MidoError) else str(failure)
        sys.stdout.flush()
        _tell(f"tcpdump: {message}\n")
        return 1
    return 0


def _tell(text: str) -> None:
    sys.stderr.write(printable_lines(text))


def _in_getopts_words(error: GetoptError) -> str:
    if "requires argument" in error.msg:
        if len(error.opt) > 1:
            return f"option '--{error.opt}' requires an argument"
        return f"option requires an argument -- '{error.opt}'"
    if len(error.opt) > 1:
        return f"unrecognized option '--{error.opt}'"
    return f"invalid option -- '{error.opt}'"


def _printing_flags(given: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The options that the printer understands, each with what joins it to its value."""
    long = {f"--{name.rstrip('=')}" for name in _LONG_PRINTING}
    for name, value in given:
        if name in long:
            yield name, f"={value}" if value else ""
        elif name == "-T" or (name[1:] in _PRINTING and name != "-T"):
            yield name, value


def _run(options: Options, flags: list[str], words: list[str]) -> None:
    limit = _count(options.get("-c"))
    for name in options:
        if name in _LIVE:
            raise _Failure(f"{name}: there are no live interfaces here: read a file with -r")
        if name[1:] in "".join(_NOT_HERE):
            raise _Failure(f"{name} is not supported here")
    from midocli.trace.tcpdump.flags import parse_flags

    parsed = parse_flags(" ".join(flags))
    if "-r" not in options:
        raise _Failure("there are no live interfaces here: read a file with -r")
    counting = "--count" in options
    with _opened(options["-r"]) as stream:
        capture = _capture(stream, options["-r"])
        passes = _filter(options.get("-F"), words)
        copy = _Copy(options["-w"], capture) if "-w" in options else None
        shown = not counting and (copy is None or "--print" in options)
        text = _Text(parsed, "-l" in options) if shown else None
        number = 0
        try:
            for number, frame in enumerate(_passing(capture, passes, limit), 1):  # noqa: B007
                if text is not None:
                    text.put(frame)
                if copy is not None:
                    copy.put(frame)
        finally:
            if copy is not None:
                copy.flush()
    if counting:
        sys.stdout.write(f"{number} packet{'' if number == 1 else 's'}\n")


def _count(word: str | None) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and int(word)):
        raise _Failure(f"invalid packet count {word}")
    return int(word)


# -- what is read -------------------------------------------------------------------


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    from contextlib import nullcontext

    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(name, "rb")  # noqa: PTH123 (pathlib is not worth its import here)
    except IsADirectoryError as error:
        raise _Failure(f"error reading dump file: {error.strerror}") from None
    except (OSError, ValueError) as error:
        raise _Failure(f"{name}: {_why(error)}") from None


def _capture(stream: BinaryIO, name: str) -> CaptureFile:
    from midocli.trace.capture_reader import CaptureFileError, open_capture
    from midocli.trace.link_types import ETHERNET, link_type_name

    try:
        capture = open_capture(stream)
    except CaptureFileError as error:
        raise _Failure(str(error)) from None
    except OSError as error:
        raise _Failure(f"error reading dump file: {_why(error)}") from None
    kind = link_type_name(capture.link_type)
    snap_length = capture.snap_length
    _tell(f"reading from file {name}, link-type {kind}, snapshot length {snap_length}\n")
    if capture.link_type != ETHERNET:
        raise _Failure(f"link type {kind} is not known here: only EN10MB (Ethernet) is")
    return capture


def _passing(capture: CaptureFile, passes: Passes, limit: int | None) -> Iterator[ReadFrame]:
    """The frames that pass, one by one, as many as are wanted."""
    from itertools import islice

    from midocli.trace.capture_reader import CaptureFileError

    try:
        frames = (
            each for each in capture.frames if passes(each.data, each.wire_length, each.direction)
        )
        yield from islice(frames, limit)
    except CaptureFileError as error:
        raise _Failure(f"pcap_loop: {error}") from None
    except OSError as error:
        raise _Failure(f"pcap_loop: error reading dump file: {_why(error)}") from None


def _filter(file: str | None, words: list[str]) -> Passes:
    from midocli.trace.filter import compile_filter

    text = " ".join(words)
    if file is not None:
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
                text = " ".join(line.partition("#")[0] for line in stream)
        except (OSError, ValueError) as error:
            raise _Failure(f"can't open {file}: {_why(error)}") from None
    try:
        return compile_filter(text)
    except MidoError as error:
        at = f" (at its character {error.column})" if error.column else ""
        raise _Failure(f"can't parse filter expression: {error.message}{at}") from None


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


# -- what is written ----------------------------------------------------------------


class _Text:
    """Frames as text on the standard output."""

    def __init__(self, flags: Flags, line_buffered: bool) -> None:
        self._flags = flags
        self._line_buffered = line_buffered
        self._out = output_to(sys.stdout)
        self._printer: Printer | None = None

    def put(self, frame: ReadFrame) -> None:
        """Print a frame."""
        if self._printer is None:
            from midocli.trace.tcpdump.printer import Printer

            self._printer = Printer(self._flags, _utc_offset(frame.time_ns))
        self._out.write(
            self._printer.frame(frame.time_ns, frame.data, frame.wire_length, frame.second)
        )
        if self._line_buffered:
            self._out.flush()


def _utc_offset(time_ns: int) -> int:
    """The local zone's offset in seconds when the first frame was captured."""
    try:
        return time.localtime(time_ns // 10**9).tm_gmtoff
    except (OverflowError, OSError, ValueError):
        return 0


class _Copy:
    """Frames as another capture file, which always ends behind a whole frame."""

    def __init__(self, name: str, capture: CaptureFile) -> None:
        from io import BytesIO

        from midocli.trace.pcap import PcapWriter

        self._name = name
        self._stream = BytesIO()
        self._writer = PcapWriter(self._stream, capture.link_type, capture.snap_length)
        self._file: GrowingFile | None = None
        if name != "-":
            self._file = self._opened(self._taken())

    def _opened(self, head: bytes) -> GrowingFile:
        from grammar.tree import Argument
        from midocli.context.files import Files

        try:
            return Files().grow(Argument(self._name, 1), head, force=True)
        except FileError as error:
            raise _Failure(f"{self._name}: {error.message.rpartition(': ')[2]}") from None

    def put(self, frame: ReadFrame) -> None:
        """Write a frame, once there are enough of them."""
        try:
            self._writer.write(frame.time_ns, frame.data, frame.wire_length)
        except ValueError as error:
            raise _Failure(f"Unable to write output: {error}") from None
        if self._stream.tell() >= _BUFFERED:
            self.flush()

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
            raise _Failure(f"Unable to write output: {why}") from None

    def _taken(self) -> bytes:
        data = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return data
