"""ARP over ATM (RFC 2225): an ATM number and subaddress for each side, all of any length."""

from __future__ import annotations

from typing import NamedTuple

from midocli.trace.tcpdump import arp_names
from midocli.trace.tcpdump.addresses import mac
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_and_ascii

_HEADER = 12
_LENGTH = 0x3F
_NAK = 10


class _Side(NamedTuple):
    """What a packet says of its sender or target: the ATM address as text, and the host's."""

    number: str
    host: str


def show(d: Dissection, at: int, length: int) -> None:
    """Show a packet; `length` counts the frame's padding too."""
    d.need(at, _HEADER)
    data = d.data
    hardware, protocol, operation = d.u16(at), d.u16(at + 2), d.u16(at + 6)
    sizes = (
        *(data[at + 4] & _LENGTH, data[at + 5] & _LENGTH, data[at + 8]),
        *(data[at + 9] & _LENGTH, data[at + 10] & _LENGTH, data[at + 11]),
    )
    d.need(at + _HEADER, sum(sizes))
    if not d.flags.link:
        d.add("ARP, ")
    plain = protocol in arp_names.IPV4_LIKE and sizes[2] == sizes[5] == 4
    if d.flags.verbose or not plain:
        d.add(
            f"{arp_names.HARDWARE[hardware]}, {arp_names.protocol(protocol)} "
            f"(len {sizes[2]}/{sizes[5]})"
        )
    if d.flags.verbose or plain:
        d.add(f"{', ' if d.flags.verbose else ''}{arp_names.operation(operation)} ")
        sides = _sides(d, at + _HEADER, sizes, protocol)
        question = _question(operation, *sides)
        if question is None:
            d.add(hex_and_ascii(data[at : d.end]))
            return
        d.add(question)
    d.add(f", length {length}")


def _sides(d: Dissection, at: int, sizes: tuple[int, ...], protocol: int) -> tuple[_Side, _Side]:
    fields = []
    for size in sizes:
        fields.append(d.taken(at, size))
        at += size
    sender, target = fields[:3], fields[3:]
    return (
        _Side(_number(*sender[:2]), _host(d, protocol, sender[2], "<wrong splen>")),
        _Side(_number(*target[:2]), _host(d, protocol, target[2], "<wrong tplen>")),
    )


def _number(number: bytes, subaddress: bytes) -> str:
    """The ATM address as text; empty for none."""
    return f"{mac(number)},{mac(subaddress)}" if number and subaddress else mac(number)


def _host(d: Dissection, protocol: int, address: bytes, wrong: str) -> str:
    if protocol not in arp_names.IPV4_LIKE:
        return "<wrong proto type>"
    return d.names.ipv4(address) if len(address) == 4 else wrong


def _question(operation: int, sender: _Side, target: _Side) -> str | None:
    """What is asked or told; None for an operation that is not ATM's."""
    told = sender.number or "<No address>"
    if operation == arp_names.REQUEST:
        named = f" ({target.number})" if target.number else ""
        return f"who-has {target.host}{named} tell {sender.host}"
    if operation == arp_names.REPLY:
        return f"{sender.host} is-at {told}"
    if operation == arp_names.INVERSE_REQUEST:
        return f"who-is {target.number or '<No address>'} tell {told}"
    if operation == arp_names.INVERSE_REPLY:
        return f"{told}at {sender.host}"
    return f"for {sender.host}" if operation == _NAK else None
