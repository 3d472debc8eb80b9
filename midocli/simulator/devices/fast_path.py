"""The fast path: a packet of a flow goes the way of the one before it, without a walk.

So does MidoNet's agent: it simulates a packet that Open vSwitch knows no flow for, and the
others go by the flow until what that rested on changes. A walk keeps its way as its flow's path
if all it did was to read tables, use what it found there, and send one frame out of one port of
the host it entered on. What it reads and changes of the state it does through a `Memory`, which
notes that; whoever copies or redirects a frame gives the basis up.

What a walk can read, and so what a path rests on:

* the topology: its version tells when any of it changed;
* the frame's header: the flow's match, and `ttl`, `tos`; fragments, ICMP errors (whose payload
  is read) and what has a wrong checksum (to be brought along) always walk;
* the state: each entry found, or not found, is looked up again, and none may expire;
* who watches: nobody who wants events, or frames at the ports within, and no station.
"""

from __future__ import annotations

from midocli.simulator.learnt.flows import Flow, FlowPath
from midocli.simulator.network import Network
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.dhcp_message import CLIENT_PORT
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ETHERTYPE_IPV4, ICMP

#: Bits of the fragment field that a fragment has: more fragments, and the offset.
_FRAGMENTED = 0x3FFF


def carry(network: Network, port: Port, frame: Frame) -> bool:
    """Let a frame that enters by a port go its flow's path; False: it has to walk."""
    flow = network.state.flows.of(port, frame)
    if flow is None or flow.path is None or network.wants_events or network.stations:
        return False
    now_ns = network.engine.now_ns
    if not holds(flow.path, network, frame, now_ns):
        return False
    take(flow.path, network, flow, frame, now_ns)
    return True


def holds(path: FlowPath, network: Network, frame: Frame, now_ns: int) -> bool:
    """Whether a walk of this frame, of the flow, would come to the same now."""
    basis = path.basis
    if (
        now_ns >= path.until_ns
        or path.version != network.topology.version
        or frame.ttl != basis.ttl
        or frame.tos != basis.tos
        or frame.tp_sum is not None
        or frame.fragment & _FRAGMENTED
    ):
        return False
    for table, key, entry in path.found:
        if table.get(key) is not entry:
            return False
    capturers = network.capturers
    if capturers is not path.unseen_by and network.capturing:
        if any(capturers[port] for port in basis.inside):
            return False
        path.unseen_by = capturers
    return True


def take(path: FlowPath, network: Network, flow: Flow, frame: Frame, now_ns: int) -> None:
    """Do with a frame what the walk would."""
    state, basis, outputs = network.state, path.basis, path.outputs
    network.walks += 1
    frame.walk = network.walks
    frame.depth += 1
    state.flows.use(flow, frame, now_ns)
    for entry in basis.macs:
        entry.seen_ns = now_ns
    for binding in basis.bindings:
        binding.used_ns = now_ns
    if basis.connection is not None:
        state.track(basis.connection, now_ns)
    port, header = outputs[0]
    frame.hw_src, frame.hw_dst, frame.vlans = header[:3]
    frame.nw_src, frame.nw_dst, frame.tos, frame.ttl = header[3:7]
    frame.tp_src, frame.tp_dst = header[7:]
    flow.outputs = outputs
    network.deliver(port, frame)


def is_repeatable(network: Network, frame: Frame) -> bool:
    """Whether a walk may be spared those after it, by what the frame is and who watches."""
    return not (
        frame.ethertype != ETHERTYPE_IPV4
        or frame.tp_sum is not None
        or frame.fragment & _FRAGMENTED
        or frame.tp_src == CLIENT_PORT
        or (frame.proto == ICMP and frame.tp_src not in (ECHO_REQUEST, ECHO_REPLY))
        or network.wants_events
        or network.stations
    )
