"""`COMMAND | include TEXT`: some of the lines that a command prints, or how many there are.

The bar and the word behind it are bare words at the end of a line. A line that is a command with
them in it (`echo a | count`) is that command.
"""

from __future__ import annotations

from typing import NamedTuple

from grammar.errors import IncompleteError, LineSyntaxError, shorten
from grammar.expectation import END, Expectation
from grammar.nearest import suggestion
from grammar.tree import Command
from grammar.words import quoted, unquote, words_of

#: What may stand behind the bar, and what it does.
HOWS = {
    "include": "only the lines that hold a text",
    "exclude": "only the lines that do not hold a text",
    "count": "how many lines there are",
}
EXPECTED_BAR = Expectation("verb", "|", "of what it prints some lines only, or their number")
_EXPECTED_HOWS = [Expectation("verb", how, meant) for how, meant in HOWS.items()]
_EXPECTED_TEXT = Expectation("text", "", "a text to look for")


class Piped(Command):
    """Show some of the lines that come of a command (`include`, `exclude`), or `count` them."""

    word = "pipe"
    shows_objects = False
    command: Command
    how: str
    text: str

    def written(self) -> list[str]:
        text = [] if self.how == "count" else [quoted(self.text)]
        return [*self.command.written(), "|", self.how, *text]


class Pipe(NamedTuple):
    """The last bar of a line: the command before it, the words behind, and where these begin."""

    command: str
    words: tuple[str, ...]
    at: tuple[int, ...]

    def checked(self) -> tuple[str, str]:
        """The word behind the bar and its text; a MidoError where they are not as they must be."""
        known = tuple(HOWS)
        if not self.words:
            message = "| needs include TEXT, exclude TEXT or count"
            raise IncompleteError(message, self.at[0] + 1, known)
        how, *rest = self.words
        if how not in known:
            message = f"unexpected {shorten(how)}: expected include, exclude or count"
            raise LineSyntaxError(message + suggestion(how, known), self.at[0] + 1, known)
        takes = 0 if how == "count" else 1
        if len(rest) < takes:
            message = f"{how} needs {_EXPECTED_TEXT.help}"
            raise IncompleteError(message, self.at[1] + 1, (_EXPECTED_TEXT.help,))
        if len(rest) > takes:
            message = f"unexpected {shorten(rest[takes])}: expected {END.help}"
            raise LineSyntaxError(message, self.at[1 + takes] + 1, (END.help,))
        return how, unquote(rest[0]) if rest else ""

    def expected(self) -> list[Expectation]:
        """What may stand behind the words."""
        if not self.words:
            return _EXPECTED_HOWS
        how, *rest = self.words
        needs_text = how in ("include", "exclude") and not rest
        return [_EXPECTED_TEXT] if needs_text else [END] if how in HOWS else []


def pipe_of(line: str) -> Pipe | None:
    """The last bar of a line with what stands around it, if there is one behind some words."""
    if "|" not in line:
        return None
    found = list(words_of(line))
    bars = [place for place, word in enumerate(found) if word[0] == "|"]
    if not bars or not bars[-1]:
        return None
    bar, behind = found[bars[-1]], found[bars[-1] + 1 :]
    end = behind[-1].end() if behind else bar.end()
    words = tuple(word[0] for word in behind)
    return Pipe(line[: bar.start()], words, (*(word.start() for word in behind), end))
