"""Everything the network has learned and bound: one object, replaced to forget it all.

The entries (`entries`) of bridges, routers, NAT and connection tracking are made by methods,
which see to it that they are taken out some time after that (`expiry`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from midocli.simulator.learnt.entries import (
    ARP_LIFE_NS,
    ARP_STALE_NS,
    BINDING_LIFE_NS,
    MAC_LIFE_NS,
    ArpEntry,
    ArpLoop,
    Bucket,
    ConnectionKey,
    Detour,
    MacEntry,
    NatBinding,
    NatKey,
    Neighbour,
    ServerConnection,
)
from midocli.simulator.learnt.expiry import Check, Expiry
from midocli.simulator.learnt.flows import Flows
from midocli.simulator.learnt.reassembly import Reassembly
from midocli.simulator.learnt.snat_ports import SnatPorts
from midocli.simulator.learnt.trails import TraceLog
from midocli.simulator.topology.keys import Key


@dataclass(slots=True, eq=False)
class State:
    """All of it. The outer keys are those of the devices and guests."""

    #: bridge -> VLAN << 48 | MAC -> entry
    macs: defaultdict[Key, dict[int, MacEntry]] = field(default_factory=lambda: defaultdict(dict))
    #: bridge -> address -> MAC, from gratuitous ARP
    ip_macs: defaultdict[Key, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    #: router -> address -> entry
    arp: defaultdict[Key, dict[int, ArpEntry]] = field(default_factory=lambda: defaultdict(dict))
    arp_loops: dict[tuple[Key, int], ArpLoop] = field(default_factory=dict)
    #: forward and return keys of the dynamic NAT bindings
    nat: dict[NatKey, NatBinding] = field(default_factory=dict)
    #: (source, port, destination, port, proto, ingress device) of return packets -> last use
    connections: dict[ConnectionKey, int] = field(default_factory=dict)
    #: (device, proto, destination, port) -> the sources that snat gave out towards it
    snat_ports: defaultdict[tuple[Key, int, int, int], SnatPorts] = field(
        default_factory=lambda: defaultdict(SnatPorts)
    )
    #: guest -> (NIC index, address) -> entry
    neighbours: defaultdict[Key, dict[tuple[int, int], Neighbour]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    #: guest -> IP identification of its next packet
    ip_ids: dict[Key, int] = field(default_factory=dict)
    #: (guest, destination) -> (tokens in ns, when counted)
    icmp_tokens: dict[tuple[Key, int], tuple[int, int]] = field(default_factory=dict)
    #: (guest, destination) -> (MTU learned from an ICMP error, when)
    path_mtus: dict[tuple[Key, int], tuple[int, int]] = field(default_factory=dict)
    #: (guest, sender it told of a shorter way) -> (how often, when last)
    redirects: dict[tuple[Key, int], tuple[int, int]] = field(default_factory=dict)
    #: (guest, destination) -> the way it was told of
    detours: dict[tuple[Key, int], Detour] = field(default_factory=dict)
    #: (guest, source, destination, proto, IP id) -> fragments so far
    reassemblies: dict[tuple[Key, int, int, int, int], Reassembly] = field(default_factory=dict)
    #: (guest, own address, own port, address, port) -> connection of a TCP service
    tcp: dict[tuple[Key, int, int, int, int], ServerConnection] = field(default_factory=dict)
    #: what became of the packets of the last minute
    flows: Flows = field(default_factory=Flows)
    #: (source, destination) of a tunnel -> IP identification of its next packet
    tunnel_ids: defaultdict[tuple[int, int], int] = field(
        default_factory=lambda: defaultdict(lambda: 1)
    )
    #: port -> what its bandwidth limit has left
    buckets: dict[Key, Bucket] = field(default_factory=dict)
    #: the walks that trace requests have kept
    trace_log: TraceLog = field(default_factory=TraceLog)
    #: member of a pool -> whether its health monitor found it alive
    found_alive: dict[Key, bool] = field(default_factory=dict)
    #: when to look whether entries have expired
    expiry: Expiry = field(default_factory=Expiry)

    # Learning and forgetting

    def learn_mac(self, bridge: Key, place: int, port: Key, now_ns: int) -> None:
        """Note behind which port of a bridge a MAC (`VLAN << 48 | MAC`) is."""
        entry = MacEntry(port, now_ns)
        self._expect(now_ns, MAC_LIFE_NS, self._see_mac, (bridge, place, entry))
        self.macs[bridge][place] = entry

    def _see_mac(self, item: tuple[Key, int, MacEntry], now_ns: int) -> int | None:
        bridge, place, entry = item
        table = self.macs[bridge]
        if table.get(place) is not entry:
            return None
        due_ns = entry.seen_ns + MAC_LIFE_NS
        if due_ns > now_ns:
            return due_ns
        del table[place]
        return None

    def learn_arp(self, router: Key, address: int, mac: int, now_ns: int) -> None:
        """Note the MAC a router was told for an address."""
        entry = ArpEntry(mac, now_ns)
        self._expect(now_ns, ARP_LIFE_NS, self._see_arp, (router, address, entry))
        self.arp[router][address] = entry

    def _see_arp(self, item: tuple[Key, int, ArpEntry], now_ns: int) -> None:
        router, address, entry = item
        if self.arp[router].get(address) is entry:
            del self.arp[router][address]

    def bind(self, binding: NatBinding) -> None:
        """Enter a dynamic NAT binding under both its keys."""
        self._expect(binding.used_ns, BINDING_LIFE_NS, self._see_binding, binding)
        forward_key, return_key = binding.keys()
        self.nat[forward_key] = self.nat[return_key] = binding
        if binding.type == "snat":
            self.snat_ports[binding.destination()].take(*binding.after[:2])

    def unbind(self, binding: NatBinding) -> None:
        """Take a binding out, and give the source that snat chose back."""
        forward_key, return_key = binding.keys()
        for key in (forward_key, return_key):
            if self.nat.get(key) is binding:
                del self.nat[key]
        if binding.type == "snat":
            snat_ports = self.snat_ports[binding.destination()]
            snat_ports.give_back(*binding.after[:2])
            if not snat_ports:
                del self.snat_ports[binding.destination()]

    def _see_binding(self, binding: NatBinding, now_ns: int) -> int | None:
        if self.nat.get(binding.keys()[0]) is not binding:
            return None
        due_ns = binding.used_ns + BINDING_LIFE_NS
        if due_ns > now_ns:
            return due_ns
        self.unbind(binding)
        return None

    def track(self, key: ConnectionKey, now_ns: int) -> None:
        """Note the return direction of a connection, or that it is still used."""
        if key not in self.connections:
            self._expect(now_ns, BINDING_LIFE_NS, self._see_connection, key)
        self.connections[key] = now_ns

    def _see_connection(self, key: ConnectionKey, now_ns: int) -> int | None:
        due_ns = self.connections[key] + BINDING_LIFE_NS
        if due_ns > now_ns:
            return due_ns
        del self.connections[key]
        return None

    def _expect(self, now_ns: int, life_ns: int, check: Check, entry: object) -> None:
        """Take out what has expired; look at an entry about to be made when its life is over."""
        self.expiry.sweep(now_ns)
        self.expiry.add(now_ns + life_ns, check, entry)

    def forget_guest(self, guest: Key) -> None:
        """Take out all a guest has learnt but the fragments and connections it has open."""
        self.neighbours.pop(guest, None)
        self.ip_ids.pop(guest, None)
        for known in (self.icmp_tokens, self.path_mtus, self.redirects, self.detours):
            for place in [place for place in known if place[0] == guest]:
                del known[place]

    # Looking

    def live_macs(self, bridge: Key, now_ns: int) -> list[tuple[int, int, Key]]:
        """(VLAN, MAC, port) of what a bridge has learned and not yet forgotten."""
        return [
            (key >> 48, key & (1 << 48) - 1, entry.port)
            for key, entry in self.macs[bridge].items()
            if now_ns - entry.seen_ns < MAC_LIFE_NS
        ]

    def live_arp(self, router: Key, now_ns: int) -> list[tuple[int, int, bool]]:
        """(address, MAC, stale) of a router's ARP cache."""
        return [
            (address, entry.mac, now_ns - entry.learned_ns >= ARP_STALE_NS)
            for address, entry in self.arp[router].items()
            if now_ns - entry.learned_ns < ARP_LIFE_NS
        ]

    def live_nat(self, device: Key, now_ns: int) -> list[NatBinding]:
        """The live dynamic NAT bindings of a device, oldest first."""
        return [
            binding
            for key, binding in self.nat.items()
            if key[0] == binding.type
            and binding.device == device
            and now_ns - binding.used_ns < BINDING_LIFE_NS
        ]

    def live_connections(self, now_ns: int) -> list[tuple[int, int, int, int, int, Key]]:
        """(source, port, destination, port, proto, device) of tracked return directions."""
        return [
            key for key, used_ns in self.connections.items() if now_ns - used_ns < BINDING_LIFE_NS
        ]
