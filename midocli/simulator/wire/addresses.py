"""Integer arithmetic on IPv4 addresses and MACs, and how they are written in a reason's text."""

from __future__ import annotations

#: (address, length) of a network; the address may be any in it.
Prefix = tuple[int, int]
#: (source, port, destination, port) of a packet.
Ends = tuple[int, int, int, int]

#: The address of a frame that has none: outside the 32 bits, so it equals and matches nothing.
NO_ADDRESS = 1 << 32
BROADCAST_MAC = (1 << 48) - 1
BROADCAST = 0xFFFFFFFF
#: The first byte of a machine's addresses of its own (127.0.0.0/8).
LOOPBACK = 127

_MASKS = tuple(0xFFFFFFFF & ~((1 << 32 - length) - 1) for length in range(33))


def mask_of(length: int) -> int:
    """The netmask of a prefix length (0 to 32)."""
    return _MASKS[length]


def contains(network: Prefix | None, address: int) -> bool:
    """Whether `network`, as (any address in it, length), holds `address`."""
    return network is not None and not (network[0] ^ address) & (_MASKS[network[1]] | NO_ADDRESS)


def subnet_broadcast(network: Prefix) -> int:
    """The highest address of a network."""
    return network[0] | 0xFFFFFFFF ^ _MASKS[network[1]]


def is_multicast(address: int) -> bool:
    """Whether an IPv4 address is in 224.0.0.0/4."""
    return address >> 28 == 0xE


def is_group_mac(mac: int) -> bool:
    """Whether a MAC is a multicast or broadcast one (its first octet is odd)."""
    return bool(mac & 1 << 40)


def ip_text(address: int) -> str:
    """Dotted-decimal text of an address."""
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def mac_text(mac: int) -> str:
    """Colon-separated lower-case text of a MAC."""
    return mac.to_bytes(6, "big").hex(":")


def network_text(network: Prefix) -> str:
    """`address/length` of a network."""
    return f"{ip_text(network[0])}/{network[1]}"
