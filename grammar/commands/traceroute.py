"""`traceroute`: the routers on the way."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration
from grammar.schema import Field
from grammar.sending import (
    STATION,
    Sending,
    destination,
    from_guest,
    from_source,
    observing,
    taking,
    written_from,
)
from grammar.times import Seconds
from grammar.tree import Argument, Path, Setting, written_settings
from grammar.values import Choice, Integer
from grammar.words import quoted

OPTIONS = (
    Field(
        "proto",
        Choice(("udp", "icmp", "tcp")),
        "what is sent, as traceroute -U, -I, -T",
        default="udp",
    ),
    Field("first-ttl", Integer(1, 255), "the hop to begin with, as traceroute -f", default=1),
    Field("max-ttl", Integer(1, 255), "the most hops", default=30),
    Field("queries", Integer(1, 10), "probes a hop", default=3),
    Field(
        "wait",
        Seconds(0.001, 86400.0),
        "seconds to wait for an answer; if not given, 5, or less where others have answered",
    ),
    *STATION,
    *observing(filter="icmp or udp", note=" (icmp or tcp with proto tcp)"),
)


class Traceroute(Sending):
    """The routers on the way from a source to a destination."""

    word = "traceroute"
    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        start = written_from(self.word, self.source)
        return [*start, quoted(self.destination.text), *written_settings(self.options)]


def _to() -> pp.ParserElement:
    return destination(taking(OPTIONS))


TRACEROUTE = Declaration(
    "traceroute",
    "finds the routers on the way",
    group="sending",
    rank=2,
    usage=(
        "traceroute SOURCE DESTINATION [OPTION VALUE]...",
        "guest GUEST traceroute DESTINATION [OPTION VALUE]...",
    ),
    examples=(
        "traceroute client 192.168.77.119 capture none",
        "traceroute client 192.168.77.119 proto icmp capture none  # a filter lets ICMP in",
        "traceroute client 192.168.77.119 proto tcp capture none  # to port 80",
        "traceroute client 192.168.77.119 first-ttl 2 capture none  # without the first router",
        "guest client traceroute 192.168.77.119 queries 1 max-ttl 5 capture none",
    ),
    options=OPTIONS,
    see=("ping", "route"),
    follows=lambda: from_source(Traceroute, _to()),
    behind={"guest": lambda: from_guest(Traceroute, _to())},
)
