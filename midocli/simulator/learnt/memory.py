"""The state as one walk reads and changes it, which notes what the walk's outcome rests on.

A packet may go its flow's way without a walk as long as a walk would come to the same: as long as
every entry found is there, every one not found is not, and none has expired. Here each look and
each change is noted in the basis of that (`basis`), so that no device can forget to. What is made
or taken away can't be done again by the next packet: then there is no basis, and it has to walk.
"""

from __future__ import annotations

from midocli.simulator.learnt.basis import Basis
from midocli.simulator.learnt.entries import (
    ARP_LIFE_NS,
    ARP_STALE_NS,
    BINDING_LIFE_NS,
    MAC_LIFE_NS,
    ArpLoop,
    Bucket,
    ConnectionKey,
    NatBinding,
)
from midocli.simulator.learnt.flows import Flow, FlowPath, Original
from midocli.simulator.learnt.snat_ports import SnatPorts
from midocli.simulator.learnt.state import State
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import BandwidthLimit
from midocli.simulator.wire.addresses import Ends
from midocli.simulator.wire.frame import Frame


class Memory:
    """What the network has learnt, at a moment of one walk."""

    __slots__ = ("_made", "_state", "basis", "now_ns")

    def __init__(self, state: State, now_ns: int) -> None:
        self._state = state
        self.now_ns = now_ns
        #: What the outcome rests on so far (None: those that follow have to walk).
        self.basis: Basis | None = None
        self._made: tuple[NatBinding, ...] = ()

    def begin_flow(self, port: Port, frame: Frame, original: Original) -> Flow:
        """The flow of a frame that enters by a port, from now on without a way."""
        return self._state.flows.begin(port, frame, original, self.now_ns)

    def note_from_here(self, frame: Frame) -> None:
        """Begin to note what the outcome rests on, of a frame as it enters."""
        self.basis = Basis(frame)

    def keep_way(self, flow: Flow, version: int) -> None:
        """Let the next packet of a flow go the way of this one, if there is a basis for that."""
        if self.basis is not None:
            flow.path = FlowPath(self.basis, version, flow.outputs)

    def give_up(self) -> None:
        """Note that the outcome rests on more than is noted here."""
        self.basis = None

    def pass_within(self, left: Key, entered: Key) -> None:
        """Note the two ports by which the frame gets from device to device."""
        if self.basis is not None:
            self.basis.inside += (left, entered)

    # Bridges

    def port_of_mac(self, bridge: Key, place: int) -> Key:
        """Behind which port of a bridge a MAC (`VLAN << 48 | MAC`) is; None: unknown by now."""
        table = self._state.macs[bridge]
        entry = table.get(place)
        if entry is None:
            if self.basis is not None:
                self.basis.rest_on(table, place, None)
            return None
        if self.now_ns - entry.seen_ns >= MAC_LIFE_NS:
            self.basis = None
            return None
        if self.basis is not None:
            self.basis.rest_on(table, place, entry, entry.seen_ns + MAC_LIFE_NS)
        return entry.port

    def learn_mac(self, bridge: Key, place: int, port: Key) -> Key:
        """Note the port of a bridge behind which a MAC is; the one known so far (None: none)."""
        table = self._state.macs[bridge]
        entry = table.get(place)
        if entry is None or entry.port != port:
            self.basis = None
            self._state.learn_mac(bridge, place, port, self.now_ns)
            return entry.port if entry is not None else None
        entry.seen_ns = self.now_ns
        if self.basis is not None:
            self.basis.rest_on(table, place, entry)
            self.basis.macs.append(entry)
        return port

    def announced_mac(self, bridge: Key, address: int) -> int | None:
        """The MAC that an address was announced to have (gratuitous ARP) on a bridge."""
        table = self._state.ip_macs[bridge]
        mac = table.get(address)
        if self.basis is not None:
            self.basis.rest_on(table, address, mac)
        return mac

    def learn_announced(self, bridge: Key, address: int, mac: int) -> None:
        """Note the MAC that an address was announced to have on a bridge."""
        self.basis = None
        self._state.ip_macs[bridge][address] = mac

    # Routers

    def arp_mac(self, router: Key, address: int) -> tuple[int | None, bool]:
        """The MAC a router was told for an address, and whether it is time to ask again."""
        table = self._state.arp[router]
        entry = table.get(address)
        if entry is None:
            if self.basis is not None:
                self.basis.rest_on(table, address, None)
            return None, True
        age_ns = self.now_ns - entry.learned_ns
        if age_ns < ARP_STALE_NS:
            if self.basis is not None:
                self.basis.rest_on(table, address, entry, entry.learned_ns + ARP_STALE_NS)
            return entry.mac, False
        self.basis = None
        return entry.mac if age_ns < ARP_LIFE_NS else None, True

    def learn_arp(self, router: Key, address: int, mac: int) -> bool:
        """Note the MAC a router was told; False: it is known, and not for long enough to matter."""
        known, stale = self.arp_mac(router, address)
        if known == mac and not stale:
            return False
        self.basis = None
        self._state.learn_arp(router, address, mac, self.now_ns)
        return True

    def arp_loop(self, router: Key, address: int) -> ArpLoop | None:
        """How a router asks for an address, if it does."""
        self.basis = None
        return self._state.arp_loops.get((router, address))

    def begin_asking(self, loop: ArpLoop) -> None:
        """Note that a router asks for an address."""
        self.basis = None
        self._state.arp_loops[loop.router, loop.address] = loop

    def end_asking(self, router: Key, address: int) -> ArpLoop | None:
        """Note that a router asks for an address no more; how it did, if it did."""
        self.basis = None
        return self._state.arp_loops.pop((router, address), None)

    # Address translation

    def binding(self, type_: str, device: Key, proto: int, ends: Ends) -> NatBinding | None:
        """The binding of a device under a forward or return key, if it has not expired."""
        table, key = self._state.nat, (type_, device, proto, *ends)
        binding = table.get(key)
        if binding is None:
            if self.basis is not None:
                self.basis.rest_on(table, key, None)
            return None
        due_ns = binding.used_ns + BINDING_LIFE_NS
        if self.now_ns >= due_ns:
            self.basis = None
            return None
        if self.basis is not None:
            self.basis.rest_on(table, key, binding, due_ns)
        return binding

    def use(self, binding: NatBinding) -> None:
        """Note that a binding is used now."""
        binding.used_ns = self.now_ns
        if self.basis is not None:
            self.basis.bindings.append(binding)

    def bind(self, binding: NatBinding) -> None:
        """Enter a binding under both its keys."""
        self.basis = None
        self._made += (binding,)
        self._state.bind(binding)

    def unbind(self, binding: NatBinding) -> None:
        """Take a binding out."""
        self.basis = None
        self._state.unbind(binding)

    def unbind_made(self) -> None:
        """Take out the bindings made on this walk."""
        for binding in self._made:
            self.unbind(binding)

    def snat_ports(self, device: Key, proto: int, address: int, port: int) -> SnatPorts:
        """The sources that snat of a device has given out towards a destination."""
        self.basis = None
        self._state.expiry.sweep(self.now_ns)
        return self._state.snat_ports[device, proto, address, port]

    # Load balancers

    def found_alive(self, member: Key) -> bool | None:
        """Whether a health monitor found a member of a pool alive; None: none has looked."""
        table = self._state.found_alive
        found = table.get(member)
        if self.basis is not None:
            self.basis.rest_on(table, member, found)
        return found

    # Connections

    def is_tracked(self, key: ConnectionKey) -> bool:
        """Whether a packet goes in the return direction of a connection that is still known."""
        table = self._state.connections
        used_ns = table.get(key)
        if used_ns is None:
            if self.basis is not None:
                self.basis.rest_on(table, key, None)
            return False
        due_ns = used_ns + BINDING_LIFE_NS
        if self.now_ns >= due_ns:
            self.basis = None
            return False
        if self.basis is not None:
            # Until then it stays, whoever uses it.
            self.basis.expire(due_ns)
        return True

    def track(self, key: ConnectionKey) -> None:
        """Note the return direction of a connection, or that it is still used."""
        if self.basis is not None:
            self.basis.connection = key
        self._state.track(key, self.now_ns)

    # Ports and hosts

    def bucket(self, port: Key, limit: BandwidthLimit) -> Bucket:
        """What a port's limit has left; a limit that was changed begins with a full bucket."""
        self.basis = None
        buckets = self._state.buckets
        bucket = buckets.get(port)
        if bucket is None or bucket.limit != limit:
            bucket = buckets[port] = Bucket(limit, limit.burst_ns, self.now_ns)
        return bucket

    def next_tunnel_id(self, src: int, dst: int) -> int:
        """The IP identification of the next tunnel packet from one host to another."""
        self.basis = None
        ids = self._state.tunnel_ids
        number = ids[src, dst]
        ids[src, dst] = number + 1 & 0xFFFF
        return number

    def keep_trail(self, walk: int, trail: Trail, request: Key, counter: Key, limit: int) -> bool:
        """Keep what happens on a walk for a trace request, unless `counter` has had its `limit`."""
        self.basis = None
        return self._state.trace_log.keep(walk, trail, request, counter, limit)
