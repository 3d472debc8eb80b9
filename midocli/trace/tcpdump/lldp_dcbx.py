"""DCBX, the exchange of data center bridging's settings over LLDP, in its revision 1.01."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection

_REVISION_1 = 1
_REVISIONS = {
    _REVISION_1: "DCB Capability Exchange Protocol Rev 1",
    2: "DCB Capability Exchange Protocol Rev 1.01",
}
_CONTROL, _GROUPS, _FLOW_CONTROL, _APPLICATION = 1, 2, 3, 4
_LEAST = {_CONTROL: 10, _GROUPS: 17, _FLOW_CONTROL: 6, _APPLICATION: 4}


def show(d: Dissection, at: int, size: int) -> bool:
    """Show an element; says whether the last of its settings is of an unknown kind."""
    if size < 4:
        return False
    revision = d.u8(at + 3)
    d.add(f"\n\t  {_REVISIONS.get(revision, 'unknown')} Subtype ({revision})")
    if revision == _REVISION_1:
        return True
    at += 4
    size -= 4
    unknown = False
    while size >= 2 and d.has(at, 2):
        kind, length = divmod(d.u16(at), 512)
        unknown = False
        at += 2
        size -= 2
        if not kind or not length or not d.has(at, length) or size < length:
            break
        if length < _LEAST.get(kind, 0):
            break
        unknown = kind not in _LEAST
        _show_setting(d, kind, at, length)
        if unknown or d.flags.verbose > 1:
            text.dump(d, at, length, "\n\t    ")
        at += length
        size -= length
    return unknown


def _show_setting(d: Dissection, kind: int, at: int, length: int) -> None:
    if kind == _CONTROL:
        d.add(
            f"\n\t    Control - Protocol Control (type 0x1, length {length})"
            f"\n\t      Oper_Version: {d.u8(at)}\n\t      Max_Version: {d.u8(at + 1)}"
            f"\n\t      Sequence Number: {d.u32(at + 2)}"
            f"\n\t      Acknowledgement Number: {d.u32(at + 6)}"
        )
    elif kind == _GROUPS:
        _show_feature(d, "Priority Group", kind, at, length)
        _show_groups(d, at)
    elif kind == _FLOW_CONTROL:
        _show_feature(d, "Priority Flow Control", kind, at, length)
        enabled = d.u8(at + 4)
        d.add(f"\n\t      PFC Config (0x{enabled:02X})")
        for bit in range(8):
            state = "Enabled" if enabled >> bit & 1 else "Disabled"
            d.add(f"\n\t          Priority Bit {bit}: {state}")
        d.add(f"\n\t      NumTCPFCSupported: {d.u8(at + 5)}")
    elif kind == _APPLICATION:
        _show_feature(d, "Application", kind, at, length)
        for entry in range(at + 4, at + length - 5, 6):
            _show_application(d, entry)


def _show_feature(d: Dissection, name: str, kind: int, at: int, length: int) -> None:
    bits = d.u8(at + 2)
    d.add(
        f"\n\t    Feature - {name} (type 0x{kind:x}, length {length})"
        f"\n\t      Oper_Version: {d.u8(at)}\n\t      Max_Version: {d.u8(at + 1)}"
        f"\n\t      Info block(0x{bits:02X}): Enable bit: {bits >> 7}, "
        f"Willing bit: {bits >> 6 & 1}, Error Bit: {bits >> 5 & 1}"
        f"\n\t      SubType: {d.u8(at + 3)}"
    )


def _show_groups(d: Dissection, at: int) -> None:
    d.add("\n\t      Priority Allocation")
    for number, digit in enumerate(d.taken(at + 4, 4).hex()):
        d.add(f"\n\t          PgId_{number}: {int(digit, 16)}")
    d.add("\n\t      Priority Group Allocation")
    for number, percent in enumerate(d.taken(at + 8, 8)):
        d.add(f"\n\t          Pg percentage[{number}]: {percent}")
    d.add(f"\n\t      NumTCsSupported: {d.u8(at + 16)}")


def _show_application(d: Dissection, at: int) -> None:
    selector = d.u24(at + 2)
    kind = selector >> 22
    d.add(
        "\n\t      Application Value"
        f"\n\t          Application Protocol ID: 0x{d.u16(at):04x}"
        f"\n\t          SF (0x{kind:x}) Application Protocol ID is "
        f"{'Socket Number' if kind else 'L2 EtherType'}"
        f"\n\t          OUI: 0x{selector & 0x3FFFFF:06x}"
        f"\n\t          User Priority Map: 0x{d.u8(at + 5):02x}"
    )
