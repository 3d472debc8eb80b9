"""IEEE 802.2 LLC and SNAP, which 802.3 frames carry instead of an Ethertype.

What is inside is shown when it is an Ethertype's protocol (in SNAP) or that of an
access point in the table; anything else as a frame of an unknown kind.
"""

from __future__ import annotations

from midocli.trace.tcpdump import vendors
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.hexdump import hex_and_ascii
from midocli.trace.tcpdump.naming import Naming
from midocli.trace.tcpdump.tables import numbered

_SNAP = 0xAA
_SAPS = numbered("""
    0x00 Null, 0x02 802.1B I, 0x03 802.1B G, 0x04 SNA, 0x06 IP, 0x0E ProWay NM, 0x42 STP,
    0x4E RS511, 0x7E ISO8208, 0x8E ProWay, 0xAA SNAP, 0xE0 IPX, 0xF0 NetBeui, 0xFE OSI, 0xFF Global
""")
_UI, _XID = 0x03, 0xAF
_XID_BASIC = 0x81
_COMMANDS = numbered("""
    0x03 ui, 0xE3 test, 0xAF xid, 0x63 ua, 0x43 disc, 0x0F dm, 0x6F sabme, 0x87 frmr
""")
_SUPERVISORY = ("Receiver Ready", "Receiver not Ready", "Reject", "?")
_SNAP_HEADER = 5
_CISCO_PROTOCOLS = numbered("""
    0x0111 UDLD, 0x010B PVST, 0x010C VLAN Bridge, 0x2000 CDP, 0x2003 VTP, 0x2004 DTP
""")
_BRIDGED_PROTOCOLS = numbered("""
    0x0001 Ethernet + FCS, 0x0002 802.4 + FCS, 0x0003 Token Ring + FCS, 0x0004 FDDI + FCS,
    0x0005 802.6 + FCS, 0x0007 Ethernet w/o FCS, 0x0008 802.4 w/o FCS, 0x0009 Token Ring w/o FCS,
    0x000A FDDI w/o FCS, 0x000B 802.6 w/o FCS, 0x000E BPDU
""")
_PROTOCOLS_BY_VENDOR = {
    vendors.ENCAPSULATED: NAMES,
    vendors.CISCO_BRIDGED: NAMES,
    vendors.APPLETALK: NAMES,
    vendors.CISCO: _CISCO_PROTOCOLS,
    vendors.BRIDGED: _BRIDGED_PROTOCOLS,
}


def show(d: Dissection, at: int, length: int, macs: bytes | None) -> tuple[int, bool]:
    """Show an LLC frame; `macs` are the frame's first twelve bytes, None where it has none.

    Returns the length of the header and whether what follows it was shown.
    """
    d.protocol = "llc"
    captured = d.end - at
    unnumbered = captured >= 3 and d.data[at + 2] & 3 == 3
    header = 3 if unnumbered else 4
    if captured < 3 or captured < header:
        d.cut()
        d.add(hex_and_ascii(d.data[at : d.end]))
        return captured, True
    to_field, from_field = d.data[at], d.data[at + 1]
    control = d.data[at + 2] if unnumbered else d.data[at + 2] | d.data[at + 3] << 8
    to_sap, from_sap = to_field & 0xFE, from_field & 0xFE
    if d.flags.link:
        d.add(
            f"LLC, dsap {_SAPS.get(to_sap, 'Unknown')} (0x{to_sap:02x}) "
            f"{'Group' if to_field & 1 else 'Individual'}, "
            f"ssap {_SAPS.get(from_sap, 'Unknown')} (0x{from_sap:02x}) "
            f"{'Response' if from_field & 1 else 'Command'}, "
            f"ctrl 0x{control:0{2 if unnumbered else 4}x}: "
        )
    at += header
    length -= header
    if control == _UI and to_sap == from_sap == _SNAP:
        return header + _SNAP_HEADER, _show_snap(d, at, length, macs)
    known = d.protocols.saps.get(to_sap) if control == _UI and to_sap == from_sap else None
    if known is not None:
        known(d, at, length)
        return header, True
    if not d.flags.link:
        d.add(_saps_text(d.names, to_sap, from_sap, macs))
    size = length + header
    if not unnumbered:
        d.add(_numbered_text(control, from_field, size))
        return header, control & 1 == 1
    flags = _flags_text(from_field, bool(control & 0x10))
    command = control & 0xEF
    d.add(f"Unnumbered, {_COMMANDS.get(command, f'{command:02x}')}, Flags [{flags}], length {size}")
    return header, command == _XID and _show_exchange(d, at, length)


