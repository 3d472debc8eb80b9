"""Captured frames as a file: the format its name asks for, and what is said of points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from grammar.errors import FileError
from grammar.times import Instant, format_instant
from grammar.tree import Argument
from midocli.context.context import Context
from midocli.context.marks import BLANK
from midocli.probes.points import Point
from midocli.simulator.recorder import Captured, UnderlayPoint
from midocli.trace.capture import Capture, CapturedFrame, CaptureWriter, write_all
from midocli.trace.comments import Comments

#: The interface of a file without any point: readers refuse a file that has none.
ANYWHERE = "any"


def is_classic(name: str) -> bool:
    """Whether a file is to be classic pcap, without points and comments, by its name."""
    return name.lower().endswith(".pcap")


def check_times(file: Argument, until_ns: int) -> None:
    """FileError where a file's format has no number for times until then."""
    kind, last_ns = (
        ("classic pcap", 2**32 * 10**9 - 1) if is_classic(file.text) else ("pcapng", 2**64 - 1)
    )
    if until_ns > last_ns:
        last = format_instant(Instant(last_ns, 0))
        message = f"{kind} holds times up to {last}, and the clock goes beyond"
        raise FileError(f"cannot write {file.text[:200]}: {message}", file.column)


def writer_for(name: str, stream: BytesIO) -> CaptureWriter:
    """A writer of the format that a file's name asks for."""
    if is_classic(name):
        from midocli.trace.pcap import PcapWriter

        return PcapWriter(stream)
    from midocli.trace.pcapng import pcapng_writer

    return pcapng_writer(stream, BLANK)


def captured_frames(
    context: Context, frames: Iterable[Captured], comments: Comments
) -> list[CapturedFrame]:
    """Frames with the times the clock showed, and what was decided about them."""
    shown = context.clock.shown
    return [
        CapturedFrame(shown(each.time_ns), each.direction, each.data, comments.of(each))
        for each in frames
    ]


def capture_file(
    context: Context,
    file: Argument,
    seen: Sequence[tuple[Point, Sequence[Captured]]],
    comments: Comments,
) -> bytes:
    """The content of a file with the frames of each point; FileError where it has no form."""
    captures = [
        Capture(
            point.name,
            description(context, point),
            captured_frames(context, context.following("writing frames", frames), comments),
        )
        for point, frames in seen
    ] or [Capture(ANYWHERE, None, [])]
    stream = BytesIO()
    try:
        write_all(writer_for(file.text, stream), captures)
    except ValueError as error:
        raise FileError(f"cannot write {file.text[:200]}: {error}", file.column) from None
    return stream.getvalue()


def description(context: Context, point: Point) -> str:
    """The device a point belongs to: `port bridge1:port0 of bridge1 (left)`."""
    if isinstance(point.key, UnderlayPoint):
        return f"the underlay's end at {point.key.host}"
    row = context.store.by_id(point.port) if point.port is not None else None
    if row is None or row.parent is None:
        return "not bound to a port"
    name = row.parent.get("name")
    called = f" ({name})" if name else ""
    return f"port {row.full_alias} of {row.parent.full_alias}{called}"
