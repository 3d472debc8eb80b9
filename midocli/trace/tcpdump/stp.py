"""The spanning tree protocols: STP, RSTP, MSTP and SPB (IEEE 802.1D, 802.1Q)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import named_bits, numbered
from midocli.trace.tcpdump.text import visible

_RAPID, _MULTIPLE, _SHORTEST_PATH = 2, 3, 4
_VERSIONS = {0: "802.1d", _RAPID: "802.1w", _MULTIPLE: "802.1s", _SHORTEST_PATH: "802.1aq"}
_CONFIG, _RAPID_CONFIG = 0x00, 0x02
_TYPES = {_CONFIG: "Config", _RAPID_CONFIG: "Rapid STP", 0x80: "Topology Change"}
_FLAGS = numbered("""
    0x01 Topology change, 0x02 Proposal, 0x10 Learn, 0x20 Forward, 0x40 Agreement,
    0x80 Topology change ACK
""")
_ROLES = ("Unknown", "Alternate", "Root", "Designated")

_CONFIG_LENGTH = 35
_RAPID_LENGTH = 36
_MULTIPLE_LENGTH = 102
_SHORTEST_PATH_LENGTH = 87
_NAME_LENGTH = 32

# Offsets in a BPDU, and those of what version 3 and 4 add to it.
_ROOT, _COST, _BRIDGE, _PORT, _TIMES = 5, 13, 17, 25, 27
_V1_LENGTH, _V3_LENGTH, _NAME, _DIGEST, _INNER_COST = 35, 36, 39, 73, 89
_INNER_BRIDGE, _HOPS, _INSTANCES = 93, 101, 102
_CONFIG_INFO, _INSTANCE = 64, 16


def show(d: Dissection, at: int, length: int) -> None:
    """Show a BPDU of `length` bytes."""
    d.protocol = "stp"
    if length < 4:
        d.add(" (invalid)")
        return
    if d.u16(at):
        d.add(f"unknown STP version, length {length}")
        return
    version = d.u8(at + 2)
    if version not in _VERSIONS:
        d.add(f"STP Unknown STP protocol (0x{version:02x})")
        return
    d.add(f"STP {_VERSIONS[version]}")
    kind = d.u8(at + 3)
    d.add(f", {_TYPES.get(kind, f'Unknown BPDU Type (0x{kind:02x})')}")
    if kind == _CONFIG:
        valid = length >= _CONFIG_LENGTH
        if valid:
            _show_config(d, at, length)
    elif kind == _RAPID_CONFIG and version == _RAPID:
        valid = length >= _RAPID_LENGTH
        if valid:
            _show_config(d, at, length)
    elif kind == _RAPID_CONFIG and version in (_MULTIPLE, _SHORTEST_PATH):
        valid = _show_multiple(d, at, length, version)
    else:
        return
    if not valid:
        d.add(" (invalid)")


def _bridge(d: Dissection, at: int) -> str:
    identifier = d.taken(at, 8)
    return f"{identifier[:2].hex()}.{identifier[2:].hex(':')}"


def _times(d: Dissection, at: int) -> str:
    age, longest, hello, delay = (d.u16(at + _TIMES + field) / 256 for field in (0, 2, 4, 6))
    return (
        f"message-age {age:.2f}s, max-age {longest:.2f}s, "
        f"hello-time {hello:.2f}s, forwarding-delay {delay:.2f}s"
    )


def _role(flags: int) -> str:
    return _ROLES[flags >> 2 & 3]


def _show_config(d: Dissection, at: int, length: int) -> None:
    flags = d.u8(at + 4)
    d.add(f", Flags [{named_bits(_FLAGS, flags)}]")
    port = d.u16(at + _PORT)
    d.add(f", bridge-id {_bridge(d, at + _BRIDGE)}.{port:04x}, length {length}")
    if not d.flags.verbose:
        return
    d.add(f"\n\t{_times(d, at)}")
    d.add(f"\n\troot-id {_bridge(d, at + _ROOT)}, root-pathcost {d.u32(at + _COST)}")
    if d.u8(at + 2) == _RAPID:
        d.add(f", port-role {_role(flags)}")


def _show_multiple(d: Dissection, at: int, length: int, version: int) -> bool:
    """Show an MSTP or SPB BPDU; False when its lengths are wrong."""
    if length < _MULTIPLE_LENGTH or d.u8(at + _V1_LENGTH):
        return False
    v3_length = d.u16(at + _V3_LENGTH) + 2
    if length < _RAPID_LENGTH + v3_length:
        return False
    _show_tree(d, at, length)
    if version == _SHORTEST_PATH:
        v4_length = d.u16(at + _V3_LENGTH + v3_length) + 2
        if length < _RAPID_LENGTH + v3_length + v4_length or v4_length < _SHORTEST_PATH_LENGTH:
            return False
        if d.flags.verbose:
            _show_shortest_path(d, at + _RAPID_LENGTH + v3_length)
    return True


def _show_tree(d: Dissection, at: int, length: int) -> None:
    flags = d.u8(at + 4)
    d.add(f", CIST Flags [{named_bits(_FLAGS, flags)}], length {length}")
    if not d.flags.verbose:
        return
    d.add(f"\n\tport-role {_role(flags)}, ")
    d.add(f"CIST root-id {_bridge(d, at + _ROOT)}, CIST ext-pathcost {d.u32(at + _COST)}")
    d.add(f"\n\tCIST regional-root-id {_bridge(d, at + _BRIDGE)}, ")
    d.add(f"CIST port-id {d.u16(at + _PORT):04x},")
    d.add(f"\n\t{_times(d, at)}")
    d.add(f"\n\tv3len {d.u16(at + _V3_LENGTH)}, MCID Name ")
    _show_name(d, at + _NAME)
    digest = d.taken(at + _DIGEST, 16).hex()
    d.add(f", rev {d.u16(at + _NAME + _NAME_LENGTH)},\n\t\tdigest {digest}, ")
    d.add(f"CIST int-root-pathcost {d.u32(at + _INNER_COST)},")
    d.add(f"\n\tCIST bridge-id {_bridge(d, at + _INNER_BRIDGE)}, ")
    d.add(f"CIST remaining-hops {d.u8(at + _HOPS)}")
    left = d.u16(at + _V3_LENGTH) - _CONFIG_INFO
    for instance in range(at + _INSTANCES, at + _INSTANCES + left - _INSTANCE + 1, _INSTANCE):
        _show_instance(d, instance)


def _show_instance(d: Dissection, at: int) -> None:
    number = d.u16(at + 1) & 0xFFF
    flags = d.u8(at)
    d.add(f"\n\tMSTI {number}, Flags [{named_bits(_FLAGS, flags)}], port-role {_role(flags)}")
    d.add(f"\n\t\tMSTI regional-root-id {_bridge(d, at + 1)}, pathcost {d.u32(at + 9)}")
    bridge, port, hops = d.u8(at + 13) >> 4, d.u8(at + 14) >> 4, d.u8(at + 15)
    d.add(f"\n\t\tMSTI bridge-prio {bridge}, port-prio {port}, hops {hops}")


def _show_shortest_path(d: Dissection, at: int) -> None:
    d.add(f"\n\tv4len {d.u16(at)}, AUXMCID Name ")
    _show_name(d, at + 3)
    d.add(f", Rev {d.u16(at + 35)},\n\t\tdigest {d.taken(at + 37, 16).hex()}")
    agreement, form, convention = d.u8(at + 53), d.u8(at + 55), d.u8(at + 56)
    d.add(
        f"\n\tAgreement num {agreement >> 6}, Discarded Agreement num {agreement >> 4 & 3}, "
        f"Agreement valid-flag {agreement >> 3 & 1},\n\t"
        f"Restricted role-flag: {agreement >> 2 & 1}, Format id {form >> 4} cap {form}, "
        f"Convention id {convention >> 4} cap {convention},\n\tEdge count {d.u16(at + 57)}, "
        f"Agreement digest {d.taken(at + 67, 20).hex()}"
    )


def _show_name(d: Dissection, at: int) -> None:
    """Show a name that ends at a zero byte, or fills its field."""
    name, found, _ = d.data[at : min(at + _NAME_LENGTH, d.end)].partition(b"\0")
    d.add(visible(name))
    if not found:
        d.need(at, _NAME_LENGTH)
