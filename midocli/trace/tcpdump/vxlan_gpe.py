"""VXLAN with its generic protocol extension (draft-ietf-nvo3-vxlan-gpe)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6, nsh
from midocli.trace.tcpdump.dissection import Dissection, EthertypeShow, InvalidError
from midocli.trace.tcpdump.tables import letters, numbered

_HEADER = 8
_FLAGS = numbered("0x08 I, 0x04 P, 0x02 B, 0x01 O")
_CARRIED: dict[int, EthertypeShow] = {1: ipv4.show, 2: ipv6.show, 4: nsh.show}
_ETHERNET = 3


def show(d: Dissection, at: int, length: int) -> None:
    """Show the header and what it carries."""
    d.protocol = "vxlan_gpe"
    d.add("VXLAN-GPE, ")
    if length < _HEADER:
        d.add(f" (len {length} < {_HEADER})")
        raise InvalidError
    flags = d.u8(at)
    names = letters(_FLAGS, flags) or "none"
    d.add(f"flags [{names}], ")
    protocol = d.u8(at + 3)
    network = int.from_bytes(d.taken(at + 4, 3), "big")
    d.need(at + 7, 1)
    d.add(f"vni {network}")
    d.add("\n    " if d.flags.verbose else ": ")
    at += _HEADER
    length -= _HEADER
    if protocol == _ETHERNET:
        ethernet.show(d, at, length)
    elif protocol in _CARRIED:
        _CARRIED[protocol](d, at, length)
    else:
        d.add("ERROR: unknown-next-protocol")
        raise InvalidError
