"""GRE (RFC 1701, RFC 2784, RFC 2890) and its version 1 (RFC 2637)."""

from __future__ import annotations

from midocli.trace.tcpdump import addresses, ethernet, ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.tables import named_bits, numbered

_CHECKSUM, _ROUTING, _KEY, _SEQUENCE, _ACKNOWLEDGED = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
_FLAGS = numbered("""
    0x8000 checksum present, 0x4000 routing present, 0x2000 key present, 0x1000 sequence# present,
    0x0800 source routing present, 0x0080 ack present
""")
_IPV4, _IPV6, _BRIDGED = 0x0800, 0x86DD, 0x6558
_ROUTED_IP, _ROUTED_AS = 0x0800, 0xFFFE


class _Reader:
    """Reads the header's fields in turn."""

    __slots__ = ("at", "dissection", "end")

    def __init__(self, d: Dissection, at: int, length: int) -> None:
        self.dissection = d
        self.at = at
        self.end = at + length

    def number(self, size: int) -> int:
        """The next `size` bytes as a number."""
        return int.from_bytes(self.bytes(size), "big")

    def bytes(self, size: int) -> bytes:
        """The next `size` bytes; ShortError where they do not fit, or were not captured."""
        self.dissection.check(self.at, size, self.end)
        self.at += size
        return self.dissection.data[self.at - size : self.at]


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show the header and what it carries."""
    d.protocol = "gre"
    reader = _Reader(d, at, length)
    flags = reader.number(2)
    version = flags & 7
    d.add(f"GREv{version}")
    if version > 1:
        d.add(" ERROR: unknown-version")
        return
    if d.flags.verbose:
        d.add(f", Flags [{named_bits(_FLAGS, flags)}]")
    protocol = reader.number(2)
    if version == 0:
        _show_fields(reader, flags)
    else:
        _show_call(reader, flags)
    if d.flags.link:
        d.add(f", proto {NAMES.get(protocol, 'unknown')} (0x{protocol:04x})")
    d.add(f", length {length}")
    if version == 1 and not flags & _SEQUENCE:
        return
    d.add("\n\t" if d.flags.verbose else ": ")
    left = at + length - reader.at
    if version == 0 and protocol == _IPV4:
        ipv4.show(d, reader.at, left)
    elif version == 0 and protocol == _IPV6:
        ipv6.show(d, reader.at, left)
    elif version == 0 and protocol == _BRIDGED:
        ethernet.show(d, reader.at, left)
    else:
        d.add(f"gre-proto-0x{protocol:x}")


def _show_fields(reader: _Reader, flags: int) -> None:
    d = reader.dissection
    if flags & (_CHECKSUM | _ROUTING):
        checksum = reader.number(2)
        if d.flags.verbose:
            d.add(f", sum 0x{checksum:x}")
        d.add(f", off 0x{reader.number(2):x}")
    if flags & _KEY:
        d.add(f", key=0x{reader.number(4):x}")
    if flags & _SEQUENCE:
        d.add(f", seq {reader.number(4)}")
    if flags & _ROUTING:
        _show_routes(reader)


def _show_call(reader: _Reader, flags: int) -> None:
    d = reader.dissection
    if flags & _KEY:
        d.add(f", call {reader.number(4) & 0xFFFF}")
    if flags & _SEQUENCE:
        d.add(f", seq {reader.number(4)}")
    if flags & _ACKNOWLEDGED:
        d.add(f", ack {reader.number(4)}")
    if not flags & _SEQUENCE:
        d.add(", no-payload")


def _show_routes(reader: _Reader) -> None:
    d = reader.dissection
    while True:
        family, offset, length = reader.number(2), reader.number(1), reader.number(1)
        if family == 0 and length == 0:
            return
        start = reader.at
        if family in (_ROUTED_IP, _ROUTED_AS):
            d.add(f", (rtaf={'ip' if family == _ROUTED_IP else 'asn'}")
            whole = _show_route(reader, offset, length, 4 if family == _ROUTED_IP else 2)
            d.add(")")
            if not whole:
                raise ShortError
        else:
            d.add(f", (rtaf=0x{family:x})")
        if reader.end - start < length:
            raise ShortError
        reader.at = start + length


def _show_route(reader: _Reader, offset: int, length: int, size: int) -> bool:
    """Show a route's hops of `size` bytes; False when they are not all there."""
    d = reader.dissection
    if offset % size:
        d.add(f", badoffset={offset}")
    elif length % size:
        d.add(f", badlength={length}")
    elif offset >= length:
        d.add(f", badoff/len={offset}/{length}")
    else:
        for hop in range(0, length, size):
            try:
                entry = reader.bytes(size)
            except ShortError:
                return False
            text = addresses.ipv4(entry) if size == 4 else f"{int.from_bytes(entry, 'big'):x}"
            d.add(f" {'*' if hop == offset else ''}{text}")
    return True
