"""`show topology` as a declaration: drawing the virtual network."""

from __future__ import annotations

import pyparsing as pp

from grammar.commands import CommandHelp, nothing
from grammar.elements import Entry, Name, Probe, Switch
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


def entries(probe: Probe, end: pp.ParserElement) -> dict[str, Entry]:
    """What may follow `show` that is no object."""
    return {"topology": (nothing, _topology(probe, end))}


def expectations() -> list[Expectation]:
    """The same for whoever asks."""
    return [Expectation("verb", name, entry.help) for name, entry in HELP.items()]


def _topology(probe: Probe, end: pp.ParserElement) -> pp.ParserElement:
    expected = Expectation("text", "", EXPECTED, target="file")
    file = Name(probe, "file", _file, lambda token: end, lambda: [expected])

    switch = Switch(
        probe,
        "topology",
        lambda: ({"write": (nothing, file)}, ()),
        lambda: [Expectation("verb", "write", "into a file instead")],
        ends=True,
    )
    return switch.add_parse_action(lambda tokens: [Topology(tokens[0] if tokens else None)])


def _file(word: str, column: int) -> Argument:
    if not is_picture(word):
        message = f"cannot tell from {shorten(word)} what to write: expected {EXPECTED}"
        raise InvalidValueError(message, column, FORMS)
    return Argument(word, column)
