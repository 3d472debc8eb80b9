"""tcpdump's flags: which of them a printer obeys, and how they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from grammar.errors import InvalidValueError
from grammar.node import Node

_COUNTED = frozenset("#AKSbenqtvxX")
# These change nothing where frames come from a file or the simulator.
_WITHOUT_EFFECT = frozenset("HNOUlpu")
_WITH_VALUE = frozenset("Tc")
_LONG = {
    "absolute-tcp-sequence-numbers": "S",
    "dont-verify-checksums": "K",
    "micro": "micro",
    "nano": "nano",
    "no-optimize": "O",
    "no-promiscuous-mode": "p",
    "number": "#",
    "packet-buffered": "U",
    "time-stamp-precision=micro": "micro",
    "time-stamp-precision=nano": "nano",
}

# Flags of tcpdump that a user may well try, and what does their work here.
_ELSEWHERE = {
    "i": "the point to watch is named before the flags",
    "r": "a file is read with `tcpdump read FILE`",
    "w": "frames are written with `write FILE`",
    "F": 'a filter is given as `filter "EXPR"`',
}
_REFUSED = frozenset("aBCdDEfGhIjJLmMQsVWyYzZ")
_PACKET_TYPES = ("domain", "snmp", "someip", "tftp", "vxlan")


class Flags(Node):
    """tcpdump's flags as counts: `-vvv` is `verbose=3`, an absent flag is 0.

    `time` counts `-t` (0 to 5): 0 clock time, 1 none, 2 seconds since the epoch,
    3 since the frame before, 4 with the date, 5 since the first frame. `hex` is
    `-x`, `hex_ascii` `-X`, `ascii` `-A`; twice means with the Ethernet header.
    `dotted` is `-b`: autonomous systems beyond 65535 as `1.0`. `names` is the absence
    of `-n`, `checksums` that of `-K`. `packet_type` is the word after `-T`; `count` that
    after `-c`, which is for whoever hands out the frames to obey.
    """

    verbose: int = 0
    link: bool = False
    quiet: int = 0
    time: int = 0
    hex: int = 0
    hex_ascii: int = 0
    ascii: int = 0
    absolute: bool = False
    dotted: bool = False
    names: bool = True
    numbered: bool = False
    checksums: bool = True
    nanoseconds: bool = False
    packet_type: str = ""
    count: int | None = None

    @property
    def no_dump_of_unknown(self) -> bool:
        """Whether unknown frames get no dump of their own; with -A they do all the same."""
        return bool(self.hex or self.hex_ascii or self.quiet)


def parse_flags(text: str) -> Flags:
    """Read flags as on tcpdump's command line, in any order and spelling.

    Raises InvalidValueError for anything else, naming it.
    """
    return read_flags(text.split())


def read_flags(words: Iterable[str]) -> Flags:
    """The flags that `words` are, all of them; raises as `parse_flags` does."""
    counts: Counter[str] = Counter()
    values: dict[str, str] = {}
    nanoseconds = False
    for flag, value in _spelled_out(iter(words)):
        if value is not None:
            values[flag] = value
        elif flag in ("micro", "nano"):
            nanoseconds = flag == "nano"
        else:
            counts[flag] += 1
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
        dotted=bool(counts["b"]),
        names=not counts["n"],
        numbered=bool(counts["#"]),
        checksums=not counts["K"],
        nanoseconds=nanoseconds,
        packet_type=_packet_type(values.get("T")),
        count=_count(values.get("c")),
    )


def _spelled_out(words: Iterator[str]) -> Iterator[tuple[str, str | None]]:
    """Each flag with its value, or with None where it takes none."""
    for word in words:
        if word.startswith("--") and word != "--":
            yield _long_option(word), None
        elif not word.startswith("-") or word in ("-", "--"):
            raise InvalidValueError(f"`{word}` is no tcpdump flag: flags begin with `-`, as `-nn`")
        else:
            yield from _letters(word[1:], words)


def _letters(letters: str, following: Iterator[str]) -> Iterator[tuple[str, str | None]]:
    for at, letter in enumerate(letters):
        if letter in _WITH_VALUE:
            value = letters[at + 1 :] or next(following, None)
            if value is None:
                raise InvalidValueError(f"tcpdump's flag `-{letter}` needs a value behind it")
            yield letter, value
            return
        if letter not in _COUNTED and letter not in _WITHOUT_EFFECT:
            raise InvalidValueError(_refusal(letter))
        yield letter, None


def _long_option(word: str) -> str:
    """The letter of a long option, which may be shortened as far as it stays unique."""
    name = word[2:]
    matches = {_LONG[name]} if name in _LONG else set()
    matches = matches or {flag for long, flag in _LONG.items() if long.startswith(name)}
    if len(matches) != 1:
        raise InvalidValueError(f"tcpdump's long option `{word}` is not supported here")
    return matches.pop()


def _packet_type(word: str | None) -> str:
    if word is None:
        return ""
    if word.lower() not in _PACKET_TYPES:
        *others, last = [f"`-T {kind}`" for kind in _PACKET_TYPES]
        known = f"{', '.join(others)} and {last}"
        raise InvalidValueError(f"`-T {word}` is not supported here: only {known} are")
    return word.lower()


def _count(word: str | None) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and int(word)):
        raise InvalidValueError(f"`-c` needs a number of frames, 1 or more, not `{word}`")
    return int(word)


def _refusal(letter: str) -> str:
    if letter in _ELSEWHERE:
        return f"tcpdump's flag `-{letter}` is not used here: {_ELSEWHERE[letter]}"
    if letter in _REFUSED:
        return f"tcpdump's flag `-{letter}` is not supported here"
    return f"`-{letter}` is no flag of tcpdump"
