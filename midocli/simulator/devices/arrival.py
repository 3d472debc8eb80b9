"""What a port with features does with an arriving frame before its filters."""

from __future__ import annotations

from midocli.simulator.devices import mirror
from midocli.simulator.devices.walk import Walk
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import PortFeatures
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4


def prepare(walk: Walk, port: Port, features: PortFeatures) -> None:
    """Mark the frame, and copy it to the port's mirrors.

    The mark keeps the two ECN bits (MidoNet: `BridgePort.ingressCommon`); the ports of
    services have none.
    """
    frame = walk.frame
    marks = features.dscp is not None and not port.service
    if marks and frame.ethertype == ETHERTYPE_IPV4 and frame.fault is None:
        assert features.dscp is not None
        before, frame.tos = frame.tos, features.dscp << 2 | frame.tos & 3
        if walk.recording and frame.tos != before:
            walk.tell_rewritten(port.alias, "dscp", {"tos": (before, frame.tos)})
    if features.in_mirrors:
        mirror.copy(walk, features.in_mirrors, port.alias)
