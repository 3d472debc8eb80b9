"""A DHCP client's messages and what it takes from the answer (RFC 2131, RFC 3442).

Frames are as ISC dhclient sends them: from no address, TOS 0x10, TTL 128, IP id 0, padded to
the 300 bytes of a BOOTP message.
"""

from __future__ import annotations

from dataclasses import dataclass

from midocli.simulator.wire import dhcp_message as dhcp
from midocli.simulator.wire.addresses import BROADCAST, BROADCAST_MAC
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.dhcp_message import Message, Route
from midocli.simulator.wire.frame import Frame

_SHORTEST = 300
_LOW_DELAY, _TTL = 0x10, 128
#: What Debian's dhclient asks for: mask, broadcast address, time offset, routers, domain name,
#: name servers, search list, host name, NetBIOS servers and scope, MTU, routes, NTP servers.
_WANTED = bytes((1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42))


@dataclass(frozen=True, slots=True)
class Lease:
    """What an acknowledged request gives for `seconds`; None for what it does not give."""

    address: int
    length: int
    server: int
    seconds: int
    gateway: int | None
    mtu: int | None
    routes: tuple[Route, ...]


def discover(mac: int, xid: int) -> Message:
    """Who gives addresses?"""
    options = {dhcp.MESSAGE_TYPE: bytes((dhcp.DISCOVER,)), dhcp.PARAMETERS: _WANTED}
    return Message(dhcp.BOOT_REQUEST, xid, mac, options)


def request(offer: Message) -> Message:
    """The address offered, please."""
    options = {
        dhcp.MESSAGE_TYPE: bytes((dhcp.REQUEST,)),
        dhcp.SERVER_ID: offer.options.get(dhcp.SERVER_ID, b""),
        dhcp.REQUESTED_ADDRESS: dhcp.address_bytes(offer.your_address),
        dhcp.PARAMETERS: _WANTED,
    }
    if not options[dhcp.SERVER_ID]:
        del options[dhcp.SERVER_ID]
    return Message(dhcp.BOOT_REQUEST, offer.xid, offer.client_mac, options)


def client_frame(message: Message) -> Frame:
    """The frame in which a client without an address broadcasts a message."""
    data = message.to_bytes().ljust(_SHORTEST, b"\0")
    frame = udp_packet(0, dhcp.CLIENT_PORT, BROADCAST, dhcp.SERVER_PORT, data, _TTL)
    frame.hw_src, frame.hw_dst = message.client_mac, BROADCAST_MAC
    frame.tos, frame.fragment = _LOW_DELAY, 0
    return frame


def lease_of(ack: Message) -> Lease:
    """What an ACK gives. With classless routes its router option does not count."""
    length = (ack.number(dhcp.SUBNET_MASK) or 0xFFFFFFFF).bit_count()
    gateway = next(iter(ack.addresses(dhcp.ROUTER)), None)
    routes = ack.routes()
    if dhcp.CLASSLESS_ROUTES in ack.options:
        gateway = next((via for dst, via in routes if dst[1] == 0 and via), None)
        routes = tuple(route for route in routes if route[0][1] > 0)
    return Lease(
        address=ack.your_address,
        length=length,
        server=ack.number(dhcp.SERVER_ID) or 0,
        seconds=ack.number(dhcp.LEASE_TIME) or 0,
        gateway=gateway,
        mtu=ack.number(dhcp.INTERFACE_MTU),
        routes=routes,
    )
