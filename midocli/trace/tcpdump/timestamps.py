"""The time in front of a frame, in the six forms -t selects."""

from __future__ import annotations

import time

_UNSIGNED = 0xFFFF_FFFF
_ERROR = "[Error converting time]"


class Timestamps:
    """Formats times; remembers the reference of -ttt and -ttttt.

    `form` is the number of -t; `utc_offset_seconds` is the zone clock times are in.
    Fractions have six digits, or nine with `nanoseconds`.
    """

    def __init__(self, form: int, utc_offset_seconds: int, nanoseconds: bool = False) -> None:
        self._form = form
        self._digits = 9 if nanoseconds else 6
        self._per_second = 10**self._digits
        self._per_tick = 1 if nanoseconds else 1000
        self._offset = utc_offset_seconds
        self._reference = (0, 0)
        self._second: int | None = None
        self._second_text: str = ""

    def text(self, time_ns: int, second: int | None = None) -> str:
        """The time with the blank that follows it; what is finer than its digits is cut off.

        `second` is given where a file counts from another one than the time falls into: a
        fraction below 0 or of more than a second is written as one of 32 bits, as tcpdump does.
        """
        form = self._form
        if form == 1:
            return ""
        if second is None:
            second = time_ns // 1_000_000_000
        fraction = int((time_ns - second * 1_000_000_000) / self._per_tick)
        if form == 0 or form == 4:
            return self._clock(second, fraction, self._offset)
        if form == 2:
            failed = second & 0x8000_0000
            return f"{_ERROR} " if failed else f"{second & _UNSIGNED}.{self._fraction(fraction)} "
        return self._since(second, fraction)

    def _fraction(self, fraction: int) -> str:
        return f"{fraction & _UNSIGNED:0{self._digits}}"

    def _clock(self, second: int, fraction: int, offset: int) -> str:
        if second != self._second:
            self._second = second
            self._second_text = self._second_as_text(second, offset)
        if not self._second_text:
            return _ERROR + " "
        return f"{self._second_text}.{self._fraction(fraction)} "

    def _second_as_text(self, second: int, offset: int) -> str:
        # tcpdump takes times as 32 bits, of which the highest means an error.
        if second & 0x8000_0000:
            return ""
        if self._form != 4 and 0 <= second < 1 << 32:
            minute, second = divmod((second + offset) % 86_400, 60)
            return f"{minute // 60:02}:{minute % 60:02}:{second:02}"
        try:
            pattern = "%Y-%m-%d %H:%M:%S" if self._form == 4 else "%H:%M:%S"
            return time.strftime(pattern, time.gmtime(second + offset))
        except (OverflowError, ValueError, OSError):
            return ""

    def _since(self, second: int, fraction: int) -> str:
        now = (second, fraction)
        # A reference of 0 counts as none yet, in tcpdump too.
        reference = self._reference if any(self._reference) else now
        if self._form == 3 or not any(self._reference):
            self._reference = now
        earlier, later = min(now, reference), max(now, reference)
        seconds, ticks = later[0] - earlier[0], later[1] - earlier[1]
        if ticks < 0:
            seconds, ticks = seconds - 1, ticks + self._per_second
        return ("-" if now < reference else " ") + self._clock(seconds, ticks, 0)
