"""`midocli tcpdump`: capture files printed, filtered and copied, with tcpdump's command line.

Messages and exit statuses are those of tcpdump 4.99 reading a file. There are no
live interfaces.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from grammar.errors import MidoError
from midocli.app.tcpdump_options import Failure, Given, check, leading_number, printing, read
from midocli.help.version import VERSION
from midocli.results.printable import output_to, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from midocli.app.tcpdump_copy import Copy
    from midocli.trace.filter import Passes
    from midocli.trace.savefile import CaptureFile, ReadFrame
    from midocli.trace.tcpdump.flags import Flags
    from midocli.trace.tcpdump.printer import Printer

_USAGE = """\
Usage: midocli tcpdump [-AaeHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ -j tstamptype ] [ -m module ] [ --number ]
		[ --print ] [ -Q in|out|inout ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -Z user ] -r file [ expression ]
"""


_NO_STATISTICS = "pcap_stats: Statistics aren't available from savefiles\n"


class _FileFault(Failure):
    """What is wrong with a file behind its last whole frame."""


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit status: 0, or 1 where something was wrong."""
    try:
        given, words = read(arguments)
    except Failure as failure:
        _tell(f"tcpdump: {failure}\n{_USAGE}")
        return 1
    names = {name for name, _ in given}
    if names & {"-h", "--version"}:
        usage = "" if "--version" in names else _USAGE
        sys.stdout.write(f"midocli tcpdump version {VERSION}\n{usage}")
        return 0
    try:
        _run(given, words)
    except (Failure, MidoError) as failure:
        message = failure.message if isinstance(failure, MidoError) else str(failure)
        sys.stdout.flush()
        _tell(f"tcpdump: {message}\n")
        return 1
    return 0


def _tell(text: str) -> None:
    sys.stderr.write(printable_lines(text))


def _run(given: Given, words: list[str]) -> None:
    for line in check(given):
        _tell(f"{line}\n")
    from midocli.trace.tcpdump.flags import read_flags

    options = dict(given)
    flags = read_flags(printing(given))
    if "-r" not in options:
        raise Failure("there are no live interfaces here: read a file with -r")
    with _opened(options["-r"]) as stream:
        _handle(_capture(stream, options["-r"], flags), options, flags, words)


def _handle(capture: CaptureFile, options: dict[str, str], flags: Flags, words: list[str]) -> None:
    """Print, copy or count the frames that pass; a fault of the file is told after them."""
    passes = _filter(capture, options.get("-F"), words)
    copy = _copy(capture, options, flags) if "-w" in options else None
    shown = "--count" not in options and (copy is None or "--print" in options)
    text = _Text(capture, options, flags) if shown else None
    limit = leading_number(options["-c"]) if "-c" in options else None
    number, fault = 0, None
    try:
        for number, frame in enumerate(_passing(capture, passes, limit), 1):  # noqa: B007
            if copy is not None and not copy.put(frame):
                most = leading_number(options["-W"])
                _tell(f"Maximum file limit reached: {most}\n{_NO_STATISTICS}")
                return
            if text is not None:
                text.put(frame)
    except _FileFault as failure:
        fault = failure
    finally:
        if copy is not None:
            copy.flush()
    if "--count" in options:
        sys.stdout.write(f"{number} packet{'' if number == 1 else 's'}\n")
    if fault is not None:
        raise fault


# -- what is read -------------------------------------------------------------------


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    from contextlib import nullcontext

    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(name, "rb")  # noqa: PTH123 (pathlib is not worth its import here)
    except IsADirectoryError as error:
        raise Failure(f"error reading dump file: {error.strerror}") from None
    except (OSError, ValueError) as error:
        raise Failure(f"{name}: {_why(error)}") from None


