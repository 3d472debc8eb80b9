"""Numbers of the protocols: ethertypes, IP protocols, ICMP types, bits of IPv4's fragment field."""

from __future__ import annotations

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
ETHERTYPE_IPV6 = 0x86DD
VLAN_TPIDS = frozenset({0x8100, 0x88A8, 0x9100})

ICMP, TCP, UDP, GRE = 1, 6, 17, 47
ECHO_REPLY, UNREACHABLE, SOURCE_QUENCH, REDIRECT, ECHO_REQUEST = 0, 3, 4, 5, 8
TIME_EXCEEDED, PARAMETER_PROBLEM = 11, 12
#: ICMP types whose body is a quoted packet.
ERROR_TYPES = frozenset({UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM})
#: Those that tell a sender how to send on, and end nothing; and those that say it failed.
ADVICE = frozenset({SOURCE_QUENCH, REDIRECT})
FAILURES = ERROR_TYPES - ADVICE

DF, MF, OFFSET = 0x4000, 0x2000, 0x1FFF
