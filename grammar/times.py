"""Value types for moments and spans of time, kept in nanoseconds."""

from __future__ import annotations

import re
from typing import NamedTuple

from grammar.values import AsShown


class Seconds:
    """A duration in seconds, a fraction allowed; kept in nanoseconds."""

    def __init__(self, low: float = 0.0, high: float = 1e6) -> None:
        self.low = low
        self.high = high

    @property
    def expected(self) -> str:
        return f"seconds from {self.low:g} to {self.high:g}"

    @property
    def example(self) -> str:
        return "0.5"

    def parse(self, word: str) -> int:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?|\.\d{1,9}", word, re.ASCII):
            raise ValueError("it is not a number of seconds")
        if not self.low <= float(word) <= self.high:
            raise ValueError(f"it is not from {self.low:g} to {self.high:g} seconds")
        whole, _, part = word.partition(".")
        return int(whole or 0) * 1_000_000_000 + int(part.ljust(9, "0"))

    def format(self, value: int) -> str:
        whole, part = divmod(value, 1_000_000_000)
        return f"{whole}.{part:09}".rstrip("0").rstrip(".")

    def to_json(self, value: int) -> float:
        return value / 1e9


class Instant(NamedTuple):
    """A moment in nanoseconds since the Unix epoch, and the zone it was told in."""

    time_ns: int
    utc_offset: int


class Timestamp(AsShown):
    """An ISO 8601 date and time; UTC where no zone is given."""

    expected = "a time such as 2017-04-14T12:30:51.226238+02:00"
    example = "2017-04-14T12:30:51.226238+02:00"

    def parse(self, word: str) -> Instant:
        from datetime import UTC, datetime, timedelta

        try:
            moment = datetime.fromisoformat(word)
        except ValueError:
            raise ValueError("it is not an ISO 8601 date and time") from None
        offset = moment.utcoffset() or timedelta()
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        try:
            elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
        except OverflowError:
            raise ValueError("it is out of range") from None
        if elapsed < timedelta():
            raise ValueError("it is before 1970")
        if elapsed > datetime.max.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC):
            raise ValueError("it is after the year 9999 in UTC, the last there is")
        microseconds = elapsed // timedelta(microseconds=1)
        return Instant(microseconds * 1000, offset // timedelta(seconds=1))

    def format(self, value: Instant) -> str:
        return format_instant(value)


def format_instant(value: Instant) -> str:
    """ISO 8601 with microseconds, in the zone of `value`."""
    from datetime import datetime, timedelta, timezone

    zone = timezone(timedelta(seconds=value.utc_offset))
    microseconds = value.time_ns // 1000
    moment = datetime.fromtimestamp(microseconds // 1_000_000, zone)
    return moment.replace(microsecond=microseconds % 1_000_000).isoformat(timespec="microseconds")


def format_time(value: Instant) -> str:
    """The time of the day, in the zone of `value`, as HH:MM:SS."""
    seconds = (value.time_ns // 1_000_000_000 + value.utc_offset) % 86400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def date_of(value: Instant) -> str | None:
    """As `format_instant`, None of a moment that has no date there: the years are 1 to 9999.

    A file holds any number as a time, and what was before the clock was set back may be long ago.
    """
    try:
        return format_instant(value)
    except (OverflowError, ValueError, OSError):
        return None


_UNITS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
}


class Duration:
    """A span of time with a unit, seconds where there is none; in nanoseconds."""

    expected = "a duration such as 90s, 1.5m, 250ms or 2h"
    example = "90s"

    def parse(self, word: str) -> int:
        match = re.fullmatch(r"(\d{1,18})(?:\.(\d{1,9}))?(ns|us|ms|s|m|h|d)?", word, re.ASCII)
        if match is None:
            raise ValueError("it is not a number with a unit")
        unit = _UNITS[match[3] or "s"]
        fraction = match[2] or ""
        scale: int = 10 ** len(fraction)
        span = int(match[1]) * unit + int(fraction or 0) * unit // scale
        if span > 100 * 365 * _UNITS["d"]:
            raise ValueError("it is more than a hundred years")
        return span

    def format(self, value: int) -> str:
        unit = next(unit for unit in ("s", "ms", "us", "ns") if value % _UNITS[unit] == 0)
        return f"{value // _UNITS[unit]}{unit}"

    def to_json(self, value: int) -> float:
        return value / 1e9
