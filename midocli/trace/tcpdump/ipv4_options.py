"""The options of an IPv4 header (RFC 791, RFC 2113)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_END, _NOP, _RECORD_ROUTE, _TIMESTAMP = 0, 1, 7, 68
_LOOSE_ROUTE, _STRICT_ROUTE, _ROUTER_ALERT = 131, 137, 148
_NAMES = numbered("""
    0 EOL, 1 NOP, 68 timestamp, 82 traceroute, 130 security, 7 RR, 137 SSRR, 131 LSRR, 148 RA
""")
_TIMES_ONLY = 0
_TIMESTAMP_KINDS = {_TIMES_ONLY: "TSONLY", 1: "TS+ADDR", 3: "PRESPEC"}


def show(d: Dissection, at: int, length: int) -> bool:
    """Show `length` bytes of options, comma separated; False when they were not all captured."""
    separator = ""
    while length > 0:
        d.add(separator)
        separator = ","
        code = d.u8(at)
        d.add(_NAMES.get(code, f"unknown {code}"))
        size = 1 if code in (_NOP, _END) else d.u8(at + 1)
        if size > length or (size < 2 and code not in (_NOP, _END)):
            d.add(f" [bad length {size}]")
            return True
        if not d.has(at, size):
            return False
        if code == _END:
            return True
        if code == _TIMESTAMP and not _show_timestamps(d, at, size):
            return False
        if code in (_RECORD_ROUTE, _STRICT_ROUTE, _LOOSE_ROUTE) and not _show_route(d, at, size):
            return False
        if code == _ROUTER_ALERT:
            _show_router_alert(d, at, size)
        at += size
        length -= size
    return True


def final_destination(d: Dissection, ip_at: int) -> bytes:
    """Where a packet goes in the end: the last hop of a source route, if it has one."""
    destination = d.data[ip_at + 16 : ip_at + 20]
    at = ip_at + 20
    left = (d.data[ip_at] & 0xF) * 4 - 20
    while left > 0:
        code = d.u8(at)
        if code == _END:
            break
        size = 1 if code == _NOP else d.u8(at + 1)
        if size > left or (size < 2 and code != _NOP) or not d.has(at, size):
            break
        if code in (_STRICT_ROUTE, _LOOSE_ROUTE) and size >= 7:
            return d.data[at + size - 4 : at + size]
        at += size
        left -= size
    return destination


def _show_route(d: Dissection, at: int, size: int) -> bool:
    """Show a route's hops; False when one of them was not captured."""
    if size < 3:
        d.add(f" [bad length {size}]")
        return True
    if (size + 1) & 3:
        d.add(f" [bad length {size}]")
    pointer = d.u8(at + 2) - 1
    # The pointer is unsigned in tcpdump: 0 becomes a very large number.
    if pointer < 3 or (pointer + 1) & 3 or pointer > size + 1:
        d.add(f" [bad ptr {pointer + 1}]")
    for hop in range(3, size, 4):
        if not d.has(at + hop, 4):
            return False
        visited = pointer > hop or pointer < 0
        d.add(f" {d.names.ipv4(d.taken(at + hop, 4))}{',' if visited else ''}")
    return True


def _show_router_alert(d: Dissection, at: int, size: int) -> None:
    if size < 4:
        d.add(f" [bad length {size}]")
        return
    value = d.u16(at + 2)
    if value:
        d.add(f" value {value}")


def _show_timestamps(d: Dissection, at: int, size: int) -> bool:
    """Show a route's times; False when one of them was not captured."""
    if size < 4:
        d.add(f"[bad length {size}]")
        return True
    kind = d.u8(at + 3) & 0xF
    overflow = d.u8(at + 3) >> 4
    step = 4 if kind == _TIMES_ONLY else 8
    d.add(" TS{")
    if (size - 4) & (step - 1):
        d.add(f"[bad length {size}]")
    pointer = d.u8(at + 2) - 1
    if pointer < 4 or (pointer - 4) & (step - 1) or pointer > size + 1:
        d.add(f"[bad ptr {pointer + 1}]")
    reached = 0
    if kind in _TIMESTAMP_KINDS:
        d.add(_TIMESTAMP_KINDS[kind])
        reached = 4
        while reached < size:
            mark = " ^ " if pointer == reached else " "
            if not d.has(at + reached, step):
                return False
            entry = d.taken(at + reached, step)
            address = d.names.ipv4(entry[:4]) if step == 8 else ""
            d.add(f"{mark}{int.from_bytes(entry[-4:], 'big')}@{address}")
            reached += step
    else:
        d.add(f"[bad ts type {kind}]")
    if pointer == reached:
        d.add(" ^ ")
    d.add(f" [{overflow} hops not recorded]}} " if overflow else "}")
    return True
