"""`tcpdump`: watching points of the network, and reading capture files."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import FORCE, Declaration, argument, build, nothing
from grammar.elements import Name, Switch
from grammar.expectation import Expectation
from grammar.resources.capture import COUNT, FILTER, FLAGS, QUIET, WRITE
from grammar.sending import taking
from grammar.tree import Argument, Command, Setting, written_settings
from grammar.words import quoted

OPTIONS = (FLAGS, FILTER, COUNT, WRITE, QUIET, FORCE)
_READ_OPTIONS = (FLAGS, FILTER, COUNT)
_READ = "read"


class Tcpdump(Command):
    """A capture that runs from here on at points, a comma list."""

    word = "tcpdump"
    points: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [self.word, quoted(self.points.text), *written_settings(self.options)]


class ReadCapture(Command):
    """The frames of a capture file, printed."""

    word = "tcpdump"
    file: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [self.word, _READ, quoted(self.file.text), *written_settings(self.options)]


def _points_or_read() -> pp.ParserElement:
    file = argument("a capture file", "file", taking(_READ_OPTIONS))
    read = build(file, lambda tokens: ReadCapture(*tokens))
    options = taking(OPTIONS)
    points = Name(
        "points",
        lambda word, column: Argument(word, column) if word not in ("", _READ) else None,
        lambda token: options,
        lambda: [Expectation("text", "", "points in a comma list", target="watched")],
    )
    watch = build(points, lambda tokens: Tcpdump(*tokens))
    return Switch(
        "points or read",
        lambda: ({_READ: (nothing, read)}, (watch,)),
        lambda: [Expectation("verb", _READ, "print a capture file")],
    )


TCPDUMP = Declaration(
    "tcpdump",
    "watches points while other commands make traffic, or prints a capture file",
    group="watching",
    rank=1,
    usage=(
        "tcpdump POINT[,POINT]... [OPTION VALUE]...",
        "tcpdump read FILE [flags FLAGS] [filter EXPRESSION] [count N]",
    ),
    examples=(
        'tcpdump veth0 filter icmp flags "-ne"  # prints frames after each command',
        'tcpdump veth0,router0:port1 flags "-nt" count 10  # two points, ten frames',
        "tcpdump any quiet write all.pcapng  # into a file, every interface",
        "ping client vm capture none",
        'tcpdump read all.pcapng flags "-n" filter "arp or icmp"  # what was written',
    ),
    options=OPTIONS,
    see=("captures", "points", "flags", "filters"),
    follows=_points_or_read,
)
