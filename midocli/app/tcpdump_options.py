"""tcpdump's options, checked one by one as they are given, as tcpdump 4.99 checks them.

Many concern live interfaces alone: with a file they are looked at, and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from getopt import GetoptError, gnu_getopt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Options that say how frames are printed, in letters and at length.
_PRINTING = "AbeHKnNqStuvxX#"
_LONG_PRINTING = (
    "absolute-tcp-sequence-numbers",
    "dont-verify-checksums",
    "micro",
    "nano",
    "number",
    "time-stamp-precision=",
)
_LETTERS = _PRINTING + "adDfhIJlLOpUYB:c:C:E:F:G:i:j:m:M:Q:r:s:T:V:w:W:y:z:Z:"
# What long options are in letters; those with `=` take a value.
_LONG = {
    "buffer-size=": "B",
    "direction=": "Q",
    "interface=": "i",
    "linktype=": "y",
    "list-data-link-types": "L",
    "list-interfaces": "D",
    "list-time-stamp-types": "J",
    "monitor-mode": "I",
    "no-optimize": "O",
    "no-promiscuous-mode": "p",
    "packet-buffered": "U",
    "relinquish-privileges=": "Z",
    "snapshot-length=": "s",
    "time-stamp-type=": "j",
    "debug-filter-parser": "Y",
    "help": "h",
}
_ALONE = ("count", "immediate-mode", "print", "version")
_LARGEST_SNAP_LENGTH = 262144
_MOST_TIME_FORMS = 5
_BYTES_A_UNIT = 1_000_000
_LARGEST_SIZE = (2**63 - 1) // _BYTES_A_UNIT
_TIME_STAMP_TYPES = frozenset(
    ("host", "host_lowprec", "host_hiprec", "adapter", "adapter_unsynced", "host_hiprec_unsynced")
)
_REFUSED = {
    "d": "filters do not become programs here",
    "M": "signatures of TCP segments are not checked here",
    "V": "files are read one at a time, with -r",
    "Y": "there is no parser here whose steps could be shown",
    "z": "no other program is run here",
}

Given = list[tuple[str, str]]


class Failure(Exception):  # noqa: N818 (it becomes a message, not a traceback)
    """The program ends with a message."""


def read(arguments: Sequence[str]) -> tuple[Given, list[str]]:
    """The options as they were given, long ones as letters where they have some, and the words.

    Failure in getopt's words for what is no option.
    """
    names = [*_LONG_PRINTING, *_LONG, *_ALONE]
    try:
        given, words = gnu_getopt(list(arguments), _LETTERS, names)
    except GetoptError as error:
        raise Failure(_in_getopts_words(error)) from None
    letters = {f"--{name.rstrip('=')}": f"-{letter}" for name, letter in _LONG.items()}
    return [(letters.get(name, name), value) for name, value in given], words


def _in_getopts_words(error: GetoptError) -> str:
    if "requires argument" in error.msg:
        if len(error.opt) > 1:
            return f"option '--{error.opt}' requires an argument"
        return f"option requires an argument -- '{error.opt}'"
    if len(error.opt) > 1:
        return f"unrecognized option '--{error.opt}'"
    return f"invalid option -- '{error.opt}'"


def printing(given: Given) -> list[str]:
    """The options that the printer understands, each joined to its value."""
    long = {f"--{name.rstrip('=')}" for name in _LONG_PRINTING}
    return list(_joined(given, long))


def _joined(given: Given, long: set[str]) -> Iterator[str]:
    for name, value in given:
        if name in long:
            yield f"{name}={value}" if value else name
        elif name == "-T" or (len(name) == 2 and name[1] in _PRINTING):
            yield name + value


def check(given: Given) -> list[str]:
    """What is to be told of options that are taken and change nothing; Failure for a bad value."""
    told = []
    for name, value in given:
        letter = name.lstrip("-")
        if letter in _REFUSED:
            raise Failure(f"{name} is not supported here: {_REFUSED[letter]}")
        if letter in _CHECKS:
            _CHECKS[letter](value)
        if letter == "m":
            told.append(f"tcpdump: ignoring option `-m {value}' (no libsmi support)")
    names = {name for name, _ in given}
    if "-D" in names:
        raise Failure("-D: there are no live interfaces here: read a file with -r")
    if sum(name == "-t" for name, _ in given) > _MOST_TIME_FORMS:
        raise Failure("only -t, -tt, -ttt, -tttt and -ttttt are supported")
    if "-f" in names:
        raise Failure("-f can not be used with -V or -r")
    return told


def leading_number(word: str) -> int:
    """The number that a word begins with, 0 where it begins with none (C's atoi)."""
    found = re.match(r"\s*([-+]?[0-9]{1,18})", word)
    return int(found[1]) if found else 0


def file_size(word: str) -> int:
    """How many bytes a file may have that is written, by -C's value."""
    if not re.fullmatch(r"\s*\+?[0-9]+", word) or int(word) == 0:
        raise Failure(f"invalid file size {word}")
    if int(word) > _LARGEST_SIZE:
        raise Failure(f"file size {word} is too large")
    return int(word) * _BYTES_A_UNIT


def _at_least(least: int, what: str) -> Callable[[str], None]:
    def checked(word: str) -> None:
        if leading_number(word) < least:
            raise Failure(f"{what} {word}")

    return checked


def _check_snap_length(word: str) -> None:
    number = re.fullmatch(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)", word)
    length = -1
    if number:
        digits = number[2]
        octal = digits.startswith("0") and digits[1:].isdigit()
        length = int(number[1] + digits, 8 if octal else 0)
    if not 0 <= length <= _LARGEST_SNAP_LENGTH:
        raise Failure(f"invalid snaplen {word} (must be >= 0 and <= {_LARGEST_SNAP_LENGTH})")


def _check_direction(word: str) -> None:
    if word.lower() not in ("in", "out", "inout"):
        raise Failure(f"unknown capture direction `{word}'")


def _check_link_type(word: str) -> None:
    from midocli.trace.link_types import is_name

    if not is_name(word):
        raise Failure(f"invalid data link type {word}")


def _check_precision(word: str) -> None:
    if not word.startswith(("micro", "nano")):
        raise Failure("unsupported time stamp precision")


def _check_time_stamp_type(word: str) -> None:
    if word.lower() not in _TIME_STAMP_TYPES:
        raise Failure(f"invalid time stamp type {word}")


_CHECKS: dict[str, Callable[[str], object]] = {
    "B": _at_least(1, "invalid packet buffer size"),
    "c": _at_least(1, "invalid packet count"),
    "C": file_size,
    "G": _at_least(0, "invalid number of seconds"),
    "j": _check_time_stamp_type,
    "Q": _check_direction,
    "s": _check_snap_length,
    "time-stamp-precision": _check_precision,
    "W": _at_least(1, "invalid number of output files"),
    "y": _check_link_type,
}
