"""Payloads of IP that are another packet or frame, or nothing at all."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection


def show_ipv4(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """IPv4 (protocol 4)."""
    ipv4.show(d, at, length)


def show_ipv6(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """IPv6 (protocol 41)."""
    ipv6.show(d, at, length)


def show_ethernet(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Ethernet (143)."""
    ethernet.show(d, at, length)


def show_no_next_header(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Protocol 59, which ends a chain of headers."""
    d.add("no next header")


def show_net_disk(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Sun's net disk protocol (77)."""
    d.add(f" nd {length}")


def show_icmp(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """ICMP, which has no place in IPv6."""
    d.add("[ICMP requires IPv4] (invalid)")


def show_igmp(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """IGMP, which has no place in IPv6."""
    d.add("[IGMP requires IPv4] (invalid)")


def show_icmpv6(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """ICMPv6, which has no place in IPv4."""
    d.add("[ICMPv6 requires IPv6] (invalid)")


def show_misplaced_ethernet(
    d: Dissection, at: int, length: int, ip_at: int, fragmented: bool
) -> None:
    """Ethernet (143), which tcpdump shows in IPv6 only."""
    d.add("[Ethernet requires IPv6] (invalid)")
