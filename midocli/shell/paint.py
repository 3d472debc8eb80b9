"""Colours of output: what belongs together looks alike, and what was rewritten stands out.

Works on the printed text, so that a terminal shows the very characters a pipe would get.
Escape sequences are those of ECMA-48 (SGR), which every terminal with colours knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grammar.resources import SCHEMA

_IP = r"\d{1,3}(?:\.\d{1,3}){3}"
_MAC = r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
_ADDRESS = re.compile(rf"(?<![\w.:-])(?:{_IP}(?![\w-])|{_MAC}(?![\w:-]))")
#: A frame as tcpdump prints it: its time, and the lines that belong to it.
_FRAME = re.compile(
    r"(?m)^(?P<time>(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d+) .*\n?(?:[ \t]+.*\n?)*"
)
_MACS = re.compile(rf"(?:\S+ ){{1,2}}({_MAC}) > ({_MAC})")
_TTL = re.compile(r"\bttl (\d+)")
_ENDS = re.compile(rf"({_IP})(?:\.(\d+))? > ({_IP})(?:\.(\d+))?: (.*)")
_IP_ID = re.compile(r"\bttl \d+, id ([1-9]\d*), offset (\d+)")
_DUMP = re.compile(r"(?m)^\t0x[0-9a-f]+:.*$")
_HEADING = re.compile(r"(?m)^tcpdump: listening on .*$")
#: What a step of a walk says became of a field: `source 10.0.0.1 -> 10.0.0.2`, `TTL 64 -> 63`.
_BECAME = re.compile(r"(?<=\w -> )[0-9a-f.:]+(?![\w-])")
_GOOD = re.compile(r"(?m)^(?:icmp_seq=\d+: answered by .*|(?:frame \d+: )?out at .*)$")
_BAD = re.compile(r"(?m)^(?:[^ \n]+ ended at |(?:frame \d+: )?dropped at ).*$")
_LINE = re.compile(r"(?m)^([a-z][a-z0-9-]*) \S*[^\s:](?: .*)?$")
_WORD = re.compile(r"\S+")
_STRING = r'"(?:[^"\\\n]|\\.)*"'
#: What stands in JSON that is indented: a member's name, a text, a number or the like.
_JSON = re.compile(
    rf"(?P<name>{_STRING})(?=:)|(?P<text>{_STRING})|(?P<value>-?\b\d[\d.e+-]*|true|false|null)\b"
)
_JSON_STYLES = {"name": "34", "text": "32", "value": "36"}

_PALETTE = ("36", "33", "35", "32", "34", "96", "93", "95")
_DIM, _BOLD, _GREEN, _RED, _REWRITTEN = "2", "1", "32", "31", "1;4"
_MOST = 10_000

_FIELDS: dict[str, frozenset[str]] = {}
for _collection in SCHEMA.collections.values():
    _names = frozenset(field.name for field in _collection.fields)
    _FIELDS[_collection.name] = _FIELDS.get(_collection.name, frozenset()) | _names


class _Mark(NamedTuple):
    """Characters `start` up to `end`, and how they look."""

    start: int
    end: int
    style: str


class Painter:
    """Paints texts; an address keeps the colour it was first given."""

    def __init__(self) -> None:
        self._colours: dict[str, str] = {}
        self._seen: dict[tuple[str, ...], tuple[str, ...]] = {}

    def begin(self) -> None:
        """Another command begins: its frames are no other's further on."""
        self._seen.clear()

    def paint(self, text: str) -> str:
        """A text with colours in it."""
        styles: dict[tuple[int, int], list[str]] = {}
        for start, end, style in self._marks(text):
            styles.setdefault((start, end), []).append(style)
        painted: list[str] = []
        at = 0
        for (start, end), wanted in sorted(styles.items()):
            if start >= at:
                painted += (text[at:start], f"\x1b[{';'.join(wanted)}m", text[start:end], "\x1b[m")
                at = end
        return "".join(painted) + text[at:]

    def _marks(self, text: str) -> Iterator[_Mark]:
        if text.startswith(("{\n", "[\n")):
            for found in _JSON.finditer(text):
                yield _Mark(*found.span(), _JSON_STYLES[str(found.lastgroup)])
            return
        for pattern, style in ((_DUMP, _DIM), (_HEADING, _BOLD), (_GOOD, _GREEN), (_BAD, _RED)):
            yield from (_Mark(*found.span(), style) for found in pattern.finditer(text))
        yield from (_Mark(*found.span(), _REWRITTEN) for found in _BECAME.finditer(text))
        for line in _LINE.finditer(text):
            yield from _field_names(line)
        # Points are printed one behind the other; what was rewritten is known in the order of time.
        for frame in sorted(_FRAME.finditer(text), key=lambda frame: frame["time"]):
            yield from self._rewritten(frame)
        for address in _ADDRESS.finditer(text):
            yield _Mark(*address.span(), self._colour(address[0]))

    def _colour(self, address: str) -> str:
        if len(self._colours) >= _MOST:
            self._colours.clear()
        return self._colours.setdefault(address, _PALETTE[len(self._colours) % len(_PALETTE)])

    def _rewritten(self, frame: re.Match[str]) -> Iterator[_Mark]:
        """The header fields of a frame that were others where it was seen before."""
        text, offset = frame[0], frame.start()
        ends = _ENDS.search(text)
        if ends is None:
            return
        number = _IP_ID.search(text)
        key = number.groups() if number else (ends[5],)
        spans = [
            found.span(group) if found else (-1, -1)
            for found, groups in ((_MACS.match(text), 2), (_TTL.search(text), 1), (ends, 4))
            for group in range(1, groups + 1)
        ]
        values = tuple(text[start:end] if start >= 0 else "" for start, end in spans)
        if len(self._seen) >= _MOST:
            self._seen.clear()
        before = self._seen.get(key, values)
        self._seen[key] = values
        for (start, end), old, new in zip(spans, before, values, strict=True):
            if old and new and old != new:
                yield _Mark(offset + start, offset + end, _REWRITTEN)


def _field_names(line: re.Match[str]) -> Iterator[_Mark]:
    """The collection and the names of fields in a line about an object, not their values."""
    names = _FIELDS.get(line[1])
    if names is None:
        return
    words = list(_WORD.finditer(line.string, line.start(), line.end()))
    yield _Mark(*words[0].span(), _DIM)
    follows_name = False
    for word in words[2:]:
        follows_name = word[0] in names and not follows_name
        if follows_name:
            yield _Mark(*word.span(), _DIM)


def red(text: str) -> str:
    """An error's text, as it looks with colours."""
    return "".join(f"\x1b[{_RED}m{line}\x1b[m\n" for line in text.splitlines())
