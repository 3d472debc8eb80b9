"""BGP's OPEN message, and the capabilities in it (RFC 5492)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.address_families import family_name, subsequent_name
from midocli.trace.tcpdump.bgp_values import system
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import numbered

_HEADER = 29
_OPTIONS = {1: "Authentication Information", 2: "Capabilities Advertisement"}
_CAPABILITIES_OPTION = 2
_MULTIPROTOCOL, _LABELS, _RESTART, _LONG_NUMBER, _PATHS = 1, 8, 64, 65, 69
# Those that have no more to them than their name.
_PLAIN = frozenset((2, 71, 128))
_CAPABILITIES = numbered("""
    1 Multiprotocol Extensions, 2 Route Refresh, 3 Cooperative Route Filtering,
    4 Multiple Routes to a Destination, 5 Extended Next Hop Encoding, 8 Multiple Labels,
    64 Graceful Restart, 65 32-Bit AS Number, 67 Dynamic Capability, 68 Multisession BGP,
    69 Multiple Paths, 70 Enhanced Route Refresh, 71 Long-lived Graceful Restart,
    128 Route Refresh (Cisco)
""")
_LEAST = {_MULTIPROTOCOL: 4, _RESTART: 2, _LONG_NUMBER: 4}
_DIRECTIONS = {1: "Receive", 2: "Send", 3: "Both"}


def show(d: Dissection, at: int, size: int) -> None:
    """Show a message of `size` bytes, header included."""
    d.check(at, _HEADER)
    if size < _HEADER:
        raise ShortError
    d.add(
        f"\n\t  Version {d.u8(at + 19)}, my AS {d.u16(at + 20)}, "
        f"Holdtime {d.u16(at + 22)}s, ID {d.names.ipv4(d.taken(at + 24, 4))}"
    )
    length = d.u8(at + 28)
    d.add(f"\n\t  Optional parameters, length: {length}")
    start, offset = at + _HEADER, 0
    while offset < length:
        d.check(start + offset, 2)
        if size - _HEADER < 2 + offset:
            raise ShortError
        kind, left = d.u8(start + offset), d.u8(start + offset + 1)
        if 2 + offset + left > length:
            past = "goes past the end of the options"
            d.add(f"\n\t     Option {kind}, length: {left}, {past}")
            return
        d.add(f"\n\t    Option {_OPTIONS.get(kind, 'Unknown')} ({kind}), length: {left}")
        if kind == _CAPABILITIES_OPTION:
            _show_capabilities(d, start + offset + 2, left)
        else:
            d.add(f"\n\t      no decoder for option {kind}")
        offset += 2 + left


def _show_capabilities(d: Dissection, at: int, length: int) -> None:
    """Show the capabilities of an option; what cuts one off ends the option alone."""
    end = at + length
    while at < end:
        if not d.has(at, 2):
            d.cut()
            return
        kind, size = d.u8(at), d.u8(at + 1)
        d.add(f"\n\t      {_CAPABILITIES.get(kind, 'Unknown')} ({kind}), length: {size}")
        at += 2
        if not d.has(at, size):
            d.cut()
            return
        least = _LEAST.get(kind, 0)
        if size < least:
            d.add(f" (too short, < {least})")
            return
        known = _show_capability(d, kind, at, size)
        if not known and d.flags.verbose <= 1:
            text.dump(d, at, size, "\n\t\t")
        if d.flags.verbose > 1 and size:
            text.dump(d, at, size, "\n\t\t")
        at += size


def _show_capability(d: Dissection, kind: int, at: int, size: int) -> bool:
    """Show what a capability says; False for one that is not known."""
    if kind == _MULTIPROTOCOL:
        d.add(f"\n\t\t{_families(d, at, at + 3)}")
    elif kind == _LABELS:
        for entry in range(at, at + size - 3, 4):
            d.add(f"\n\t\t{_families(d, entry, entry + 2)}, Count: {d.u8(entry + 3)}")
    elif kind == _RESTART:
        flags = "R" if d.u8(at) & 0x80 else "none"
        d.add(f"\n\t\tRestart Flags: [{flags}], Restart Time {d.u16(at) & 0xFFF}s")
        for entry in range(at + 2, at + size - 3, 4):
            kept = "yes" if d.u8(entry + 3) & 0x80 else "no"
            d.add(f"\n\t\t  {_families(d, entry, entry + 2)}, Forwarding state preserved: {kept}")
    elif kind == _LONG_NUMBER:
        d.add(f"\n\t\t 4 Byte AS {system(d, d.u32(at))}")
    elif kind == _PATHS:
        _show_paths(d, at, size)
    elif kind not in _PLAIN:
        d.add(f"\n\t\tno decoder for Capability {kind}")
        return False
    return True


def _families(d: Dissection, at: int, subsequent_at: int) -> str:
    family, subsequent = d.u16(at), d.u8(subsequent_at)
    return (
        f"AFI {family_name(family)} ({family}), SAFI {subsequent_name(subsequent)} ({subsequent})"
    )


def _show_paths(d: Dissection, at: int, size: int) -> None:
    if not size:
        d.add(" (bogus)")
    for entry in range(at, at + size, 4):
        if at + size - entry < 4:
            d.invalid()
            return
        mode = d.u8(entry + 3)
        direction = _DIRECTIONS.get(mode, f"Bogus (0x{mode:02x})")
        d.add(f"\n\t\t{_families(d, entry, entry + 2)}, Send/Receive: {direction}")
