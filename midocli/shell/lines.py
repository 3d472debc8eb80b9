"""What stands in the input: one command, or several that were pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from grammar.script import Line, read_lines
from midocli.context.manner import PROMPT

#: The prompt, with the mark of a change that is open or has failed.
_PROMPT = re.compile(rf"\s*{PROMPT.rstrip(' >')}[*!]?> ?")
#: What stands before a further line of a command.
MORE = "... ".rjust(len(PROMPT))


def commands(text: str) -> list[Line]:
    """The commands of a text, as a script would read them."""
    return list(read_lines(BytesIO(text.encode("utf-8", "surrogateescape"))))


def placed(text: str) -> Iterator[tuple[int, Line]]:
    """Each command with the offset in the text at which it begins.

    A command has as many characters as it takes in the text: a joined line keeps its break.
    """
    offset = 0
    for line in commands(text):
        yield offset, line
        offset += len(line.text) + 1


def is_continued(text: str) -> bool:
    """Whether a text ends in a backslash that joins the next line to it."""
    return text.endswith("\\") and (len(text) - len(text.rstrip("\\"))) % 2 == 1


def unprompted(text: str) -> str:
    """What was typed in a session that is pasted with its prompts, as from a documentation.

    Lines without a prompt are its output, and left out. Any other text is given back as it is.
    """
    if not _PROMPT.match(text):
        return text
    typed: list[str] = []
    for line in text.split("\n"):
        if prompt := _PROMPT.match(line):
            typed.append(line[prompt.end() :])
        elif typed and is_continued(typed[-1]):
            typed.append(line.lstrip().removeprefix(MORE.lstrip()))
    return "\n".join(typed)
