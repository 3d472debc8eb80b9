"""Link layers: what shows a whole frame of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from midocli.trace import link_types
from midocli.trace.tcpdump import cooked, ethernet, raw_ip
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_and_ascii

# (dissection, offset, length on the wire): how long the link layer's header is, where the dumps
# of -x and -X begin.
LinkShow = Callable[[Dissection, int, int], int]

# Link types that tcpdump has a printer for and midocli has none.
_ELSEWHERE = frozenset(
    (
        *(6, 7, 8, 9, 10, 50, 51, 99, 100, 102, 103, 104, 105, 106, 107, 109, 112, 114, 117, 119),
        *(122, 123, 127, *range(129, 139), 149, 163, 164, 166, 167, 168, *range(178, 183), 189),
        *(192, 195, 201, 220, 226, 230, 239, 240, 241, 242, 258, 271, 281, 282, 283, 284, 285),
    )
)
_KNOWN: dict[int, LinkShow] = {
    link_types.ETHERNET: ethernet.show,
    link_types.NULL: raw_ip.show_behind_family,
    link_types.LOOP: raw_ip.show_behind_family,
    link_types.RAW: raw_ip.show,
    link_types.IPV4: raw_ip.show,
    link_types.IPV6: raw_ip.show,
    link_types.LINUX_SLL: cooked.show_v1,
}


def _nameless(index: int) -> str | None:
    """No interface of another machine has a name here."""
    return None


def link_show(
    link_type: int, interface_name: Callable[[int], str | None] = _nameless
) -> LinkShow | None:
    """What shows frames of a link type; None where only tcpdump knows it.

    `interface_name` gives the name of an interface by its number, or None.
    """
    if link_type == link_types.LINUX_SLL2:
        return partial(cooked.show_v2, interface_name)
    if link_type in _ELSEWHERE:
        return None
    return _KNOWN.get(link_type, _show_unsupported)


def _show_unsupported(d: Dissection, at: int, length: int) -> int:
    d.protocol = "unsupported"
    d.add("UNSUPPORTED" + hex_and_ascii(d.data[at : d.end]))
    return 0
