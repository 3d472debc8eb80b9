"""`ping`: echo requests, as ping(8) sends them."""

from __future__ import annotations

from grammar.command import Declaration
from grammar.dashed import Options
from grammar.schema import Field
from grammar.sending import STATION, SendingTo, observing, program, program_of_guest
from grammar.times import Seconds
from grammar.values import Choice, Flag, Integer, Text, Truth

OPTIONS = (
    Field("count", Integer(1, 1_000_000), "requests to send; 1 in scripts, 3 at the prompt"),
    Field("size", Integer(0, 65507, "bytes"), "ICMP data bytes", default=56),
    Field("ttl", Integer(1, 255), "time to live; of multicast 1 if not given", default=64),
    Field("tos", Integer(0, 255, hexadecimal=True), "type of service byte", default=0),
    Field(
        "df",
        Choice(("want", "do", "dont", "yes", "no")),
        "don't-fragment, as ping -M; yes is want, no is dont; to groups do if not given",
        default="want",
    ),
    Field("id", Integer(0, 65535), "ICMP identifier"),
    Field("seq", Integer(0, 65535), "sequence number of the first request", default=1),
    Field("ip-id", Integer(0, 65535), "IP identification of the first request"),
    Field("pattern", Text("up to 16 bytes in hex", "ff00"), "data behind the timestamp"),
    Field("interval", Seconds(0.0, 86400.0), "seconds between requests", default=10**9),
    Field(
        "timeout",
        Seconds(0.001, 86400.0),
        "seconds to wait after the last request where none was answered, as ping -W",
        default=10 * 10**9,
    ),
    Field(
        "deadline",
        Seconds(0.001, 86400.0),
        "seconds after which it ends, as ping -w: until then requests go on, to count replies",
    ),
    Field("broadcast", Truth("yes", "no"), "let it ping all of a network, as ping -b"),
    Field("outstanding", Flag(), "say what has no answer before the next is sent, as ping -O"),
    Field("timestamps", Flag(), "print the time before each line, as ping -D"),
    *STATION,
    *observing(filter="icmp"),
    Field("quiet", Flag(), "no line for each reply, as ping -q; frames are printed all the same"),
)

#: ping(8)'s own options, of iputils 20221126, and what they are here.
_LETTERS = {
    "4": "",
    "b": "broadcast yes",
    "c": "count",
    "D": "timestamps",
    "e": "id",
    "i": "interval",
    "I": "src",
    "M": "df",
    "n": "",
    "O": "outstanding",
    "p": "pattern",
    "q": "quiet",
    "Q": "tos",
    "s": "size",
    "t": "ttl",
    "w": "deadline",
    "W": "timeout",
}


class Ping(SendingTo):
    """Echo requests, as many as are told."""

    word = "ping"


def _options() -> Options:
    return Options("ping", OPTIONS, _LETTERS)


PING = Declaration(
    "ping",
    "sends echo requests and prints what ping and tcpdump would have shown",
    group="sending",
    rank=1,
    usage=(
        "ping SOURCE DESTINATION [OPTION VALUE]... [explain] [draw [FILE.svg]] [quiet]",
        "guest GUEST ping DESTINATION [OPTION VALUE]...",
    ),
    examples=(
        "ping client 192.168.79.119 explain  # every step, and what would help",
        'ping client vm count 2 flags "-n"  # frames in one line each, as tcpdump -n',
        "ping client vm count 100 interval 0.01 quiet capture none  # statistics alone",
        "ping client 192.168.77.9 count 3 outstanding timestamps capture none  # as ping -O -D",
        "ping client vm deadline 5 capture none  # for five seconds, as ping -w 5",
        "ping client 192.168.79.119 draw capture none  # the way it took, as a picture",
        "ping client 192.168.79.119 draw way.svg capture none  # the picture as a file",
        "ping client vm report ping.html  # all of it as a page for a browser",
        "ping client vm capture any write ping.pcapng  # frames for Wireshark",
        'ping client vm filter "arp or icmp"  # ARP as well',
        "guest client ping 192.168.78.1 size 1400 df yes",
        "ping -c 2 -q client vm capture none  # as on Linux",
    ),
    options=OPTIONS,
    see=("traceroute", "tcpdump", "points", "filters", "flags", "reasons"),
    follows=lambda: program(Ping, _options()),
    behind={"guest": lambda: program_of_guest(Ping, _options())},
)
