"""RIPng (RFC 2080)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection, InvalidError

_HEADER, _ENTRY = 4, 20
_REQUEST, _RESPONSE = 1, 2
_INFINITY = 16


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message and its routes."""
    d.protocol = "ripng"
    version = d.u8(at + 1)
    if version != 1:
        d.add(f" [vers {version}]")
        raise InvalidError
    command = d.u8(at)
    if command not in (_REQUEST, _RESPONSE):
        d.add(f" ripng-{command} ?? {length}")
        raise InvalidError
    left = length - _HEADER
    if left < 0:
        raise InvalidError
    count = left // _ENTRY
    first = at + _HEADER
    asked = command == _REQUEST
    if asked and count == 1 and d.u8(first + 19) == _INFINITY and not any(d.taken(first, 16)):
        d.add(" ripng-req dump")
        return
    name = "req" if asked else "resp"
    d.add(f" ripng-{name} {count}{f'[{length}]' if left % _ENTRY else ''}:")
    for entry in range(first, first + count * _ENTRY, _ENTRY):
        d.add("\n\t" if d.flags.verbose > 1 else " ")
        _show_entry(d, entry, with_metric=not asked)
    if left % _ENTRY:
        raise InvalidError


def _show_entry(d: Dissection, at: int, with_metric: bool) -> None:
    d.add(f"{ipv6(d.taken(at, 16))}/{d.u8(at + 18)}")
    tag = d.u16(at + 16)
    if tag:
        d.add(f" [{tag}]")
    metric = d.u8(at + 19)
    if metric and with_metric:
        d.add(f" ({metric})")
