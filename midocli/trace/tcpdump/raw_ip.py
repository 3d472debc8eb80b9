"""IP without a link layer's header, or with no more than a BSD's address family before it."""

from __future__ import annotations

from midocli.trace.tcpdump import ipv4, ipv6
from midocli.trace.tcpdump.address_families import BSD_NAMES
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_and_ascii

_INET = 2
# NetBSD's and OpenBSD's, FreeBSD's, and Darwin's number for IPv6.
_INET6 = (24, 28, 30)
_FAMILY_SIZE = 4


def show(d: Dissection, at: int, length: int) -> int:
    """Show a bare packet at offset `at`, whose version tells what it is."""
    d.protocol = "raw"
    if d.flags.link:
        d.add("ip: ")
    d.protocol = "ipn"
    version = d.u8(at) >> 4
    if version == 4:
        ipv4.show(d, at, length)
    elif version == 6:
        ipv6.show(d, at, length)
    else:
        d.add(f"unknown ip {version}")
    return 0


def show_behind_family(d: Dissection, at: int, length: int) -> int:
    """Show a frame of LINKTYPE_NULL or LINKTYPE_LOOP; returns its header's length.

    The family is in the byte order of whoever captured it: the one in which it is small.
    """
    d.protocol = "null"
    family = int.from_bytes(d.taken(at, _FAMILY_SIZE), "little")
    if family >> 16:
        family = int.from_bytes(d.taken(at, _FAMILY_SIZE), "big")
    if d.flags.link:
        _show_family(d, family, length)
    payload, left = at + _FAMILY_SIZE, length - _FAMILY_SIZE
    if family == _INET:
        ipv4.show(d, payload, left)
    elif family in _INET6:
        ipv6.show(d, payload, left)
    else:
        if not d.flags.link:
            _show_family(d, family, length)
        if not d.flags.no_dump_of_unknown:
            d.add(hex_and_ascii(d.data[payload : d.end]))
    return _FAMILY_SIZE


def _show_family(d: Dissection, family: int, length: int) -> None:
    if d.flags.quiet:
        name = BSD_NAMES.get(family, f"Unknown AF {family}")
    else:
        name = f"AF {BSD_NAMES.get(family, 'Unknown')} ({family})"
    d.add(f"{name}, length {length}: ")
