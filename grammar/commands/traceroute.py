"""`traceroute`: the routers on the way."""

from __future__ import annotations

from grammar.command import Declaration
from grammar.dashed import Options
from grammar.schema import Field
from grammar.sending import STATION, SendingTo, observing, program, program_of_guest
from grammar.times import Seconds
from grammar.values import Choice, Integer

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

#: The options of traceroute 2.1 for Linux, and what they are here.
_LETTERS = {
    "4": "",
    "f": "first-ttl",
    "I": "proto icmp",
    "m": "max-ttl",
    "n": "",
    "q": "queries",
    "s": "src",
    "T": "proto tcp",
    "U": "proto udp",
    "w": "wait",
    "first": "first-ttl",
    "icmp": "proto icmp",
    "max-hops": "max-ttl",
    "queries": "queries",
    "source": "src",
    "tcp": "proto tcp",
    "udp": "proto udp",
    "wait": "wait",
}


class Traceroute(SendingTo):
    """The routers on the way from a source to a destination."""

    word = "traceroute"


def _options() -> Options:
    return Options("traceroute", OPTIONS, _LETTERS)


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
        "traceroute -nI -q 1 client 192.168.77.119 capture none  # as on Linux",
    ),
    options=OPTIONS,
    see=("ping", "route"),
    follows=lambda: program(Traceroute, _options()),
    behind={"guest": lambda: program_of_guest(Traceroute, _options())},
)
