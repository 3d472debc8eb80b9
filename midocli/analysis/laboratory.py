"""A network of one's own to try packets in: the same topology, nothing learnt, and chance at hand.

It is compiled from the same store by the same means as the one that carries traffic, and knows
nothing of that but what health monitors have found. Whatever is tried here leaves no trace there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, cast

from midocli.analysis.algebra import Algebra, Settled
from midocli.analysis.alike import Watch, watched, watched_balancer
from midocli.analysis.atoms import LAST_PORT, Atoms, Packet
from midocli.analysis.choices import Chance, Choices, ChoosingRouterPlan
from midocli.analysis.derived import Derived, derive
from midocli.analysis.outside import Outside, machine
from midocli.analysis.port_readers import PortReaders
from midocli.datapath.datapath import Datapath
from midocli.simulator.learnt.state import State
from midocli.simulator.storms import Storms
from midocli.simulator.topology.chain_plan import ChainPlan
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import RouterPlan
from midocli.simulator.topology.records import Guest
from midocli.simulator.topology.service_records import LoadBalancer
from midocli.simulator.topology.topology import Lazy
from midocli.simulator.wire.protocol import TCP, UDP

if TYPE_CHECKING:
    from midocli.simulator.clock import Clock
    from midocli.store.rows import Row
    from midocli.store.store import Store

#: So many addresses of a NAT target are tried, each for itself.
_FEW_ADDRESSES = 16
#: So many more atoms than there need be are not worth going on with.
_MOST_MORE = 2000
#: Frames that may come of a packet: what has gone round for so long comes to nothing else.
_MOST_CAUSED = 500
#: What has addresses that are a guest's.
_WITH_ADDRESSES = ("guest", "guest.nic")


class Laboratory:
    """The network in which packets are tried one by one, each as if it were the first.

    A `proto` and `port` that are asked about are told apart from others, and so is what `readers`
    do, those of this topology if not given. Machines answer on every UDP port, and on every TCP
    port but within `services_as_said`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        found_alive: Mapping[Key, bool],
        proto: int | None = None,
        port: int | None = None,
        readers: PortReaders | None = None,
    ) -> None:
        self.store = store
        self._datapath = Datapath(store, clock.stopped(), Random(0))
        self.network = self._datapath.network
        self.choices = Choices()
        self._all_serve = True
        #: Who asks, and who answers: what comes to a UDP port of the one is no question any more.
        self.asker: Key = None
        self._answering: tuple[Key, int] | None = None
        #: Why not all that chance might choose was tried; empty where it was.
        self.untried = ""
        self.found_alive = dict(found_alive)
        self._hashes: dict[object, int] = {}
        self._tries_ports = False
        self.network.storms = Storms(_MOST_CAUSED)
        self.network.trace({})
        self.watch = Watch()
        topology = self.network.topology
        self.network.rng = Chance(self.choices, self._choose_number)
        topology.guests = Lazy(self._guest)
        topology.chain_plans = Lazy(self._chain_plan)
        topology.load_balancers = Lazy(self._load_balancer)
        topology.router_plans = Lazy(self._router_plan)
        #: What is made of the topology's records is kept until they change.
        self.making = derive(topology)
        self._asked = proto, port
        #: Whether packets are told apart by much that nothing looks at any more.
        self.is_worn = False
        self.readers = readers or PortReaders.of(store, topology)
        self.atoms = self.readers.atoms(proto, port)
        self.watch.cut(self.atoms)
        self._apart = self.readers.apart(self.atoms)
        self._addresses = _Addresses(store)
        #: The guests that have an address.
        self.holders: Derived[tuple[Key, ...]]
        self.holders = Derived(self.making, self._addresses.holders)
        #: What needs no simulation.
        self.algebra: Algebra | None = Algebra(
            topology,
            self.making,
            self.atoms,
            self.readers.asking(self.atoms),
            self.keys,
            self.holders,
        )

    def changed(self, rows: Sequence[Row]) -> Atoms | None:
        """Forget what was made of rows that have changed since.

        Packets are then told apart as before, and by what looks at ports now; if those are other
        atoms, it gives those from before. RefusedError where they are too many.
        """
        self._datapath.changed(rows)
        self.network.trace({})
        for guest in {_root(row) for row in rows if row.collection.path in _WITH_ADDRESSES}:
            for address in self._addresses.renew(guest.id):
                self.holders.pop(address)
        self.making.settle()
        if self.algebra is not None:
            self.algebra.renew()
            self.making.settle()
        topology = self.network.topology
        readers = self.readers.joined(PortReaders.among(topology, {*map(_root, rows)}))
        if readers == self.readers:
            return None
        atoms, self.atoms = self.atoms, readers.atoms(*self._asked)
        if self.atoms.all >> _MOST_MORE:
            needed = PortReaders.of(self.store, topology).atoms(*self._asked)
            self.is_worn = self.atoms.all > needed.all << _MOST_MORE
        self.readers = readers
        self.watch.cut(self.atoms)
        self._apart = readers.apart(self.atoms)
        if self.algebra is not None:
            self.algebra.refine(self.atoms, readers.asking(self.atoms))
        return atoms

    def home_of(self, address: int) -> set[str]:
        """The guest that has an address and the port it is plugged into, by their aliases."""
        topology = self.network.topology
        for key in self.holders[address][:1]:
            guest = topology.guests[key]
            nics = guest.nics if guest is not None else ()
            ports = [nic.port for nic in nics if address in dict(nic.addresses)]
            port = topology.ports[ports[0]] if ports and ports[0] is not None else None
            return {each.alias for each in (guest, port) if each is not None}
        return set()

    def settle(self, sender: Key, source: int, target: int, wanted: int) -> Settled | None:
        """What becomes of some atoms between two addresses, where nothing has to be simulated."""
        if self.algebra is None or isinstance(sender, Outside):
            return None
        # Where a router would choose, the way is not plain: whatever is chosen here is forgotten.
        self.choices.begin()
        holders = self.holders[target]
        pair = self.algebra.pair(sender, holders[0]) if len(holders) == 1 else None
        if pair is None or (pair.one.home.address, pair.other.home.address) != (source, target):
            return None
        return self.algebra.settled(pair, self.algebra.passage(pair), wanted)

    def begin(self, atom: int) -> Packet:
        """A packet of an atom, all ways of which are to be tried."""
        packet = self.atoms.packet(atom)
        alike = 1 << atom if packet.src_port == 0 else self.atoms.protocol(packet.proto)
        for some in self._apart:
            alike &= some if some >> atom & 1 else ~some
        self._tries_ports = False
        self.untried = ""
        self.choices.begin()
        self.watch.begin(atom, packet, alike)
        return packet

    def begin_way(self) -> None:
        """Forget all that has been learnt, and what is on its way: another way is tried."""
        network = self.network
        network.state = State()
        network.state.found_alive.update(self.found_alive)
        network.engine.forget_pending()
        network.storms.caused.clear()
        self._hashes.clear()
        self._answering = None
        self.choices.replay()

    def begins_again(self) -> bool:
        """Whether it turns out that a port NAT chose matters: then all are to be tried anew."""
        again = self.watch.in_doubt and not self._tries_ports
        if again:
            self._tries_ports = True
            self.choices.begin()
        return again

    @contextmanager
    def services_as_said(self) -> Iterator[None]:
        """Inside, a machine answers on those TCP ports alone that it is said to serve."""
        self._all_serve = False
        try:
            yield
        finally:
            self._all_serve = True

    def serves(self, key: Key, services: frozenset[tuple[int, int]], proto: int, port: int) -> bool:
        """Whether a guest with some services is taken to serve a port."""
        if proto == UDP:
            self._answering = self._answering or (key, port)
            return key != self.asker or self._answering == (key, port)
        if self._all_serve:
            return True
        self.watch.served(port, [own for kind, own in services if kind == TCP])
        return (proto, port) in services

    def keys(self, kind: str) -> list[Key]:
        """The keys of all rows of a kind."""
        return [row.id for row in self.store.rows(kind)]

    # -- chance --------------------------------------------------------------------------

    def _choose_number(self, first: int, last: int) -> int:
        """A port or address out of the range of a NAT rule."""
        if last > LAST_PORT:
            return self._choose_address(first, last)
        if first == last:
            return first
        if self._tries_ports:
            spans = self.atoms.classes(first, last)
            first, last = spans[self.choices.pick(len(spans), "a NAT rule chooses the port")]
        free = (port for port in range(first, last) if port not in self.watch.taken)
        port = next(free, last)
        self.watch.chose(port, (first, last))
        return port

    def _choose_address(self, first: int, last: int) -> int:
        count = last - first + 1
        if count <= _FEW_ADDRESSES:
            return first + self.choices.pick(count, "a NAT rule chooses the address")
        self.untried = f"a NAT rule chooses one of {count} addresses"
        return (first, last)[self.choices.pick(2, self.untried)]

    # -- what it is made of ----------------------------------------------------------------

    @contextmanager
    def sending(self, key: Key) -> Iterator[None]:
        """Inside, who has a key can send: a machine outside is put up behind its port."""
        if not isinstance(key, Outside):
            yield
            return
        guest = machine(key, self.network.topology.ports[key.port])
        if guest is not None:
            self.network.attach(key.port, guest)
        try:
            yield
        finally:
            self.network.detach(key.port)

    def _guest(self, key: Key) -> Guest | None:
        if isinstance(key, Outside):
            return None
        guest = self.network.topology.source.guest(key)
        if guest is None:
            return None
        services = _Services(guest.services)
        services.laboratory, services.key = self, key
        return replace(guest, ip_id=1, services=services)

    def _chain_plan(self, key: Key) -> ChainPlan | None:
        plan = ChainPlan.of(self.network.topology.chains[key])
        return watched(plan, self.watch) if plan is not None else None

    def _load_balancer(self, key: Key) -> LoadBalancer | None:
        balancer = self.network.topology.source.load_balancer(key)
        return watched_balancer(balancer, self.watch) if balancer is not None else None

    def _router_plan(self, key: Key) -> RouterPlan | None:
        topology = self.network.topology
        plan = RouterPlan.of(topology.ports, topology.routers[key])
        if plan is None:
            return None
        other = ChoosingRouterPlan(plan.router, plan.ports, plan.tables, plan.withdrawn)
        other.choices, other.hashes = self.choices, self._hashes
        return other


