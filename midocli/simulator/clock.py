"""The simulated time, and the zone it is shown in."""

from __future__ import annotations

#: The first moment of the year 10000, which calendars here do not know (ISO 8601, `datetime`).
_END_NS = 253_402_300_800 * 10**9


class Clock:
    """Time that moves only when the simulation does.

    `elapsed_ns` is how much the simulation has run, and never goes back: caches
    and timers count in it. What is shown is `now_ns`, nanoseconds since the Unix
    epoch; setting the clock moves only that, as setting a machine's clock does.
    """

    def __init__(self, now_ns: int, utc_offset: int = 0) -> None:
        self.elapsed_ns = 0
        self.utc_offset = utc_offset
        self._start_ns = now_ns

    @property
    def now_ns(self) -> int:
        """The time that is shown."""
        return self._start_ns + self.elapsed_ns

    def set(self, time_ns: int, utc_offset: int) -> None:
        """Show another time, in nanoseconds since the Unix epoch, and its zone from here on."""
        self._start_ns = time_ns - self.elapsed_ns
        self.utc_offset = utc_offset

    def follow(self, elapsed_ns: int) -> None:
        """Show how far the simulation has got."""
        self.elapsed_ns = elapsed_ns

    @property
    def left_ns(self) -> int:
        """How much time may pass until the year 9999 ends, in UTC and in the zone that is shown."""
        return _END_NS - 1 - max(self.utc_offset, 0) * 10**9 - self.now_ns

    def stopped(self) -> Clock:
        """A clock that stays as this one is now."""
        clock = Clock(self._start_ns, self.utc_offset)
        clock.elapsed_ns = self.elapsed_ns
        return clock

    def shown(self, elapsed_ns: int) -> int:
        """What the clock shows, or showed, at a moment of the simulation."""
        return self._start_ns + elapsed_ns
