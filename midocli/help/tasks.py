"""What `help` says of common tasks, and of what is called otherwise elsewhere.

Every example runs in `demo`, one after the other.
"""

from __future__ import annotations

from midocli.help.topics import Topic

TASKS = {
    "firewall": Topic(
        "letting some packets pass, and no others",
        (
            "Rules live in a chain, and are asked in their order; the first that accepts or drops "
            "ends it. A chain does nothing until a bridge, a router or a port names it: its "
            "infilter sees what enters the device there, its outfilter what leaves it. To a "
            "machine, frames leave the bridge: so outfilter of its port is what protects it.",
            "A rule of flow return-flow lets answers in. It knows them if both directions pass a "
            "chain that asks for it. ethertype 0x800 is IPv4: a drop with it leaves ARP alone.",
        ),
        (
            "chain create name into-client",
            "chain into-client add rule pos 1 flow return-flow type accept  # answers",
            "chain into-client add rule pos 2 proto 6 dst-port 22 type accept  # TCP, SSH",
            "chain into-client add rule pos 3 ethertype 0x800 type drop  # all other IPv4",
            "bridge1:port1 set outfilter into-client  # the port client is plugged into",
            "expect not ping vm client capture none",
            "chain into-client rule list as table",
        ),
        see=("chain", "rule", "security-group", "reasons", "nat"),
        synonyms=("acl",),
    ),
    "security-group": Topic(
        "Neutron's firewall of a port, as MidoNet has it",
        (
            "Each port has a chain for a direction: its infilter for what the machine sends, its "
            "outfilter for what is sent to it. MidoNet's plugin calls them OS_PORT_…_INBOUND and "
            "OS_PORT_…_OUTBOUND. A group of machines that may come in is an ip-address-group.",
        ),
        (
            "chain OS_PORT_vm_OUTBOUND rule list as table  # what is let in to vm",
            "ip-address-group create name testers",
            "ip-address-group testers add ip address 192.168.78.9",
            "chain OS_PORT_vm_OUTBOUND add rule ip-address-group-src testers proto 6 dst-port 80 "
            "type accept  # they may use HTTP",
            "guest vm add service proto tcp port 80",
            "expect connect client tcp vm 80 capture none",
        ),
        see=("firewall", "chain", "ip-address-group", "floating-ip"),
    ),
    "floating-ip": Topic(
        "an address outside that stands for one inside",
        (
            "Two rules of a router translate it: dnat where packets come in, snat where they go "
            "out, both without ports. The router does not answer ARP for the address: who is "
            "outside needs a route to it.",
        ),
        (
            "chain dnat-test add rule dst 192.168.79.120 in-ports router0:port1 type dnat action "
            "accept target 192.168.77.119",
            "chain OS_POST_ROUTING_tr add rule src 192.168.77.119 out-ports router0:port1 type "
            "snat action accept target 192.168.79.120",
            "expect ping client 192.168.79.120 capture none",
            "router tr nat list as table  # the translations that are remembered",
        ),
        see=("nat", "rule", "router", "security-group"),
    ),
    "bgp": Topic(
        "a router's neighbours, and the networks it tells them of",
        (
            "A router has an autonomous system (asn), neighbours (bgp-peer) and networks that it "
            "tells them of (bgp-network). The sessions are not simulated: what a neighbour would "
            "teach is a route that you add, with learned true.",
        ),
        (
            "router tr set asn 64512",
            "router tr add bgp-peer asn 64513 address 192.168.77.2",
            "router tr add bgp-network net 192.168.78.0/24",
            "router tr add route dst 10.0.0.0/8 type normal port port0 gw 192.168.77.2 learned "
            "true  # what it would teach",
            "router tr port port0 show bgp-status",
        ),
        see=("router bgp-peer", "router bgp-network", "route"),
    ),
    "lb": Topic(
        "one address that several machines serve",
        (
            "A router has a load-balancer; in it a pool of members, each an address and a port, "
            "is reached by its vips. A health-monitor of the pool keeps connections from members "
            "that do not answer.",
        ),
        (
            "load-balancer create",
            "router tr set load-balancer lb0",
            "load-balancer lb0 pool create",
            "load-balancer lb0 pool pool0 member create address 192.168.77.119 protocol-port 22",
            "load-balancer lb0 pool pool0 vip create address 192.168.79.1 protocol-port 80",
            "guest vm add service proto tcp port 22",
            "expect connect client tcp 192.168.79.1 80 capture none",
        ),
        see=("load-balancer", "load-balancer pool", "health-monitor", "pool-statistic"),
    ),
    "table": Topic(
        "results in columns",
        (
            "Behind any command that shows objects or rows, as table lines them up; as csv is for "
            "spreadsheets. Behind list COLLECTION, columns chooses fields and their order.",
        ),
        (
            "router router0 port list as table",
            "chain dnat-test rule list columns pos,type,dst,target as table",
            "guest list columns name,address as csv",
            "ping client vm count 3 capture none as table  # a row for each request",
        ),
        see=("as", "list", "filters", "json"),
    ),
    "keys": Topic(
        "the keys of the prompt",
        ("They are emacs' keys, with these beside; prefs key-mode vi takes vi's.",),
        ("prefs key-mode vi", "prefs key-mode emacs  # what it is if nothing else is chosen"),
        table=(
            ("Tab", "inserts what all words that may come agree on; again: goes through them"),
            ("?", "prints what may come here, and keeps the line"),
            ("Enter", "runs the line; behind a backslash goes on in the next one"),
            ("→, Ctrl-E", "takes the rest of the line that history suggests"),
            ("↑, ↓", "older and newer lines"),
            ("Ctrl-R", "searches in history; again: further back"),
            ("Ctrl-X Ctrl-E", "edits the line in $VISUAL or $EDITOR, and runs it"),
            ("Ctrl-C", "forgets the line; while a command runs: stops it"),
            ("Ctrl-Z", "suspends midocli; the shell's fg goes on"),
            ("Ctrl-D", "leaves"),
        ),
        see=("history", "prefs"),
    ),
    "history": Topic(
        "the lines that were typed before",
        (
            "Lines typed at the prompt are kept for later sessions, with the file of the topology "
            "they were typed with: ↑ and ↓ go through them, Ctrl-R searches, → takes the one that "
            "is suggested in grey. Lines that hold a password, or begin with a blank, are not "
            "kept. What lines changed is taken back by undo.",
        ),
        ("chain create name not-wanted", "undo  # takes back what the line changed", "redo"),
        see=("keys", "undo", "save"),
    ),
}