class _Addresses:
    """Which addresses guests have, and which guests have an address."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own: dict[Key, frozenset[int]] = {}
        self._holders: dict[int, dict[Key, int]] = {}
        for guest in store.rows("guest"):
            self.renew(guest.id)

    def renew(self, key: Key) -> frozenset[int]:
        """Look which addresses a guest has now: gives those that it had not, or has no more."""
        guest = self._store.by_id(cast("int", key))
        nics = [guest, *(guest.siblings("guest.nic") or ())] if guest is not None else []
        own = frozenset(int(cidr.address) for nic in nics for cidr in nic.get("address") or ())
        before = self._own.pop(key, frozenset())
        for address in before - own:
            del self._holders[address][key]
        for address in own:
            assert guest is not None
            self._holders.setdefault(address, {})[key] = guest.number
        if own:
            self._own[key] = own
        return own ^ before

    def holders(self, address: int) -> tuple[Key, ...]:
        """The guests that have an address, in their order."""
        holders = self._holders.get(address, {})
        return tuple(sorted(holders, key=holders.__getitem__))


def _root(row: Row) -> Row:
    """What a row belongs to that stands at the root of the topology."""
    while row.parent is not None:
        row = row.parent
    return row


class _Services(frozenset[tuple[int, int]]):
    """A guest's services, in a laboratory, which decides whether they matter."""

    laboratory: Laboratory
    key: Key

    def __contains__(self, item: object) -> bool:
        assert isinstance(item, tuple)
        return self.laboratory.serves(self.key, frozenset(self), *item)
