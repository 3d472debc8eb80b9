"""Frame Relay's addresses (ITU-T Q.922, section 3.2)."""

from __future__ import annotations

_LAST = 0x01


def circuit(address: bytes) -> str:
    """`DLCI 100` for an address of two to four bytes, of which all but the last are even."""
    if address and address[0] & _LAST:
        return "<Invalid DLCI>"
    if len(address) < 2:
        return "<Truncated>"
    number = (address[0] & 0xFC) << 2 | address[1] >> 4
    if address[1] & _LAST:
        return f"DLCI {number}"
    rest = address[2:]
    if rest and not rest[0] & _LAST:
        number = number << 7 | rest[0] >> 1
        rest = rest[1:]
    if not rest:
        return "<Truncated>"
    if not rest[0] & _LAST:
        return "<Invalid DLCI>"
    return f"DLCI {number << 6 | rest[0] >> 2}"
