"""Addresses as text, remembered: a capture repeats a handful of them.

The caches are bounded and hold nothing but what the bytes say.
"""

from __future__ import annotations

from functools import lru_cache

_REMEMBERED = 4096


def mac(address: bytes) -> str:
    """`c2:86:ff:ce:17:0a` for six bytes (or any other number of them)."""
    return address.hex(":")


@lru_cache(_REMEMBERED)
def ipv4(address: bytes) -> str:
    """`192.168.78.9` for four bytes."""
    return ".".join(map(str, address))


@lru_cache(_REMEMBERED)
def ipv4_pair(addresses: bytes) -> str:
    """`A > B` for the eight bytes of source and destination."""
    return f"{ipv4(addresses[:4])} > {ipv4(addresses[4:])}"


@lru_cache(_REMEMBERED)
def mac_pair(addresses: bytes) -> str:
    """`A > B` for the first twelve bytes of a frame, which has the destination first."""
    return f"{mac(addresses[6:12])} > {mac(addresses[:6])}"
