"""What TCP and UDP take from the IP header below them, of either version."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import ipv6_routing
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.checksum import complement, words
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ipv4_options import final_destination


def addresses(d: Dissection, ip_at: int) -> tuple[bytes, bytes]:
    """The bytes of source and destination address, as in the header."""
    data = d.data
    if data[ip_at] >> 4 == 6:
        return data[ip_at + 8 : ip_at + 24], data[ip_at + 24 : ip_at + 40]
    return data[ip_at + 12 : ip_at + 16], data[ip_at + 16 : ip_at + 20]


def endpoints(
    d: Dissection, ip_at: int, protocol: int, ports: tuple[int, int], name: Callable[[int], str]
) -> str:
    """`A.PORT > B.PORT: `; ports only where other headers stand between (and have shown A > B)."""
    source_port, destination_port = map(name, ports)
    data = d.data
    if data[ip_at] >> 4 == 6:
        if data[ip_at + 6] == protocol:
            source, destination = map(ipv6, addresses(d, ip_at))
            return f"{source}.{source_port} > {destination}.{destination_port}: "
    elif data[ip_at + 9] == protocol:
        host = d.names.ipv4
        return (
            f"{host(data[ip_at + 12 : ip_at + 16])}.{source_port} > "
            f"{host(data[ip_at + 16 : ip_at + 20])}.{destination_port}: "
        )
    return f"{source_port} > {destination_port}: "


def hosts(d: Dissection, ip_at: int) -> str:
    """`A > B:`, where the ports were not captured."""
    host = ipv6 if d.data[ip_at] >> 4 == 6 else d.names.ipv4
    source, destination = map(host, addresses(d, ip_at))
    return f"{source} > {destination}:"


def stated_protocol(d: Dissection, ip_at: int) -> int:
    """The protocol the IP header names: another one's if there are headers between."""
    return d.data[ip_at + (6 if d.data[ip_at] >> 4 == 6 else 9)]


def checksum(d: Dissection, ip_at: int, protocol: int, at: int, length: int) -> int:
    """What the checksum over pseudo-header and `length` bytes gives: 0 when it verifies.

    The bytes must all be there.
    """
    source, goal = addresses(d, ip_at)
    if d.data[ip_at] >> 4 == 6:
        goal = ipv6_routing.final_destination(d, ip_at)
        length_words = words(length.to_bytes(4, "big"))
    else:
        if d.data[ip_at] & 0xF != 5:
            goal = final_destination(d, ip_at)
        length_words = length & 0xFFFF
    pseudo_header = words(source + goal) + protocol + length_words
    return complement(pseudo_header + words(d.data[at : at + length]))