def _show_snap(d: Dissection, at: int, length: int, macs: bytes | None) -> bool:
    """Show a SNAP header and its protocol; False when that is not known."""
    d.protocol = "snap"
    if d.end - at < _SNAP_HEADER:
        d.cut()
        return True
    vendor = int.from_bytes(d.data[at : at + 3], "big")
    protocol = d.u16(at + 3)
    known_names = _PROTOCOLS_BY_VENDOR.get(vendor, {})
    protocol_text = f"{known_names.get(protocol, 'Unknown')} (0x{protocol:04x})"
    vendor_text = f"oui {vendors.NAMES.get(vendor, 'Unknown')} (0x{vendor:06x})"
    length -= _SNAP_HEADER
    if d.flags.link:
        label = "pid" if vendor else "ethertype"
        d.add(f"{vendor_text}, {label} {protocol_text}, length {length}: ")
    show = d.protocols.snap.get((vendor, protocol))
    if vendor in (vendors.ENCAPSULATED, vendors.CISCO_BRIDGED):
        show = d.protocols.ethertypes.get(protocol)
    if show is not None:
        show(d, at + _SNAP_HEADER, length)
        return True
    if not d.flags.link:
        label = f"{vendor_text}, pid" if vendor else "ethertype"
        pair = f"{d.names.mac_pair(macs)} " if macs else ""
        d.add(f"{pair}SNAP, {label} {protocol_text}, length {length}: ")
    return False


def _saps_text(names: Naming, to_sap: int, from_sap: int, macs: bytes | None) -> str:
    target = _SAPS.get(to_sap, f"Unknown DSAP 0x{to_sap:02x}")
    if to_sap == from_sap:
        return f"{names.mac_pair(macs)} {target} " if macs else f"{target} "
    origin = _SAPS.get(from_sap, f"Unknown SSAP 0x{from_sap:02x}")
    if macs is None:
        return f"{origin} > {target} "
    return f"{names.mac(macs[6:])} {origin} > {names.mac(macs[:6])} {target} "


def _numbered_text(control: int, from_field: int, size: int) -> str:
    """A supervisory or information frame's text; their control field is 16 bits."""
    received = control >> 9
    flags = _flags_text(from_field, bool(control & 0x0100))
    if control & 1:
        kind = f"Supervisory, {_SUPERVISORY[control >> 2 & 3]}"
    else:
        kind = f"Information, send seq {control >> 1 & 0x7F}"
    return f"{kind}, rcv seq {received}, Flags [{flags}], length {size}"


def _flags_text(from_field: int, poll: bool) -> str:
    if poll:
        return "Final" if from_field & 1 else "Poll"
    return "Response" if from_field & 1 else "Command"


def _show_exchange(d: Dissection, at: int, length: int) -> bool:
    """Show what an XID frame carries; False when it is not the basic form."""
    if length == 0:
        return True
    if not d.has(at, 1):
        d.cut()
        return True
    if d.data[at] != _XID_BASIC:
        return False
    if length < 3 or not d.has(at, 3):
        d.cut()
        d.add(hex_and_ascii(d.data[at : d.end]))
    else:
        d.add(f": {d.data[at + 1]:02x} {d.data[at + 2]:02x}")
    return True
