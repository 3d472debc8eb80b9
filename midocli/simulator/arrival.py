"""What a port with extras does with an arriving frame, before it looks at its own state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator import mirror
from midocli.simulator.protocol import ETHERTYPE_IPV6
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.simulator.records import Port
    from midocli.simulator.service_records import PortExtras
    from midocli.simulator.walk import Walk


def prepare(walk: Walk, port: Port, extras: PortExtras) -> Reason | None:
    """Refuse what a service must not send, and copy the frame to the port's mirrors."""
    if port.service and walk.frame.ethertype == ETHERTYPE_IPV6:
        text = f"the service port {port.alias} takes no IPv6"
        return Reason(Code.UNSUPPORTED_ETHERTYPE, port.alias, None, text)
    if extras.in_mirrors:
        mirror.copy(walk, extras.in_mirrors, port.alias)
    return None
