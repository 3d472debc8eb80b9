"""VRRP, versions 2 and 3 (RFC 3768, RFC 5798)."""

from __future__ import annotations

from midocli.trace.tcpdump import text, transport
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.checksum import verify
from midocli.trace.tcpdump.dissection import Dissection

_PROTOCOL = 112
_ADVERTISEMENT = 1
_PASSWORD = 1
_AUTHENTICATIONS = {0: "none", _PASSWORD: "simple", 2: "ah"}
_HEADER = 8


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show an advertisement, with -v the addresses that it is for."""
    d.protocol = "vrrp"
    d.add("VRRP")
    first = d.u8(at)
    version, kind = first >> 4, first & 0xF
    name = "Advertisement" if kind == _ADVERTISEMENT else f"unknown type ({kind})"
    d.add(f"v{version}, {name}")
    left = d.data[ip_at + (7 if d.data[ip_at] >> 4 == 6 else 8)]
    if left != 255:
        d.add(f", (ttl {left})")
    if version not in (2, 3) or kind != _ADVERTISEMENT:
        return
    d.add(f", vrid {d.u8(at + 1)}, prio {d.u8(at + 2)}")
    authentication = 0
    if version == 2:
        authentication = d.u8(at + 4)
        d.add(f", authtype {_AUTHENTICATIONS.get(authentication, f'#{authentication}')}")
        d.add(f", intvl {d.u8(at + 5)}s, length {length}")
    else:
        d.add(f", intvl {d.u16(at + 4) & 0xFFF}cs, length {length}")
    if not d.flags.verbose:
        return
    count = d.u8(at + 3)
    if d.has(at, length) and _wrong_checksum(d, version, at, length, ip_at):
        d.add(f", (bad vrrp cksum {d.u16(at + 6):x})")
    d.add(f", addrs{f'({count})' if count > 1 else ''}:")
    at = _show_addresses(d, at + _HEADER, count, d.data[ip_at] >> 4)
    if authentication == _PASSWORD:
        d.add(' auth "')
        text.show_padded(d, at, 8)
        d.add('"')


def _wrong_checksum(d: Dissection, version: int, at: int, length: int, ip_at: int) -> bool:
    if version == 2:
        return bool(verify(d.taken(at, length)))
    return bool(transport.checksum(d, ip_at, _PROTOCOL, at, length))


def _show_addresses(d: Dissection, at: int, count: int, version: int) -> int:
    separator = " "
    for _ in range(count):
        if version == 4:
            d.add(f"{separator}{d.names.ipv4(d.taken(at, 4))}")
        else:
            d.add(f"{separator}{ipv6(d.taken(at, 16))}")
        at += 4 if version == 4 else 16
        separator = ","
    return at
