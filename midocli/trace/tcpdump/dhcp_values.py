"""The common kinds of values DHCP options have.

Each function shows a value of `length` bytes, all of them there, and gives how many
are left over.
"""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection


def addresses(d: Dissection, at: int, length: int) -> int:
    """IPv4 addresses: `10.0.0.1,10.0.0.2`."""
    host = d.names.ipv4
    d.add(",".join([host(d.data[each : each + 4]) for each in range(at, at + length - 3, 4)]))
    return length % 4


def pairs(d: Dissection, at: int, length: int) -> int:
    """Pairs of IPv4 addresses: `(10.0.0.0:255.0.0.0)`."""
    host = d.names.ipv4
    data = d.data
    shown = [
        f"({host(data[each : each + 4])}:{host(data[each + 4 : each + 8])})"
        for each in range(at, at + length - 7, 8)
    ]
    d.add(",".join(shown))
    return length % 8


def longs(d: Dissection, at: int, length: int) -> int:
    """32-bit numbers."""
    d.add(",".join([str(d.u32(each)) for each in range(at, at + length - 3, 4)]))
    return length % 4


def signed(d: Dissection, at: int, length: int) -> int:
    """32-bit numbers that may be negative."""
    numbers = (
        int.from_bytes(d.data[each : each + 4], "big", signed=True)
        for each in range(at, at + length - 3, 4)
    )
    d.add(",".join(map(str, numbers)))
    return length % 4


def shorts(d: Dissection, at: int, length: int) -> int:
    """16-bit numbers."""
    d.add(",".join([str(d.u16(each)) for each in range(at, at + length - 1, 2)]))
    return length % 2


def numbers(d: Dissection, at: int, length: int) -> int:
    """Bytes as numbers: `1.2.3`."""
    d.add(".".join(map(str, d.data[at : at + length])))
    return 0


def switches(d: Dissection, at: int, length: int) -> int:
    """`Y` or `N` for each byte."""
    names = {0: "N", 1: "Y"}
    d.add(",".join([names.get(byte, f"{byte}?") for byte in d.data[at : at + length]]))
    return 0


def string(d: Dissection, at: int, length: int) -> int:
    """Text in quotes."""
    d.add(f'"{text.visible(d.data[at : at + length])}"')
    return 0
