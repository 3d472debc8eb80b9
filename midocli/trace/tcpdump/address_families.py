"""The numbers of address families (IANA), and BGP's of what is done with addresses."""

from __future__ import annotations

from midocli.trace.tcpdump.tables import numbered

IPV4, IPV6, NSAP, VPLS, L2VPN = 1, 2, 3, 25, 196

_NAMES = numbered("""
    0 Reserved, 1 IPv4, 2 IPv6, 3 NSAP, 4 HDLC, 5 BBN 1822, 6 802, 7 E.163, 8 E.164, 9 F.69,
    10 X.121, 11 Novell IPX, 12 Appletalk, 13 Decnet IV, 14 Banyan Vines,
    15 E.164 with NSAP subaddress, 25 VPLS, 196 Layer-2 VPN
""")
_SUBSEQUENT = numbered("""
    0 Reserved, 1 Unicast, 2 Multicast, 3 Unicast+Multicast, 4 labeled Unicast, 5 Multicast VPN,
    64 Tunnel, 65 VPLS, 66 MDT, 70 EVPN, 128 labeled VPN Unicast, 129 labeled VPN Multicast,
    130 labeled VPN Unicast+Multicast, 132 Route Target Routing Information
""")
#: The numbers of BSD's socket addresses, of which each system has its own for IPv6.
BSD_NAMES = numbered("2 IPv4, 6 NS, 7 ISO, 16 Appletalk, 23 IPX, 24 IPv6, 28 IPv6, 30 IPv6")


def family_name(number: int, unknown: str = "Unknown") -> str:
    """`IPv4`, or what stands for a number without a name."""
    return _NAMES.get(number, unknown)


def subsequent_name(number: int, unknown: str = "Unknown") -> str:
    """`Unicast`, or what stands for a number without a name."""
    return _SUBSEQUENT.get(number, unknown)
