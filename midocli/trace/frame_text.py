"""A frame's headers in words: briefly, and in full."""

from __future__ import annotations

from midocli.simulator.wire.addresses import Prefix, ip_text, mac_text
from midocli.simulator.wire.headers import Headers

_IP_NAMES = {1: "ICMP", 6: "TCP", 17: "UDP"}
_ICMP_NAMES = {
    0: "echo reply",
    3: "destination unreachable",
    4: "source quench",
    5: "redirect",
    8: "echo request",
    11: "time exceeded",
    12: "parameter problem",
}


def network(value: Prefix) -> str:
    """A network with its length, 0.0.0.0/0 included."""
    address, length = value
    return f"{ip_text(address)}/{length}"


def frame(headers: Headers) -> str:
    """What a frame is, in a few words."""
    if headers.is_arp:
        asked, told = ip_text(headers.nw_dst), ip_text(headers.nw_src)
        if headers.proto == 1:
            return f"ARP request who-has {asked} tell {told}"
        if headers.proto == 2:
            return f"ARP reply {told} is-at {mac_text(headers.hw_src)}"
        return f"ARP operation {headers.proto}"
    if not headers.is_ip:
        return headers.fault or f"frame of ethertype 0x{headers.ethertype:04x}"
    return f"{_packet(headers)} {_ends(headers)}"


def in_full(headers: Headers) -> str:
    """What a frame is, with every header field that steers it."""
    macs = f"{mac_text(headers.hw_src)} > {mac_text(headers.hw_dst)}"
    tags = "".join(f", VLAN {vlan}" for vlan in headers.vlans)
    text = f"{frame(headers)}; {macs}{tags}" if headers.hw_src or tags else frame(headers)
    if not headers.is_ip:
        return text
    fragment = headers.fragment
    flags = [name for bit, name in ((0x4000, "DF"), (0x2000, "MF")) if fragment & bit]
    if fragment & 0x1FFF:
        flags.append(f"offset {(fragment & 0x1FFF) * 8}")
    icmp = f"id {headers.icmp_id}, " if headers.proto == 1 and headers.tp_src >= 0 else ""
    ip_fields = f"ttl {headers.ttl}, tos 0x{headers.tos:02x}, ip-id {headers.ip_id}"
    return f"{text}; {icmp}{ip_fields}{''.join(f', {flag}' for flag in flags)}"


def _packet(headers: Headers) -> str:
    proto = headers.proto
    if headers.fragment & 0x1FFF:
        return f"IP fragment (protocol {proto})"
    if proto == 1:
        kind = _ICMP_NAMES.get(headers.tp_src, f"type {headers.tp_src}")
        if headers.tp_src in (0, 8):
            return f"ICMP {kind} seq {headers.icmp_seq}"
        return f"ICMP {kind} ({headers.tp_src}/{headers.tp_dst})"
    if proto == 6 and headers.tcp_flags is not None:
        return f"TCP [{flags_text(headers.tcp_flags)}]"
    return _IP_NAMES.get(proto, f"IP protocol {proto}")


def flags_text(flags: int) -> str:
    """TCP's flags as tcpdump writes them: `S.` for SYN and ACK, `none` for none of them."""
    return "".join(letter for bit, letter in enumerate("FSRP.UEW") if flags >> bit & 1) or "none"


def _ends(headers: Headers) -> str:
    source, destination = ip_text(headers.nw_src), ip_text(headers.nw_dst)
    if headers.proto in (6, 17) and headers.tp_src >= 0:
        return f"{source}:{headers.tp_src} > {destination}:{headers.tp_dst}"
    return f"{source} > {destination}"
