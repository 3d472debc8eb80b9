"""What a probe shows of the frames it made: which points, which frames, and as what."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.errors import InvalidValueError, LineSyntaxError, MidoError
from grammar.times import Instant, format_instant
from grammar.tree import Argument, Setting
from midocli.probes.points import Point, find_point, point_of
from midocli.simulator.clock import Clock
from midocli.simulator.recorder import Captured
from midocli.trace.comments import Comments

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.trace.filter import Passes
    from midocli.trace.filter_links import Link
    from midocli.trace.tcpdump.flags import Flags


#: A page shows so many frames of a point.
MOST_ON_A_PAGE = 5000


class Everywhere:
    """The set of all points."""

    def __contains__(self, point: object) -> bool:
        return True


class Interfaces:
    """The set of all interfaces, which the simulator calls by name, and one more point."""

    def __init__(self, other: Point | None) -> None:
        self._other = other.key if other else None

    def __contains__(self, point: object) -> bool:
        return isinstance(point, str) or point == self._other


class Union:
    """The points of either of two sets."""

    def __init__(self, one: Container[Hashable], other: Container[Hashable]) -> None:
        self._one = one
        self._other = other

    def __contains__(self, point: object) -> bool:
        return point in self._one or point in self._other


class Seen(NamedTuple):
    """The frames of one point that are shown."""

    point: Point
    frames: Sequence[Captured]


class CaptureRequest:
    """What a probe's `capture`, `filter`, `flags` and `write` ask for, checked beforehand."""

    def __init__(
        self,
        context: Context,
        options: dict[str, Setting],
        default_filter: str,
        default_flags: str,
        link: Link | None = None,
    ) -> None:
        """`link` is the link layer of a file's frames; None: they are seen live."""
        self._context = context
        self._default_filter = default_filter
        self._default_flags = default_flags
        given = options["capture"].text if "capture" in options else ""
        self.none = given == "none"
        self.all = given == "all"
        self.any = given == "any"
        self.listed: list[Point] = []
        if given and not (self.none or self.all or self.any):
            self.listed = listed_points(context, given, options["capture"].column)
        self.write: Setting | None = options.get("write")
        self.force = "force" in options
        if self.none and self.write is not None:
            raise InvalidValueError("write needs frames, but capture is none", self.write.column)
        if self.write is not None:
            context.files.check(Argument(self.write.text, self.write.column), self.force)
        self._link = link
        self._filter = options.get("filter")
        self._flags = options.get("flags")
        self.passes = None if self.none else self._compiled_filter()
        self.flags = None if self.none else self._parsed_flags()

    def check_time(self, lasting_ns: int) -> None:
        """FileError where frames of such a time from now on have none in the file to be written."""
        if self.write is not None:
            from midocli.probes.capture_file import check_times

            file = Argument(self.write.text, self.write.column)
            check_times(file, self._context.clock.now_ns + lasting_ns)

    def limit(self, count: int | None) -> int | None:
        """How many frames are wanted: the `count` given, or -c among the flags, or neither."""
        flagged = self.flags.count if self.flags is not None else None
        return min((each for each in (count, flagged) if each is not None), default=None)

    def _compiled_filter(self) -> Passes:
        from midocli.trace.filter import compile_filter, compile_live_filter

        text = self.expression
        try:
            return compile_filter(text, self._link) if self._link else compile_live_filter(text)
        except MidoError as error:
            raise _inside(error, self._filter, "filter") from None

    def _parsed_flags(self) -> Flags:
        from midocli.trace.tcpdump.flags import parse_flags

        text = self._flags.text if self._flags else self._default_flags
        try:
            return parse_flags(text)
        except MidoError as error:
            raise _inside(error, self._flags, "flags") from None

    def watched(self, source: Point | None) -> Any:
        """The points the simulator must capture at, for traffic from `source`."""
        if self.none:
            return frozenset()
        if self.all:
            return Everywhere()
        if self.any:
            return Interfaces(None)
        if self.listed:
            return {point.key for point in self.listed}
        return Interfaces(source)

    def seen(
        self, captures: Sequence[Captured], source: Point | None, ends: Sequence[Hashable]
    ) -> list[Seen]:
        """The frames to show, point by point in the order frames got there.

        Without a list these are the points of the source and of `ends`, where
        the packet came out. The default filter looks at what tunnel packets carry.
        """
        by_point: dict[Hashable, list[Captured]] = {}
        assert self.passes is not None
        for captured in captures:
            shown = by_point.setdefault(captured.point, [])
            data = captured.data if self._filter else captured.data[captured.inner :]
            if self.passes(data, None, captured.direction):
                shown.append(captured)
        if self.all or self.any:
            points = [point_of(key, self._context) for key in by_point]  # type: ignore[arg-type]
            points = without_doubles(points)
        elif self.listed:
            order = {key: place for place, key in enumerate(by_point)}
            points = sorted(self.listed, key=lambda point: order.get(point.key, len(order)))
        else:
            keys = self.points(source, ends)
            points = [point_of(key, self._context) for key in keys]  # type: ignore[arg-type]
        return [Seen(point, by_point.get(point.key, ())) for point in points]

    def points(self, source: Point | None, ends: Sequence[Hashable]) -> list[Hashable]:
        """The keys of the points that are shown if none are named: of the source, and `ends`."""
        if self.listed:
            return [point.key for point in self.listed]
        return list(dict.fromkeys([*([source.key] if source else []), *ends]))

    @property
    def expression(self) -> str:
        """The filter of what is shown, given or default."""
        return self._filter.text if self._filter else self._default_filter

    def pieces(self, seen: Sequence[Seen], clock: Clock) -> Iterator[str]:
        """The banner of each point, and its frames one by one with the times a clock shows."""
        for each in seen:
            banner, frames = self.printed(each, clock)
            yield f"{banner}\n"
            yield from frames

    def printed(self, seen: Seen, clock: Clock) -> tuple[str, Iterator[str]]:
        """The banner of one point, and its frames as tcpdump prints them."""
        from midocli.trace.tcpdump.printer import Printer, banner

        assert self.flags is not None
        printer = Printer(self.flags, clock.utc_offset)
        shown = seen.frames[: self.flags.count]
        told = self._context.following("printing frames", shown)
        frames = (printer.frame(clock.shown(each.time_ns), each.data) for each in told)
        return banner(seen.point.label), frames

    def printed_first(self, seen: Seen, clock: Clock) -> tuple[str, str]:
        """The same for a page, which shows the first of many frames."""
        banner, frames = self.printed(seen._replace(frames=seen.frames[:MOST_ON_A_PAGE]), clock)
        more = len(seen.frames) - MOST_ON_A_PAGE
        left = f"{more} more frames are left out here; write FILE keeps all\n" if more > 0 else ""
        return banner, "".join(frames) + left

    @property
    def comments(self) -> bool:
        """Whether a file is written that has a place for what was decided about frames."""
        if self.write is None:
            return False

        from midocli.probes.capture_file import is_classic

        return not is_classic(self.write.text)

    def write_file(self, seen: Sequence[Seen], comments: Comments) -> None:
        """Write the frames, where `write` asks for it; FileError where that fails."""
        if self.write is None:
            return
        from midocli.probes.capture_file import capture_file

        if self.all or self.any:
            seen = [each for each in seen if each.frames]
        file = Argument(self.write.text, self.write.column)
        content = capture_file(self._context, file, seen, comments)
        self._context.files.write(file, content, force=self.force)


