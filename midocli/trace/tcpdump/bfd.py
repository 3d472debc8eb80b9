"""Bidirectional forwarding detection, versions 0 and 1 (RFC 5880), also over links of a bundle."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import named_bits, numbered

_ECHO = 3785
_SESSIONS = {3784: "Control", 4784: "Multihop", 6784: "Lag"}
_HEADER = 24
_STATES = ("AdminDown", "Down", "Init", "Up")
_AUTHENTICATED = 0x04
_COMMON_FLAGS = numbered("""
    0x20 Poll, 0x10 Final, 0x08 Control Plane Independent, 0x04 Authentication Present
""")
_V0_FLAGS = numbered("0x80 I Hear You, 0x40 Demand") | _COMMON_FLAGS
_V0_FLAGS |= numbered("0x02 Reserved, 0x01 Reserved")
_V1_FLAGS = _COMMON_FLAGS | numbered("0x02 Demand, 0x01 Multipoint")
_DIAGNOSTICS = numbered("""
    0 No Diagnostic, 1 Control Detection Time Expired, 2 Echo Function Failed,
    3 Neighbor Signaled Session Down, 4 Forwarding Plane Reset, 5 Path Down,
    6 Concatenated Path Down, 7 Administratively Down, 8 Reverse Concatenated Path Down
""")
_INTERVALS = (
    (12, "Desired min Tx Interval:    "),
    (16, "Required min Rx Interval:   "),
    (20, "Required min Echo Interval: "),
)
_PASSWORD = 1
_AUTHENTICATIONS = numbered("""
    1 Simple Password, 2 Keyed MD5, 3 Meticulous Keyed MD5, 4 Keyed SHA1, 5 Meticulous Keyed SHA1
""")
# Of the authentications with a digest: the section's length, and what the digest is called.
_DIGESTS = {2: (24, "Digest"), 3: (24, "Digest"), 4: (28, "Hash"), 5: (28, "Hash")}


def show(d: Dissection, at: int, length: int) -> None:
    """Show a packet; the port it goes to tells of which kind it is."""
    d.protocol = "bfd"
    port = d.ports[1]
    if port == _ECHO:
        d.add(f"BFD, Echo, length: {length}")
        _show_unknown(d, at, length)
        return
    d.need(at, _HEADER)
    version = d.u8(at) >> 5
    if version > 1:
        d.add(f"BFDv{version}, Control, length: {length}")
        _show_unknown(d, at, length)
    else:
        _show_control(d, at, length, version, _SESSIONS[port])


def _show_unknown(d: Dissection, at: int, length: int) -> None:
    if d.flags.verbose:
        text.dump(d, at, length)


def _show_control(d: Dissection, at: int, length: int, version: int, session: str) -> None:
    flags = d.u8(at + 1)
    if version == 0:
        kind = f"Control, Flags: [{named_bits(_V0_FLAGS, flags)}]"
    else:
        names = named_bits(_V1_FLAGS, flags & 0x3F)
        kind = f"{session}, State {_STATES[flags >> 6]}, Flags: [{names}]"
    if not d.flags.verbose:
        d.add(f"BFDv{version}, {kind}, length: {length}")
        return
    diagnostic = d.u8(at) & 0x1F
    name = _DIAGNOSTICS.get(diagnostic, "unknown")
    d.add(f"BFDv{version}, length: {length}\n\t{kind}, Diagnostic: {name} (0x{diagnostic:02x})")
    multiplier = d.u8(at + 2)
    detection = (multiplier * d.u32(at + 12) & 0xFFFF_FFFF) // 1000
    d.add(
        f"\n\tDetection Timer Multiplier: {multiplier} ({detection} ms Detection time), "
        f"BFD Length: {d.u8(at + 3)}"
        f"\n\tMy Discriminator: 0x{d.u32(at + 4):08x}, Your Discriminator: 0x{d.u32(at + 8):08x}"
    )
    for field, what in _INTERVALS:
        d.add(f"\n\t  {what}{d.u32(at + field) // 1000:4} ms")
    if flags & _AUTHENTICATED:
        _show_authentication(d, at + _HEADER)


def _show_authentication(d: Dissection, at: int) -> None:
    d.need(at, 4)
    kind, length = d.u8(at), d.u8(at + 1)
    d.add(
        f"\n\tAuthentication: {_AUTHENTICATIONS.get(kind, 'Unknown')} ({kind}), length: {length}"
        f"\n\t  Auth Key ID: {d.u8(at + 2)}"
    )
    if kind == _PASSWORD:
        if 4 <= length <= 19:
            d.add(", Password: ")
            text.show_all(d, at + 3, length - 3)
            return
    elif kind in _DIGESTS:
        whole, name = _DIGESTS[kind]
        if length == whole:
            d.add(f", Sequence Number: 0x{d.u32(at + 4):08x}")
            d.need(at + 8, whole - 8)
            d.add(f"\n\t  {name}: {d.taken(at + 8, whole - 8).hex()}")
            return
    else:
        return
    d.add(f"[invalid length {length}]")
