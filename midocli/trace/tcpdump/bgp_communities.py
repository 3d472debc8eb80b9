"""BGP's communities: plain (RFC 1997), extended (RFC 4360) and large (RFC 8092)."""

from __future__ import annotations

from math import isnan
from struct import pack, unpack

from midocli.trace.tcpdump.bgp_values import system
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import named_bits, numbered

_WELL_KNOWN = numbered("""
    0xFFFFFF01 NO_EXPORT, 0xFFFFFF02 NO_ADVERTISE, 0xFFFFFF03 NO_EXPORT_SUBCONFED
""")
_FLAGS = numbered("0x8000 vendor-specific, 0x4000 non-transitive")
_BANDWIDTH, _ENCAPSULATION, _LAYER_2, _SOURCE_SYSTEM = 0x4004, 0x030C, 0x800A, 0x0009
_BY_SYSTEM = frozenset((0x0002, 0x0003, 0x000A))
_BY_ADDRESS = frozenset((0x0102, 0x0103, 0xF10A, 0x010B))
_BY_LONG_SYSTEM = frozenset((0x0202, 0x0203))
_ROUTERS = frozenset((0x0005, 0x0105, 0x0205, 0x8005, 0x0107, 0x8001))
_ROUTE_TYPES = frozenset((0x0306, 0x8000))
_NAMES = numbered("""
    0x0002 target, 0x0003 origin, 0x0005 ospf-domain, 0x0009 source-AS, 0x000A l2vpn-id,
    0x0102 target, 0x0103 origin, 0x0105 ospf-domain, 0x0107 ospf-router-id,
    0x010B vrf-route-import, 0x0202 target, 0x0203 origin, 0x0205 ospf-domain,
    0x0306 ospf-route-type, 0x030C encapsulation, 0x4004 link-BW, 0x8000 ospf-route-type,
    0x8001 ospf-router-id, 0x8005 ospf-domain, 0x800A layer2-info,
    0x8800 eigrp-general-route (flag, tag), 0x8801 eigrp-route-metric (AS, delay),
    0x8802 eigrp-route-metric (reliability, nexthop, bandwidth),
    0x8803 eigrp-route-metric (load, MTU), 0x8804 eigrp-external-route (remote-AS, remote-ID),
    0x8805 eigrp-external-route (remote-proto, remote-metric), 0xF10A l2vpn-id
""")
_TUNNELS = numbered("""
    1 L2TPv3 over IP, 2 GRE, 3 Transmit Tunnel, 4 IPsec, 5 IP in IP with IPsec,
    6 MPLS in IP with IPsec, 7 IP in IP, 8 VXLAN, 9 NVGRE, 10 MPLS, 11 MPLS in GRE, 12 VXLAN GPE,
    13 MPLS in UDP, 14 IPv6, 15 SR TE, 16 Bare, 17 SR
""")
_EXTERNAL = frozenset((5, 7))
_OSPF_ROUTES = numbered("""
    1 Router, 2 Network, 3 Summary, 5 External, 7 NSSA External, 129 MPLS-VPN Sham
""")
_CIRCUITS = numbered("""
    0 Reserved, 1 Frame Relay, 2 ATM AAL5 SDU VCC transport, 3 ATM transparent cell transport,
    4 Ethernet (VLAN) Tagged Mode, 5 Ethernet Raw Mode, 6 Cisco HDLC, 7 PPP,
    8 SONET/SDH Circuit Emulation Service over MPLS, 9 ATM n-to-one VCC cell transport,
    10 ATM n-to-one VPC cell transport, 11 IP layer 2 transport, 15 Frame Relay Port mode,
    17 Structure-agnostic E1 over packet, 18 Structure-agnostic T1 (DS1) over packet, 19 VPLS,
    20 Structure-agnostic T3 (DS3) over packet, 21 Nx64kbit/s Basic Service using Structure-aware,
    25 Frame Relay DLCI, 40 Structure-agnostic E3 over packet,
    41 Octet-aligned playload for Structure-agnostic DS1 circuits,
    42 E1 Nx64kbit/s with CAS using Structure-aware,
    43 DS1 (ESF) Nx64kbit/s with CAS using Structure-aware,
    44 DS1 (SF) Nx64kbit/s with CAS using Structure-aware
""")


