"""Reading commands that make traffic; what they take is declared in `probes.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pyparsing as pp

from grammar.commands import OnGuest, argument, build, nothing, value
from grammar.elements import Entry, Name, Rest, Switch, Tokens
from grammar.expectation import Expectation
from grammar.pairs import Pairs
from grammar.probes import (
    ARPING_OPTIONS,
    CONNECT_OPTIONS,
    DHCP_OPTIONS,
    INJECT_OPTIONS,
    PING_OPTIONS,
    TRACEROUTE_OPTIONS,
)
from grammar.schema import Collection, Field
from grammar.tree import (
    Argument,
    Arping,
    Command,
    Connect,
    Dhcp,
    Inject,
    Ping,
    Program,
    Traceroute,
)
from grammar.values import Integer

# Probes from a source to a destination: the node each makes, and its options.
_PROBES: dict[str, tuple[Callable[..., Command], tuple[Field, ...]]] = {
    "ping": (Ping, PING_OPTIONS),
    "traceroute": (Traceroute, TRACEROUTE_OPTIONS),
    "arping": (Arping, ARPING_OPTIONS),
}

# What a guest's programs show, by their first word.
_PROGRAMS = {
    "ip": {
        "addr": "its devices and addresses",
        "route": "its routes",
        "neigh": "its ARP cache",
    },
    "brctl": {"show": "its bridge and the ports of it"},
}


def entries() -> dict[str, pp.ParserElement]:
    """What follows the name of a probe at the beginning of a line."""

    def inject(tokens: list[Tokens]) -> Inject:
        point, *options = tokens
        return Inject(point, tuple(options))

    def connect(tokens: list[Tokens]) -> Connect:
        source, proto, destination, (port, _), *options = tokens
        return Connect(source, proto.text, destination, port, tuple(options))

    def dhcp(tokens: list[Tokens]) -> Dhcp:
        guest, *options = tokens
        return Dhcp(guest, tuple(options))

    frames = Pairs("inject options", INJECT_OPTIONS, "option")
    point = argument("a point: an interface or a port", "point", frames)
    return {
        "inject": build(point, inject),
        "connect": build(_source(_peer()), connect),
        "dhcp": build(argument("a guest", "guest", _dhcp_options()), dhcp),
        **{name: _from_source(name) for name in _PROBES},
    }


def _from_source(name: str) -> pp.ParserElement:
    node, _ = _PROBES[name]

    def make(tokens: list[Tokens]) -> Command:
        source, destination, *options = tokens
        return node(source, destination, tuple(options))

    return build(_source(_to_destination(name)), make)


def _source(follow: pp.ParserElement) -> Name:
    expected = "a source: a guest, a router port or a point"
    return argument(expected, "source", follow)


def _dhcp_options() -> Pairs:
    return Pairs("dhcp options", DHCP_OPTIONS, "option")


def _peer() -> pp.ParserElement:
    """`tcp|udp DESTINATION PORT` and options."""
    options = Pairs("connect options", CONNECT_OPTIONS, "option")
    port = value("port", Integer(1, 65535), options)
    destination = argument("a destination address", "destination", port)

    def word(name: str) -> Entry:
        return (lambda column: (Argument(name, column),)), destination

    return Switch(
        "protocol",
        lambda: ({"tcp": word("tcp"), "udp": word("udp")}, ()),
        lambda: [
            Expectation("verb", "tcp", "a TCP connection"),
            Expectation("verb", "udp", "a UDP datagram"),
        ],
    )


def guest_entries(collection: Collection) -> dict[str, Entry]:
    """What may be run on a guest: `guest guest0 ping …`, `guest guest0 ip route`."""
    if collection.path != "guest":
        return {}

    def program(name: str, tokens: list[Tokens]) -> OnGuest:
        return OnGuest(lambda path: Program(path, (name, *tokens[0])))

    def connect(tokens: list[Tokens]) -> OnGuest:
        proto, destination, (port, _), *options = tokens
        return OnGuest(lambda path: Connect(path, proto.text, destination, port, tuple(options)))

    def dhcp(tokens: list[Tokens]) -> OnGuest:
        return OnGuest(lambda path: Dhcp(path, tuple(tokens)))

    return {
        "connect": (nothing, build(_peer(), connect)),
        "dhcp": (nothing, build(_dhcp_options(), dhcp)),
        **{name: (nothing, _on_guest(name)) for name in _PROBES},
        **{
            name: (nothing, build(Rest("words", first=_words(name)), partial(program, name)))
            for name in _PROGRAMS
        },
    }


def _words(program: str) -> list[Expectation]:
    return [Expectation("verb", word, help) for word, help in _PROGRAMS[program].items()]


def _on_guest(name: str) -> pp.ParserElement:
    node, _ = _PROBES[name]

    def make(tokens: list[Tokens]) -> OnGuest:
        destination, *options = tokens
        return OnGuest(lambda path: node(path, destination, tuple(options)))

    return build(_to_destination(name), make)


def _to_destination(name: str) -> Name:
    options = Pairs(f"{name} options", _PROBES[name][1], "option")
    return argument("a destination address", "destination", options)
