"""LLDP-MED (ANSI/TIA-1057): what telephones and the like tell of themselves."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.lldp_values import Kind, show_kind
from midocli.trace.tcpdump.tables import named_bits, numbered

_CAPABILITIES = numbered("""
    0x01 LLDP-MED capabilities, 0x02 network policy, 0x04 location identification,
    0x08 extended power via MDI-PSE, 0x10 extended power via MDI-PD, 0x20 Inventory
""")
_DEVICES = numbered("""
    1 endpoint class 1, 2 endpoint class 2, 3 endpoint class 3, 4 network connectivity
""")
_APPLICATIONS = numbered("""
    1 voice, 2 voice signaling, 3 guest voice, 4 guest voice signaling, 5 softphone voice,
    6 video conferencing, 7 streaming video, 8 video signaling
""")
_POLICY = numbered("0x80 Unknown, 0x40 Tagged, 0x20 reserved")
_COORDINATES, _CIVIC, _EMERGENCY = 1, 2, 3
_LOCATIONS = numbered("1 coordinate-based LCI, 2 civic address LCI, 3 ECS ELIN")
_ALTITUDES = {1: "meters", 2: "floors"}
_DATUMS = {
    1: "World Geodesic System 1984",
    2: "North American Datum 1983 (NAVD88)",
    3: "North American Datum 1983 (MLLW)",
}
_LOCATED = numbered("""
    0 location of DHCP server,
    1 location of the network element believed to be closest to the client, 2 location of the client
""")
_CIVIC_PARTS = {
    1: "national subdivisions (state,canton,region,province,prefecture)",
    2: "county, parish, gun, district",
    3: "city, township, shi",
    4: "city division, borough, city district, ward chou",
    5: "neighborhood, block",
    6: "street",
}
_SOURCES = numbered("""
    1 PSE - primary power source, 2 local - backup power source, 3 PSE+local - reserved
""")
_PRIORITIES = {1: "critical", 2: "high", 3: "low"}
_MOST_POWER = 1024
_INVENTORY = (
    *("hardware revision", "firmware revision", "software revision", "serial number"),
    *("manufacturer name", "model name", "asset ID"),
)


def show(d: Dissection, at: int, size: int) -> bool:
    """Show an element; says whether it is of an unknown kind."""
    return show_kind(d, at, size, _KINDS)


def _show_capabilities(d: Dissection, at: int, size: int) -> None:
    capabilities, device = d.u16(at + 4), d.u8(at + 6)
    d.add(
        f"\n\t    Media capabilities [{named_bits(_CAPABILITIES, capabilities)}] "
        f"(0x{capabilities:04x})"
        f"\n\t    Device type [{_DEVICES.get(device, 'unknown')}] (0x{device:02x})"
    )


def _show_policy(d: Dissection, at: int, size: int) -> None:
    application, bits = d.u8(at + 4), d.u16(at + 6)
    d.add(
        f"\n\t    Application type [{_APPLICATIONS.get(application, 'none')}] "
        f"(0x{application:02x}), Flags [{named_bits(_POLICY, d.u8(at + 5))}]"
        f"\n\t    Vlan id {d.u16(at + 5) >> 1 & 0xFFF}, "
        f"L2 priority {bits >> 6 & 7}, DSCP value {bits & 0x3F}"
    )


def _show_location(d: Dissection, at: int, size: int) -> None:
    form = d.u8(at + 4)
    d.add(f"\n\t    Location data format {_LOCATIONS.get(form, 'unknown')} (0x{form:02x})")
    if form == _COORDINATES:
        if size >= 21:
            _show_coordinates(d, at + 5)
    elif form == _CIVIC:
        if size >= 6 and d.u8(at + 5) >= 3 and size >= 7 + d.u8(at + 5):
            _show_civic(d, at + 5)
    elif form == _EMERGENCY:
        d.add("\n\t    ECS ELIN id ")
        text.show_until_zero(d, at + 5, size - 5)
    else:
        d.add("\n\t    Location ID ")
        text.dump(d, at + 5, size - 5, "\n\t      ")


def _show_coordinates(d: Dissection, at: int) -> None:
    for field, what in ((0, "Latitude"), (5, "Longitude")):
        value = int.from_bytes(d.taken(at + field, 5), "big") & 0x3_FFFF_FFFF
        d.add(f"\n\t    {what} resolution {d.u8(at + field) >> 2}, {what.lower()} value {value}")
    kind, datum = d.u8(at + 10) >> 4, d.u8(at + 15)
    d.add(
        f"\n\t    Altitude type {_ALTITUDES.get(kind, 'unknown')} ({kind})"
        f"\n\t    Altitude resolution {d.u16(at + 10) >> 6 & 0x3F}, "
        f"altitude value 0x{d.u32(at + 11) & 0x3FFF_FFFF:x}"
        f"\n\t    Datum {_DATUMS.get(datum, 'unknown')} (0x{datum:02x})"
    )


def _show_civic(d: Dissection, at: int) -> None:
    length, what = d.u8(at), d.u8(at + 1)
    name = _LOCATED.get(what, "unknown")
    d.add(f"\n\t    LCI length {length}, LCI what {name} (0x{what:02x}), Country-code ")
    text.show_until_zero(d, at + 2, 2)
    at += 4
    length -= 3
    while length >= 2:
        kind, size = d.u8(at), d.u8(at + 1)
        at += 2
        length -= 2
        d.add(f"\n\t      CA type '{_CIVIC_PARTS.get(kind, 'unknown')}' ({kind}), length {size}: ")
        if kind == 0 or size == 0 or length < size:
            return
        text.show_until_zero(d, at, size)
        at += size
        length -= size


def _show_power(d: Dissection, at: int, size: int) -> None:
    first, power = d.u8(at + 4), d.u16(at + 5)
    # tcpdump means the upper two bits, but looks at the lower two.
    device = "PD device" if first & 3 else "PSE device"
    watts = f"{power / 10:.1f} Watts" if power < _MOST_POWER else f"{power} (Reserved)"
    d.add(
        f"\n\t    Power type [{device}], Power source [{_SOURCES.get(first >> 4 & 3, 'none')}]"
        f"\n\t    Power priority [{_PRIORITIES.get(first & 0xF, 'none')}] (0x{first & 0xF:02x}), "
        f"Power {watts}"
    )


def _show_inventory(d: Dissection, at: int, size: int) -> None:
    name = _INVENTORY[d.u8(at + 3) - 5]
    d.add(f"\n\t  {name[0].upper()}{name[1:]} ")
    text.show_until_zero(d, at + 4, size - 4)


_KINDS = {
    1: Kind("LLDP-MED Capabilities", 7, _show_capabilities),
    2: Kind("Network policy", 8, _show_policy),
    3: Kind("Location identification", 5, _show_location),
    4: Kind("Extended power-via-MDI", 7, _show_power),
    **{
        number: Kind(f"Inventory - {name}", 4, _show_inventory)
        for number, name in enumerate(_INVENTORY, 5)
    },
}
