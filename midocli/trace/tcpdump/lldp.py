"""LLDP (IEEE 802.1AB): who a neighbour is, and in files beside this one what organizations add."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import (
    lldp_8021,
    lldp_8023,
    lldp_dcbx,
    lldp_med,
    lldp_values,
    text,
    vendors,
)
from midocli.trace.tcpdump.address_families import family_name
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError, check_left
from midocli.trace.tcpdump.tables import named_bits, numbered

_CHASSIS, _PORT, _TTL, _PORT_TEXT, _NAME, _DESCRIPTION, _CAPABILITIES, _MANAGEMENT = range(1, 9)
_PRIVATE = 127
_ELEMENTS = numbered("""
    0 End, 1 Chassis ID, 2 Port ID, 3 Time to Live, 4 Port Description, 5 System Name,
    6 System Description, 7 System Capabilities, 8 Management Address, 127 Organization specific
""")
# How a chassis or a port is identified: by text but for addresses.
_CHASSIS_KINDS = numbered("""
    1 Chassis component, 2 Interface alias, 3 Port component, 4 MAC address, 5 Network address,
    6 Interface name, 7 Local
""")
_PORT_KINDS = numbered("""
    1 Interface alias, 2 Port component, 3 MAC address, 4 Network Address, 5 Interface Name,
    6 Agent circuit ID, 7 Local
""")
_ROLES = numbered("""
    0x01 Other, 0x02 Repeater, 0x04 Bridge, 0x08 WLAN AP, 0x10 Router, 0x20 Telephone, 0x40 Docsis,
    0x80 Station Only
""")
_NUMBERINGS = {2: "Interface Index", 3: "System Port Number"}
_ORGANIZATIONS = {
    vendors.BRIDGED: lldp_8021.show,
    vendors.IEEE_802_3: lldp_8023.show,
    vendors.IANA: lldp_values.show_iana,
    vendors.TIA: lldp_med.show,
    vendors.DCBX: lldp_dcbx.show,
}


def show(d: Dissection, at: int, length: int) -> None:
    """Show a frame's elements with -v; without it, no more than the system's name."""
    d.protocol = "lldp"
    d.add(f"LLDP, length {length}")
    while length >= 2:
        d.check(at, 2)
        kind, size = divmod(d.u16(at), 512)
        at += 2
        length -= 2
        if d.flags.verbose:
            d.add(f"\n\t{_ELEMENTS.get(kind, 'Unknown')} TLV ({kind}), length {size}")
        if not kind or not size:
            return
        d.check(at, size)
        if length < size:
            raise ShortError
        if d.flags.verbose:
            unknown = _show_element(d, kind, at, size)
            if unknown or d.flags.verbose > 1:
                text.dump(d, at, size, "\n\t  ")
        elif kind == _NAME:
            _show_text(d, ": ", at, size)
        at += size
        length -= size


def _show_text(d: Dissection, before: str, at: int, size: int) -> None:
    d.add(before)
    text.show_until_zero(d, at, size)


def _show_element(d: Dissection, kind: int, at: int, size: int) -> bool:
    """Show the value of an element; says whether it is of an unknown kind."""
    if kind in (_CHASSIS, _PORT):
        return _show_identifier(d, _CHASSIS_KINDS if kind == _CHASSIS else _PORT_KINDS, at, size)
    if kind == _PRIVATE:
        return _show_private(d, at, size)
    if kind == _TTL:
        check_left(size, 2)
        d.add(f": TTL {d.u16(at)}s")
    elif kind in (_PORT_TEXT, _NAME):
        _show_text(d, ": ", at, size)
    elif kind == _DESCRIPTION:
        _show_text(d, "\n\t  ", at, size)
    elif kind == _CAPABILITIES:
        check_left(size, 4)
        for field, what in ((0, "System "), (2, "Enabled")):
            roles = d.u16(at + field)
            d.add(f"\n\t  {what} Capabilities [{named_bits(_ROLES, roles)}] (0x{roles:04x})")
    elif kind == _MANAGEMENT:
        _show_management(d, at, size)
    return kind not in _ELEMENTS


def _show_identifier(d: Dissection, kinds: dict[int, str], at: int, size: int) -> bool:
    check_left(size, 2)
    kind = d.u8(at)
    name = kinds.get(kind, "Unknown")
    d.add(f"\n\t  Subtype {name} ({kind}): ")
    if name == "MAC address":
        check_left(size, 7)
        d.add(d.names.mac(d.taken(at + 1, 6)))
    elif name.lower() == "network address":
        d.add(_network_address(d, at + 1, size - 1))
    elif kind in kinds:
        text.show_until_zero(d, at + 1, size - 1)
    return kind not in kinds


def _network_address(d: Dissection, at: int, size: int) -> str:
    check_left(size, 1)
    family = d.u8(at)
    name = f"AFI {family_name(family)} ({family})"
    writers: dict[int, tuple[int, Callable[[bytes], str]]]
    writers = {1: (4, d.names.ipv4), 2: (16, ipv6), 6: (6, d.names.mac)}
    if family not in writers:
        return f"{name}, no AF printer !"
    length, write = writers[family]
    check_left(size - 1, length)
    return f"{name}: {write(d.taken(at + 1, length))}"


def _show_management(d: Dissection, at: int, size: int) -> None:
    length = d.u8(at)
    at += 1
    size -= 1
    check_left(size, length)
    d.add(f"\n\t  Management Address length {length}, {_network_address(d, at, length)}")
    at += length
    size -= length
    check_left(size, 5)
    kind = d.u8(at)
    d.add(f"\n\t  {_NUMBERINGS.get(kind, 'Unknown')} Interface Numbering ({kind}): {d.u32(at + 1)}")
    at += 5
    size -= 5
    if size:
        length = d.u8(at)
        check_left(size, 1 + length)
        if length:
            _show_text(d, f"\n\t  OID length {length}", at + 1, length)


def _show_private(d: Dissection, at: int, size: int) -> bool:
    check_left(size, 3)
    vendor = d.u24(at)
    d.add(f": OUI {vendors.NAMES.get(vendor, 'Unknown')} (0x{vendor:06x})")
    known = _ORGANIZATIONS.get(vendor)
    return known is None or known(d, at, size)
