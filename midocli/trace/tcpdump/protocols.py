"""The protocols known: a new one is a file beside this one and an entry here.

An Ethertype or LLC access point that is not here is printed with its MACs and a dump
of its data, an IP protocol as ` ip-proto-N LENGTH`, a UDP port as `UDP, length N`.
"""

from __future__ import annotations

from midocli.trace.tcpdump import (
    arp,
    bridged,
    dhcp,
    dns,
    gre,
    icmp,
    icmpv6,
    igmp,
    ip_in_ip,
    ip_security,
    ipv4,
    ipv6,
    loopback,
    stp,
    tcp,
    text_protocols,
    udp,
    vendors,
    vxlan,
)
from midocli.trace.tcpdump.dissection import IpShow, Protocols

# What may be in an IP packet of either version.
_IP: dict[int, IpShow] = {
    4: ip_in_ip.show_ipv4,
    6: tcp.show,
    17: udp.show,
    41: ip_in_ip.show_ipv6,
    47: gre.show,
    50: ip_security.show_encrypted,
    51: ip_security.show_authentication,
    59: ip_in_ip.show_no_next_header,
    77: ip_in_ip.show_net_disk,
    108: ip_security.show_compressed,
}

PROTOCOLS = Protocols(
    ethertypes={
        0x0800: ipv4.show,
        0x0806: arp.show,
        0x8035: arp.show,
        0x86DD: ipv6.show,
        0x9000: loopback.show,
    },
    saps={
        0x06: ipv4.show,
        0x42: stp.show,
    },
    snap={
        (vendors.CISCO, 0x010B): stp.show,
        (vendors.CISCO, 0x010C): stp.show,
        (vendors.BRIDGED, 0x0001): bridged.show,
        (vendors.BRIDGED, 0x0007): bridged.show,
        (vendors.BRIDGED, 0x000E): stp.show,
    },
    ip={
        **_IP,
        1: icmp.show,
        2: igmp.show,
        58: ip_in_ip.show_icmpv6,
        143: ip_in_ip.show_misplaced_ethernet,
    },
    ip6={
        **_IP,
        1: ip_in_ip.show_icmp,
        2: ip_in_ip.show_igmp,
        58: icmpv6.show,
        143: ip_in_ip.show_ethernet,
    },
    udp_ports={
        53: dns.show,
        5353: dns.show_multicast,
        68: dhcp.show,
        67: dhcp.show,
        4789: vxlan.show,
    },
    tcp_ports={
        25: text_protocols.show_smtp,
        43: text_protocols.show_whois,
        22: text_protocols.show_ssh,
        53: dns.show_over_tcp,
        21: text_protocols.show_ftp,
        80: text_protocols.show_http,
        8080: text_protocols.show_http,
        554: text_protocols.show_rtsp,
        8554: text_protocols.show_rtsp,
    },
    packet_types={
        "udp": {"vxlan": vxlan.show, "domain": dns.show},
        "tcp": {"domain": dns.show_over_tcp},
    },
)
