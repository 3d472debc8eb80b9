"""Commands that make traffic, as declarations: what they take and what it means."""

from __future__ import annotations

from grammar.addresses import IPv4, Mac
from grammar.commands import CommandHelp
from grammar.picture_files import Drawn
from grammar.schema import Field
from grammar.times import Seconds
from grammar.values import Choice, Flag, Hex, Integer, Text, Truth

_LONG = 4096

# What every probe shows of its traffic.
OBSERVING = (
    Field(
        "capture",
        Text("points in a comma list, all, any or none", "veth0,bridge1:port0", _LONG, "points"),
        "points whose frames are printed; if not given, the interfaces of both ends",
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
    Field(
        "draw",
        Drawn(),
        "draw the network with the way taken, and where it ended; into a file behind it, "
        "if one is named (.svg, .dot, .mmd)",
    ),
    Field(
        "report",
        Text("a file name", "ping.html", _LONG, "file"),
        "page for a browser: the picture, the walk, the frames and the verdict",
    ),
)

# Where a source is no guest: who it pretends to be.
_STATION = (
    Field("src", IPv4(), "source address; at a point, of a station put up there for the occasion"),
    Field("hw-src", Mac(), "source MAC of that station; made up if not given"),
    Field("hw-dst", Mac(), "where that station sends its frames, without asking by ARP"),
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
    Field("quiet", Flag(), "no line for each reply, as ping -q; frames are printed all the same"),
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
    *(
        each._replace(default="", help=f"{each.help}; all if not given")
        if each.name == "filter"
        else each
        for each in OBSERVING
    ),
)

HELP = {
    "ping": CommandHelp(
        "sends echo requests and prints what ping and tcpdump would have shown",
        "sending",
        (
            "ping SOURCE DESTINATION [OPTION VALUE]... [explain] [draw [FILE.svg]] [quiet]",
            "guest GUEST ping DESTINATION [OPTION VALUE]...",
        ),
        (
            "ping client 192.168.79.119 explain  # every step, and what would help",
            'ping client vm count 2 flags "-n"  # frames in one line each, as tcpdump -n',
            "ping client vm count 100 interval 0.01 quiet capture none  # statistics alone",
            "ping client 192.168.79.119 draw capture none  # the way it took, as a picture",
            "ping client 192.168.79.119 draw way.svg capture none  # the picture as a file",
            "ping client vm report ping.html  # all of it as a page for a browser",
            "ping client vm capture any write ping.pcapng  # frames for Wireshark",
            'ping client vm filter "arp or icmp"  # ARP as well',
            "guest client ping 192.168.78.1 size 1400 df yes",
        ),
        PING_OPTIONS,
        see=("traceroute", "tcpdump", "points", "filters", "flags", "reasons"),
    ),
    "traceroute": CommandHelp(
        "finds the routers on the way",
        "sending",
        (
            "traceroute SOURCE DESTINATION [OPTION VALUE]...",
            "guest GUEST traceroute DESTINATION [OPTION VALUE]...",
        ),
        (
            "traceroute client 192.168.77.119 capture none",
            "traceroute client 192.168.77.119 proto icmp capture none  # a filter lets ICMP in",
            "guest client traceroute 192.168.77.119 queries 1 max-ttl 5 capture none",
        ),
        TRACEROUTE_OPTIONS,
        see=("ping", "route"),
    ),
    "arping": CommandHelp(
        "asks by ARP who has an address",
        "sending",
        ("arping SOURCE ADDRESS [OPTION VALUE]...", "guest GUEST arping ADDRESS [OPTION VALUE]..."),
        (
            "arping client 192.168.78.1",
            'guest vm arping 192.168.77.1 flags "-ne"  # the MAC addresses, too',
        ),
        ARPING_OPTIONS,
        see=("ping", "arp", "neighbour"),
    ),
    "connect": CommandHelp(
        "opens a TCP connection, or sends a UDP datagram, and tells what each side saw",
        "sending",
        (
            "connect SOURCE tcp|udp DESTINATION PORT [OPTION VALUE]...",
            "guest GUEST connect tcp|udp DESTINATION PORT [OPTION VALUE]...",
        ),
        (
            "connect client tcp 192.168.77.119 22 capture none  # refused: nothing listens",
            "connect client tcp 192.168.77.119 23 capture none explain  # dropped by a rule",
            "guest client connect udp 192.168.77.119 53 data hello capture none",
        ),
        CONNECT_OPTIONS,
        see=("service", "ping", "reasons"),
    ),
    "dhcp": CommandHelp(
        "has a guest ask for a lease, as dhclient does, and take it",
        "sending",
        ("dhcp GUEST [OPTION VALUE]...", "guest GUEST dhcp [OPTION VALUE]..."),
        (
            "bridge test add dhcp subnet 192.168.78.0/24 gw 192.168.78.1",
            "bridge test dhcp subnet 192.168.78.0/24 add host mac c2:86:ff:ce:17:0a "
            "address 192.168.78.9  # who gets which address",
            'dhcp client flags "-n"  # the messages, in a line each',
            "guest client ip route  # what came with the lease",
        ),
        DHCP_OPTIONS,
        see=("guest", "bridge dhcp", "arping"),
    ),
    "inject": CommandHelp(
        "puts raw frames into the network at a point and prints where they came out",
        "sending",
        (
            "inject POINT frame HEX [OPTION VALUE]...",
            "inject POINT file FILE [speed recorded|asap] [rewrite-mac yes] [OPTION VALUE]...",
        ),
        (
            'inject veth0 frame "ffffffffffff 020000000001 88b5 00" explain',
            "inject veth0 file frames.pcap speed asap  # frames of a capture file",
        ),
        INJECT_OPTIONS,
        see=("ping", "points", "captures"),
    ),
}
