"""Words of a line: what a POSIX shell takes for one, and what it means without its quotes."""

from __future__ import annotations

import re
from string import ascii_letters, digits

BLANK = r"[ \t\r\n]"
WORD_PATTERN = r"""(?:[^ \t\r\n'"\\]++|\\.|'[^']*+'|"(?:[^"\\]|\\.)*+")++"""  # as shlex splits
WORD = re.compile(f"(?!#){WORD_PATTERN}", re.DOTALL)
TRAILING = re.compile(rf"{BLANK}*+(?:#.*)?\Z", re.DOTALL)
WHOLE_LINE = re.compile(rf"(?:{BLANK}++|(?!#){WORD_PATTERN}(?={BLANK}|\Z))*+(?:#.*)?", re.DOTALL)
_QUOTED = re.compile(r"""'([^']*+)'|"((?:[^"\\]|\\.)*+)"|\\(.)""", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_PLAIN = frozenset(ascii_letters + digits + "_@%+=:,./-")  # as shlex.quote has it


def unquote(word: str) -> str:
    """What a word means once its quotes and backslashes have done their work."""
    if "'" in word or '"' in word or "\\" in word:
        return _QUOTED.sub(_meant, word)
    return word


def _meant(quoted: re.Match[str]) -> str:
    """Quoted text: as it is in '…'; in "…" a backslash escapes only `"` and itself."""
    single, double, escaped = quoted.groups()
    if double is not None:
        return _ESCAPED.sub(r"\1", double)
    return str(escaped if single is None else single)


def quoted(word: str) -> str:
    """A word as it must be typed."""
    if word and _PLAIN.issuperset(word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
