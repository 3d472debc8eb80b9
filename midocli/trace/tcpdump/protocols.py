"""The protocols known: a new one is a file beside this one and an entry here.

An Ethertype or LLC access point that is not here is printed with its MACs and a dump
of its data, an IP protocol as ` ip-proto-N LENGTH`, a UDP port as `UDP, length N`.
"""

from __future__ import annotations

from midocli.trace.tcpdump import vendors
from midocli.trace.tcpdump.dissection import Protocols
from midocli.trace.tcpdump.shows import Ports, Shows

# What may be in an IP packet of either version.
_IP = {
    4: "ip_in_ip.show_ipv4",
    6: "tcp.show",
    17: "udp.show",
    41: "ip_in_ip.show_ipv6",
    47: "gre.show",
    50: "ip_security.show_encrypted",
    51: "ip_security.show_authentication",
    59: "ip_in_ip.show_no_next_header",
    77: "ip_in_ip.show_net_disk",
    108: "ip_security.show_compressed",
    112: "vrrp.show",
}

PROTOCOLS = Protocols(
    ethertypes=Shows(
        {
            0x0800: "ipv4.show",
            0x0806: "arp.show",
            0x8035: "arp.show",
            0x86DD: "ipv6.show",
            0x8847: "mpls.show",
            0x8848: "mpls.show",
            0x886F: "msnlb.show",
            0x88CC: "lldp.show",
            0x894F: "nsh.show",
            0x9000: "loopback.show",
        }
    ),
    saps=Shows(
        {
            0x06: "ipv4.show",
            0x42: "stp.show",
        }
    ),
    snap=Shows(
        {
            (vendors.CISCO, 0x010B): "stp.show",
            (vendors.CISCO, 0x010C): "stp.show",
            (vendors.BRIDGED, 0x0001): "bridged.show",
            (vendors.BRIDGED, 0x0007): "bridged.show",
            (vendors.BRIDGED, 0x000E): "stp.show",
        }
    ),
    ip=Shows(
        {
            **_IP,
            1: "icmp.show",
            2: "igmp.show",
            58: "ip_in_ip.show_icmpv6",
            143: "ip_in_ip.show_misplaced_ethernet",
        }
    ),
    ip6=Shows(
        {
            **_IP,
            1: "ip_in_ip.show_icmp",
            2: "ip_in_ip.show_igmp",
            58: "icmpv6.show",
            143: "ip_in_ip.show_ethernet",
        }
    ),
    udp_ports=Ports(
        ("either", (53,), "dns.show"),
        ("either", (5353,), "dns.show_multicast"),
        ("either", (525,), "timed.show"),
        ("either", (69,), "tftp.show"),
        ("either", (68, 67), "dhcp.show"),
        ("either", (520,), "rip.show"),
        ("either", (161, 162), "snmp.show"),
        ("either", (123,), "ntp.show"),
        ("either", (521,), "rip.show_ipv6"),
        ("destination", (1985,), "hsrp.show"),
        ("source", (49152,), "bcm_li.show"),
        ("destination", (3784, 4784, 6784, 3785), "bfd.show"),
        ("either", (5060,), "text_protocols.show_sip"),
        ("either", (514,), "syslog.show"),
        ("either", (8472,), "vxlan.show_otv"),
        ("either", (4789,), "vxlan.show"),
        ("either", (6081,), "geneve.show"),
        ("either", (4790,), "vxlan.show_generic"),
        ("either", (6635,), "mpls.show"),
        ("either", (30490,), "someip.show"),
    ),
    tcp_ports=Ports(
        ("either", (25,), "text_protocols.show_smtp"),
        ("either", (43,), "text_protocols.show_whois"),
        ("either", (179,), "bgp.show"),
        ("either", (22,), "text_protocols.show_ssh"),
        ("either", (21,), "text_protocols.show_ftp"),
        ("either", (80, 8080), "text_protocols.show_http"),
        ("either", (554, 8554), "text_protocols.show_rtsp"),
        ("either", (53,), "dns.show_over_tcp"),
    ),
    udp_types=Shows(
        {
            "domain": "dns.show",
            "snmp": "snmp.show",
            "someip": "someip.show",
            "tftp": "tftp.show",
            "vxlan": "vxlan.show",
        }
    ),
    tcp_types=Shows({"domain": "dns.show_over_tcp"}),
)
