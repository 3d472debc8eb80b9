"""What `help` says of ideas that are no word of the language; every example runs in `demo`."""

from __future__ import annotations

from typing import NamedTuple

from midocli.simulator.reason import Code


class Topic(NamedTuple):
    """A page: what it is about in a few words, paragraphs, a table, and commands to try.

    `see` are words to read on with, `synonyms` others for its own. The examples work in the
    network of `demo`; a comment behind one says what it is for.
    """

    help: str
    text: tuple[str, ...]
    examples: tuple[str, ...]
    table: tuple[tuple[str, str], ...] = ()
    see: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


#: Why a packet ended, one line each; docs/language.md has the same.
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
    Code.LOOP: "it has passed, or been mirrored at, more ports than MidoNet lets it",
    Code.LOCAL_NON_ICMP: "for a router's own address, and not an echo request",
    Code.BGP_SESSION: "it is from a configured BGP peer, whose sessions are not simulated",
    Code.OWN_ADDRESS: "a router would have to send it to itself",
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
    "paths": Topic(
        "how a command names an object, and where its verb may stand",
        (
            "A path leads from the root to an object, a collection and a choice in it at a time: "
            "router tr port port0. An object is picked by its alias, its UUID, its name (where "
            "only one has it) or the values of fields: host nikita binding interface veth0.",
            "The verb may stand before the path, before its last collection, or behind it: all "
            "three mean the same.",
        ),
        (
            "router tr port port0 show  # this, and the next two, mean the same",
            "show router tr port port0",
            "router0:port0 show",
            "host nikita binding interface veth0 show  # picked by a field",
        ),
        see=("aliases", "list", "create"),
    ),
    "aliases": Topic(
        "the short names of objects",
        (
            "Every object with an id gets an alias when it is created: router0, and inside it "
            "port0, in full router0:port0. Aliases do not change and are never given twice. A "
            "name that only one object has, or a UUID, picks it as well.",
        ),
        (
            "router router0 port list",
            "router0:port0 show address",
            "router tr show  # tr is the name of router0",
        ),
        see=("paths", "create"),
    ),
    "nat": Topic(
        "translating addresses with rules",
        (
            "A dnat rule gives packets another destination, a snat rule another source: target "
            "says which. Answers are translated back where a rule of the opposite type meets "
            "them: rev_dnat restores their source, rev_snat their destination.",
            "Rules work where their chain does: a router's infilter runs before routing, its "
            "outfilter behind. action says what follows: accept ends the chain.",
        ),
        (
            "ping client 192.168.79.119 capture none explain  # the dnat rule of demo's lab",
            "chain chain0 add rule src 192.168.77.119 type rev_dnat action accept",
            "ping client 192.168.79.119 capture none  # now the answer is translated back",
            "router router0 nat list  # the translations that are remembered",
        ),
        see=("rule", "chain", "router", "connection"),
    ),
    "filters": Topic(
        "which frames, objects and lines are printed",
        (
            "Frames are chosen with tcpdump's expressions, in quotes. Behind list COLLECTION stand "
            "pairs of a field and its value: an object is listed if it shows all of them. A word "
            "between the two is another test: not, contains, or in for addresses of a network.",
            "As on Linux, a frame's outer VLAN tag is taken off before a filter sees it, and the "
            "first vlan finds it all the same: icmp prints tagged frames too. Those of a file "
            "are filtered with their tags.",
            "Behind any command, | include TEXT prints the lines that hold a text, | exclude TEXT "
            "the others, and | count how many there are. The bar is a word of its own; a text "
            "with blanks stands in quotes. Several may follow each other. Where the line is a "
            "command with these words in it, it is that: echo a | count.",
        ),
        (
            'ping client vm filter "arp or icmp" flags "-n"',
            'ping client vm filter "icmp[icmptype] = icmp-echoreply" flags "-n"',
            "chain chain21 rule list type accept  # rules that accept",
            "chain list name contains OS_ columns name",
            "router router0 route list | include 192.168.77",
            "chain list | exclude OS_ | count",
        ),
        see=("flags", "points", "list"),
    ),
    "flags": Topic(
        "how frames are printed: tcpdump's own flags",
        (
            "-n, -e, -v, -vvv, -x, -X, -t and the others of tcpdump that concern printing, in "
            "quotes. Without flags, ping and the other probes print all there is in scripts (-nnn "
            "-vvv -X -e), a line for each frame at the prompt (-n, or what prefs flags says), and "
            "tcpdump what tcpdump does.",
        ),
        (
            'ping client vm flags "-nnn -vvv -X -e"  # all there is',
            'ping client vm flags "-ne -tt"  # MACs and VLANs, seconds since 1970',
            'ping client vm flags "-nX"  # bytes in hex and ASCII',
        ),
        see=("filters", "tcpdump", "prefs"),
    ),
    "points": Topic(
        "the places where frames are seen and put in",
        (
            "A point is an interface (veth0, or host0:veth0 where several hosts have one), a port "
            "(bridge1:port1), or a host's end of the underlay (host0:underlay). Several stand in a "
            "comma list.",
            "For ping and the other probes, all stands for every point the traffic came by, any "
            "for those of them that are interfaces, and none for no frames; if capture is not "
            "given, it is the interfaces of both ends. For tcpdump, any stands for every "
            "interface and all for every point.",
        ),
        (
            'ping client vm capture veth0 flags "-n"',
            'ping client vm capture router0:port1,router0:port0 flags "-n"',
            'ping client vm capture all flags "-n"  # every step of the way',
            'tcpdump any flags "-n"',
        ),
        see=("ping", "tcpdump", "inject", "port", "interface"),
    ),
    "reasons": Topic(
        "why packets end: the codes in verdicts and in JSON",
        ("A ping without an answer ends with one of these codes in brackets, and a sentence:",),
        (
            "ping client 192.168.77.9 capture none  # ends in (arp-timeout)",
            "ping client 192.168.77.9 capture none explain  # and how it got there",
            "ping client 192.168.77.9 capture none as json",
        ),
        table=tuple((code.value, meaning) for code, meaning in REASONS.items()),
        see=("ping", "json", "tracerequest"),
    ),
    "scripts": Topic(
        "commands in files",
        (
            "One command a line; # begins a comment, a backslash at the end continues the line. "
            "midocli FILE runs a script from outside, source FILE from within. It stops at the "
            "first error; expect makes one of a result that is not as it should be.",
        ),
        (
            "save lab.mido  # a script that makes what there is now",
            "expect ping client vm quiet capture none",
            "echo so far, so good",
        ),
        see=("source", "save", "expect", "json"),
    ),
    "json": Topic(
        "results as data",
        (
            "midocli --format json, or format json, prints one JSON document for each command; "
            "behind one command, as json does.",
            "midocli serve FILE answers MidoNet's REST API at http://127.0.0.1:8181/midonet-api: "
            "midonet-cli itself and scripts with curl work against the topology. With -i this "
            "prompt stands beside it, with --store it stays. Under /midocli are guests, hosts, "
            "ping, traceroute, connect, inject and explain as JSON.",
        ),
        (
            "router list as json",
            "ping client vm capture none as json",
            "format text  # what it is if nothing else is chosen",
        ),
        see=("format", "as", "reasons"),
        synonyms=("api", "serve"),
    ),
    "captures": Topic(
        "frames that are watched, kept and read",
        (
            "tcpdump watches from here on, and prints after each command what that made; ping and "
            "the others watch for themselves. write FILE keeps the frames, pcapng unless FILE ends "
            "in .pcap, for Wireshark or tcpdump read.",
        ),
        ('tcpdump veth0 flags "-n"', "capture list", "ping client vm write ping.pcapng"),
        see=("tcpdump", "capture", "points", "filters"),
    ),
}
