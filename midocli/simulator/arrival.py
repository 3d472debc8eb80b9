"""What a port with extras does with an arriving frame, before it looks at its own state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator import mirror
from midocli.simulator.protocol import ETHERTYPE_IPV4, ETHERTYPE_IPV6
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.simulator.records import Port
    from midocli.simulator.service_records import PortExtras
    from midocli.simulator.walk import Walk


def prepare(walk: Walk, port: Port, extras: PortExtras) -> Reason | None:
    """Refuse what a service must not send, mark the frame, and copy it to the port's mirrors.

    The mark keeps the two ECN bits (MidoNet: `BridgePort.ingressCommon`).
    """
    frame = walk.frame
    if port.service and frame.ethertype == ETHERTYPE_IPV6:
        text = f"the service port {port.alias} takes no IPv6"
        return Reason(Code.UNSUPPORTED_ETHERTYPE, port.alias, None, text)
    if extras.dscp is not None and frame.ethertype == ETHERTYPE_IPV4 and frame.fault is None:
        before, frame.tos = frame.tos, extras.dscp << 2 | frame.tos & 3
        if walk.recording and frame.tos != before:
            walk.tell_rewritten(port.alias, "dscp", {"tos": (before, frame.tos)})
    if extras.in_mirrors:
        mirror.copy(walk, extras.in_mirrors, port.alias)
    return None
