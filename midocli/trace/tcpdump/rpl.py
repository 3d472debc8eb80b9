"""RPL, the routing protocol of low-power networks (RFC 6550)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_only
from midocli.trace.tcpdump.tables import numbered

_SECURED = 0x80
_SOLICITATION, _OBJECT, _DESTINATION, _DESTINATION_ACK = range(4)
_MODES = numbered("0 nonstoring, 1 storing, 2 nonstoring-multicast, 3 storing-multicast")
_OPTIONS = numbered("""
    1 padN, 2 metrics, 3 routinginfo, 4 config, 5 rpltarget, 6 transitinfo, 8 destprefix,
    9 rpltargetdesc
""")
_OBJECT_LENGTH = 24
# An acknowledgement has the bit of the graph where its request wants the acknowledgement.
_HAS_GRAPH, _WANTS_ACK, _ACK_HAS_GRAPH = 0x40, 0x80, 0x80


def show(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a message of `length` bytes, whose body is shown with -v."""
    if code & _SECURED:
        d.add(", (SEC) [worktodo]")
        return
    d.add(", (CLR)")
    kind = code & 0x7F
    verbose = d.flags.verbose
    if kind == _SOLICITATION:
        d.add("DODAG Information Solicitation")
    elif kind == _OBJECT:
        d.add("DODAG Information Object")
        if verbose:
            _show_object(d, at, length)
    elif kind == _DESTINATION:
        d.add("Destination Advertisement Object")
        if verbose:
            _show_destination(d, at, length, acknowledged=False)
    elif kind == _DESTINATION_ACK:
        d.add("Destination Advertisement Object Ack")
        if verbose:
            _show_destination(d, at, length, acknowledged=True)
    else:
        d.add(f"RPL message, unknown code {code}")


def _show_object(d: Dissection, at: int, length: int) -> None:
    if length < _OBJECT_LENGTH:
        d.add(f" [length {length} < {_OBJECT_LENGTH}] (invalid)")
        return
    mode = d.u8(at + 4)
    graph = ipv6(d.taken(at + 8, 16))
    number = mode >> 3 & 7
    d.add(
        f" [dagid:{graph},seq:{d.u8(at + 5)},instance:{d.u8(at)},rank:{d.u16(at + 2)},"
        f"{'grounded,' if mode & 0x80 else ''}mop:{_MODES.get(number, f'mop{number}')},"
        f"prf:{mode & 7}]"
    )
    if d.flags.verbose > 1:
        _show_options(d, at + _OBJECT_LENGTH, length - _OBJECT_LENGTH)


def _show_destination(d: Dissection, at: int, length: int, acknowledged: bool) -> None:
    short = " [|dao-length too short]" if acknowledged else " [|length too short]"
    # The destination's structure has room for a graph, which must be captured even if absent.
    if not d.has(at, 4 if acknowledged else 20):
        d.cut()
        return
    if length < 4:
        d.add(short)
        return
    flags = d.u8(at + 1)
    after = at + 4
    length -= 4
    graph = "<elided>"
    if flags & (_ACK_HAS_GRAPH if acknowledged else _HAS_GRAPH):
        if not d.has(after, 16):
            d.cut()
            return
        if length < 16:
            d.add(short)
            return
        graph = ipv6(d.data[after : after + 16])
        after += 16
        length -= 16
    if acknowledged:
        sequence, status = d.u8(at + 2), d.u8(at + 3)
        d.add(f" [dagid:{graph},seq:{sequence},instance:{d.u8(at)},status:{status}]")
    else:
        d.add(
            f" [dagid:{graph},seq:{d.u8(at + 3)},instance:{d.u8(at)}"
            f"{',acK' if flags & _WANTS_ACK else ''}{',Dagid' if flags & _HAS_GRAPH else ''},"
            f"{flags:02x}]"
        )
    if d.flags.verbose > 1:
        _show_options(d, after, length)


def _show_options(d: Dissection, at: int, length: int) -> None:
    while length:
        kind = d.u8(at)
        size = 1
        if kind == 0:
            d.add(" opt:pad1")
        else:
            if length < 2:
                d.cut()
                return
            size = d.u8(at + 1) + 2
            d.add(f" opt:{_OPTIONS.get(kind, f'subopt:{kind}')} len:{size} ")
            if not d.has(at, size) or length < size:
                d.cut()
                return
            if d.flags.verbose > 2:
                d.add(hex_only(d.data[at + 2 : at + size], " "))
        at += size
        length -= size
