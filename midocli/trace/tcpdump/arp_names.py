"""What ARP's numbers mean: hardware, operations and protocols."""

from __future__ import annotations

from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.tables import numbered

IPV4_LIKE = frozenset((0x0800, 0x1000))
FRAME_RELAY, ATM = 15, 19
HARDWARE = numbered("""
    1 Ethernet, 6 TokenRing, 7 ArcNet, 15 FrameRelay, 19 ATM, 23 Strip, 24 IEEE 1394, 32 InfiniBand
""")
REQUEST, REPLY = 1, 2
REVERSE_REQUEST, REVERSE_REPLY = 3, 4
INVERSE_REQUEST, INVERSE_REPLY = 8, 9
_OPERATIONS = numbered("""
    1 Request, 2 Reply, 3 Reverse Request, 4 Reverse Reply, 8 Inverse Request, 9 Inverse Reply,
    10 NACK Reply
""")


def operation(number: int) -> str:
    """`Request`, or `Unknown (N)`."""
    return _OPERATIONS.get(number, f"Unknown ({number})")


def protocol(number: int) -> str:
    """`IPv4`, or `Unknown Protocol (0xN)`."""
    return NAMES.get(number, f"Unknown Protocol (0x{number:04x})")
