"""The words of the filter language, and the numbers that stand behind them."""

from __future__ import annotations

# Protocols by the number IP has for them, and Ethertypes.
IP_PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "igrp": 9,
    "udp": 17,
    "esp": 50,
    "ah": 51,
    "icmp6": 58,
    "pim": 103,
    "vrrp": 112,
    "sctp": 132,
}
ETHERTYPES = {"ip": 0x0800, "arp": 0x0806, "rarp": 0x8035, "ip6": 0x86DD}
STANDING_ALONE = frozenset((*ETHERTYPES, *IP_PROTOCOLS))
PROTOCOLS = STANDING_ALONE | {"ether"}
WITH_PORTS = frozenset(("tcp", "udp", "sctp"))
WITH_ADDRESSES = frozenset((None, "ip", "arp", "rarp"))
NAMED_ETHERTYPES = ETHERTYPES | {"loopback": 0x9000, "ipx": 0xE0, "stp": 0x42, "iso": 0xFE}
NAMED_IP_PROTOCOLS = IP_PROTOCOLS | {"gre": 47, "ipv6-icmp": 58, "ospf": 89}

CONSTANTS = {
    "icmptype": 0,
    "icmpcode": 1,
    "icmp-echoreply": 0,
    "icmp-unreach": 3,
    "icmp-sourcequench": 4,
    "icmp-redirect": 5,
    "icmp-echo": 8,
    "icmp-routeradvert": 9,
    "icmp-routersolicit": 10,
    "icmp-timxceed": 11,
    "icmp-paramprob": 12,
    "icmp-tstamp": 13,
    "icmp-tstampreply": 14,
    "icmp-ireq": 15,
    "icmp-ireqreply": 16,
    "icmp-maskreq": 17,
    "icmp-maskreply": 18,
    "icmp6type": 0,
    "icmp6code": 1,
    "icmp6-echo": 128,
    "icmp6-echoreply": 129,
    "icmp6-routersolicit": 133,
    "icmp6-routeradvert": 134,
    "icmp6-neighborsolicit": 135,
    "icmp6-neighboradvert": 136,
    "tcpflags": 13,
    "tcp-fin": 0x01,
    "tcp-syn": 0x02,
    "tcp-rst": 0x04,
    "tcp-push": 0x08,
    "tcp-ack": 0x10,
    "tcp-urg": 0x20,
    "tcp-ece": 0x40,
    "tcp-cwr": 0x80,
}
_DIRECTIONS = frozenset(("src", "dst"))
KINDS = frozenset(("host", "net", "port", "portrange"))
CASTS = frozenset(("broadcast", "multicast"))
SIZES = frozenset(("less", "greater"))
LENGTHS = frozenset(("len", "length"))
_OTHERS = frozenset(("and", "or", "not", "proto", "mask", "vlan"))
RESERVED = PROTOCOLS | _DIRECTIONS | KINDS | CASTS | SIZES | LENGTHS | _OTHERS

_CONDITIONS = (
    "icmp",
    "arp",
    "tcp",
    "udp",
    "ip",
    "host",
    "net",
    "port",
    "portrange",
    "src",
    "dst",
    "ether",
    "vlan",
    "less",
    "greater",
    "not",
    "(",
)
EXPECTED = {
    "condition": _CONDITIONS,
    "end of text": ("and", "or"),
    "address, port or number": ("address", "port number", "protocol number"),
}
