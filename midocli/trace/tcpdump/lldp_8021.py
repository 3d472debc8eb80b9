"""What IEEE 802.1 adds to LLDP: VLANs, and the tables of data center bridging."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.lldp_values import Kind, show_aggregation, show_kind
from midocli.trace.tcpdump.tables import named_bits, numbered

_PROTOCOL_VLAN = numbered("0x02 supported, 0x04 enabled")
_EVB_MODES = ("Not Supported", "EVB Bridge", "EVB Station", "Reserved for future Standardization")
_BITS = "\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : "


def show(d: Dissection, at: int, size: int) -> bool:
    """Show an element; says whether it is of an unknown kind."""
    return show_kind(d, at, size, _KINDS)


def _show_port_vlan(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    port vlan id (PVID): {d.u16(at + 4)}")


def _show_protocol_vlan(d: Dissection, at: int, size: int) -> None:
    flags = d.u8(at + 4)
    d.add(
        f"\n\t    port and protocol vlan id (PPVID): {d.u16(at + 5)}, "
        f"flags [{named_bits(_PROTOCOL_VLAN, flags)}] (0x{flags:02x})"
    )


def _show_vlan_name(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    vlan id (VID): {d.u16(at + 4)}")
    if size >= 7 and size >= 7 + d.u8(at + 6):
        d.add("\n\t    vlan name: ")
        text.show_until_zero(d, at + 7, d.u8(at + 6))


def _show_protocol(d: Dissection, at: int, size: int) -> None:
    length = d.u8(at + 4)
    if size >= 5 + length:
        d.add("\n\t    protocol identity: ")
        text.show_until_zero(d, at + 5, length)


def _bits(value: int) -> str:
    return _BITS + "".join(f"{value >> bit & 1:<2} " for bit in range(8))


def _show_congestion(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    Pre-Priority CNPV Indicator{_bits(d.u8(at + 4))}")
    d.add(f"\n\t    Pre-Priority Ready Indicator{_bits(d.u8(at + 5))}")


def _show_selection(d: Dissection, at: int, size: int) -> None:
    first = d.u8(at + 4)
    d.add(
        f"\n\t    Willing:{first >> 7}, CBS:{first >> 6 & 2}, RES:{first >> 3 & 7}, "
        f"Max TCs:{first & 7}"
    )
    _show_tables(d, at)


def _show_recommendation(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    RES: {d.u8(at + 4)}")
    _show_tables(d, at)


def _show_tables(d: Dissection, at: int) -> None:
    priorities = [int(digit, 16) for digit in d.taken(at + 5, 4).hex()]
    columns = "0   1   2   3   4   5   6   7"
    d.add(
        f"\n\t    Priority Assignment Table\n\t     Priority : {columns}"
        f"\n\t     Value    : {_row(priorities)}"
        f"\n\t    TC Bandwidth Table\n\t     TC%   : {columns}"
        f"\n\t     Value : {_row(d.taken(at + 9, 8))}"
        f"\n\t    TSA Assignment Table\n\t     Traffic Class: {columns}"
        f"\n\t     Value        : {_row(d.taken(at + 17, 8))}"
    )


def _row(values: bytes | list[int]) -> str:
    return " ".join(f"{value:<3}" for value in values)


def _show_flow_control(d: Dissection, at: int, size: int) -> None:
    first = d.u8(at + 4)
    d.add(
        f"\n\t    Willing: {first >> 7}, MBC: {first >> 6 & 1}, RES: {first >> 4 & 3}, "
        f"PFC cap:{first & 0xF} \n\t    PFC Enable{_bits(d.u8(at + 5))}"
    )


def _show_applications(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    RES: {d.u8(at + 4)}")
    if size <= 5 or (size - 5) % 3:
        return
    d.add("\n\t    Application Priority Table")
    for entry in range(at + 5, at + size, 3):
        first = d.u8(entry)
        d.add(
            f"\n\t      Priority: {first >> 5}, RES: {first >> 3 & 3}, Sel: {first & 7}, "
            f"Protocol ID: {d.u16(entry + 1)}"
        )


def _show_virtual_bridging(d: Dissection, at: int, size: int) -> None:
    bridge, station, retries, mode, keep = d.taken(at + 4, 5)
    d.add(
        f"\n\t    EVB Bridge Status\n\t      RES: {bridge >> 3}, BGID: {bridge >> 2 & 1}, "
        f"RRCAP: {bridge >> 1 & 1}, RRCTR: {bridge & 1}"
        f"\n\t    EVB Station Status\n\t      RES: {station >> 4}, SGID: {station >> 3 & 1}, "
        f"RRREQ: {station >> 2 & 1},RRSTAT: {station & 3}"
        f"\n\t    R: {retries >> 5}, RTE: {retries & 0x1F}, "
        f"EVB Mode: {_EVB_MODES[mode >> 6]} [{mode >> 6}]"
        f"\n\t    ROL: {mode >> 5 & 1}, RWD: {mode & 0x1F}, "
        f"RES: {keep >> 6}, ROL: {keep >> 5 & 1}, RKA: {keep & 0x1F}"
    )


def _show_channels(d: Dissection, at: int, size: int) -> None:
    first = d.u8(at + 4)
    d.add(
        f"\n\t    Role: {first >> 7}, RES: {first >> 4 & 7}, Scomp: {first >> 3 & 1} "
        f"ChnCap: {d.u16(at + 6) & 0xFFF}"
    )
    if (size - 8) % 3:
        return
    for entry in range(at + 8, at + size, 3):
        channel, vlan = divmod(d.u24(entry), 4096)
        d.add(f"\n\t    SCID: {channel}, SVID: {vlan}")


_KINDS = {
    1: Kind("Port VLAN Id", 6, _show_port_vlan),
    2: Kind("Port and Protocol VLAN ID", 7, _show_protocol_vlan),
    3: Kind("VLAN name", 6, _show_vlan_name),
    4: Kind("Protocol Identity", 5, _show_protocol),
    7: Kind("Link aggregation", 9, show_aggregation),
    8: Kind("Congestion Notification", 6, _show_congestion),
    9: Kind("ETS Configuration", 25, _show_selection),
    10: Kind("ETS Recommendation", 25, _show_recommendation),
    11: Kind("Priority Flow Control Configuration", 6, _show_flow_control),
    12: Kind("Application Priority", 5, _show_applications),
    13: Kind("EVB", 9, _show_virtual_bridging),
    14: Kind("CDCP", 8, _show_channels),
}
