"""A router that pings: its echo requests, and the replies and errors it listens for."""

from __future__ import annotations

from midocli.simulator.network import Network
from midocli.simulator.reason import LocalError
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import echo_request
from midocli.simulator.wire.protocol import ECHO_REPLY, ERROR_TYPES, ICMP


def send(
    network: Network,
    port_key: Key,
    dst: int,
    icmp_id: int,
    seq: int,
    data: bytes,
    *,
    ttl: int = 64,
    tos: int = 0,
    fragment: int = 0,
    ip_id: int = 0,
    origin: object = None,
) -> LocalError | None:
    """Have a router send an echo request from the address of one of its ports.

    Replies and errors reach the listeners of the router's key.
    """
    port = network.topology.ports[port_key]
    if port is None or port.address is None:
        return LocalError("no-address", "the port has no address to ping from")
    frame = echo_request(port.address, dst, icmp_id, seq, data, ttl, tos)
    frame.fragment, frame.ip_id, frame.origin = fragment, ip_id, origin
    network.send_from_router(port.device, frame, "echo-request")
    return None


def hears(network: Network, router_key: Key, frame: Frame) -> bool:
    """Whether a router takes in an ICMP message for itself: it does while it pings."""
    if frame.proto != ICMP or not (frame.tp_src == ECHO_REPLY or frame.tp_src in ERROR_TYPES):
        return False
    return network.listeners.tell(network.engine.now_ns, router_key, frame)