def frames_data(seen: Sequence[Seen], clock: Clock) -> dict[str, list[dict[str, str]]]:
    """The frames of each point as data, with the times that a clock shows."""
    return {point.name: [frame_data(frame, clock) for frame in frames] for point, frames in seen}


def frame_data(captured: Captured, clock: Clock) -> dict[str, str]:
    """One frame as data."""
    instant = Instant(clock.shown(captured.time_ns), clock.utc_offset)
    return {
        "time": format_instant(instant),
        "direction": captured.direction,
        "hex": captured.data.hex(),
    }


def listed_points(context: Context, words: str, column: int) -> list[Point]:
    """The points of a comma list, each once; UnknownObjectError where one is none."""
    found = [find_point(context, word.strip(), column) for word in words.split(",")]
    return list({point.key: point for point in found}.values())


def without_doubles(points: Sequence[Point]) -> list[Point]:
    """Without the bound ports whose interface is among the points as well."""
    ports = {point.port for point in points if isinstance(point.key, str)}
    return [point for point in points if isinstance(point.key, str) or point.key not in ports]


def _inside(error: MidoError, setting: Setting | None, what: str) -> MidoError:
    """An error within a quoted expression, at the expression's own column."""
    at = f" (at its character {error.column})" if error.column else ""
    message = f"invalid {what}: {error.message}{at}"
    kind = LineSyntaxError if isinstance(error, LineSyntaxError) else InvalidValueError
    return kind(message, setting.column if setting else None, error.expected)
