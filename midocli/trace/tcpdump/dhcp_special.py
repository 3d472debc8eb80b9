"""DHCP options that have a structure of their own.

As in `dhcp_values`, each function shows a value and gives how many bytes are left over.
"""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_only
from midocli.trace.tcpdump.tables import letters, numbered
from midocli.trace.tcpdump.text import visible

_NODE_TYPES = {1: "b-node", 2: "p-node", 4: "m-node", 8: "h-node"}
_OVERLOADS = {1: "file", 2: "sname", 3: "file+sname"}
_HARDWARE = numbered("1 ether, 6 ieee802, 7 arcnet, 15 frelay, 23 strip, 24 ieee1394")
_NAME_FLAGS = numbered("1 S, 2 O, 4 E, 8 N")
_RELAY_OPTIONS = {1: "Circuit-ID", 2: "Remote-ID", 6: "Subscriber-ID"}
_LINE = "\n\t      "


def _too_short(d: Dissection, length: int, least: int) -> bool:
    if length < least:
        d.add(f"[ERROR: length < {least} bytes]")
    return length < least


def node_type(d: Dissection, at: int, length: int) -> int:
    """How a host uses NetBIOS (option 46)."""
    if _too_short(d, length, 1):
        return 0
    d.add(_NODE_TYPES.get(d.u8(at), f"#{d.u8(at)}"))
    return length - 1


def overload(d: Dissection, at: int, length: int) -> int:
    """Which fields hold options as well (52)."""
    if _too_short(d, length, 1):
        return 0
    d.add(_OVERLOADS.get(d.u8(at), f"#{d.u8(at)}"))
    return length - 1


def client_name(d: Dissection, at: int, length: int) -> int:
    """The client's full name (81, RFC 4702)."""
    if _too_short(d, length, 3):
        return 0
    flags, outcome, second = d.taken(at, 3)
    if flags & 0xF0:
        d.add(f"[ERROR: MBZ nibble 0x{flags >> 4:x} != 0] ")
    if flags & 0x0F:
        d.add(f"[{letters(_NAME_FLAGS, flags)}] ")
    if outcome or second:
        d.add(f"{outcome}/{second} ")
    d.add(f'"{visible(d.data[at + 3 : at + length])}"')
    return 0


def client_id(d: Dissection, at: int, length: int) -> int:
    """The client's identifier (61): text, or a hardware type and address."""
    if _too_short(d, length, 1):
        return 0
    kind = d.u8(at)
    value = d.data[at + 1 : at + length]
    if kind == 0:
        d.add(f'"{visible(value)}"')
    else:
        d.add(f"{_HARDWARE.get(kind, f'hardware-type {kind},')} {value.hex(':')}")
    return 0


def relay_agent(d: Dissection, at: int, length: int) -> int:
    """What a relay agent adds (82, RFC 3046)."""
    end = at + length
    while at + 2 <= end:
        code, size = d.u8(at), d.u8(at + 1)
        at += 2
        d.add(f"{_LINE}{_RELAY_OPTIONS.get(code, 'Unknown')} SubOption {code}, length {size}: ")
        if size > end - at:
            d.add("length goes past end of option")
            return 0
        value = d.data[at : at + size]
        d.add(visible(value) if code in _RELAY_OPTIONS else hex_only(value, "\n\t\t"))
        at += size
    return end - at


def routes(d: Dissection, at: int, length: int) -> int:
    """Classless static routes (121, 249, RFC 3442): `(10.0.0.0/8:192.168.0.1)`."""
    if _too_short(d, length, 5):
        return 0
    end = at + length
    separator = ""
    while at < end:
        d.add(separator)
        separator = ","
        width = d.u8(at)
        at += 1
        if width > 32:
            d.add(f"[ERROR: Mask width ({width}) > 32]")
            return 0
        octets = (width + 7) // 8
        if end - at < octets + 4:
            d.add(f"[ERROR: Remaining length ({end - at}) < {octets + 4} bytes]")
            return 0
        network = ".".join(map(str, d.data[at : at + octets].ljust(4, b"\0")))
        at += octets
        gateway = d.names.ipv4(d.data[at : at + 4])
        d.add(f"({f'{network}/{width}' if width else 'default'}:{gateway})")
        at += 4
    return 0


def user_class(d: Dissection, at: int, length: int) -> int:
    """What kind of user or application this is (77, RFC 3004)."""
    if _too_short(d, length, 2):
        return 0
    end = at + length
    instance = 1
    while at < end:
        size = d.u8(at)
        at += 1
        d.add(f"{_LINE}instance#{instance}: ")
        if size == 0:
            d.add("[ERROR: suboption length must be non-zero]")
            return 0
        if end - at < size:
            d.add("[ERROR: invalid option]")
            return 0
        d.add(f'"{visible(d.data[at : at + size])}", length {size}')
        at += size
        instance += 1
    return 0
