"""`tcpdump read`: the frames of a capture file, as `tcpdump -r` prints them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from typing import Any, BinaryIO

from grammar import tree
from grammar.commands.tcpdump import ReadCapture
from grammar.errors import FileError
from grammar.times import Instant, date_of
from midocli.context.context import Context
from midocli.probes.capture_request import CaptureRequest
from midocli.results.values import Stream
from midocli.trace.capture_reader import CaptureFile, CaptureFileError, ReadFrame, open_capture
from midocli.trace.filter_links import Link, link_of
from midocli.trace.link_types import link_type_name
from midocli.trace.tcpdump.links import LinkShow, link_show
from midocli.trace.tcpdump.printer import Printer


def read_capture(context: Context, command: ReadCapture) -> Stream:
    """The frames of a file one by one, as they are asked for; FileError where it has none.

    The stream raises FileError as well, behind the last frame that is whole.
    """
    given = {setting.field.name: setting for setting in command.options}
    offset = context.clock.utc_offset
    with ExitStack() as until_read:
        stream = until_read.enter_context(context.files.open(command.file))
        capture = _opened(stream, command.file)
        link, show = _known(capture, command.file)
        request = CaptureRequest(context, given, "", "", link)
        until_read.pop_all()
    limit = request.limit(given["count"].value if "count" in given else None)
    assert request.passes is not None and request.flags is not None
    passes, printer = request.passes, Printer(request.flags, offset, show)
    frames = (
        frame
        for frame in _frames(stream, capture, command.file)
        if passes(frame.data, frame.wire_length, frame.direction)
    )
    name = link_type_name(capture.link_type)
    return Stream(
        f"reading from file {command.file.text}, link-type {name}, "
        f"snapshot length {capture.snap_length}\n",
        {"file": command.file.text, "link_type": name, "snap_length": capture.snap_length},
        islice(frames, limit),
        lambda frame: printer.frame(frame.time_ns, frame.data, frame.wire_length, frame.second),
        lambda frame: _frame_data(frame, offset),
    )


def _opened(stream: BinaryIO, file: tree.Argument) -> CaptureFile:
    try:
        return open_capture(stream)
    except CaptureFileError as error:
        raise _not_read(file, str(error)) from None
    except OSError as error:
        raise _not_read(file, error.strerror or str(error)) from None


def _known(capture: CaptureFile, file: tree.Argument) -> tuple[Link, LinkShow]:
    """What filters and what shows frames of the file's link type."""
    link, show = link_of(capture.link_type, capture.order), link_show(capture.link_type)
    if link is None or show is None:
        name = link_type_name(capture.link_type)
        raise _not_read(file, f"its link type is {name}, which is not known here")
    return link, show


def _frames(stream: BinaryIO, capture: CaptureFile, file: tree.Argument) -> Iterator[ReadFrame]:
    with closing(stream):
        try:
            yield from capture.frames
        except CaptureFileError as error:
            raise _not_read(file, str(error)) from None
        except OSError as error:
            raise _not_read(file, error.strerror or str(error)) from None


def _not_read(file: tree.Argument, why: str) -> FileError:
    return FileError(f"cannot read {file.text[:200]}: {why}", file.column)


def _frame_data(frame: ReadFrame, utc_offset: int) -> dict[str, Any]:
    """A frame as data; `length` is what it was on the wire."""
    return {
        "time": date_of(Instant(frame.time_ns, utc_offset)),
        "direction": frame.direction,
        "length": frame.wire_length,
        "hex": frame.data.hex(),
    }