def show(d: Dissection, at: int, size: int) -> None:
    """Show communities of four bytes."""
    end = at + size
    for entry in range(at, end, 4):
        d.check(entry, 4)
        number = d.u32(entry)
        if number in _WELL_KNOWN:
            d.add(f" {_WELL_KNOWN[number]}")
        else:
            d.add(f"{number >> 16}:{number & 0xFFFF}{', ' if entry + 4 < end else ''}")


def show_large(d: Dissection, at: int, size: int) -> int:
    """Show communities of twelve bytes; gives how many bytes are not shown."""
    if size == 0 or size % 12:
        d.add("invalid len")
        return size
    d.add("\n\t    ")
    for left in range(size, 0, -12):
        d.add(f"{d.u32(at)}:{d.u32(at + 4)}:{d.u32(at + 8)}{', ' if left > 12 else ''}")
        at += 12
    return 0


def show_extended(d: Dissection, at: int, size: int) -> None:
    """Show communities of eight bytes."""
    for entry in range(at, at + size, 8):
        d.check(entry, 2)
        kind = d.u16(entry)
        name = _NAMES.get(kind, "unknown extd community typecode")
        d.add(f"\n\t    {name} (0x{kind:04x}), Flags [{named_bits(_FLAGS, kind)}]")
        d.check(entry, 8)
        d.add(f": {_extended(d, kind, entry)}")


def _extended(d: Dissection, kind: int, at: int) -> str:
    if kind in _BY_SYSTEM:
        return f"{d.u16(at + 2)}:{d.u32(at + 4)} (= {d.names.ipv4(d.taken(at + 4, 4))})"
    if kind in _BY_ADDRESS:
        return f"{d.names.ipv4(d.taken(at + 2, 4))}:{d.u16(at + 6)}"
    if kind in _BY_LONG_SYSTEM:
        return f"{system(d, d.u32(at + 2))}:{d.u16(at + 6)}"
    if kind == _BANDWIDTH:
        return f"bandwidth: {_megabits(d.taken(at + 4, 4))} Mbps"
    if kind in _ROUTERS:
        return d.names.ipv4(d.taken(at + 2, 4))
    if kind in _ROUTE_TYPES:
        return _ospf_route(d, at)
    if kind == _LAYER_2:
        circuit = _CIRCUITS.get(d.u8(at + 2), "unknown encaps")
        return f"{circuit} Control Flags [0x{d.u8(at + 3):02x}]:MTU {d.u16(at + 4)}"
    if kind == _SOURCE_SYSTEM:
        return f"AS {d.u16(at + 2)}"
    if kind == _ENCAPSULATION:
        return f"Tunnel type: {_TUNNELS.get(d.u16(at + 6), 'unknown encaps')}"
    return d.taken(at + 2, 6).hex()


def _ospf_route(d: Dissection, at: int) -> str:
    kind = d.u8(at + 6)
    name = _OSPF_ROUTES.get(kind, f"unknown (0x{kind:02x})")
    metric = ("E2" if d.u8(at + 7) & 1 else "") + ("E1" if kind in _EXTERNAL else "")
    area = d.names.ipv4(d.taken(at + 2, 4))
    return f"area:{area}, router-type:{name}, metric-type:{metric}"


def _megabits(number: bytes) -> str:
    """A rate in bytes a second, a float of 32 bits, reckoned as C does with those."""
    (rate,) = unpack(">f", number)
    if isnan(rate):
        return "-nan" if number[0] & 0x80 else "nan"
    try:
        (bits,) = unpack(">f", pack(">f", rate * 8))
    except OverflowError:
        bits = rate * float("inf")
    (megabits,) = unpack(">f", pack(">f", bits / 1_000_000))
    return f"{megabits:.3f}"
