"""ARP and RARP (RFC 826, RFC 903, RFC 2390)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv4, mac
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.hexdump import hex_and_ascii

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
    question = _question(operation, protocol, hardware_length, protocol_length, body)
    if question is None:
        d.add(hex_and_ascii(data[at : d.end]))
    else:
        d.add(f"{question}, length {length}")


def _question(
    operation: int, protocol: int, hardware_length: int, protocol_length: int, body: bytes
) -> str | None:
    """What is asked or told; None for an operation tcpdump does not know."""
    half = hardware_length + protocol_length
    sender_mac, sender = body[:hardware_length], body[hardware_length:half]
    target_mac, target = body[half : half + hardware_length], body[half + hardware_length :]
    if operation == _REQUEST:
        named = f" ({mac(target_mac)})" if any(target_mac) else ""
        return (
            f"who-has {_protocol_address(protocol, target)}{named} "
            f"tell {_protocol_address(protocol, sender)}"
        )
    if operation == _REPLY:
        return f"{_protocol_address(protocol, sender)} is-at {_hardware_address(sender_mac)}"
    if operation in (_REVERSE_REQUEST, _INVERSE_REQUEST):
        return f"who-is {_hardware_address(target_mac)} tell {_hardware_address(sender_mac)}"
    if operation == _REVERSE_REPLY:
        return f"{_hardware_address(target_mac)} at {_protocol_address(protocol, target)}"
    if operation == _INVERSE_REPLY:
        return f"{_hardware_address(sender_mac)} at {_protocol_address(protocol, sender)}"
    return None


def _protocol_address(protocol: int, address: bytes) -> str:
    if protocol not in _IPV4_LIKE:
        return "<wrong proto type>"
    if len(address) != 4:
        return "<wrong len>"
    return ipv4(address)


def _hardware_address(address: bytes) -> str:
    return mac(address) if address else "<empty>"
