"""The underlay: how a frame that entered on one host gets to a port on another.

The host where it entered decides everything; what leaves there is the frame as the port would
send it, whole, in a tunnel packet for each port it goes to, and the other host only looks at
the key (MidoNet: `FlowTranslator.outputActionsToPeer`, `PacketWorkflow.handleFromUnderlay`).
The outer IP header has TTL 255, TOS 0 and no DF (`odp/flows/FlowKeyTunnel.java`); the rest is
the Linux kernel's doing: VXLAN (RFC 7348) from a UDP port that stands for the inner flow and
without a UDP checksum, or GRE with a key (RFC 2890) that carries Ethernet.
"""

from __future__ import annotations

import struct
from functools import partial

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Tunnelled
from midocli.simulator.latency import UNDERLAY_IN_NS, UNDERLAY_OUT_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.recorder import Captured, Direction, UnderlayPoint
from midocli.simulator.topology.crossings import Crossing, Tunnel
from midocli.simulator.topology.plans import flow_hash
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.checksum import checksum
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4, GRE, UDP

#: MidoNet's port for the overlay (`agent.datapath.vxlan_overlay_udp_port`).
VXLAN_PORT = 6677
#: Linux's range of local ports, from which VXLAN picks its source port.
_FIRST_PORT, _PAST_PORTS = 32768, 61000
_TTL = 255
#: The bit of a key that says that the frame is traced (`TunnelKeys.scala`).
_TRACED = 0x800000
_GRE_WITH_KEY, _ETHERNET = 0x2000, 0x6558
_VXLAN_WITH_VNI = 0x08000000


def cross(walk: Walk, port: Port) -> Reason | None:
    """Take the walk's frame to the host of `port`; a reason where there is no way.

    A frame that entered at no host, as a router's own pings, begins where it comes out.
    """
    frame = walk.frame
    if frame.host is None or port.host is None:
        return None
    crossing = walk.topology.crossing(frame.host, port.host)
    tunnel = crossing.tunnel
    if tunnel is None:
        return _no_tunnel(crossing, port) if crossing.zones else None
    ip_id = walk.memory.next_tunnel_id(tunnel.src, tunnel.dst)
    key = port.tunnel_key
    if walk.trail is not None and walk.trail.requests:
        key |= _TRACED
    if walk.recording:
        event = Tunnelled(
            here=crossing.here,
            there=crossing.there,
            type=tunnel.type,
            key=key,
            src=tunnel.src,
            dst=tunnel.dst,
        )
        walk.tell(port.alias, event)
    if walk.network.capturing:
        data = encapsulate(tunnel, key, frame, ip_id)
        inner = len(data) - len(frame.to_bytes())
        _show_later(walk, crossing.here, "out", UNDERLAY_OUT_NS, data, inner)
        _show_later(walk, crossing.there, "in", UNDERLAY_IN_NS, data, inner)
    return None


def _no_tunnel(crossing: Crossing, port: Port) -> Reason:
    text = (
        f"{port.alias} is on {crossing.there}, to which {crossing.here} has no tunnel:"
        " no tunnel zone of type gre or vxlan has both as members"
    )
    details = {"here": crossing.here, "there": crossing.there}
    return Reason(Code.NO_ROUTE, port.alias, None, text, details)


def _show_later(
    walk: Walk, host: str, direction: Direction, after_ns: int, data: bytes, inner: int
) -> None:
    network, frame = walk.network, walk.frame
    time_ns = network.engine.now_ns + after_ns
    point = UnderlayPoint(host)
    captured = Captured(point, direction, time_ns, data, frame.walk, frame.origin, inner)
    network.engine.at(time_ns, partial(network.capture_bytes, captured))


def encapsulate(tunnel: Tunnel, key: int, frame: Frame, ip_id: int) -> bytes:
    """The tunnel packet that carries a frame."""
    inner = frame.to_bytes()
    if tunnel.type == "vxlan":
        proto, vxlan = UDP, struct.pack("!II", _VXLAN_WITH_VNI, key << 8)
        length = 8 + len(vxlan) + len(inner)
        udp = struct.pack("!HHHH", source_port(frame), VXLAN_PORT, length, 0)
        payload = udp + vxlan + inner
    else:
        proto, gre = GRE, struct.pack("!HHI", _GRE_WITH_KEY, _ETHERNET, key)
        payload = gre + inner
    head = struct.pack(
        "!BBHHHBBHII", 0x45, 0, 20 + len(payload), ip_id, 0, _TTL, proto, 0, tunnel.src, tunnel.dst
    )
    head = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
    macs = tunnel.dst_mac.to_bytes(6, "big") + tunnel.src_mac.to_bytes(6, "big")
    return macs + ETHERTYPE_IPV4.to_bytes(2, "big") + head + payload


def source_port(frame: Frame) -> int:
    """The UDP source port of a flow: a hash of it, scaled to Linux's local ports.

    The kernel's hash is keyed with a random number; this one is always the same. What has no
    IP is told apart by its MACs (`udp_flow_src_port` of Linux's `net/udp_tunnel.h`).
    """
    value = flow_hash(frame)
    if frame.proto < 0:
        value ^= (frame.hw_src ^ frame.hw_dst) * 0x01000193 & 0xFFFFFFFF
    return _FIRST_PORT + (value * (_PAST_PORTS - _FIRST_PORT) >> 32)
