"""The words of the filter language, and the numbers that stand behind them."""

from __future__ import annotations

from typing import Literal


def _numbers(table: str) -> dict[str, int]:
    """Numbers by name, of a table such as `icmp 1, igmp 2`; lines may break anywhere."""
    entries = (entry.split() for entry in table.split(","))
    return {name: int(number, 0) for name, number in entries}


# Protocols by the number IP has for them, and Ethertypes.
IP_PROTOCOLS = _numbers("""
    icmp 1, igmp 2, tcp 6, igrp 9, udp 17, esp 50, ah 51, icmp6 58, pim 103, vrrp 112, carp 112,
    sctp 132
""")
# Ethertypes and, up to 1500, service access points.
ETHERTYPES = _numbers("""
    ip 0x0800, arp 0x0806, rarp 0x8035, ip6 0x86DD, atalk 0x809B, aarp 0x80F3, decnet 0x6003,
    lat 0x6004, sca 0x6007, mopdl 0x6001, moprc 0x6002, stp 0x42, ipx 0xE0, netbeui 0xF0
""")
# OSI protocols by their identifier, and IS-IS packets by their types.
OSI_PROTOCOLS = {"iso": None, "esis": 0x82, "es-is": 0x82, "isis": 0x83, "is-is": 0x83,
                 "clnp": 0x81}  # fmt: skip
IS_IS_TYPES = {
    "l1": (0x1A, 0x18, 0x12, 0x0F, 0x11),
    "l2": (0x1B, 0x19, 0x14, 0x10, 0x11),
    "iih": (0x0F, 0x10, 0x11),
    "lsp": (0x12, 0x14),
    "snp": (0x18, 0x19, 0x1A, 0x1B),
    "csnp": (0x18, 0x19),
    "psnp": (0x1A, 0x1B),
}
# LLC frames by their control byte: which bits count, and what they are.
LLC_KINDS = {
    "i": (0x01, 0x00),
    "s": (0x03, 0x01),
    "u": (0x03, 0x03),
    "rr": (0x0F, 0x01),
    "rnr": (0x0F, 0x05),
    "rej": (0x0F, 0x09),
    "ui": (0xEF, 0x03),
    "ua": (0xEF, 0x63),
    "disc": (0xEF, 0x43),
    "dm": (0xEF, 0x0F),
    "sabme": (0xEF, 0x6F),
    "test": (0xEF, 0xE3),
    "xid": (0xEF, 0xAF),
    "frmr": (0xEF, 0x87),
}
STANDING_ALONE = frozenset((*ETHERTYPES, *IP_PROTOCOLS, *OSI_PROTOCOLS, *IS_IS_TYPES))
# Other words for the link layer, whatever it is.
LINKS = frozenset(("ether", "link", "ppp", "slip", "fddi", "tr", "wlan"))
PROTOCOLS = STANDING_ALONE | LINKS
# Those whose headers can be looked into.
INDEXED = frozenset(
    (
        *("ip", "arp", "rarp", "atalk", "decnet", "lat", "sca", "moprc", "mopdl", "ip6", "icmp6"),
        *("sctp", "tcp", "udp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp", "ether"),
    )
)
WITH_PORTS = frozenset(("tcp", "udp", "sctp"))
WITH_ADDRESSES = frozenset((None, "ip", "arp", "rarp"))

