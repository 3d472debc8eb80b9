"""Commands that make traffic, as declarations: what they take and what it means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pyparsing as pp

from grammar.addresses import IPv4, Mac
from grammar.commands import CommandHelp, OnGuest, argument, build, nothing, value
from grammar.elements import Entry, Name, Probe, Rest, Switch, Tokens
from grammar.expectation import Expectation
from grammar.pairs import Pairs
from grammar.schema import Collection, Field
from grammar.times import Seconds
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
from grammar.values import Choice, Flag, Hex, Integer, Text, Truth

_LONG = 4096

# What every probe shows of its traffic.
OBSERVING = (
    Field(
        "capture",
        Text("points in a comma list, all or none", "veth0,bridge1:port0", _LONG, "points"),
        "points whose frames are printed",
    ),
    Field(
        "filter",
        Text("a filter in quotes", "icmp and host 10.0.0.1", _LONG, "filter"),
        "which captured frames are printed, as for tcpdump",
        default="icmp",
    ),
    Field(
        "flags",
        Text("tcpdump's flags in quotes", "-nnn -vvv -X -e", _LONG, "flags"),
        "how captured frames are printed, as for tcpdump",
        default="-nnn -vvv -X -e",
    ),
    Field(
        "write",
        Text("a file name", "ping.pcapng", _LONG, "file"),
        "file for the captured frames",
    ),
    Field("explain", Flag(), "show the walk, step by step"),
    Field("draw", Flag(), "draw the network with the way taken, and where it ended"),
    Field(
        "report",
        Text("a file name", "ping.html", _LONG, "file"),
        "page for a browser: the picture, the walk, the frames and the verdict",
    ),
)

# Where a source is no guest: who it pretends to be.
_STATION = (
    Field("src", IPv4(), "source address, of a station that is not modelled"),
    Field("hw-src", Mac(), "source MAC, of a station that is not modelled"),
    Field("hw-dst", Mac(), "destination MAC, of a station that is not modelled"),
)

PING_OPTIONS = (
    Field("count", Integer(1, 1_000_000), "requests to send; 1 in scripts, 3 at the prompt"),
    Field("size", Integer(0, 65507, "bytes"), "ICMP data bytes", default=56),
    Field("ttl", Integer(1, 255), "time to live", default=64),
    Field("tos", Integer(0, 255, hexadecimal=True), "type of service byte", default=0),
    Field(
        "df",
        Choice(("want", "do", "dont", "yes", "no")),
        "don't-fragment, as ping -M; yes is want, no is dont",
        default="want",
    ),
    Field("id", Integer(0, 65535), "ICMP identifier"),
    Field("seq", Integer(0, 65535), "sequence number of the first request", default=1),
    Field("ip-id", Integer(0, 65535), "IP identification of the first request"),
    Field("pattern", Text("up to 16 bytes in hex", "ff00"), "data behind the timestamp"),
    Field("interval", Seconds(0.0, 86400.0), "seconds between requests", default=10**9),
    Field("timeout", Seconds(0.001, 86400.0), "seconds to wait for a reply", default=10**9),
    *_STATION,
    *OBSERVING,
    Field("quiet", Flag(), "only the header line and the statistics, as ping -q"),
)

TRACEROUTE_OPTIONS = (
    Field("proto", Choice(("udp", "icmp")), "what is sent", default="udp"),
    Field("max-ttl", Integer(1, 255), "the most hops", default=30),
    Field("queries", Integer(1, 10), "probes a hop", default=3),
    Field(
        "wait",
        Seconds(0.001, 86400.0),
        "seconds to wait for an answer; if not given, 5, or less where others have answered",
    ),
    *_STATION,
    *(
        each._replace(default="icmp or udp") if each.name == "filter" else each
        for each in OBSERVING
    ),
)

ARPING_OPTIONS = (
    *_STATION,
    *(each._replace(default="arp") if each.name == "filter" else each for each in OBSERVING),
)

CONNECT_OPTIONS = (
    Field("src-port", Integer(1, 65535), "the port to send from; a random one if not given"),
    Field("data", Text("the data", "hello", _LONG), "what is sent, and echoed", default="hello"),
    *_STATION,
    *(
        each._replace(default="icmp or tcp or udp") if each.name == "filter" else each
        for each in OBSERVING
    ),
)

DHCP_OPTIONS = tuple(
    each._replace(default="port 67 or port 68") if each.name == "filter" else each
    for each in OBSERVING
)

INJECT_OPTIONS = (
    Field("frame", Hex(), "the bytes of one frame"),
    Field(
        "file",
        Text("a file name", "frames.pcap", _LONG, "file"),
        "a pcap or pcapng file of frames",
    ),
    Field(
        "speed",
        Choice(("recorded", "asap")),
        "how a file's frames follow each other: as they did, or each once the network is quiet",
        default="recorded",
    ),
    Field(
        "rewrite-mac",
        Truth("yes", "no"),
        "give a file's frames the MACs of the guest at the point and of who is next on their way",
        default=False,
    ),
    *(each._replace(default="") if each.name == "filter" else each for each in OBSERVING),
)

HELP = {
    "ping": CommandHelp(
        "sends echo requests and prints what ping and tcpdump would have shown",
        (
            "ping SOURCE DESTINATION [OPTION VALUE]... [explain] [draw] [quiet]",
            "guest GUEST ping DESTINATION [OPTION VALUE]...",
        ),
        "ping client 192.168.79.119 count 2 explain",
        PING_OPTIONS,
        (
            'ping client 192.168.79.119 capture veth0 flags "-n"',
            'ping client 192.168.79.119 filter "icmp[icmptype] = icmp-echoreply"',
            "ping client 192.168.79.119 count 100 interval 0.01 quiet capture none",
            "guest client ping 192.168.78.1 size 1400 df yes capture none",
        ),
    ),
    "traceroute": CommandHelp(
        "finds the routers on the way",
        (
            "traceroute SOURCE DESTINATION [OPTION VALUE]...",
            "guest GUEST traceroute DESTINATION [OPTION VALUE]...",
        ),
        "traceroute client 192.168.77.119 proto icmp capture none",
        TRACEROUTE_OPTIONS,
        ("guest client traceroute 192.168.77.119 capture none",),
    ),
    "arping": CommandHelp(
        "asks by ARP who has an address",
        ("arping SOURCE ADDRESS [OPTION VALUE]...", "guest GUEST arping ADDRESS [OPTION VALUE]..."),
        "arping client 192.168.78.1",
        ARPING_OPTIONS,
    ),
    "connect": CommandHelp(
        "opens a TCP connection, or sends a UDP datagram, and tells what each side saw",
        (
            "connect SOURCE tcp|udp DESTINATION PORT [OPTION VALUE]...",
            "guest GUEST connect tcp|udp DESTINATION PORT [OPTION VALUE]...",
        ),
        "connect client tcp 192.168.77.119 22 capture none",
        CONNECT_OPTIONS,
        ("guest client connect tcp 192.168.77.119 23 capture none explain",),
    ),
    "dhcp": CommandHelp(
        "has a guest ask for a lease, as dhclient does, and take it",
        ("dhcp GUEST [OPTION VALUE]...", "guest GUEST dhcp [OPTION VALUE]..."),
        "dhcp client",
        DHCP_OPTIONS,
    ),
    "inject": CommandHelp(
        "puts raw frames into the network at a point and prints where they came out",
        (
            "inject POINT frame HEX [OPTION VALUE]...",
            "inject POINT file FILE [speed recorded|asap] [rewrite-mac yes] [OPTION VALUE]...",
        ),
        "inject veth0 frame ffffffffffff0200000000010806" + "00" * 46,
        INJECT_OPTIONS,
    ),
}


# Probes from a source to a destination: the node each makes, and its options.
_PROBES: dict[str, tuple[Callable[..., Command], tuple[Field, ...]]] = {
    "ping": (Ping, PING_OPTIONS),
    "traceroute": (Traceroute, TRACEROUTE_OPTIONS),
    "arping": (Arping, ARPING_OPTIONS),
}


def entries(probe: Probe) -> dict[str, pp.ParserElement]:
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

    frames = Pairs(probe, "inject options", INJECT_OPTIONS, "option")
    point = argument(probe, "a point: an interface or a port", "point", frames)
    return {
        "inject": build(point, inject),
        "connect": build(_source(probe, _peer(probe)), connect),
        "dhcp": build(argument(probe, "a guest", "guest", _dhcp_options(probe)), dhcp),
        **{name: _from_source(probe, name) for name in _PROBES},
    }


def _from_source(probe: Probe, name: str) -> pp.ParserElement:
    node, _ = _PROBES[name]

    def make(tokens: list[Tokens]) -> Command:
        source, destination, *options = tokens
        return node(source, destination, tuple(options))

    return build(_source(probe, _to_destination(probe, name)), make)


def _source(probe: Probe, follow: pp.ParserElement) -> Name:
    expected = "a source: a guest, a router port or a point"
    return argument(probe, expected, "source", follow)


def _dhcp_options(probe: Probe) -> Pairs:
    return Pairs(probe, "dhcp options", DHCP_OPTIONS, "option")


def _peer(probe: Probe) -> pp.ParserElement:
    """`tcp|udp DESTINATION PORT` and options."""
    options = Pairs(probe, "connect options", CONNECT_OPTIONS, "option")
    port = value(probe, "port", Integer(1, 65535), options)
    destination = argument(probe, "a destination address", "destination", port)

    def word(name: str) -> Entry:
        return (lambda column: (Argument(name, column),)), destination

    return Switch(
        probe,
        "protocol",
        lambda: ({"tcp": word("tcp"), "udp": word("udp")}, ()),
        lambda: [
            Expectation("verb", "tcp", "a TCP connection"),
            Expectation("verb", "udp", "a UDP datagram"),
        ],
    )


def guest_entries(probe: Probe, collection: Collection) -> dict[str, Entry]:
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

    words = Rest(probe, "words")
    return {
        "connect": (nothing, build(_peer(probe), connect)),
        "dhcp": (nothing, build(_dhcp_options(probe), dhcp)),
        **{name: (nothing, _on_guest(probe, name)) for name in _PROBES},
        "ip": (nothing, build(words, partial(program, "ip"))),
        "brctl": (nothing, build(words, partial(program, "brctl"))),
    }


def _on_guest(probe: Probe, name: str) -> pp.ParserElement:
    node, _ = _PROBES[name]

    def make(tokens: list[Tokens]) -> OnGuest:
        destination, *options = tokens
        return OnGuest(lambda path: node(path, destination, tuple(options)))

    return build(_to_destination(probe, name), make)


def _to_destination(probe: Probe, name: str) -> Name:
    options = Pairs(probe, f"{name} options", _PROBES[name][1], "option")
    return argument(probe, "a destination address", "destination", options)
