"""The questions and resource records of DNS messages (RFC 1035 and its many followers)."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import dns_options, domain_names, text
from midocli.trace.tcpdump.addresses import ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.durations import in_units
from midocli.trace.tcpdump.tables import numbered

_INTERNET = 1
_CLASSES = {1: "IN", 3: "CHAOS", 4: "HS", 255: "ANY"}
# The upper bit of a class in multicast DNS: answer by unicast, or forget what you know.
_MULTICAST_BIT = 0x8000
_FIXED = 10
_OPT = 41
_DO_BIT = 0x8000
_TYPES = numbered("""
    1 A, 2 NS, 3 MD, 4 MF, 5 CNAME, 6 SOA, 7 MB, 8 MG, 9 MR, 10 NULL, 11 WKS, 12 PTR, 13 HINFO,
    14 MINFO, 15 MX, 16 TXT, 17 RP, 18 AFSDB, 19 X25, 20 ISDN, 21 RT, 22 NSAP, 23 NSAP_PTR, 24 SIG,
    25 KEY, 26 PX, 27 GPOS, 28 AAAA, 29 LOC, 30 NXT, 31 EID, 32 NIMLOC, 33 SRV, 34 ATMA, 35 NAPTR,
    36 KX, 37 CERT, 38 A6, 39 DNAME, 40 SINK, 41 OPT, 42 APL, 43 DS, 44 SSHFP, 45 IPSECKEY,
    46 RRSIG, 47 NSEC, 48 DNSKEY, 99 SPF, 100 UINFO, 101 UID, 102 GID, 103 UNSPEC, 104 UNSPECA,
    249 TKEY, 250 TSIG, 251 IXFR, 252 AXFR, 253 MAILB, 254 MAILA, 255 ANY, 256 URI
""")


def show_question(d: Dissection, at: int, message: int, multicast: bool) -> int:
    """Show a question of the message at `message`; the offset after it.

    Like the others here, it raises ShortError where something is not whole.
    """
    after = domain_names.skip(d, at)
    d.check(after, 4)
    kind, family = d.u16(after), d.u16(after + 2)
    d.add(f" {_TYPES.get(kind, f'Type{kind}')}")
    asked = family & ~_MULTICAST_BIT if multicast else family
    if asked != _INTERNET:
        d.add(f" {_CLASSES.get(asked, f'(Class {asked})')}")
    if multicast:
        d.add(" (QU)" if family & _MULTICAST_BIT else " (QM)")
    d.add("? ")
    return domain_names.show(d, at, message) + 4


def show_record(d: Dissection, at: int, message: int, multicast: bool) -> int:
    """Show a resource record; the offset after it.

    One whose fixed fields are missing counts as the end of what was captured.
    """
    if d.flags.verbose:
        d.add(" ")
        after = domain_names.show(d, at, message)
    else:
        try:
            after = domain_names.skip(d, at)
        except ShortError:
            return d.end
    if not d.has(after, _FIXED):
        return d.end
    kind, family, length = d.u16(after), d.u16(after + 2), d.u16(after + 8)
    meant = family & ~_MULTICAST_BIT if multicast else family
    if meant != _INTERNET and kind != _OPT:
        d.add(f" {_CLASSES.get(meant, f'(Class {meant})')}")
    if multicast and family & _MULTICAST_BIT:
        d.add(" (Cache flush)")
    if kind != _OPT and d.flags.verbose > 2:
        d.add(f" [{in_units(d.u32(after + 4))}]")
    d.add(f" {_TYPES.get(kind, f'Type{kind}')}")
    start = after + _FIXED
    d.check(start, length)
    if kind == _OPT:
        d.add(f" UDPsize={meant}{' DO' if d.u16(after + 6) & _DO_BIT else ''}")
        dns_options.show(d, start, length)
    elif kind in _DATA:
        _DATA[kind](d, start, length, message)
    return start + length


# What follows shows the data of one type of record.


def _show_ipv4(d: Dissection, at: int, length: int, message: int) -> None:
    d.check(at, 4)
    d.add(f" {ipv4(d.data[at : at + 4])}")


def _show_ipv6(d: Dissection, at: int, length: int, message: int) -> None:
    d.check(at, 16)
    d.add(f" {ipv6(d.data[at : at + 16])}")


def _show_name(d: Dissection, at: int, length: int, message: int) -> None:
    d.add(" ")
    domain_names.show(d, at, message)


def _show_authority(d: Dissection, at: int, length: int, message: int) -> None:
    if not d.flags.verbose:
        return
    for _ in range(2):
        d.add(" ")
        at = domain_names.show(d, at, message)
    d.check(at, 20)
    d.add("".join([f" {d.u32(number)}" for number in range(at, at + 20, 4)]))


def _show_exchange(d: Dissection, at: int, length: int, message: int) -> None:
    d.add(" ")
    d.check(at, 2)
    domain_names.show(d, at + 2, message)
    d.add(f" {d.u16(at)}")


def _show_texts(d: Dissection, at: int, length: int, message: int) -> None:
    end = at + length
    while at < end:
        d.add(' "')
        d.check(at, 1)
        text.show(d, at + 1, d.data[at])
        at += 1 + d.data[at]
        d.add('"')


def _show_service(d: Dissection, at: int, length: int, message: int) -> None:
    d.add(" ")
    d.check(at, 6)
    domain_names.show(d, at + 6, message)
    d.add(f":{d.u16(at + 4)} {d.u16(at)} {d.u16(at + 2)}")


def _show_chained_ipv6(d: Dissection, at: int, length: int, message: int) -> None:
    d.check(at, 1)
    prefix = d.data[at]
    if prefix > 128:
        d.add(f" {prefix}(bad plen)")
        return
    known = prefix // 8
    if prefix < 128:
        address = bytes(known) + d.taken(at + 1, 16 - known)
        d.add(f" {prefix} {ipv6(address)}")
    if prefix:
        d.add(" ")
        domain_names.show(d, at + 17 - known, message)


def _show_uri(d: Dissection, at: int, length: int, message: int) -> None:
    d.check(at, length)
    d.add(f" {d.u16(at)} {d.u16(at + 2)} ")
    # Fewer than four bytes leave an enormous rest in tcpdump's unsigned numbers.
    text.show(d, at + 4, length - 4 if length >= 4 else d.end)


def _show_string(d: Dissection, at: int, length: int, message: int) -> None:
    text.show(d, at, length)


def _show_signature(d: Dissection, at: int, length: int, message: int) -> None:
    if not d.flags.verbose:
        return
    d.add(" ")
    after = domain_names.show(d, at, message) + 6
    for name in ("fudge", "maclen", "origid", "error", "otherlen"):
        d.check(after, 2)
        d.add(f" {name}={d.u16(after)}")
        after += 2 + (d.u16(after) if name == "maclen" else 0)


_DATA: dict[int, Callable[[Dissection, int, int, int], None]] = {
    1: _show_ipv4,
    2: _show_name,
    5: _show_name,
    6: _show_authority,
    12: _show_name,
    15: _show_exchange,
    16: _show_texts,
    28: _show_ipv6,
    33: _show_service,
    38: _show_chained_ipv6,
    39: _show_name,
    104: _show_string,
    250: _show_signature,
    256: _show_uri,
}
