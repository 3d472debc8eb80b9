"""ARP and RARP (RFC 826, RFC 903, RFC 2390)."""

from __future__ import annotations

from midocli.trace.tcpdump import arp_atm, arp_names, frame_relay
from midocli.trace.tcpdump.addresses import mac
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_and_ascii
from midocli.trace.tcpdump.naming import Naming

_HEADER = 8


def show(d: Dissection, at: int, length: int) -> None:
    """Show an ARP packet; `length` counts the frame's padding too."""
    d.protocol = "arp"
    d.need(at, _HEADER)
    data = d.data
    verbose = d.flags.verbose
    hardware = d.u16(at)
    if hardware == arp_names.ATM:
        arp_atm.show(d, at, length)
        return
    protocol = d.u16(at + 2)
    hardware_length = data[at + 4]
    protocol_length = data[at + 5]
    operation = d.u16(at + 6)
    body_length = 2 * (hardware_length + protocol_length)
    d.need(at + _HEADER, body_length)

    if not d.flags.link:
        d.add("ARP, ")
    strange = protocol not in arp_names.IPV4_LIKE or protocol_length != 4 or hardware_length == 0
    if strange or verbose:
        name = arp_names.HARDWARE.get(hardware, f"Unknown Hardware ({hardware})")
        d.add(
            f"{name} (len {hardware_length}), "
            f"{arp_names.protocol(protocol)} (len {protocol_length})"
        )
        if not verbose:
            d.add(f", length {length}")
            return
        d.add(", ")
    d.add(f"{arp_names.operation(operation)} ")
    body = data[at + _HEADER : at + _HEADER + body_length]
    question = _Body(d.names, hardware, protocol, hardware_length, body).question(operation)
    if question is None:
        d.add(hex_and_ascii(data[at : d.end]))
    else:
        d.add(f"{question}, length {length}")


class _Body:
    """The four addresses of a packet, as text."""

    __slots__ = ("_asked", "sender", "sender_link", "target", "target_link")

    def __init__(
        self, names: Naming, hardware: int, protocol: int, hardware_length: int, body: bytes
    ) -> None:
        half = len(body) // 2
        target_link = body[half : half + hardware_length]
        self._asked = any(target_link)
        self.sender_link = _link(names, hardware, body[:hardware_length])
        self.sender = _host(names, protocol, body[hardware_length:half])
        self.target_link = _link(names, hardware, target_link)
        self.target = _host(names, protocol, body[half + hardware_length :])

    def question(self, operation: int) -> str | None:
        """What is asked or told; None for an operation tcpdump does not know."""
        if operation == arp_names.REQUEST:
            named = f" ({self.target_link})" if self._asked else ""
            return f"who-has {self.target}{named} tell {self.sender}"
        if operation == arp_names.REPLY:
            return f"{self.sender} is-at {self.sender_link}"
        if operation in (arp_names.REVERSE_REQUEST, arp_names.INVERSE_REQUEST):
            return f"who-is {self.target_link} tell {self.sender_link}"
        if operation == arp_names.REVERSE_REPLY:
            return f"{self.target_link} at {self.target}"
        if operation == arp_names.INVERSE_REPLY:
            return f"{self.sender_link} at {self.sender}"
        return None


def _host(names: Naming, protocol: int, address: bytes) -> str:
    if protocol not in arp_names.IPV4_LIKE:
        return "<wrong proto type>"
    return names.ipv4(address) if len(address) == 4 else "<wrong len>"


def _link(names: Naming, hardware: int, address: bytes) -> str:
    if not address:
        return "<empty>"
    if hardware == arp_names.FRAME_RELAY:
        return frame_relay.circuit(address)
    return names.mac(address) if len(address) == 6 else mac(address)
