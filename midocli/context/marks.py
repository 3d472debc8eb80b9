"""Marks in the files that midocli writes: by them it knows its own, and whether they were changed.

A mark is `midocli VERSION sha256:DIGEST` in a comment of the format. The digest is that of the
whole file with zeros in its own place, so that a file can grow and be marked anew.
"""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from midocli.help.version import VERSION

if TYPE_CHECKING:
    from hashlib import _Hash

_ZEROS = "0" * 64
#: The mark of a file whose digest is not known yet.
BLANK = f"midocli {VERSION} sha256:{_ZEROS}"
_MARK = re.compile(rb"midocli [0-9][0-9A-Za-z.+-]* sha256:([0-9a-f]{64})")
#: So far from its beginning or end a file has its mark.
_NEAR = 1024
_PIECE = 1 << 16


class Style(NamedTuple):
    """How a format holds the mark: what stands before and behind the content."""

    before: str = ""
    behind: str = ""


SCRIPT = Style(before=f"# {BLANK}\n")
DOT = Style(before=f"// {BLANK}\n")
MERMAID = Style(before=f"%% {BLANK}\n")
#: HTML and SVG.
MARKUP = Style(behind=f"<!-- {BLANK} -->\n")
_PICTURES = {"svg": MARKUP, "dot": DOT}


def style_of_picture(name: str) -> Style:
    """The style of a picture, by the form that its file's name asks for."""
    return _PICTURES.get(name.lower().rpartition(".")[2], MERMAID)


class Marked:
    """Content with its mark, which may grow; `place` is where the digest stands (None: nowhere).

    Without a style the content has its own mark, or none.
    """

    def __init__(self, content: bytes, style: Style | None) -> None:
        import hashlib

        style = style or Style()
        self._content = style.before.encode() + content + style.behind.encode()
        self._hash: _Hash = hashlib.sha256(self._content)
        place = _place(self._content[:_NEAR], 0)
        tail = max(len(self._content) - _NEAR, 0)
        self.place = place if place is not None else _place(self._content[tail:], tail)

    def grown(self, content: bytes) -> Marked:
        """The same with more content at its end."""
        other = copy(self)
        other._hash = self._hash.copy()
        other._hash.update(content)
        return other

    @property
    def digest(self) -> bytes:
        """What belongs in the place of the digest."""
        return self._hash.hexdigest().encode()

    @property
    def content(self) -> bytes:
        """The content as it was at first, with its digest."""
        if self.place is None:
            return self._content
        end = self.place + len(_ZEROS)
        return self._content[: self.place] + self.digest + self._content[end:]


def is_unchanged(stream: BinaryIO) -> bool:
    """Whether midocli wrote a file, and it is as it was written; an empty one counts as such."""
    import hashlib

    size = stream.seek(0, 2)
    place, digest = None, b""
    for start in (0, max(size - _NEAR, 0)):
        stream.seek(start)
        found = _MARK.search(stream.read(_NEAR))
        if found is not None:
            place, digest = start + found.start(1), found[1]
            break
    if place is None:
        return size == 0
    stream.seek(0)
    hashed = hashlib.sha256(stream.read(place))
    hashed.update(_ZEROS.encode())
    stream.seek(len(digest), 1)
    while piece := stream.read(_PIECE):
        hashed.update(piece)
    return hashed.hexdigest().encode() == digest


def _place(content: bytes, start: int) -> int | None:
    found = _MARK.search(content)
    return None if found is None or found[1] != _ZEROS.encode() else start + found.start(1)
