"""EDNS options (RFC 6891): what an OPT record carries."""

from __future__ import annotations

from contextlib import suppress

from midocli.trace.tcpdump import domain_names
from midocli.trace.tcpdump.addresses import ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import numbered

_ALGORITHMS, _DIGESTS, _HASHES, _SUBNET, _EXPIRE, _COOKIE = 5, 6, 7, 8, 9, 10
_KEEPALIVE, _PADDING, _CHAIN, _KEY_TAG = 11, 12, 13, 14
_NAMES = numbered("""
    1 LLQ, 2 UL, 3 NSID, 5 DAU, 6 DHU, 7 N3U, 8 ECS, 9 EXPIRE, 10 COOKIE, 11 KEEPALIVE, 12 PADDING,
    13 CHAIN, 14 KEY-TAG, 16 CLIENT-TAG, 17 SERVER-TAG
""")
_ALGORITHM_NAMES = numbered("""
    0 DELETE, 1 RSAMD5, 2 DH, 3 DS, 5 RSASHA1, 6 DSA-NSEC3-SHA1, 7 RSASHA1-NSEC3-SHA1, 8 RSASHA256,
    10 RSASHA512, 12 ECC-GOST, 13 ECDSAP256SHA256, 14 ECDSAP384SHA384, 15 ED25519, 16 ED448,
    252 INDIRECT, 253 PRIVATEDNS, 254 PRIVATEOID
""")
_DIGEST_NAMES = {1: "SHA-1", 2: "SHA-256", 3: "GOST_R_34.11-94", 4: "SHA-384"}
_LISTS = {_ALGORITHMS: _ALGORITHM_NAMES, _DIGESTS: _DIGEST_NAMES, _HASHES: {1: "SHA-1"}}
_FAMILIES = {1: 4, 2: 16}


def show(d: Dissection, at: int, length: int) -> None:
    """Show `length` bytes of options in brackets; ShortError when one was not captured whole."""
    if not length:
        return
    end = at + length
    d.add(" [")
    while at < end:
        d.check(at, 2)
        kind = d.u16(at)
        d.add(_NAMES.get(kind, f"Opt{kind}"))
        d.check(at + 2, 2)
        size = d.u16(at + 2)
        at += 4
        d.check(at, size)
        if size:
            d.add(" ")
            _show_option(d, kind, at, size)
        at += size
        if at < end:
            d.add(",")
    d.add("]")


def _show_option(d: Dissection, kind: int, at: int, size: int) -> None:
    data = d.data[at : at + size]
    if kind == _CHAIN:
        with suppress(ShortError):
            domain_names.show(d, at, at + size)
    elif kind == _SUBNET:
        d.add(_subnet(data))
    elif kind == _COOKIE:
        valid = size == 8 or 16 <= size <= 40
        # The client's part, and the server's if it is there.
        cookie = f"{data[:8].hex()} {data[8:].hex()}".rstrip()
        d.add(cookie if valid else " (invalid)")
    elif kind == _KEEPALIVE:
        d.add(f"{d.u16(at) / 10:.1f} sec" if size == 2 else " (invalid)")
    elif kind == _EXPIRE:
        d.add(f"{d.u32(at)} sec" if size == 4 else " (invalid)")
    elif kind == _PADDING:
        d.add(f"({size})")
    elif kind == _KEY_TAG:
        tags = " ".join([str(d.u16(tag)) for tag in range(at, at + size - 1, 2)])
        d.add(" (invalid)" if size % 2 else tags)
    elif kind in _LISTS:
        names = _LISTS[kind]
        d.add(" ".join([names.get(byte, f"Alg_{byte}") for byte in data]))
    else:
        d.add(data.hex())


def _subnet(data: bytes) -> str:
    """A client's subnet: family, source and scope prefix length, and the address cut short."""
    invalid = " (invalid)"
    if len(data) < 4:
        return invalid
    size = _FAMILIES.get(data[0] << 8 | data[1])
    prefix, scope = data[2], data[3]
    address = data[4:]
    if size is None or len(address) > size:
        return invalid
    if prefix > size * 8 or scope > size * 8 or (prefix + 7) // 8 != len(address):
        return invalid
    padded = address.ljust(size, b"\0")
    return f"{ipv4(padded) if size == 4 else ipv6(padded)}/{prefix}/{scope}"
