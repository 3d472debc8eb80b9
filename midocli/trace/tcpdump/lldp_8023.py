"""What IEEE 802.3 adds to LLDP: the physical side of a port."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.lldp_values import Kind, show_aggregation, show_kind
from midocli.trace.tcpdump.tables import named_bits, numbered

_NEGOTIATION = numbered("0x01 supported, 0x02 enabled")
_CAPABILITIES = numbered("""
    0x4000 10BASE-T hdx, 0x2000 10BASE-T fdx, 0x1000 100BASE-T4, 0x0800 100BASE-TX hdx,
    0x0400 100BASE-TX fdx, 0x0200 100BASE-T2 hdx, 0x0100 100BASE-T2 fdx, 0x0080 Pause for fdx links,
    0x0040 Asym PAUSE for fdx, 0x0020 Sym PAUSE for fdx, 0x0010 Asym and Sym PAUSE for fdx,
    0x0008 1000BASE-{X LX SX CX} hdx, 0x0004 1000BASE-{X LX SX CX} fdx, 0x0002 1000BASE-T hdx,
    0x0001 1000BASE-T fdx
""")
# The types of medium attachment units (RFC 4836), by number.
_MEDIA = numbered("""
    0 Unknown, 1 AUI, 2 10BASE_5, 3 FOIRL, 4 10BASE2, 5 10BASET duplex mode unknown, 6 10BASEFP,
    7 10BASEFB, 8 10BASEFL duplex mode unknown, 9 10BROAD36, 10 10BASET hdx, 11 10BASET fdx,
    12 10BASEFL hdx, 13 10BASEFL fdx, 14 100BASET4, 15 100BASETX hdx, 16 100BASETX fdx,
    17 100BASEFX hdx, 18 100BASEFX fdx, 19 100BASET2 hdx, 20 100BASET2 fdx, 21 1000BASEX hdx,
    22 1000BASEX fdx, 23 1000BASELX hdx, 24 1000BASELX fdx, 25 1000BASESX hdx, 26 1000BASESX fdx,
    27 1000BASECX hdx, 28 1000BASECX fdx, 29 1000BASET hdx, 30 1000BASET fdx, 31 10GBASEX,
    32 10GBASELX4, 33 10GBASER, 34 10GBASEER, 35 10GBASELR, 36 10GBASESR, 37 10GBASEW, 38 10GBASEEW,
    39 10GBASELW, 40 10GBASESW
""")
_POWER = numbered("0x01 PSE, 0x02 supported, 0x04 enabled, 0x08 can be controlled")
_PAIRS = {1: "signal", 2: "spare"}
_CLASSES = {number: f"class{number - 1}" for number in range(1, 6)}


def show(d: Dissection, at: int, size: int) -> bool:
    """Show an element; says whether it is of an unknown kind."""
    return show_kind(d, at, size, _KINDS)


def _show_physical(d: Dissection, at: int, size: int) -> None:
    negotiation, capabilities, medium = d.u8(at + 4), d.u16(at + 5), d.u16(at + 7)
    name = _MEDIA.get(medium, "unknown")
    d.add(
        f"\n\t    autonegotiation [{named_bits(_NEGOTIATION, negotiation)}] (0x{negotiation:02x})"
        f"\n\t    PMD autoneg capability [{named_bits(_CAPABILITIES, capabilities, 'unknown')}] "
        f"(0x{capabilities:04x})\n\t    MAU type {name} (0x{medium:04x})"
    )


def _show_power(d: Dissection, at: int, size: int) -> None:
    d.add(
        f"\n\t    MDI power support [{named_bits(_POWER, d.u8(at + 4))}], "
        f"power pair {_PAIRS.get(d.u8(at + 5), 'unknown')}, "
        f"power class {_CLASSES.get(d.u8(at + 6), 'unknown')}"
    )


def _show_largest(d: Dissection, at: int, size: int) -> None:
    d.add(f"\n\t    MTU size {d.u16(at + 4)}")


_KINDS = {
    1: Kind("MAC/PHY configuration/status", 9, _show_physical),
    2: Kind("Power via MDI", 7, _show_power),
    3: Kind("Link aggregation", 9, show_aggregation),
    4: Kind("Max frame size", 6, _show_largest),
}
