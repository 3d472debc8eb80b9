"""`connect`: a TCP connection, or a UDP datagram."""

from __future__ import annotations

import pyparsing as pp

from grammar import numbers
from grammar.command import Declaration, leading, one_of, value
from grammar.schema import Field
from grammar.sending import (
    LONG,
    STATION,
    Sending,
    destination,
    from_guest,
    from_source,
    observing,
    taking,
    written_from,
)
from grammar.tree import Argument, Path, Setting, written_settings
from grammar.values import Integer, Text
from grammar.words import quoted

_PORT = Integer(1, 65535, called=numbers.port)
OPTIONS = (
    Field("src-port", _PORT, "the port to send from; a random one if not given"),
    Field("data", Text("the data", "hello", LONG), "what is sent, and echoed", default="hello"),
    *STATION,
    *observing(filter="icmp or tcp or udp"),
)


class Connect(Sending):
    """A TCP connection or UDP exchange with a port of a destination."""

    word = "connect"
    source: Argument | Path
    proto: str
    destination: Argument
    port: int
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        start = [*written_from(self.word, self.source), self.proto]
        peer = [quoted(self.destination.text), str(self.port)]
        return [*start, *peer, *written_settings(self.options)]


def _to() -> pp.ParserElement:
    """`tcp|udp DESTINATION PORT` and options."""
    peer = destination(value("port", _PORT, taking(OPTIONS)))
    return one_of(
        leading("tcp", "a TCP connection", peer, "tcp"),
        leading("udp", "a UDP datagram", peer, "udp"),
    )


def _connect(
    source: Argument | Path,
    proto: str,
    destination: Argument,
    port: tuple[int, int],
    options: tuple[Setting, ...],
) -> Connect:
    return Connect(source, proto, destination, port[0], options)


CONNECT = Declaration(
    "connect",
    "opens a TCP connection, or sends a UDP datagram, and tells what each side saw",
    group="sending",
    rank=4,
    usage=(
        "connect SOURCE tcp|udp DESTINATION PORT [OPTION VALUE]...",
        "guest GUEST connect tcp|udp DESTINATION PORT [OPTION VALUE]...",
    ),
    examples=(
        "connect client tcp 192.168.77.119 22 capture none  # refused: nothing listens",
        "connect client tcp 192.168.77.119 23 capture none explain  # dropped by a rule",
        "guest client connect udp 192.168.77.119 53 data hello capture none",
    ),
    options=OPTIONS,
    see=("service", "ping", "reasons"),
    follows=lambda: from_source(_connect, _to()),
    behind={"guest": lambda: from_guest(_connect, _to())},
)