CONSTANTS = _numbers("""
    icmptype 0, icmpcode 1, icmp-echoreply 0, icmp-unreach 3, icmp-sourcequench 4, icmp-redirect 5,
    icmp-echo 8, icmp-routeradvert 9, icmp-routersolicit 10, icmp-timxceed 11, icmp-paramprob 12,
    icmp-tstamp 13, icmp-tstampreply 14, icmp-ireq 15, icmp-ireqreply 16, icmp-maskreq 17,
    icmp-maskreply 18, icmp6type 0, icmp6code 1, icmp6-destinationunreach 1, icmp6-packettoobig 2,
    icmp6-timeexceeded 3, icmp6-parameterproblem 4, icmp6-echo 128, icmp6-echoreply 129,
    icmp6-multicastlistenerquery 130, icmp6-multicastlistenerreportv1 131,
    icmp6-multicastlistenerdone 132, icmp6-routersolicit 133, icmp6-routeradvert 134,
    icmp6-neighborsolicit 135, icmp6-neighboradvert 136, icmp6-redirect 137, icmp6-routerrenum 138,
    icmp6-nodeinformationquery 139, icmp6-nodeinformationresponse 140,
    icmp6-ineighbordiscoverysolicit 141, icmp6-ineighbordiscoveryadvert 142,
    icmp6-multicastlistenerreportv2 143, icmp6-homeagentdiscoveryrequest 144,
    icmp6-homeagentdiscoveryreply 145, icmp6-mobileprefixsolicit 146, icmp6-mobileprefixadvert 147,
    icmp6-certpathsolicit 148, icmp6-certpathadvert 149, icmp6-multicastrouteradvert 151,
    icmp6-multicastroutersolicit 152, icmp6-multicastrouterterm 153, tcpflags 13, tcp-fin 0x01,
    tcp-syn 0x02, tcp-rst 0x04, tcp-push 0x08, tcp-ack 0x10, tcp-urg 0x20, tcp-ece 0x40,
    tcp-cwr 0x80
""")
_DIRECTIONS = frozenset(("src", "dst"))
KINDS = frozenset(("host", "net", "port", "portrange"))
CASTS = frozenset(("broadcast", "multicast"))
SIZES = frozenset(("less", "greater"))
LENGTHS = frozenset(("len", "length"))
CHAINED = frozenset(("proto", "protochain"))
MOVING = frozenset(("vlan", "mpls", "pppoes"))
WAYS: dict[str, Literal["in", "out"]] = {"inbound": "in", "outbound": "out"}
_OTHERS = frozenset(("and", "or", "not", "mask", "byte", "llc", "pppoed", "ifindex"))
# Words of libpcap's that have no meaning here, and why.
_PF = "rset ruleset rnr rulenum srnr subrulenum reason action"
_WLAN = "type subtype dir direction ra ta addr1 addr2 addr3 addr4 " + (
    "address1 address2 address3 address4"
)
_ATM = "lane metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect"
_SS7 = "fisu lssu lsu msu hfisu hlssu hmsu sio opc dpc sls hsio hopc hdpc hsls"
NOT_HERE = {
    "gateway": "it needs a table of hosts' Ethernet addresses",
    "geneve": "headers inside Geneve are not looked into; its packets are `udp port 6081`",
    "vxlan": "headers inside VXLAN are not looked into; its packets are `udp port 4789`, "
    "and 6677 between MidoNet's hosts",
    "radio": "there are no radio headers",
    **dict.fromkeys(("on", "ifname"), "use the point's name"),
    **dict.fromkeys(_PF.split(), "it is about OpenBSD's pf"),
    **dict.fromkeys(_WLAN.split(), "it is about 802.11"),
    **dict.fromkeys(_ATM.split(), "it is about ATM"),
    **dict.fromkeys(_SS7.split(), "it is about SS7"),
}
RESERVED = frozenset().union(
    *(PROTOCOLS, _DIRECTIONS, KINDS, CASTS, SIZES, LENGTHS, CHAINED, MOVING, WAYS, _OTHERS),
    NOT_HERE,
)

_CONDITIONS = (
    *("icmp", "arp", "tcp", "udp", "ip", "host", "net", "port", "portrange", "src", "dst"),
    *("ether", "vlan", "less", "greater", "not", "("),
)
EXPECTED = {
    "condition": _CONDITIONS,
    "end of text": ("and", "or"),
    "address, port or number": ("address", "port number", "protocol number"),
}
