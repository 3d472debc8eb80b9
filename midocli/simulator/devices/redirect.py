"""Following a redirect rule: into its target port, or out of it past the port's filters.

A service port that is down drops the frame or, failing open, acts as if the service had sent
it back (MidoNet: `ServicePort` in `simulation/Port.scala`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator.devices import bridge
from midocli.simulator.events import Kind
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.simulator.devices.decisions import Redirect, Result
    from midocli.simulator.devices.walk import Walk


def follow(walk: Walk, redirect: Redirect) -> Result:
    """Go on at the target port of the rule that took the walk's frame."""
    walk.basis = None
    rule = redirect.rule
    port = walk.topology.ports[rule.target_port] if rule.target_port is not None else None
    if port is None:
        text = f"{rule.alias} redirects to a port that does not exist"
        return Reason(Code.REDIRECT_DOWN, redirect.at, rule.alias, text)
    if walk.recording:
        details = {"rule": rule.alias, "port": port.alias, "ingress": rule.ingress}
        walk.tell(Kind.REDIRECTED, redirect.at, details)
    if rule.ingress:
        if port.interface is not None:
            walk.entry = port
        return walk.enter(port)
    if port.service and not (port.up and port.active):
        if rule.fail_open:
            return walk.enter(port, bounced=True)
        text = f"{rule.alias} redirects to {port.alias}, which is down"
        return Reason(Code.REDIRECT_DOWN, port.alias, rule.alias, text)
    if port is walk.in_port and not port.is_router:
        text = f"{rule.alias} sends it back to {port.alias}, where it came in"
        return Reason(Code.SAME_PORT, port.alias, rule.alias, text)
    walk.out_port = port
    if port.vlan and walk.frame.vlans and not port.is_router:
        bridge.pop_vlan(walk, port)
    result = walk.emit(port)
    if isinstance(result, Reason) and result.rule is None and result.at == port.alias:
        return Reason(result.code, result.at, rule.alias, result.text, result.details)
    return result
