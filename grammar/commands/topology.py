"""`show topology`: the virtual network, drawn."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, build, forced, leading, one_of
from grammar.elements import Name
from grammar.errors import InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.picture_files import EXPECTED, FORMS, is_picture
from grammar.tree import Argument, Command
from grammar.words import quoted


class Topology(Command):
    """Draw the virtual network, on the terminal or into a file."""

    word = "topology"
    file: Argument | None = None
    force: bool = False

    def written(self) -> list[str]:
        if self.file is None:
            return ["show", self.word]
        return ["show", self.word, "write", quoted(self.file.text), *["force"] * self.force]


def _file() -> pp.ParserElement:
    file = Name(
        "file",
        _picture,
        lambda token: forced(),
        lambda: [Expectation("text", "", EXPECTED, target="file")],
    )
    write = one_of(leading("write", "into a file instead", file), ends=True)
    return build(write, lambda tokens: Topology(*tokens))


def _picture(word: str, column: int) -> Argument:
    if not is_picture(word):
        message = f"cannot tell from {shorten(word)} what to write: expected {EXPECTED}"
        raise InvalidValueError(message, column, FORMS)
    return Argument(word, column)


TOPOLOGY = Declaration(
    "topology",
    "draws the virtual network: devices, ports, guests and filters",
    group="looking",
    rank=1,
    usage=("show topology", "show topology write FILE.svg|FILE.dot|FILE.mmd [force]"),
    examples=(
        "show topology",
        "show topology write net.svg  # a picture for a browser",
        "show topology write net.dot  # for Graphviz; .mmd is for Mermaid",
    ),
    see=("show", "ping"),
    behind={"show": _file},
)
