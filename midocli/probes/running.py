"""Captures that run while other commands make traffic, as `tcpdump` in another window."""

from __future__ import annotations

from collections.abc import Hashable
from io import BytesIO
from typing import Any

from grammar import tree
from grammar.commands.tcpdump import Tcpdump
from grammar.errors import FileError, InvalidValueError
from grammar.resources.capture import CAPTURE
from midocli.context.captures import Frames
from midocli.context.context import Context
from midocli.context.files import GrowingFile
from midocli.probes.capture_file import ANYWHERE, captured_frames, description, writer_for
from midocli.probes.capture_request import CaptureRequest, Seen, frames_data, without_doubles
from midocli.probes.points import Point, point_of
from midocli.results.objects import created
from midocli.results.values import Result
from midocli.simulator.recorder import Captured, Recorder
from midocli.trace.comments import Comments
from midocli.trace.tcpdump.printer import Printer, banner


def start(context: Context, command: Tcpdump) -> Result:
    """Begin to watch; MidoError where a point, filter, flag or file is none."""
    running = _Running(context, command)
    with context.store.journal.transaction():
        row = context.store.new_row(CAPTURE, None)
        for name, value in running.fields().items():
            row.values[CAPTURE.index[name]] = value
        context.store.attach(row)
        running.begin()
        context.captures.add(row, running)
        return created(row, context.display)


class _Running:
    """One capture. `count` is the number of frames taken so far."""

    def __init__(self, context: Context, command: Tcpdump) -> None:
        self._context = context
        self._network = context.datapath.network
        self._options = {setting.field.name: setting for setting in command.options}
        points = command.points
        if points.text == "none":
            raise InvalidValueError("a capture needs a point, any or all", points.column)
        field = CAPTURE.by_name["points"]
        where = tree.Setting(field, points.text, points.column, points.text)
        self.request = CaptureRequest(context, {**self._options, "capture": where}, "", "")
        self.request.check_time(0)
        names = [point.name for point in self.request.listed]
        self._points = tuple(names) or (points.text,)
        self._recorder = Recorder(self.request.watched(None), self.request.comments)
        given = self._options["count"].value if "count" in self._options else None
        self._limit = self.request.limit(given)
        self._watching = False
        self._printers: dict[Hashable, Printer] = {}
        self._file = _File(context, self.request) if self.request.write else None
        self.count = 0

    def fields(self) -> dict[str, Any]:
        """The values of the capture's row."""
        given = {name: setting.value for name, setting in self._options.items()}
        given.pop("force", None)
        return {"points": self._points, **given}

    def begin(self) -> None:
        """Open the file, if one is written, and watch; FileError where it cannot be opened."""
        if self._file is not None:
            self._file.begin()
        self.watch(True)

    def watch(self, wanted: bool) -> None:
        """Watch, or watch no more; what has its frames does not begin again."""
        wanted = wanted and not self._full
        if wanted is not self._watching:
            (self._network.watch if wanted else self._network.unwatch)(self._recorder)
            self._watching = wanted

    @property
    def _full(self) -> bool:
        return self._limit is not None and self.count >= self._limit

    def take(self, name: str) -> tuple[str, Frames] | None:
        """What has passed since the last time, as text and by point; None: nothing."""
        frames = self._passing()
        self.count += len(frames)
        if self._file is not None:
            self._file.add(frames, self._recorder)
        self._recorder.captures.clear()
        self._recorder.steps.clear()
        self.watch(self._watching)
        seen = [seen for seen in self.request.seen(frames, None, ()) if seen.frames]
        return (self._text(seen, name), frames_data(seen, self._context.clock)) if seen else None

    def _passing(self) -> list[Captured]:
        """The frames that pass the filter, in order, as many as are still wanted."""
        captures = sorted(self._recorder.captures, key=lambda each: each.time_ns)
        if self.request.all:
            keys = dict.fromkeys(captured.point for captured in captures)
            points = [point_of(key, self._context) for key in keys]  # type: ignore[arg-type]
            wanted = {point.key for point in without_doubles(points)}
            captures = [captured for captured in captures if captured.point in wanted]
        assert self.request.passes is not None
        passes = self.request.passes
        passing = [each for each in captures if passes(each.data, None, each.direction)]
        return passing if self._limit is None else passing[: self._limit - self.count]

    def _text(self, seen: list[Seen], name: str) -> str:
        """The frames of each point, as its tcpdump goes on printing them, under its name."""
        if "quiet" in self._options:
            return ""
        clock = self._context.clock
        assert self.request.flags is not None
        parts = []
        for point, frames in seen:
            printer = self._printers.get(point.key)
            if printer is None:
                printer = self._printers[point.key] = Printer(self.request.flags, clock.utc_offset)
            parts.append(f"{banner(point.label)} ({name})\n")
            parts += [
                printer.frame(clock.shown(captured.time_ns), captured.data) for captured in frames
            ]
        return "".join(parts)


