"""A frame's headers in words: briefly, and in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Details = Mapping[str, Any]

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


def ip(value: object) -> str:
    """An address, as a dotted quad."""
    number = int(str(value))
    return ".".join(str(number >> shift & 0xFF) for shift in (24, 16, 8, 0))


def mac(value: object) -> str:
    """A MAC address, lower case with colons."""
    return int(str(value)).to_bytes(6, "big").hex(":")


def network(value: Any) -> str:
    """A network with its length, 0.0.0.0/0 included."""
    address, length = value
    return f"{ip(address)}/{length}"


def frame(headers: Details) -> str:
    """What a frame is, in a few words."""
    if "op" in headers:
        asked, told = ip(headers["target"]), ip(headers["sender"])
        if headers["op"] == 1:
            return f"ARP request who-has {asked} tell {told}"
        if headers["op"] == 2:
            return f"ARP reply {told} is-at {mac(headers['hw_src'])}"
        return f"ARP operation {headers['op']}"
    if "nw_src" not in headers:
        return headers.get("fault") or f"frame of ethertype 0x{headers['ethertype']:04x}"
    return f"{_packet(headers)} {_ends(headers)}"


def in_full(headers: Any) -> str:
    """What a frame is, with every header field that steers it."""
    macs = f"{mac(headers['hw_src'])} > {mac(headers['hw_dst'])}"
    tags = "".join(f", VLAN {vlan}" for vlan in headers["vlans"])
    text = f"{frame(headers)}; {macs}{tags}" if headers["hw_src"] or tags else frame(headers)
    if "ttl" not in headers:
        return text
    fragment = headers["fragment"]
    flags = [name for bit, name in ((0x4000, "DF"), (0x2000, "MF")) if fragment & bit]
    if fragment & 0x1FFF:
        flags.append(f"offset {(fragment & 0x1FFF) * 8}")
    icmp = f"id {headers['icmp_id']}, " if headers["proto"] == 1 and headers["tp_src"] >= 0 else ""
    ip_fields = f"ttl {headers['ttl']}, tos 0x{headers['tos']:02x}, ip-id {headers['ip_id']}"
    return f"{text}; {icmp}{ip_fields}{''.join(f', {flag}' for flag in flags)}"


def _packet(headers: Details) -> str:
    proto = headers["proto"]
    if headers["fragment"] & 0x1FFF:
        return f"IP fragment (protocol {proto})"
    if proto == 1:
        kind = _ICMP_NAMES.get(headers["tp_src"], f"type {headers['tp_src']}")
        if headers["tp_src"] in (0, 8):
            return f"ICMP {kind} seq {headers['icmp_seq']}"
        return f"ICMP {kind} ({headers['tp_src']}/{headers['tp_dst']})"
    return _IP_NAMES.get(proto, f"IP protocol {proto}")


def _ends(headers: Details) -> str:
    source, destination = ip(headers["nw_src"]), ip(headers["nw_dst"])
    if headers["proto"] in (6, 17) and headers["tp_src"] >= 0:
        return f"{source}:{headers['tp_src']} > {destination}:{headers['tp_dst']}"
    return f"{source} > {destination}"
