"""BOOTP and DHCP (RFC 951, RFC 2131): the fixed fields; options are in `dhcp_options`."""

from __future__ import annotations

from midocli.trace.tcpdump import dhcp_options, text
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import numbered

_REQUEST = 1
_OPERATIONS = {_REQUEST: "Request", 2: "Reply"}
_ETHERNET, _MAC_LENGTH = 1, 6
_BROADCAST = 0x8000
_OPTIONS_MAGIC, _CMU_MAGIC = b"\x63\x82\x53\x63", b"CMU\0"

# Offsets in the message.
_HOPS, _XID, _SECONDS, _FLAGS, _CLIENT_MAC = 3, 4, 8, 10, 28
_ADDRESSES = numbered("12 Client-IP, 16 Your-IP, 20 Server-IP, 24 Gateway-IP")
_STRINGS = ((44, 64, "sname"), (108, 128, "file"))
_VENDOR = 236

# The vendor area of CMU's clients: a flag and addresses.
_CMU_FLAGS = 4
_CMU_MASK_VALID = 1
_CMU_ADDRESSES = numbered("12 DG, 8 SM, 16 NS1, 20 NS2, 24 IEN1, 28 IEN2, 32 TS1, 36 TS2")


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message of `length` bytes; its fields with -v."""
    d.protocol = "bootp"
    operation = d.u8(at)
    d.add(f"BOOTP/DHCP, {_OPERATIONS.get(operation, f'unknown (0x{operation:02x})')}")
    hardware, mac_length = d.u8(at + 1), d.u8(at + 2)
    ethernet = hardware == _ETHERNET and mac_length == _MAC_LENGTH
    if ethernet and operation == _REQUEST:
        d.add(f" from {d.names.mac(d.taken(at + _CLIENT_MAC, _MAC_LENGTH))}")
    d.add(f", length {length}")
    if not d.flags.verbose:
        return
    d.check(at + _SECONDS, 2)
    if hardware != _ETHERNET:
        d.add(f", htype {hardware}")
    if not ethernet:
        d.add(f", hlen {mac_length}")
    hops, xid, seconds = d.u8(at + _HOPS), d.u32(at + _XID), d.u16(at + _SECONDS)
    d.add(f", hops {hops}" if hops else "")
    d.add(f", xid 0x{xid:x}" if xid else "")
    d.add(f", secs {seconds}" if seconds else "")
    flags = d.u16(at + _FLAGS)
    d.add(f", Flags [{'Broadcast' if flags & _BROADCAST else 'none'}]")
    if d.flags.verbose > 1:
        d.add(f" (0x{flags:04x})")
    for field, name in _ADDRESSES.items():
        address = d.taken(at + field, 4)
        if any(address):
            d.add(f"\n\t  {name} {d.names.ipv4(address)}")
    if ethernet:
        mac = d.names.mac(d.taken(at + _CLIENT_MAC, _MAC_LENGTH))
        d.add(f"\n\t  Client-Ethernet-Address {mac}")
    for field, size, name in _STRINGS:
        if d.u8(at + field):
            _show_string(d, at + field, size, name)
    d.check(at + _VENDOR, 4)
    magic = d.data[at + _VENDOR : at + _VENDOR + 4]
    if magic == _OPTIONS_MAGIC:
        dhcp_options.show(d, at + _VENDOR)
    elif magic == _CMU_MAGIC:
        _show_cmu(d, at + _VENDOR)
    elif any(magic):
        d.add(f"\n\t  Vendor-#0x{int.from_bytes(magic, 'big'):x}")


def _show_string(d: Dissection, at: int, size: int, name: str) -> None:
    """Show a string that a zero byte must end; ShortError when none does."""
    value, ended, _ = d.data[at : min(at + size, d.end)].partition(b"\0")
    d.add(f'\n\t  {name} "{text.visible(value)}"')
    if not ended:
        raise ShortError


def _show_cmu(d: Dissection, at: int) -> None:
    d.add(" vend-cmu")
    d.check(at + _CMU_FLAGS, 4)
    flags = d.u8(at + _CMU_FLAGS)
    if flags & ~_CMU_MASK_VALID:
        d.add(f" F:0x{flags:x}")
    for field, name in _CMU_ADDRESSES.items():
        d.check(at + field, 4)
        address = d.taken(at + field, 4)
        doubt = "*" if name == "SM" and not flags & _CMU_MASK_VALID else ""
        if any(address):
            d.add(f" {name}{doubt}:{d.names.ipv4(address)}")
