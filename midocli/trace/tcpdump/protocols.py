"""The protocols known: a new one is a file beside this one and an entry here.

An Ethertype or LLC access point that is not here is printed with its MACs and a dump
of its data, an IP protocol as ` ip-proto-N LENGTH`, a UDP port as `UDP, length N`.
"""

from __future__ import annotations

from midocli.trace.tcpdump import arp, icmp, ip_in_ip, ipv4, tcp, text_protocols, udp
from midocli.trace.tcpdump.dissection import Protocols

PROTOCOLS = Protocols(
    ethertypes={
        0x0800: ipv4.show,
        0x0806: arp.show,
        0x8035: arp.show,
    },
    saps={
        0x06: ipv4.show,
    },
    ip={
        1: icmp.show,
        4: ip_in_ip.show_ipv4,
        6: tcp.show,
        17: udp.show,
        58: ip_in_ip.show_icmpv6,
        59: ip_in_ip.show_no_next_header,
        77: ip_in_ip.show_net_disk,
        143: ip_in_ip.show_ethernet,
    },
    udp_ports={},
    tcp_ports={
        25: text_protocols.show_smtp,
        43: text_protocols.show_whois,
        22: text_protocols.show_ssh,
        21: text_protocols.show_ftp,
        80: text_protocols.show_http,
        8080: text_protocols.show_http,
        554: text_protocols.show_rtsp,
        8554: text_protocols.show_rtsp,
    },
)
