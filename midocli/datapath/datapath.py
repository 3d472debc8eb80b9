"""The network behind the topology: the simulator, fed from the store.

Made when traffic first flows. Records are compiled from the store as frames get
to them; a change of the store makes only what it touched be compiled again, and
what the network has learnt stays.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from midocli.datapath import health
from midocli.datapath.compiler import StoreSource
from midocli.simulator.clock import Clock
from midocli.simulator.engine import Engine
from midocli.simulator.learnt.state import State
from midocli.simulator.monitors import Monitors
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import RecordKind, Topology
from midocli.simulator.traffic import Simulator
from midocli.store.display import Display
from midocli.store.rows import Row
from midocli.store.store import Store

#: Time passes in so many parts, after each of which is told how far it has got.
_PARTS = 200

# What to compile again when a row of a collection changes: itself, its parent, or the
# parent of that.
_ITSELF: dict[str, RecordKind] = {
    "router": "router",
    "router.port": "port",
    "bridge": "bridge",
    "bridge.port": "port",
    "chain": "chain",
    "port-group": "port-group",
    "ip-address-group": "ip-address-group",
    "load-balancer": "load-balancer",
    "mirror": "mirror",
}
_PARENT: dict[str, RecordKind] = {
    "router.port": "router",
    "router.route": "router",
    "router.bgp-peer": "router",
    "bridge.port": "bridge",
    "bridge.mac": "bridge",
    "bridge.arp": "bridge",
    "chain.rule": "chain",
    "port-group.member": "port-group",
    "ip-address-group.ip": "ip-address-group",
    "guest.route": "guest",
    "guest.service": "guest",
    "load-balancer.pool": "load-balancer",
    "mirror.matches": "mirror",
    "bridge.dhcp": "bridge",
}
_GRANDPARENT: dict[str, RecordKind] = {
    "load-balancer.pool.member": "load-balancer",
    "load-balancer.pool.vip": "load-balancer",
    "bridge.dhcp.host": "bridge",
    "bridge.dhcp.opt121-routes": "bridge",
}
# What the ways between hosts are made of.
_UNDERLAY = ("host", "host.interface", "tunnel-zone", "tunnel-zone.member")
_QOS_RULES = ("qos-policy.dscp-rule", "qos-policy.bw-limit-rule")


class Datapath:
    """Simulated network, its clock, and what it has learnt."""

    def __init__(self, store: Store, clock: Clock, chance: random.Random) -> None:
        self.clock = clock
        self._store = store
        self._names = Display(store)
        self._source = StoreSource(store, self._names)
        self.engine = Engine(clock.elapsed_ns)
        self.network = Simulator(Topology(self._source), State(), self.engine, chance)
        self.network.trace(self._enabled_traces())
        self.monitors = Monitors(self.network)
        self.watch()

    def changed(self, rows: Iterable[object]) -> None:
        """Compile again, when it is next needed, what a change of the store touched."""
        topology = self.network.topology
        self.network.state.flows.clear()
        touched = list(rows)
        self._renew_traces(touched)
        for row in touched:
            assert isinstance(row, Row)
            path = row.collection.path
            concerned = self._source.changed(row)
            if path in _ITSELF:
                concerned.add((_ITSELF[path], row.id))
            parent = row.parent
            if path in _PARENT and parent is not None:
                concerned.add((_PARENT[path], parent.id))
            if path in _GRANDPARENT and parent is not None and parent.parent is not None:
                concerned.add((_GRANDPARENT[path], parent.parent.id))
            if path in _UNDERLAY:
                topology.forget_crossings()
            if path in _QOS_RULES and parent is not None:
                concerned |= self._source.changed(parent)
            for kind, key in concerned:
                topology.forget(kind, key)
        if any(isinstance(row, Row) and row.collection.path in health.PATHS for row in touched):
            self.watch()

    def watch(self) -> None:
        """Have health monitors check what they are to check now."""
        self.monitors.watch(health.checks(self._store))

    def _renew_traces(self, touched: Iterable[object]) -> None:
        """A changed trace request counts anew; one that is gone loses its walks."""
        log = self.network.state.trace_log
        for row in touched:
            if isinstance(row, Row) and row.collection.path == "tracerequest":
                log.taken.pop(row.id, None)
                if self._store.by_id(row.id) is None:
                    log.forget(row.id)
                self.network.trace(self._enabled_traces())

    def _enabled_traces(self) -> dict[str, tuple[Key, str]]:
        """Every word for an enabled trace request: what a trace rule may call it."""
        return {
            word: (row.id, row.full_alias)
            for row in self._store.rows("tracerequest")
            if row.get("enabled")
            for word in (row.get("name"), row.full_alias, row.uuid)
            if word
        }

    def sync(self) -> None:
        """Let the session's clock show how far the simulation got."""
        self.clock.follow(self.engine.now_ns)

    def advance(self, span_ns: int, progress: Callable[[int, int], None]) -> None:
        """Let simulated time pass, with all that is due in it, telling how much of it has."""
        start_ns = self.engine.now_ns
        self.monitors.leave_out_until(start_ns + span_ns)
        try:
            for part in range(1, _PARTS + 1):
                self.engine.run_until(start_ns + span_ns * part // _PARTS)
                progress(part, _PARTS)
        finally:
            self.monitors.look()
            self.sync()

    def reset(self) -> None:
        """Forget what has been learnt and bound; the topology stays."""
        self.network.reset()
        self.engine.forget_pending()
        self.monitors.restart()

    def mend(self) -> bool:
        """Forget what has been learnt if something broke off in the middle; says whether it did.

        What comes of half a step, such as a neighbour that is asked for and never again, would
        spoil all traffic to come.
        """
        was_broken = self.engine.is_broken
        if was_broken:
            self.reset()
            self.sync()
        return was_broken

    def ip_id(self, guest: Row) -> int:
        """The IP identification of a guest's next packet."""
        return self.network.guest(guest.id).ip_id

    def status(self, member: Row) -> str:
        """A pool member's health: what its monitor found, else what was said by hand."""
        found = self.network.state.found_alive.get(member.id)
        if found is None:
            return str(member.get("status"))
        return "ACTIVE" if found else "INACTIVE"

    def set_ip_id(self, guest: Row, value: int) -> None:
        """Set the IP identification of a guest's next packet."""
        self.network.guest(guest.id).ip_id = value

    def point(self, interface: Row) -> str:
        """What the simulator calls an interface: `host0:veth0`."""
        return self._names.name(interface)

    def name_of(self, key: Key) -> str:
        """What the user calls the port or device of a key."""
        row = self._store.by_id(key) if isinstance(key, int) else None
        return self._names.name(row) if row is not None else "gone"