def _capture(stream: BinaryIO, name: str, flags: Flags) -> CaptureFile:
    from midocli.trace.capture_reader import CaptureFileError, open_capture
    from midocli.trace.link_types import LINUX_SLL2, dlt, is_known, link_type_name

    try:
        capture = open_capture(stream, flags.nanoseconds)
    except CaptureFileError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"error reading dump file: {_why(error)}") from None
    kind = link_type_name(capture.link_type)
    snap_length = capture.snap_length
    _tell(f"reading from file {name}, link-type {kind}, snapshot length {snap_length}\n")
    if capture.link_type == LINUX_SLL2:
        _tell("Warning: interface names might be incorrect\n")
    if not is_known(capture.link_type):
        number = dlt(capture.link_type)
        raise Failure(f"unknown data link type {number} (min 104, max 289)")
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
        raise _FileFault(f"pcap_loop: {error}") from None
    except OSError as error:
        raise _FileFault(f"pcap_loop: error reading dump file: {_why(error)}") from None


def _filter(capture: CaptureFile, file: str | None, words: list[str]) -> Passes:
    from midocli.trace.filter import compile_filter
    from midocli.trace.filter_links import link_of
    from midocli.trace.link_types import link_type_name

    text = " ".join(words)
    if file is not None:
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
                text = " ".join(line.partition("#")[0] for line in stream)
        except (OSError, ValueError) as error:
            raise Failure(f"can't open {file}: {_why(error)}") from None
    link = link_of(capture.link_type, capture.order)
    if link is None and text.strip():
        raise Failure(
            f"filters of link-type {link_type_name(capture.link_type)} are not known here"
        )
    try:
        return compile_filter(text, link) if link else compile_filter(text)
    except MidoError as error:
        at = f" (at its character {error.column})" if error.column else ""
        raise Failure(f"can't parse filter expression: {error.message}{at}") from None


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


# -- what is written ----------------------------------------------------------------


class _Text:
    """Frames as text on the standard output."""

    def __init__(self, capture: CaptureFile, options: dict[str, str], flags: Flags) -> None:
        from midocli.trace.link_types import link_type_name
        from midocli.trace.tcpdump.links import link_show

        show = link_show(capture.link_type, _interface_name)
        if show is None:
            kind = link_type_name(capture.link_type)
            raise Failure(f"frames of link-type {kind} cannot be shown here: copy them with -w")
        self._show_link = show
        self._flags = flags
        self._line_buffered = "-l" in options
        self._is_encrypted = _esp(capture) if "-E" in options else None
        self._out = output_to(sys.stdout)
        self._printer: Printer | None = None

    def put(self, frame: ReadFrame) -> None:
        """Print a frame."""
        if self._printer is None:
            from midocli.trace.tcpdump.printer import Printer

            self._printer = Printer(self._flags, _utc_offset(frame.time_ns), self._show_link)
        if self._is_encrypted and self._is_encrypted(frame.data, frame.wire_length):
            _tell("tcpdump: WARNING: packets are not decrypted here: -E changes nothing\n")
            self._is_encrypted = None
        self._out.write(
            self._printer.frame(frame.time_ns, frame.data, frame.wire_length, frame.second)
        )
        if self._line_buffered:
            self._out.flush()


def _esp(capture: CaptureFile) -> Passes | None:
    """A filter of the packets that -E would decrypt."""
    from midocli.trace.filter import compile_filter
    from midocli.trace.filter_links import link_of

    link = link_of(capture.link_type, capture.order)
    return compile_filter("esp", link) if link else None


def _interface_name(index: int) -> str | None:
    """What this machine calls an interface, as tcpdump has it, whatever the file's called it."""
    import socket

    try:
        return socket.if_indextoname(index)
    except (OSError, OverflowError):
        return None


def _utc_offset(time_ns: int) -> int:
    """The local zone's offset in seconds when the first frame was captured."""
    try:
        return time.localtime(time_ns // 10**9).tm_gmtoff
    except (OverflowError, OSError, ValueError):
        return 0


def _copy(capture: CaptureFile, options: dict[str, str], flags: Flags) -> Copy:
    from midocli.app.tcpdump_copy import Copy, rotation

    return Copy(options["-w"], capture, flags.nanoseconds, rotation(options))
