"""Captures that run while other commands make traffic, as `tcpdump` in another window."""

from __future__ import annotations

from collections.abc import Hashable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from grammar import tree
from grammar.errors import FileError, InvalidValueError
from grammar.resources.capture import CAPTURE
from midocli.probes.capture_file import ANYWHERE, captured_frames, description, writer_for
from midocli.probes.captures import CaptureRequest, Seen, without_doubles
from midocli.probes.points import Point, point_of
from midocli.results.values import Created, Result, Watched
from midocli.simulator.events import Captured, Recorder
from midocli.store.rows import Row
from midocli.trace.tcpdump.printer import Printer, banner

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter
    from midocli.context.files import GrowingFile

Frames = dict[str, list[dict[str, str]]]


class RunningCaptures:
    """The captures of a session: what they see is taken after each command.

    A capture is a row of the store, made by `tcpdump`; what it sees is kept here. It
    ends with its row, and comes back with it when its end is undone.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._running: dict[int, _Running] = {}

    def start(self, command: tree.Tcpdump) -> Result:
        """Begin to watch; MidoError where a point, filter, flag or file is none."""
        running = _Running(self._interpreter, command)
        store = self._interpreter.store
        with store.journal.transaction():
            row = store.new_row(CAPTURE, None)
            for name, value in running.fields().items():
                row.values[CAPTURE.index[name]] = value
            store.attach(row)
            running.begin()
        self._running[row.id] = running
        return Created(row)

    def taken(self, row: Row) -> int:
        """How many frames a capture has taken."""
        running = self._running.get(row.id)
        return running.count if running else 0

    def beside(self, result: Result) -> Result:
        """A result with what the captures have seen since the one before, if anything."""
        text, frames = self._take()
        return Watched(result, text, frames) if frames else result

    def _take(self) -> tuple[str, dict[str, Frames]]:
        """What has been seen since the last time, as text and by name."""
        texts = []
        frames = {}
        for number, running in self._running.items():
            row = self._interpreter.store.by_id(number)
            running.watch(row is not None)
            seen = running.take() if row is not None else []
            if row is not None and seen:
                texts.append(running.text(seen))
                frames[row.alias] = running.request.json(seen)
        return "".join(texts), frames


class _Running:
    """One capture. `count` is the number of frames taken so far."""

    def __init__(self, interpreter: Interpreter, command: tree.Tcpdump) -> None:
        self._interpreter = interpreter
        self._network = interpreter.datapath.network
        self._options = {setting.field.name: setting for setting in command.options}
        points = command.points
        if points.text == "none":
            raise InvalidValueError("a capture needs a point, any or all", points.column)
        field = CAPTURE.by_name["points"]
        where = tree.Setting(field, points.text, points.column, points.text)
        self.request = CaptureRequest(interpreter, {**self._options, "capture": where}, "", "")
        names = [point.name for point in self.request.listed]
        self._points = tuple(names) or (points.text,)
        self._recorder = Recorder(self.request.watched(None), self.request.comments)
        given = self._options["count"].value if "count" in self._options else None
        self._limit = self.request.limit(given)
        self._watching = False
        self._printers: dict[Hashable, Printer] = {}
        self._file = _File(interpreter, self.request) if self.request.write else None
        self.count = 0

    def fields(self) -> dict[str, Any]:
        """The values of the capture's row."""
        given = {name: setting.value for name, setting in self._options.items()}
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

    def take(self) -> list[Seen]:
        """The frames that passed since the last time, point by point."""
        frames = self._passing()
        self.count += len(frames)
        if self._file is not None:
            self._file.add(frames, self._recorder)
        self._recorder.captures.clear()
        self._recorder.events.clear()
        self.watch(self._watching)
        return [seen for seen in self.request.seen(frames, None, ()) if seen.frames]

    def _passing(self) -> list[Captured]:
        """The frames that pass the filter, in order, as many as are still wanted."""
        captures = self._recorder.captures
        if self.request.all:
            keys = dict.fromkeys(captured.point for captured in captures)
            points = [point_of(key, self._interpreter) for key in keys]  # type: ignore[arg-type]
            wanted = {point.key for point in without_doubles(points)}
            captures = [captured for captured in captures if captured.point in wanted]
        assert self.request.passes is not None
        passes = self.request.passes
        passing = [each for each in captures if passes(each.data, None, each.direction)]
        return passing if self._limit is None else passing[: self._limit - self.count]

    def text(self, seen: list[Seen]) -> str:
        """The frames of each point, as its tcpdump goes on printing them."""
        if "quiet" in self._options:
            return ""
        clock = self._interpreter.clock
        assert self.request.flags is not None
        parts = []
        for point, frames in seen:
            printer = self._printers.get(point.key)
            if printer is None:
                printer = self._printers[point.key] = Printer(self.request.flags, clock.utc_offset)
            parts.append(banner(point.label) + "\n")
            parts += [
                printer.frame(clock.shown(captured.time_ns), captured.data) for captured in frames
            ]
        return "".join(parts)


class _File:
    """The file of a running capture, which grows command by command."""

    def __init__(self, interpreter: Interpreter, request: CaptureRequest) -> None:
        assert request.write is not None
        self._interpreter = interpreter
        self._file = tree.Argument(request.write.text, request.write.column)
        self._points = request.listed
        self._stream = BytesIO()
        self._numbers: dict[Hashable, int] = {}
        self._growing: GrowingFile | None = None

    def begin(self) -> None:
        """Write what stands before the frames."""
        self._writer = writer_for(self._file.text, self._stream)
        for point in self._points:
            self._number(point)
        if not self._points:
            self._numbers[ANYWHERE] = 0
            self._writer.interface(ANYWHERE, None)
        head = self._written()
        self._growing = self._interpreter.files.grow(self._file, head)

    def add(self, frames: list[Captured], recorder: Recorder) -> None:
        """Write frames; what could not be written is tried again with the next ones."""
        assert self._growing is not None
        try:
            shown = captured_frames(self._interpreter, frames, recorder.events)
            for captured, frame in zip(frames, shown, strict=True):
                point = point_of(captured.point, self._interpreter)  # type: ignore[arg-type]
                self._writer.frame(self._number(point), frame)
            self._growing.add(self._written())
        except FileError as error:
            self._interpreter.complaints.append(error)
        except ValueError as error:
            message = f"cannot write {self._file.text[:200]}: {error}"
            self._interpreter.complaints.append(FileError(message, self._file.column))

    def _number(self, point: Point) -> int:
        """The number of a point in the file, which gets a block when it is first needed."""
        number = self._numbers.get(point.key)
        if number is None:
            number = self._numbers[point.key] = len(self._numbers)
            self._writer.interface(point.name, description(self._interpreter, point))
        return number

    def _written(self) -> bytes:
        content = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return content
