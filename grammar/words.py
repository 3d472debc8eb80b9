r"""Words of a line: what a POSIX shell takes for one, and what it means without its quotes.

What cannot stand in a line, or would not be seen in it, is written between `$'` and `'` as bash
does (ANSI-C quoting): a line break as `\n`, any character by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters, digits

BLANK = r"[ \t\r\n]"
#: What a backslash may stand before in `$'…'`.
_CODES = r"""[nrt\\'"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}"""
_TEXT = rf"(?:[^'\\]|\\(?:{_CODES}))*+"
WORD_PATTERN = (  # as shlex splits, but for $'…'
    rf"""(?:[^ \t\r\n'"\\$]++|\$(?!')|\$'{_TEXT}'|\\.|'[^']*+'|"(?:[^"\\]|\\.)*+")++"""
)
WORD = re.compile(f"(?!#){WORD_PATTERN}", re.DOTALL)
TRAILING = re.compile(rf"{BLANK}*+(?:#.*)?\Z", re.DOTALL)
WHOLE_LINE = re.compile(rf"(?:{BLANK}++|(?!#){WORD_PATTERN}(?={BLANK}|\Z))*+(?:#.*)?", re.DOTALL)
#: The beginning of a word up to a backslash in `$'…'` that stands before nothing it may.
MISCODED = rf"(?s:(?:{WORD_PATTERN})?+\$'{_TEXT}(?=\\.))"
CODES = r"\n, \r, \t, \\, \', \", \xHH, \uHHHH or \UHHHHHHHH"

_NO_BLANK = re.compile(r"[^ \t\r\n]|\Z")
_QUOTED = re.compile(rf"""\$'({_TEXT})'|'([^']*+)'|"((?:[^"\\]|\\.)*+)"|\\(.)""", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}
_NAMES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'"}
_PLAIN = frozenset(ascii_letters + digits + "_@%+=:,./-")  # as shlex.quote has it
#: Bytes that are no UTF-8 are kept as the characters from here on.
_BYTES = 0xDC00


def behind_blanks(line: str, at: int) -> int:
    """Where the next word, or the end of the line, is; `at` itself where no blank stands there."""
    found = _NO_BLANK.search(line, at)
    return found.start() if found else at


def words_of(line: str) -> Iterator[re.Match[str]]:
    """The words of a line, up to a comment."""
    at = 0
    while word := WORD.match(line, behind_blanks(line, at)):
        yield word
        at = word.end()


def unquote(word: str) -> str:
    """What a word means once its quotes and backslashes have done their work."""
    if "'" in word or '"' in word or "\\" in word:
        return _QUOTED.sub(_meant, word)
    return word


def decoded(text: str) -> str:
    """What stands in `$'…'` as a text; a backslash before nothing it may stand before stays."""
    return re.sub(rf"\\({_CODES})", _character, text)


def _meant(found: re.Match[str]) -> str:
    """Quoted text: as it is in '…'; in "…" a backslash escapes only `"` and itself."""
    text, single, double, escaped = found.groups()
    if text is not None:
        return decoded(text)
    if double is not None:
        return _ESCAPED.sub(r"\1", double)
    return str(escaped if single is None else single)


def _character(code: re.Match[str]) -> str:
    word = code[1]
    if word[0] not in "xuU":
        return _NAMED.get(word, word)
    number = int(word[1:], 16)
    if 0xD800 <= number <= 0xDFFF:  # half a character: what bash makes of it is no UTF-8
        return as_bytes(chr(number)).decode("utf-8", "surrogateescape")
    return chr(number + _BYTES if word[0] == "x" and number > 0x7F else number)


def as_bytes(text: str) -> bytes:
    """The bytes of a text: UTF-8, and what was no UTF-8 as it was.

    Half of a surrogate pair is encoded as bash does.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def quoted(word: str) -> str:
    """A word as it must be typed: on one line, all of it printable; `unquote` gives it back."""
    if word and _PLAIN.issuperset(word):
        return word
    if not word.isprintable():
        return f"$'{coded(word)}'"
    return "'" + word.replace("'", "'\"'\"'") + "'"


def coded(text: str) -> str:
    """A text as it stands in `$'…'`."""
    return "".join(map(_code, text))


def _code(character: str) -> str:
    number = ord(character)
    if character in _NAMES:
        return _NAMES[character]
    if character.isprintable():
        return character
    if number < 0x80 or _BYTES + 0x80 <= number <= _BYTES + 0xFF:
        return f"\\x{number & 0xFF:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
