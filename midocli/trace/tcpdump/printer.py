"""Frames as tcpdump prints them: the time, the dissected text and the dump."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import ethernet
from midocli.trace.tcpdump.conversations import Conversations
from midocli.trace.tcpdump.dissection import CutOffError, Dissection
from midocli.trace.tcpdump.flags import Flags
from midocli.trace.tcpdump.hexdump import ascii_only, hex_and_ascii, hex_only
from midocli.trace.tcpdump.links import LinkShow
from midocli.trace.tcpdump.protocols import PROTOCOLS
from midocli.trace.tcpdump.timestamps import Timestamps

_LARGEST = 262144


def banner(point: str) -> str:
    """The line tcpdump 4.9 prints when it starts to watch an interface, without a line break."""
    return (
        f"tcpdump: listening on {point}, link-type EN10MB (Ethernet), capture size {_LARGEST} bytes"
    )


class Printer:
    """Prints the frames of one capture, in the order they are given.

    What one frame's text takes from those before it is kept here: the bases of
    TCP's relative numbers, the reference of -ttt and -ttttt, and the count of -#.
    """

    def __init__(
        self, flags: Flags, utc_offset_seconds: int, show_link: LinkShow = ethernet.show
    ) -> None:
        self._flags = flags
        self._show_link = show_link
        self._frames = 0
        self._timestamps = Timestamps(flags.time, utc_offset_seconds, flags.nanoseconds)
        self._conversations = Conversations()
        count, self._dump = _dump_of(flags)
        self._dump_link = count > 1

    def frame(
        self, time_ns: int, data: bytes, wire_length: int | None = None, second: int | None = None
    ) -> str:
        """The text of one frame, ending in a line break.

        `time_ns` is in nanoseconds since the Unix epoch, `data` what was captured,
        from the link layer's header on, and `wire_length` the frame's whole length when
        it was cut. `second` is the one that a file counts the time from, if not the
        one it falls into. Never raises, whatever the bytes are.
        """
        self._frames += 1
        number = f"{self._frames:5}  " if self._flags.numbered else ""
        captured = len(data)
        length = captured if wire_length is None else wire_length
        if not 0 < captured <= length <= _LARGEST:
            return number + _invalid_lengths(captured, length)
        dissection = Dissection(data, self._flags, PROTOCOLS, self._conversations)
        try:
            header = self._show_link(dissection, 0, length)
        except CutOffError:
            dissection.cut()
            # Where the link header ends is lost in tcpdump: it dumps from the first byte.
            header = 0
        text = "".join(dissection.text)
        return (
            f"{number}{self._timestamps.text(time_ns, second)}{text}{self._dumped(data, header)}\n"
        )

    def _dumped(self, data: bytes, header: int) -> str:
        if self._dump is None:
            return ""
        if self._dump_link:
            return self._dump(data)
        return self._dump(data[header:]) if len(data) > header else ""


def _dump_of(flags: Flags) -> tuple[int, Callable[[bytes], str] | None]:
    """How often a dump is asked for, and which: -X wins over -x, which wins over -A."""
    if flags.hex_ascii:
        return flags.hex_ascii, hex_and_ascii
    if flags.hex:
        return flags.hex, hex_only
    if flags.ascii:
        return flags.ascii, ascii_only
    return 0, None


def _invalid_lengths(captured: int, length: int) -> str:
    faults = []
    if captured == 0:
        faults.append("caplen==0")
    if length == 0:
        faults.append("len==0")
    elif length < captured:
        faults.append(f"len({length}) < caplen({captured})")
    if captured > _LARGEST:
        faults.append(f"caplen({captured}) > {_LARGEST}")
    if length > _LARGEST:
        faults.append(f"len({length}) > {_LARGEST}")
    return f"[Invalid header: {', '.join(faults)}]\n"
