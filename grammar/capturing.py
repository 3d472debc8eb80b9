"""`tcpdump` as a declaration: watching points of the network, and reading capture files."""

from __future__ import annotations

import pyparsing as pp

from grammar.commands import CommandHelp, argument, build, nothing
from grammar.elements import Element, Name, Switch, Tokens
from grammar.expectation import Expectation
from grammar.pairs import Pairs
from grammar.resources.capture import COUNT, FILTER, FLAGS, QUIET, WRITE
from grammar.tree import Argument, ReadCapture, Tcpdump

_READ = "read"

TCPDUMP_OPTIONS = (FLAGS, FILTER, COUNT, WRITE, QUIET)
READ_OPTIONS = (FLAGS, FILTER, COUNT)

HELP = {
    "tcpdump": CommandHelp(
        "watches points while other commands make traffic, or prints a capture file",
        "watching",
        (
            "tcpdump POINT[,POINT]... [OPTION VALUE]...",
            "tcpdump read FILE [flags FLAGS] [filter EXPRESSION] [count N]",
        ),
        (
            'tcpdump veth0 filter icmp flags "-ne"  # prints frames after each command',
            'tcpdump veth0,router0:port1 flags "-nt" count 10  # two points, ten frames',
            "tcpdump any quiet write all.pcapng  # into a file, every interface",
            "ping client vm capture none",
            'tcpdump read all.pcapng flags "-n" filter "arp or icmp"  # what was written',
        ),
        TCPDUMP_OPTIONS,
        see=("captures", "points", "flags", "filters"),
    ),
}


def entries() -> dict[str, pp.ParserElement]:
    """What follows `tcpdump` at the beginning of a line."""

    def watch(tokens: list[Tokens]) -> Tcpdump:
        points, *options = tokens
        return Tcpdump(points, tuple(options))

    def read(tokens: list[Tokens]) -> ReadCapture:
        file, *options = tokens
        return ReadCapture(file, tuple(options))

    file = argument("a capture file", "file", Pairs("read options", READ_OPTIONS, "option"))
    options = Pairs("tcpdump options", TCPDUMP_OPTIONS, "option")
    points = Name(
        "points",
        lambda word, column: Argument(word, column) if word not in ("", _READ) else None,
        lambda token: options,
        lambda: [Expectation("text", "", "points in a comma list", target="watched")],
    )
    table = {_READ: (nothing, build(file, read))}
    watching: list[Element] = [build(points, watch)]
    return {
        "tcpdump": Switch(
            "points or read",
            lambda: (table, watching),
            lambda: [Expectation("verb", _READ, "print a capture file")],
        )
    }
