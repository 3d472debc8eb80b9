"""ARP and RARP (RFC 826, RFC 903, RFC 2390)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import mac
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.hexdump import hex_and_ascii
from midocli.trace.tcpdump.naming import Naming

_HEADER = 8
_IPV4_LIKE = frozenset((0x0800, 0x1000))
_HARDWARE = {
    1: "Ethernet",
    6: "TokenRing",
    7: "ArcNet",
    15: "FrameRelay",
    19: "ATM",
    23: "Strip",
    24: "IEEE 1394",
    32: "InfiniBand",
}
_REQUEST, _REPLY = 1, 2
_REVERSE_REQUEST, _REVERSE_REPLY = 3, 4
_INVERSE_REQUEST, _INVERSE_REPLY = 8, 9
_OPERATIONS = {
    _REQUEST: "Request",
    _REPLY: "Reply",
    _REVERSE_REQUEST: "Reverse Request",
    _REVERSE_REPLY: "Reverse Reply",
    _INVERSE_REQUEST: "Inverse Request",
    _INVERSE_REPLY: "Inverse Reply",
    10: "NACK Reply",
}


def show(d: Dissection, at: int, length: int) -> None:
    """Show an ARP packet; `length` counts the frame's padding too."""
    d.protocol = "arp"
    d.need(at, _HEADER)
    data = d.data
    verbose = d.flags.verbose
    hardware = d.u16(at)
    protocol = d.u16(at + 2)
    hardware_length = data[at + 4]
    protocol_length = data[at + 5]
    operation = d.u16(at + 6)
    body_length = 2 * (hardware_length + protocol_length)
    d.need(at + _HEADER, body_length)
    body = data[at + _HEADER : at + _HEADER + body_length]

    if not d.flags.link:
        d.add("ARP, ")
    strange = protocol not in _IPV4_LIKE or protocol_length != 4 or hardware_length == 0
    if strange or verbose:
        d.add(
            f"{_HARDWARE.get(hardware, f'Unknown Hardware ({hardware})')} (len {hardware_length}), "
            f"{NAMES.get(protocol, f'Unknown Protocol (0x{protocol:04x})')} (len {protocol_length})"
        )
        if not verbose:
            d.add(f", length {length}")
            return
        d.add(", ")
    d.add(f"{_OPERATIONS.get(operation, f'Unknown ({operation})')} ")
    question = _question(d.names, operation, protocol, hardware_length, protocol_length, body)
    if question is None:
        d.add(hex_and_ascii(data[at : d.end]))
    else:
        d.add(f"{question}, length {length}")


def _question(
    names: Naming,
    operation: int,
    protocol: int,
    hardware_length: int,
    protocol_length: int,
    body: bytes,
) -> str | None:
    """What is asked or told; None for an operation tcpdump does not know."""
    half = hardware_length + protocol_length
    target_mac = body[half : half + hardware_length]
    sender_link = _link(names, body[:hardware_length])
    sender_host = _host(names, protocol, body[hardware_length:half])
    target_link = _link(names, target_mac)
    target_host = _host(names, protocol, body[half + hardware_length :])
    if operation == _REQUEST:
        named = f" ({target_link})" if any(target_mac) else ""
        return f"who-has {target_host}{named} tell {sender_host}"
    if operation == _REPLY:
        return f"{sender_host} is-at {sender_link}"
    if operation in (_REVERSE_REQUEST, _INVERSE_REQUEST):
        return f"who-is {target_link} tell {sender_link}"
    if operation == _REVERSE_REPLY:
        return f"{target_link} at {target_host}"
    if operation == _INVERSE_REPLY:
        return f"{sender_link} at {sender_host}"
    return None


def _host(names: Naming, protocol: int, address: bytes) -> str:
    if protocol not in _IPV4_LIKE:
        return "<wrong proto type>"
    return names.ipv4(address) if len(address) == 4 else "<wrong len>"


def _link(names: Naming, address: bytes) -> str:
    if not address:
        return "<empty>"
    return names.mac(address) if len(address) == 6 else mac(address)
