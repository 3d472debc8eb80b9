"""`show topology` as a declaration: drawing the virtual network."""

from __future__ import annotations

import pyparsing as pp

from grammar.commands import CommandHelp, build, nothing
from grammar.elements import Entry, Name, Switch
from grammar.errors import InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.picture_files import EXPECTED, FORMS, is_picture
from grammar.tree import Argument, Topology

HELP = {
    "topology": CommandHelp(
        "draws the virtual network: devices, ports, guests and filters",
        "looking",
        ("show topology", "show topology write FILE.svg|FILE.dot|FILE.mmd"),
        (
            "show topology",
            "show topology write net.svg  # a picture for a browser",
            "show topology write net.dot  # for Graphviz; .mmd is for Mermaid",
        ),
        see=("show", "ping"),
    ),
}


def entries(end: pp.ParserElement) -> dict[str, Entry]:
    """What may follow `show` that is no object."""
    return {"topology": (nothing, _topology(end))}


def expectations() -> list[Expectation]:
    """The same for whoever asks."""
    return [Expectation("verb", name, entry.help) for name, entry in HELP.items()]


def _topology(end: pp.ParserElement) -> pp.ParserElement:
    expected = Expectation("text", "", EXPECTED, target="file")
    file = Name("file", _file, lambda token: end, lambda: [expected])

    switch = Switch(
        "topology",
        lambda: ({"write": (nothing, file)}, ()),
        lambda: [Expectation("verb", "write", "into a file instead")],
        ends=True,
    )
    return build(switch, lambda tokens: Topology(tokens[0] if tokens else None))


def _file(word: str, column: int) -> Argument:
    if not is_picture(word):
        message = f"cannot tell from {shorten(word)} what to write: expected {EXPECTED}"
        raise InvalidValueError(message, column, FORMS)
    return Argument(word, column)
