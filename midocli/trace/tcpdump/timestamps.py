"""The time in front of a frame, in the six forms -t selects."""

from __future__ import annotations

import time

_ERROR = "[Error converting time]"


class Timestamps:
    """Formats times; remembers the reference of -ttt and -ttttt.

    `form` is the number of -t; `utc_offset_seconds` is the zone clock times are in.
    """

    __slots__ = ("_form", "_offset", "_pattern", "_reference", "_second", "_second_text")

    def __init__(self, form: int, utc_offset_seconds: int) -> None:
        self._form = form
        self._offset = utc_offset_seconds
        self._pattern = "%Y-%m-%d %H:%M:%S" if form == 4 else "%H:%M:%S"
        self._reference = 0
        self._second: int | None = None
        self._second_text: str = ""

    def text(self, time_ns: int) -> str:
        """The time with the blank that follows it; nanoseconds are cut to microseconds."""
        form = self._form
        if form == 0 or form == 4:
            return self._clock(time_ns // 1000, self._offset)
        if form == 1:
            return ""
        if form == 2:
            second, fraction = divmod(time_ns // 1000, 1_000_000)
            return _ERROR + " " if second & 0x8000_0000 else f"{second}.{fraction:06} "
        return self._since(time_ns // 1000)

    def _clock(self, microseconds: int, offset: int) -> str:
        second, fraction = divmod(microseconds, 1_000_000)
        if second != self._second:
            self._second = second
            self._second_text = self._second_as_text(second, offset)
        if not self._second_text:
            return _ERROR + " "
        return f"{self._second_text}.{fraction:06} "

    def _second_as_text(self, second: int, offset: int) -> str:
        # tcpdump takes times as 32 bits, of which the highest means an error.
        if second & 0x8000_0000:
            return ""
        try:
            return time.strftime(self._pattern, time.gmtime(second + offset))
        except (OverflowError, ValueError, OSError):
            return ""

    def _since(self, microseconds: int) -> str:
        # A reference of 0 counts as none yet, in tcpdump too.
        reference = self._reference or microseconds
        if self._form == 3 or not self._reference:
            self._reference = microseconds
        sign = "-" if microseconds < reference else " "
        return sign + self._clock(abs(microseconds - reference), 0)
