"""Numbers or names: what -n decides about addresses, ports and protocols.

Hosts are never looked up: with names, a frame's text is that of a tcpdump without name
service, whose only known host is `localhost`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from midocli.trace.tcpdump import addresses, services, vendors
from midocli.trace.tcpdump.addresses import ipv4, mac

_REMEMBERED = 4096
_BROADCAST = b"\xff" * 6
_LOCALHOST = bytes((127, 0, 0, 1))


class Naming:
    """How a printer writes addresses (given as bytes), ports and IP protocols.

    The pairs are `A > B`: `ipv4_pair` of the eight bytes of source and destination,
    `mac_pair` of a frame's first twelve, where the destination comes first.
    """

    __slots__ = ("ip_protocol", "ipv4", "ipv4_pair", "mac", "mac_pair", "tcp_port", "udp_port")

    def __init__(
        self,
        mac: Callable[[bytes], str],
        ipv4: Callable[[bytes], str],
        tcp_port: Callable[[int], str],
        udp_port: Callable[[int], str],
        ip_protocol: Callable[[int], str],
    ) -> None:
        self.mac = mac
        self.ipv4 = ipv4
        self.tcp_port = tcp_port
        self.udp_port = udp_port
        self.ip_protocol = ip_protocol

        @lru_cache(_REMEMBERED)
        def ipv4_pair(pair: bytes) -> str:
            return f"{ipv4(pair[:4])} > {ipv4(pair[4:])}"

        @lru_cache(_REMEMBERED)
        def mac_pair(pair: bytes) -> str:
            return f"{mac(pair[6:12])} > {mac(pair[:6])}"

        self.ipv4_pair = ipv4_pair
        self.mac_pair = mac_pair


@lru_cache(_REMEMBERED)
def _named_mac(address: bytes) -> str:
    if address == _BROADCAST:
        return "Broadcast"
    vendor = vendors.NAMES.get(int.from_bytes(address[:3], "big"), "Unknown")
    return f"{mac(address)} (oui {vendor})" if len(address) == 6 else mac(address)


def _named_ipv4(address: bytes) -> str:
    return "localhost" if address == _LOCALHOST else addresses.ipv4(address)


def _named_tcp_port(port: int) -> str:
    return services.ports("tcp").get(port) or str(port)


def _named_udp_port(port: int) -> str:
    return services.ports("udp").get(port) or str(port)


def _numbered_protocol(number: int) -> str:
    return f"ip-proto-{number}"


def _named_protocol(number: int) -> str:
    return services.protocols().get(number) or _numbered_protocol(number)


NUMBERS = Naming(mac, ipv4, str, str, _numbered_protocol)
NAMES = Naming(_named_mac, _named_ipv4, _named_tcp_port, _named_udp_port, _named_protocol)
