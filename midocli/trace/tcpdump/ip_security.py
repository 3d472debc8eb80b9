"""What IPsec and IP compression leave visible (RFC 4302, RFC 4303, RFC 3173)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection

_ESP_HEADER = 8
_AH_HEADER = 12


def show_authentication(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """An authentication header, and what it authenticates."""
    d.protocol = "ah"
    d.check(at, 1)
    following = d.u8(at)
    d.add("AH")
    words = d.u8(at + 1)
    size = (words + 2) * 4
    d.add("(")
    if d.flags.verbose:
        d.add(f"length={words}({size}-bytes),")
    reserved = d.u16(at + 2)
    if reserved:
        d.add(f"reserved=0x{reserved:x}[MustBeZero],")
    d.add(f"spi=0x{d.u32(at + 4):08x},")
    d.add(f"seq=0x{d.u32(at + 8):x},")
    d.add("icv=0x")
    d.add(d.data[at + _AH_HEADER : min(at + size, d.end)].hex())
    d.need(at, size)
    d.add("): ")
    d.show_ip_payload(following, at + size, length - size & 0xFFFF_FFFF, ip_at, fragmented)


def show_encrypted(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """An encapsulated security payload, which stays encrypted."""
    d.protocol = "esp"
    d.check(at, _ESP_HEADER + 1)
    d.add(f"ESP(spi=0x{d.u32(at):08x},seq=0x{d.u32(at + 4):x}), length {length}")


def show_compressed(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """A compressed payload, which stays compressed."""
    d.protocol = "ipcomp"
    d.add(f"IPComp(cpi=0x{d.u16(at + 2):04x})")
