"""What `help` says of ideas that are no word of the language; every example runs in `demo`."""

from __future__ import annotations

from typing import NamedTuple

from midocli.simulator.reason import Code


class Topic(NamedTuple):
    """A page: what it is about in a few words, its text, and commands to try."""

    help: str
    text: str
    examples: tuple[str, ...]


#: Why a packet ended, one line each.
REASONS = {
    Code.NO_ROUTE: "a router or machine has no route to the destination",
    Code.BLACKHOLE: "the route that fits drops it silently",
    Code.ROUTE_REJECT: "the route that fits drops it with an ICMP error",
    Code.TTL_EXPIRED: "the TTL ran out at a router",
    Code.RULE_DROP: "a rule dropped it silently",
    Code.RULE_REJECT: "a rule dropped it with an ICMP error",
    Code.ADMIN_DOWN: "a bridge, router or port is down",
    Code.UNPLUGGED: "a port has neither a peer nor a binding",
    Code.PORT_INACTIVE: "the interface a port is bound to is down, or its host not alive",
    Code.ARP_TIMEOUT: "nobody answers ARP for the next hop",
    Code.WRONG_MAC: "it reached a router's port under another MAC address",
    Code.VLAN_MISMATCH: "it has a VLAN tag, or none, where that does not fit",
    Code.VLAN_ON_ROUTER: "it reached a router's port with a VLAN tag",
    Code.UNSUPPORTED_ETHERTYPE: "neither IPv4 nor ARP, where only these are taken",
    Code.BAD_SOURCE_MAC: "its source is a group MAC address",
    Code.SAME_PORT: "it would have left where it came in",
    Code.LOOP: "it has been through too many ports",
    Code.LOCAL_NON_ICMP: "for a router's own address, and not an echo request",
    Code.NO_MEMBER: "a load balancer has no member for it",
    Code.REDIRECT_DOWN: "the port a redirect leads to is down",
    Code.FRAGMENTATION_NEEDED: "too large, and not allowed to be fragmented",
    Code.NOT_ADDRESSED_TO_GUEST: "it reached a machine it was not for",
    Code.NO_ANSWER: "it reached its end, and nothing came back",
    Code.BROADCAST_AT_ROUTER: "a broadcast other than ARP, at a router",
    Code.ARP_IGNORED: "ARP that a router does not believe or that is not for it",
    Code.MALFORMED: "its headers contradict themselves",
    Code.NAT_EXHAUSTED: "no port left to translate to",
    Code.RATE_LIMITED: "more than a bandwidth limit lets in",
}

TOPICS = {
    "aliases": Topic(
        "the short names of objects",
        "Every object with an id gets an alias when it is created: router0, router0:port0.\n"
        "Aliases do not change and are never given twice. A name that only one object has, or\n"
        "a UUID, picks it as well.",
        ("router router0 port list", "router0:port0 show address", "router tr show"),
    ),
    "filters": Topic(
        "which frames are printed, and which objects are listed",
        "Frames are chosen with tcpdump's expressions, in quotes. Behind list COLLECTION stand\n"
        "pairs of a field and its value: an object is listed if it shows all of them.",
        (
            'ping client 192.168.79.119 filter "arp or icmp" flags "-n"',
            "chain chain21 rule list type accept",
        ),
    ),
    "flags": Topic(
        "how frames are printed: tcpdump's own flags",
        "-n, -e, -v, -vvv, -x, -X, -t and the others of tcpdump that concern printing, in quotes.",
        ('ping client 192.168.79.119 flags "-n"', 'ping client 192.168.79.119 flags "-ne -tt"'),
    ),
    "points": Topic(
        "the places where frames are seen and put in",
        "An interface (veth0, or host0:veth0), a port (bridge1:port1), or a host's end of the\n"
        "underlay (host0:underlay). Several stand in a comma list; all are all that traffic came\n"
        "by, and none shows no frames.",
        (
            "ping client 192.168.79.119 capture veth0",
            "ping client 192.168.79.119 capture router0:port1,router0:port0",
        ),
    ),
    "reasons": Topic(
        "why packets end: the codes in verdicts and in JSON",
        "\n".join(f"{code.value:<24}{meaning}" for code, meaning in REASONS.items()),
        ("ping client 192.168.77.9 capture none explain",),
    ),
    "scripts": Topic(
        "commands in files",
        "One command a line; # begins a comment, a backslash at the end continues the line.\n"
        "midocli FILE runs a script from outside, source FILE from within. It stops at the first\n"
        "error; expect makes one of a result that is not as it should be.",
        ("save lab.mido", "expect ping client 192.168.79.119 quiet capture none"),
    ),
    "json": Topic(
        "results as data",
        "midocli --format json, or format json, prints one JSON document for each command; behind\n"
        "one command, as json does.",
        ("router list as json", "ping client 192.168.79.119 capture none as json"),
    ),
    "captures": Topic(
        "frames that are watched, kept and read",
        "tcpdump watches from here on; ping and the others watch for themselves, and write FILE\n"
        "keeps the frames. What is kept opens in Wireshark.",
        (
            'tcpdump veth0 flags "-n"',
            "capture list",
            "ping client 192.168.79.119 write ping.pcapng",
        ),
    ),
}
