"""Commands that make traffic, as declarations: what they take and what it means."""

from __future__ import annotations

from functools import partial

from grammar.addresses import IPv4, Mac
from grammar.commands import CommandHelp, OnGuest, argument, build, nothing
from grammar.elements import Entry, Name, Probe, Rest, Tokens
from grammar.pairs import Pairs
from grammar.schema import Collection, Field
from grammar.times import Seconds
from grammar.tree import Ping, Program
from grammar.values import Choice, Flag, Integer, Text

_LONG = 4096

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
    Field("src", IPv4(), "source address, of a station that is not modelled"),
    Field("hw-src", Mac(), "source MAC, of a station that is not modelled"),
    Field("hw-dst", Mac(), "destination MAC, of a station that is not modelled"),
    Field(
        "capture",
        Text("points in a comma list, all or none", "veth0,bridge1:port0", _LONG),
        "points whose frames are printed",
    ),
    Field(
        "filter",
        Text("a filter in quotes", "icmp and host 10.0.0.1", _LONG),
        "which captured frames are printed, as for tcpdump",
        default="icmp",
    ),
    Field(
        "flags",
        Text("tcpdump's flags in quotes", "-nnn -vvv -X -e", _LONG),
        "how captured frames are printed, as for tcpdump",
        default="-nnn -vvv -X -e",
    ),
    Field("write", Text("a file name", "ping.pcapng", _LONG), "file for the captured frames"),
    Field("explain", Flag(), "show the walk, step by step"),
    Field("quiet", Flag(), "only the header line and the statistics, as ping -q"),
)

HELP = {
    "ping": CommandHelp(
        "sends echo requests and prints what ping and tcpdump would have shown",
        (
            "ping SOURCE DESTINATION [OPTION VALUE]... [explain] [quiet]",
            "guest GUEST ping DESTINATION [OPTION VALUE]...",
        ),
        "ping client 192.168.79.119 count 2 explain",
        PING_OPTIONS,
    ),
}

PROGRAMS = ("ip addr", "ip route", "ip neigh", "brctl show")


def entries(probe: Probe) -> dict[str, Entry]:
    """Lines that begin with the name of a probe."""

    def ping(tokens: list[Tokens]) -> Ping:
        source, destination, *options = tokens
        return Ping(source, destination, tuple(options))

    source = argument(
        probe, "a source: a guest, a router port or a point", "source", _to_destination(probe)
    )
    return {"ping": (nothing, build(source, ping))}


def guest_entries(probe: Probe, collection: Collection) -> dict[str, Entry]:
    """What may be run on a guest: `guest guest0 ping …`, `guest guest0 ip route`."""
    if collection.path != "guest":
        return {}

    def ping(tokens: list[Tokens]) -> OnGuest:
        destination, *options = tokens
        return OnGuest(lambda path: Ping(path, destination, tuple(options)))

    def program(name: str, tokens: list[Tokens]) -> OnGuest:
        return OnGuest(lambda path: Program(path, (name, *tokens[0])))

    words = Rest(probe, "words")
    return {
        "ping": (nothing, build(_to_destination(probe), ping)),
        "ip": (nothing, build(words, partial(program, "ip"))),
        "brctl": (nothing, build(words, partial(program, "brctl"))),
    }


def _to_destination(probe: Probe) -> Name:
    options = Pairs(probe, "ping options", PING_OPTIONS, "option")
    return argument(probe, "a destination address", "destination", options)
