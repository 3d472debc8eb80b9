"""Why a port does not take a frame, or does not let it out."""

from __future__ import annotations

from midocli.simulator.devices import icmp_errors
from midocli.simulator.devices.walk import Walk
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_IPV6

#: A frame that has entered so many ports, mirrors that looked at it counted in, goes no further
#: (MidoNet: `MaxDevicesTraversed` in `simulation/Simulator.scala`).
MAX_DEVICES = 12


def point_refusal(port: Port | None, point: str, frame: Frame) -> Reason | None:
    """Why a frame at a point does not even enter a port, if it does not."""
    if port is None:
        return Reason(Code.UNPLUGGED, point, None, f"no port is bound to {point}")
    if port.interface is not None and not port.active:
        text = f"{port.interface}, to which {port.alias} is bound, is not active"
        return Reason(Code.PORT_INACTIVE, port.alias, None, text)
    if frame.ethertype < 0:
        text = f"the frame is malformed: {frame.fault}"
        return Reason(Code.MALFORMED, port.alias, None, text)
    return None


def service_refusal(port: Port, frame: Frame) -> Reason | None:
    """Why a service port does not take a frame, if it does not.

    It takes neither IPv6 nor, while it is down, anything; what it would have sent back while it
    fails open it takes in any case (MidoNet: `ServicePort` in `simulation/Port.scala`).
    """
    if frame.ethertype == ETHERTYPE_IPV6:
        text = f"the service port {port.alias} takes no IPv6"
        return Reason(Code.UNSUPPORTED_ETHERTYPE, port.alias, None, text)
    if not port.up:
        text = f"{port.alias} is administratively down"
        return Reason(Code.ADMIN_DOWN, port.alias, None, text)
    return None


def port_down(walk: Walk, port: Port) -> Reason:
    """A port that is administratively down; at a router's, the sender is told."""
    if port.is_router:
        icmp_errors.answer(walk, icmp_errors.PROHIBITED, port.alias)
    text = f"{port.alias} is administratively down"
    return Reason(Code.ADMIN_DOWN, port.alias, None, text)


def too_many_ports(walk: Walk, port: Port) -> Reason:
    """A frame that has come to too many ports and mirrors (MidoNet: `simulation/Port.scala`)."""
    limit = f"MidoNet's limit is {MAX_DEVICES}"
    text = f"{walk.entered} ports and mirrors have passed or looked at it, {limit}: possible loop"
    return walk.error(Reason(Code.LOOP, port.alias, None, text, {"passed": walk.entered}))
