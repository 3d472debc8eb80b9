"""What TCP and UDP take from the IP header below them."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv4
from midocli.trace.tcpdump.checksum import complement, words
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ipv4_options import final_destination


def source(d: Dissection, ip_at: int) -> bytes:
    """The source address's bytes."""
    return d.data[ip_at + 12 : ip_at + 16]


def destination(d: Dissection, ip_at: int) -> bytes:
    """The destination address's bytes, as in the header."""
    return d.data[ip_at + 16 : ip_at + 20]


def endpoints(d: Dissection, ip_at: int, source_port: int, destination_port: int) -> str:
    """`A.PORT > B.PORT: `."""
    return (
        f"{ipv4(source(d, ip_at))}.{source_port} > "
        f"{ipv4(destination(d, ip_at))}.{destination_port}: "
    )


def hosts(d: Dissection, ip_at: int) -> str:
    """`A > B:`, where the ports were not captured."""
    return f"{ipv4(source(d, ip_at))} > {ipv4(destination(d, ip_at))}:"


def checksum(d: Dissection, ip_at: int, protocol: int, at: int, length: int) -> int:
    """What the checksum over pseudo-header and `length` bytes gives: 0 when it verifies.

    The bytes must all be there.
    """
    plain = d.data[ip_at] & 0xF == 5
    goal = destination(d, ip_at) if plain else final_destination(d, ip_at)
    pseudo_header = words(source(d, ip_at) + goal) + protocol + (length & 0xFFFF)
    return complement(pseudo_header + words(d.data[at : at + length]))
