"""tcpdump's flags: which of them a printer obeys, and how they are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grammar.errors import InvalidValueError

_TAKEN = frozenset("AeSlnqtvxX")

# Flags of tcpdump that a user may well try, and what does their work here.
_ELSEWHERE = {
    "c": "the number of frames is given as `count N`",
    "i": "the point to watch is named before the flags",
    "r": "a file is read with `tcpdump read FILE`",
    "w": "frames are written with `write FILE`",
    "F": 'a filter is given as `filter "EXPR"`',
}
_REFUSED = frozenset("abBCdDEfGhHIjJKLmMNOpQsTuUVWyYzZ#")


@dataclass(frozen=True, slots=True)
class Flags:
    """tcpdump's flags as counts: `-vvv` is `verbose=3`, an absent flag is 0.

    `time` counts `-t` (0 to 5): 0 clock time, 1 none, 2 seconds since the epoch,
    3 since the frame before, 4 with the date, 5 since the first frame. `hex` is
    `-x`, `hex_ascii` `-X`, `ascii` `-A`; twice means with the Ethernet header.
    """

    verbose: int = 0
    link: bool = False
    quiet: int = 0
    time: int = 0
    hex: int = 0
    hex_ascii: int = 0
    ascii: int = 0
    absolute: bool = False

    @property
    def dumps(self) -> bool:
        """Whether every frame is dumped anyway, so that unknown ones need no dump of their own."""
        return bool(self.hex or self.hex_ascii or self.ascii)


def parse_flags(text: str) -> Flags:
    """Read flags as on tcpdump's command line, in any order and spelling.

    `-n` (names are never resolved anyway) and `-l` are accepted and change
    nothing. Raises InvalidValueError for any other flag, naming it.
    """
    counts: Counter[str] = Counter()
    for word in text.split():
        if not word.startswith("-") or word == "-":
            raise InvalidValueError(f"`{word}` is no tcpdump flag: flags begin with `-`, as `-nn`")
        if word.startswith("--"):
            raise InvalidValueError(f"tcpdump's long option `{word}` is not supported here")
        for letter in word[1:]:
            if letter not in _TAKEN:
                raise InvalidValueError(_refusal(letter))
            counts[letter] += 1
    if counts["t"] > 5:
        raise InvalidValueError("`-t` can be given at most five times")
    return Flags(
        verbose=counts["v"],
        link=bool(counts["e"]),
        quiet=counts["q"],
        time=counts["t"],
        hex=counts["x"],
        hex_ascii=counts["X"],
        ascii=counts["A"],
        absolute=bool(counts["S"]),
    )


def _refusal(letter: str) -> str:
    if letter in _ELSEWHERE:
        return f"tcpdump's flag `-{letter}` is not used here: {_ELSEWHERE[letter]}"
    if letter in _REFUSED:
        return f"tcpdump's flag `-{letter}` is not supported here"
    return f"`-{letter}` is no flag of tcpdump"
