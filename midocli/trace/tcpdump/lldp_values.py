"""What LLDP's organizationally specific elements have in common: a vendor, and a kind behind it.

Each function that shows such an element says whether it is of an unknown kind. One that is too
short for what it says it is ends without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import named_bits, numbered


class Kind(NamedTuple):
    """A kind of element: its name, the least size of it, and what shows one at an offset."""

    name: str
    least: int
    show: Callable[[Dissection, int, int], None]


_AGGREGATION = numbered("0x01 supported, 0x02 enabled")


def show_kind(d: Dissection, at: int, size: int, kinds: Mapping[int, Kind], least: int = 4) -> bool:
    """Show an element of one of an organization's kinds."""
    if size < least:
        return False
    number = d.u8(at + 3)
    kind = kinds.get(number)
    d.add(f"\n\t  {kind.name if kind else 'unknown'} Subtype ({number})")
    if kind is None:
        return True
    if size >= kind.least:
        kind.show(d, at, size)
    return False


def show_aggregation(d: Dissection, at: int, size: int) -> None:
    """Link aggregation, which 802.3 had first and 802.1 has now."""
    d.add(
        f"\n\t    aggregation status [{named_bits(_AGGREGATION, d.u8(at + 4))}], "
        f"aggregation port ID {d.u32(at + 5)}"
    )


def _show_url(d: Dissection, at: int, size: int) -> None:
    d.add("\n\t  MUD-URL=")
    text.show_all(d, at + 4, size - 4)


def show_iana(d: Dissection, at: int, size: int) -> bool:
    """IANA's: where a device says what it is meant to do (RFC 8520)."""
    return show_kind(d, at, size, {1: Kind("MUD-URL", 8, _show_url)}, least=8)
