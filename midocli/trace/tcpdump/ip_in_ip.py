"""Payloads of IP that are another packet or frame, or nothing at all."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, IpShow


def show_ipv4(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """IPv4 (protocol 4)."""
    ipv4.show(d, at, length)


def show_ipv6(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """IPv6 (protocol 41)."""
    ipv6.show(d, at, length)


def show_ethernet(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Ethernet (143)."""
    ethernet.show(d, at, length)


def _words(text: str) -> IpShow:
    """What shows these words, `{}` being the length, in the place of a payload."""
    return lambda d, at, length, ip_at, fragmented: d.add(text.format(length))


#: Protocol 59, which ends a chain of headers.
show_no_next_header = _words("no next header")
#: Sun's net disk protocol (77).
show_net_disk = _words(" nd {}")
#: What has no place in the other version of IP, or is not shown there.
show_icmp = _words("[ICMP requires IPv4] (invalid)")
show_igmp = _words("[IGMP requires IPv4] (invalid)")
show_icmpv6 = _words("[ICMPv6 requires IPv6] (invalid)")
show_misplaced_ethernet = _words("[Ethernet requires IPv6] (invalid)")
