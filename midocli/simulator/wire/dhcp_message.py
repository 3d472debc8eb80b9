"""DHCP messages (RFC 2131, options RFC 2132 and RFC 3442): built, read, and found in frames."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from midocli.simulator.wire.addresses import mask_of
from midocli.simulator.wire.datagram import udp_data
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import OFFSET, UDP

SERVER_PORT, CLIENT_PORT = 67, 68
BOOT_REQUEST, BOOT_REPLY = 1, 2
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
TYPE_NAMES = dict(
    enumerate(("discover", "offer", "request", "decline", "ack", "nak", "release", "inform"), 1)
)

# Options.
SUBNET_MASK, ROUTER, DNS, HOST_NAME, INTERFACE_MTU, BROADCAST_ADDRESS = 1, 3, 6, 12, 26, 28
REQUESTED_ADDRESS, LEASE_TIME, MESSAGE_TYPE, SERVER_ID, PARAMETERS = 50, 51, 53, 54, 55
CLASSLESS_ROUTES = 121

_PAD, _END = 0, 255
_COOKIE = bytes((99, 130, 83, 99))
_FIXED = struct.Struct("!BBBBIHHIIII16s64s128s")

Route = tuple[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Message:
    """A DHCP message; addresses and the client's MAC are integers, options bytes by code."""

    op: int
    xid: int
    client_mac: int
    options: Mapping[int, bytes] = field(default_factory=dict)
    client_address: int = 0
    your_address: int = 0
    server_address: int = 0
    relay_address: int = 0
    seconds: int = 0
    flags: int = 0

    @property
    def type(self) -> int:
        """DISCOVER, OFFER and so on; 0 when the message doesn't say, as in BOOTP."""
        value = self.options.get(MESSAGE_TYPE, b"")
        return value[0] if len(value) == 1 else 0

    def number(self, option: int) -> int | None:
        """An option that is one number or address; None: not there, or of a wrong length."""
        value = self.options.get(option, b"")
        return int.from_bytes(value, "big") if len(value) in (1, 2, 4) else None

    def addresses(self, option: int) -> tuple[int, ...]:
        """An option that lists addresses."""
        value = self.options.get(option, b"")
        return tuple(
            int.from_bytes(value[at : at + 4], "big") for at in range(0, len(value) - 3, 4)
        )

    def routes(self) -> tuple[Route, ...]:
        """The classless static routes, ((destination, length), gateway)."""
        return read_routes(self.options.get(CLASSLESS_ROUTES, b""))

    def to_bytes(self) -> bytes:
        """The message as UDP carries it; options in the order given."""
        chaddr = self.client_mac.to_bytes(6, "big")
        fixed = _FIXED.pack(
            self.op,
            1,
            6,
            0,
            self.xid,
            self.seconds,
            self.flags,
            self.client_address,
            self.your_address,
            self.server_address,
            self.relay_address,
            chaddr,
            b"",
            b"",
        )
        options = b"".join(_option(code, value) for code, value in self.options.items())
        return fixed + _COOKIE + options + bytes((_END,))

    @staticmethod
    def from_bytes(data: bytes) -> Message | None:
        """Read a message; None: it is not one for Ethernet, or its options are cut short."""
        at = _FIXED.size + len(_COOKIE)
        if len(data) < at or data[_FIXED.size : at] != _COOKIE:
            return None
        op, hardware, length, _, xid, seconds, flags, client, your, server, relay, chaddr, *_ = (
            _FIXED.unpack_from(data)
        )
        options = _read_options(data[at:])
        if hardware != 1 or length != 6 or options is None:
            return None
        mac = int.from_bytes(chaddr[:6], "big")
        return Message(op, xid, mac, options, client, your, server, relay, seconds, flags)


def _option(code: int, value: bytes) -> bytes:
    """An option; one longer than 255 bytes is split (RFC 3396)."""
    parts = [value[at : at + 255] for at in range(0, len(value), 255)] or [b""]
    return b"".join(bytes((code, len(part))) + part for part in parts)


def _read_options(data: bytes) -> dict[int, bytes] | None:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data) and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        end = at + 2 + data[at + 1] if at + 1 < len(data) else len(data) + 1
        if end > len(data):
            return None
        found[data[at]] = found.get(data[at], b"") + data[at + 2 : end]
        at = end
    return found


def address_bytes(*addresses: int) -> bytes:
    """Addresses as the value of an option."""
    return b"".join(address.to_bytes(4, "big") for address in addresses)


def route_bytes(routes: Iterable[Route]) -> bytes:
    """Classless static routes as the value of option 121: only the bytes the mask covers."""
    value = b""
    for (address, length), gateway in routes:
        prefix = (address & mask_of(length)).to_bytes(4, "big")[: (length + 7) // 8]
        value += bytes((length,)) + prefix + address_bytes(gateway)
    return value


def read_routes(value: bytes) -> tuple[Route, ...]:
    """The routes of option 121; reading stops at the first that makes no sense."""
    found: list[Route] = []
    at = 0
    while at < len(value):
        length = value[at]
        prefix_end = at + 1 + (length + 7) // 8
        if length > 32 or prefix_end + 4 > len(value):
            break
        prefix = value[at + 1 : prefix_end].ljust(4, b"\0")
        gateway = int.from_bytes(value[prefix_end : prefix_end + 4], "big")
        found.append(((int.from_bytes(prefix, "big"), length), gateway))
        at = prefix_end + 4
    return tuple(found)


def message_of(frame: Frame) -> Message | None:
    """The DHCP message that a frame carries, to a server or to a client, if it does."""
    if frame.proto != UDP or frame.fault is not None or frame.fragment & OFFSET:
        return None
    if (frame.tp_src, frame.tp_dst) not in ((68, 67), (67, 68)) or len(frame.payload) < 2:
        return None
    return Message.from_bytes(udp_data(frame))
