"""The fast path: a packet of a flow goes the way of the one before it, without a walk.

So does MidoNet's agent: it simulates a packet that Open vSwitch knows no flow for, and the
others go by the flow until what that rested on changes. A walk keeps its way as its flow's path
if all it did was to read tables, use what it found there, and send one frame out of one port of
the host it entered on. Whoever makes, asks, copies, or redirects anything gives the basis up
(`walk.basis = None`).

What a walk can read, and so what a path rests on:

* the topology: its version tells when any of it changed;
* the frame's header: the flow's match, and `ttl`, `tos`; fragments, ICMP errors (whose payload
  is read) and what has a wrong checksum (to be brought along) always walk;
* the state: each entry found, or not found, is looked up again, and none may expire;
* who watches: nobody who wants events, or frames at the ports within, and no station.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midocli.simulator.wire.dhcp_message import CLIENT_PORT
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ETHERTYPE_IPV4, ICMP

if TYPE_CHECKING:
    from midocli.simulator.learnt.flows import Flow, Output
    from midocli.simulator.learnt.state import ConnectionKey, MacEntry, NatBinding
    from midocli.simulator.network import Network
    from midocli.simulator.topology.records import Key, Port
    from midocli.simulator.wire.frame import Frame

_NEVER_NS = 1 << 63
#: Bits of the fragment field that a fragment has: more fragments, and the offset.
_FRAGMENTED = 0x3FFF


class Basis:
    """What one walk found and used, and what of that a packet after it has to see to.

    * `found`: (table, key, the entry there or None) of everything looked up in the state;
    * `until_ns`: when the first of those entries expires, unless it is used;
    * `macs`, `bindings`, `connection`: entries whose last use this was;
    * `inside`: keys of the ports the frame left and entered by within the network.
    """

    __slots__ = (
        "bindings",
        "connection",
        "found",
        "inside",
        "macs",
        "tos",
        "ttl",
        "until_ns",
    )

    def __init__(self, frame: Frame) -> None:
        self.ttl, self.tos = frame.ttl, frame.tos
        self.found: list[tuple[dict[Any, Any], Key, object]] = []
        self.until_ns = _NEVER_NS
        self.macs: list[MacEntry] = []
        self.bindings: list[NatBinding] = []
        self.connection: ConnectionKey | None = None
        self.inside: tuple[Key, ...] = ()

    def rest_on(
        self, table: dict[Any, Any], key: Key, entry: object, until_ns: int = _NEVER_NS
    ) -> None:
        """Note an entry that was looked up (None: there was none), and when it expires."""
        self.found.append((table, key, entry))
        self.expire(until_ns)

    def expire(self, until_ns: int) -> None:
        """Note when something that was used expires."""
        if until_ns < self.until_ns:
            self.until_ns = until_ns


class Path:
    """The way of a flow's packets: the basis of the walk, and the one port at its end."""

    __slots__ = ("_basis", "_found", "_outputs", "_unseen_by", "_until_ns", "_version")

    def __init__(self, basis: Basis, version: int, outputs: tuple[Output, ...]) -> None:
        self._basis = basis
        self._found = tuple(basis.found)
        self._until_ns = basis.until_ns
        self._version = version
        self._outputs = outputs
        #: Those who capture, if none of them does at a port within.
        self._unseen_by: object = None

    def holds(self, network: Network, frame: Frame, now_ns: int) -> bool:
        """Whether a walk of this frame, of the flow, would come to the same now."""
        basis = self._basis
        if (
            now_ns >= self._until_ns
            or self._version != network.topology.version
            or frame.ttl != basis.ttl
            or frame.tos != basis.tos
            or frame.tp_sum is not None
            or frame.fragment & _FRAGMENTED
        ):
            return False
        for table, key, entry in self._found:
            if table.get(key) is not entry:
                return False
        capturers = network.capturers
        if capturers is not self._unseen_by and network.capturing:
            if any(capturers[port] for port in basis.inside):
                return False
            self._unseen_by = capturers
        return True

    def take(self, network: Network, flow: Flow, frame: Frame, now_ns: int) -> None:
        """Do with a frame what the walk would."""
        state, basis, outputs = network.state, self._basis, self._outputs
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


def carry(network: Network, port: Port, frame: Frame) -> bool:
    """Let a frame that enters by a port go its flow's path; False: it has to walk."""
    flow = network.state.flows.of(port, frame)
    if flow is None or flow.path is None or network.wants_events or network.stations:
        return False
    now_ns = network.engine.now_ns
    if not flow.path.holds(network, frame, now_ns):
        return False
    flow.path.take(network, flow, frame, now_ns)
    return True


def basis_for(network: Network, frame: Frame) -> Basis | None:
    """What to note while a frame walks; None: those after it have to walk as well."""
    if (
        frame.ethertype != ETHERTYPE_IPV4
        or frame.tp_sum is not None
        or frame.fragment & _FRAGMENTED
        or frame.tp_src == CLIENT_PORT
        or (frame.proto == ICMP and frame.tp_src not in (ECHO_REQUEST, ECHO_REPLY))
        or network.wants_events
        or network.stations
    ):
        return None
    return Basis(frame)