class _File:
    """The file of a running capture, which grows command by command."""

    def __init__(self, context: Context, request: CaptureRequest) -> None:
        assert request.write is not None
        self._context = context
        self._file = tree.Argument(request.write.text, request.write.column)
        self._force = request.force
        self._points = request.listed
        self._stream = BytesIO()
        self._numbers: dict[Hashable, int] = {}
        self._growing: GrowingFile | None = None
        #: The interface of a file without frames.
        self._nobody = b""
        self._interfaces = b""
        #: Frames not written for good, each with its simulated nanoseconds.
        self._ahead: list[tuple[int, bytes]] = []

    def begin(self) -> None:
        """Write what stands before the frames.

        Readers refuse a file without an interface: until there are frames it has one that
        is none, which gives way to those that have frames. What is a stream keeps it.
        """
        self._writer = writer_for(self._file.text, self._stream)
        for point in self._points:
            self._number(point)
        head = self._written()
        growing = self._growing = self._context.files.grow(self._file, head, force=self._force)
        if not self._points:
            self._writer.interface(ANYWHERE, None)
            nobody = self._written()
            if growing.is_file:
                self._nobody = nobody
                growing.add(b"", nobody)
            else:
                self._numbers[ANYWHERE] = 0
                growing.add(nobody)

    def add(self, frames: list[Captured], recorder: Recorder) -> None:
        """Write frames; what could not be written is tried again with the next ones."""
        assert self._growing is not None
        try:
            shown = captured_frames(self._context, frames, Comments(recorder.steps))
            for captured, frame in zip(frames, shown, strict=True):
                point = point_of(captured.point, self._context)  # type: ignore[arg-type]
                number = self._number(point)
                self._interfaces += self._written()
                self._writer.frame(number, frame)
                self._ahead.append((captured.time_ns, self._written()))
            self._write(self._growing)
        except FileError as error:
            self._context.complain(error)
        except ValueError as error:
            message = f"cannot write {self._file.text[:200]}: {error}"
            self._context.complain(FileError(message, self._file.column))

    def _write(self, growing: GrowingFile) -> None:
        """Write the frames in the order of their times; others may still go before the last.

        A walk through the network is taken at once, and the last of its frames may be later
        than the first of those that the next command sends.
        """
        now_ns = self._context.clock.elapsed_ns
        self._ahead.sort(key=lambda each: each[0])
        due = [each for each in self._ahead if each[0] <= now_ns or not growing.is_file]
        self._ahead = self._ahead[len(due) :]
        tail = b"".join(block for _, block in self._ahead)
        none = self._nobody if not self._numbers else b""
        settled = self._interfaces + b"".join(block for _, block in due)
        self._interfaces = b""
        growing.add(settled, tail or none)

    def _number(self, point: Point) -> int:
        """The number of a point in the file, which gets a block when it is first needed."""
        number = self._numbers.get(point.key)
        if number is None:
            number = self._numbers[point.key] = len(self._numbers)
            self._writer.interface(point.name, description(self._context, point))
        return number

    def _written(self) -> bytes:
        content = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return content
