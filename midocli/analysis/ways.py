"""Plain ways between machines: the filters that packets go through, and what ARP needs for that.

A way is one for all machines of a seat to all of another: a seat is a bridge and a host, the routes
that machines have, and the networks that any route names and they are in. Where a machine's own
port, MAC or address stands on it, it has `SENDER` or `TAKER`. Two ways whose filters and kinds of
ports, MACs and addresses are the same have the same `nature`: no packet fares differently there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from midocli.analysis.derived import Derived, Steady
from midocli.analysis.kinds import Kinds, Networks
from midocli.analysis.plain import Plain, is_plain_port, is_plain_router
from midocli.analysis.stages import (
    SENDER,
    TAKER,
    BridgeFilters,
    End,
    RouterFilters,
    Stage,
    Stages,
    entering,
    flooding,
    over,
    own,
    staged,
    through,
)
from midocli.simulator.devices import arp
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.addresses import (
    BROADCAST,
    Prefix,
    contains,
    is_multicast,
    subnet_broadcast,
)
from midocli.simulator.wire.frame import Frame

if TYPE_CHECKING:
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology

#: Who goes over more of them is asked for packet by packet: they may go round.
_MOST_ROUTERS = 16


class Leg(NamedTuple):
    """Stages that frames pass with the same MACs."""

    source: End
    target: End
    stages: Stages


class Asking(NamedTuple):
    """A question of ARP that must be answered: who asks for whom, and the ways there and back.

    `number` is the same for all that are alike.
    """

    asker: End
    owner: End
    there: Stages
    back: Stages
    number: int


class Way(NamedTuple):
    """A plain way from a seat to another; `nature` is the same for all that are alike.

    `serves`: the first bridge takes requests of DHCP for itself.
    """

    legs: tuple[Leg, ...]
    askings: tuple[Asking, ...]
    serves: bool
    nature: int


#: A way that ends, whatever the packet: who sends hears nothing of whom it is for.
LOST = Way((), (), serves=False, nature=-1)


def both(there: Way | None, back: Way | None) -> tuple[Way, Way] | None:
    """The ways there and back, where it is plain what becomes of packets; None: it is not."""
    if there is LOST:
        return LOST, LOST
    return (there, back) if there is not None and back is not None else None


class Seat(NamedTuple):
    """What decides by which way the packets of a machine go; no bridge: it is plugged in nowhere.

    `mute`: nothing gets out of it, nor in.
    """

    bridge: Key
    host: Key
    routes: tuple[tuple[int, int, int | None], ...]
    networks: frozenset[Prefix]
    mute: bool


class _Near(NamedTuple):
    """The way from the machines of a bridge into a router; `number` is that of all alike."""

    inside: Port
    leg: Leg
    asking: Asking
    number: int


class _Far(NamedTuple):
    """The way from a router's port, once it let packets out, to the machines of a bridge."""

    bridge: Key
    leg: Leg
    asking: Asking
    number: int


class Ways:
    """The plain ways of a topology; `keys` gives the keys of all rows of a kind."""

    def __init__(
        self,
        topology: Topology,
        making: Making,
        plain: Plain,
        kinds: Kinds,
        keys: Callable[[str], Iterable[Key]],
    ) -> None:
        self._topology = topology
        self._plain = plain
        self._kinds = kinds
        self._keys = keys
        self._networks = Networks(())
        self._named: frozenset[Prefix] = frozenset()
        self._by_device = Derived(making, self._named_by)
        self._holding = Steady(making, lambda address: frozenset(self._networks.holding(address)))
        #: The number of a home's seat, by the guest's key.
        self.seats = Derived(making, self._seat)
        self._numbers: dict[Seat, int] = {}
        self._seats: list[Seat] = []
        self._natures: dict[Hashable, int] = {}
        # What ways take of devices, which are others after every change of theirs.
        self._bridges = Steady(making, self._bridge)
        self._routers = Steady(making, self._router)
        self._links = Steady(making, self._link)
        self._is_router = Steady(making, self._is_of_router)
        self._minds_sources = Steady(making, self._is_by_source)
        self._exits = Steady(making, self._exit)
        self._nears = Derived(making, self._near)
        self._fars = Derived(making, self._far)
        self._ways = Derived(making, self._way)
        self._addresses = 0, 0

    def between(self, one: int, other: int, addresses: tuple[int, int]) -> Way | None:
        """The way from a seat to another, at which there are these; None: it is not plain."""
        self._addresses = addresses
        return self._ways[one, other]

    def among(self, seats: Mapping[int, int]) -> dict[tuple[int, int], Way | None]:
        """The ways between all of some seats, at each of which there is an address."""
        pairs = list(product(seats, seats))
        for one, other in pairs:
            if (one, other) not in self._ways:
                self.between(one, other, (seats[one], seats[other]))
        return self._ways.several(pairs)

    @property
    def changes(self) -> int:
        """Another number whenever ways may be others."""
        return self._ways.drops

    def renew(self) -> None:
        """Look which networks routes name now."""
        devices = [(kind, key) for kind in ("router", "guest") for key in self._keys(kind)]
        named = frozenset[Prefix]().union(*self._by_device.several(devices).values())
        if others := named ^ self._named:
            self._named, self._networks = named, Networks(named)
            self._holding.renew_where(Networks(others).holds)

    # -- seats -------------------------------------------------------------------------------

    def _named_by(self, device: tuple[str, Key]) -> frozenset[Prefix]:
        """The networks that a router or guest tells from others."""
        kind, key = device
        if kind == "guest":
            guest = self._topology.guest_plans[key]
            if guest is None:
                return frozenset()
            own = {(prefix, mask.bit_count()) for mask, prefix, *_ in guest.table}
            return frozenset(own | {(address, 32) for address in guest.broadcasts})
        router = self._topology.router_plans[key]
        if router is None:
            return frozenset()
        nets = {port.net for port in router.ports if port.net is not None}
        routes = {each for route in router.router.routes for each in (route.src, route.dst)}
        return frozenset(nets | routes | {(subnet_broadcast(net), 32) for net in nets})

    def _seat(self, key: Key) -> int:
        home = self._plain.homes[key]
        assert home is not None
        routes = tuple(entry[:3] for entry in home.plan.table)
        port, networks = home.port, self._holding[home.address]
        seat = Seat(port.device, port.host, routes, networks, home.mute)
        number = self._numbers.setdefault(seat, len(self._seats))
        if number == len(self._seats):
            self._seats.append(seat)
        return number

    # -- ways --------------------------------------------------------------------------------

    def _way(self, ends: tuple[int, int]) -> Way | None:
        sender, taker = self._seats[ends[0]], self._seats[ends[1]]
        # The addresses stand for all at the seats, as long as they are in the same networks.
        for each in self._addresses:
            self._holding[each]
        address = self._addresses[1]
        route = next((each for each in sender.routes if address & each[0] == each[1]), None)
        if sender.mute or route is None:
            return LOST
        if address in _broadcasts(sender) or _is_for_all(route[2], sender):
            return None
        if not self._is_crossed(sender, taker):
            return None
        way = self._sent(sender.bridge, route[2], taker.bridge)
        if way is not None and taker.mute and self._are_kept(leg.stages for leg in way.legs):
            way = LOST
        bridge = self._bridges[sender.bridge]
        # A bridge that answers requests of DHCP does so wherever they are sent.
        return None if way is LOST and bridge is not None and bridge.serves else way

    def _sent(self, bridge: Key, gateway: int | None, last: Key) -> Way | None:
        """The way of what leaves a machine for a gateway, or for who is on its link."""
        if gateway is not None:
            return self._over_router(bridge, gateway, last)
        if bridge == last:
            return self._on_bridge(bridge)
        return None if self._is_router[bridge, self._addresses[1]] else LOST

    def _are_kept(self, ways: Iterable[Stages]) -> bool:
        """Whether packets stay for whom they are, whatever chains they go through."""
        chains = self._plain.chains.plain
        return all(
            chains[each.chain] for stages in ways for each in stages if each.chain is not None
        )

    def _is_crossed(self, here: Seat, there: Seat) -> bool:
        """Whether frames get from the host of a seat to that of another."""
        if here.host is None or there.host is None or here.host == there.host:
            return True
        crossing = self._topology.crossing(here.host, there.host)
        return crossing.tunnel is not None or not crossing.zones

    def _on_bridge(self, key: Key) -> Way | None:
        bridge = self._bridges[key]
        if bridge is None:
            return None
        there = flooding(bridge, SENDER.port, TAKER.port)
        back = through(bridge, TAKER.port, SENDER.port)
        leg = Leg(SENDER, TAKER, through(bridge, SENDER.port, TAKER.port))
        asking = self._asking(SENDER, TAKER, there, back)
        nature = self._number((bridge.serves, self._described(leg), asking.number))
        return Way((leg,), (asking,), bridge.serves, nature)

    def _over_router(self, key: Key, gateway: int, last: Key) -> Way | None:
        """Over the router of a gateway's port, and those linked to it, to the link of the last."""
        bridge, near = self._bridges[key], self._nears[key, gateway]
        if not self._is_router[key, gateway] and not self._plain.holders[gateway]:
            return LOST
        if bridge is None or near is None:
            return None
        legs, inside, target = [near.leg], near.inside, near.leg.target
        sender, out = SENDER, Stages()
        for _ in range(_MOST_ROUTERS):
            router = self._routers[inside.device]
            if router is None:
                return None
            if not router.up:
                return LOST if self._are_kept(leg.stages for leg in legs) else None
            port = self._leaving(inside.device)
            if port is None or port is inside:
                return None
            legs.append(Leg(sender, target, (*out, *over(router, inside, port))))
            if port is NO_PORT:
                return LOST if self._are_kept(leg.stages for leg in legs) else None
            entrance = self._topology.ports[port.peer]
            if entrance is None:
                return None
            out = staged(port.outfilter, port.alias, "outfilter", inside, port)
            if not entrance.is_router:
                far = self._fars[port.key]
                if far is None or (far.bridge != last and last is not None):
                    return None
                if last is None:
                    stages = (*(leg.stages for leg in legs), out)
                    return LOST if self._are_kept(stages) else None
                filters = tuple(map(self._stage, out))
                described = (*map(self._described, legs[1:]), filters, far.number)
                nature = self._number((bridge.serves, near.number, *described))
                legs.append(far.leg._replace(stages=(*out, *far.leg.stages)))
                return Way(tuple(legs), (near.asking, far.asking), bridge.serves, nature)
            if not is_plain_port(port) or not is_plain_port(entrance):
                return None
            sender = End(port, port.mac, port.address or 0)
            inside, target = entrance, End(entrance, entrance.mac, entrance.address or 0)
        return None

    def _leaving(self, router: Key) -> Port | None:
        """The port by which packets leave a router for another, or for a machine on its link.

        `NO_PORT`: they end there. None: it is not plain.
        """
        source, target = self._addresses
        by_source = source if self._minds_sources[router, target] else 0
        return self._exits[router, by_source, target]

    def _near(self, where: tuple[Key, int]) -> _Near | None:
        bridge, link = self._bridges[where[0]], self._links[where]
        if bridge is None or link is None:
            return None
        mac, out, inside = link
        end = End(inside, mac, where[1])
        leg = Leg(SENDER, end, through(bridge, SENDER.port, out))
        answered = own("outfilter", NO_PORT, SENDER.port)
        asking = self._asking(SENDER, end, entering(bridge, SENDER.port), answered)
        return _Near(inside, leg, asking, self._number((self._described(leg), asking.number)))

    def _far(self, key: Key) -> _Far | None:
        ports = self._topology.ports
        port = ports[key]
        entrance = ports[port.peer] if port is not None and port.peer is not None else None
        bridge = self._bridges[entrance.device] if entrance is not None else None
        if port is None or port.address is None or entrance is None or bridge is None:
            return None
        if not is_plain_port(port) or not is_plain_port(entrance):
            return None
        far = End(port, port.mac, port.address)
        out = staged(port.outfilter, port.alias, "outfilter", NO_PORT, port)
        leg = Leg(far, TAKER, through(bridge, entrance, TAKER.port))
        there = (*out, *flooding(bridge, entrance, TAKER.port))
        back = (
            *through(bridge, TAKER.port, entrance),
            *staged(port.infilter, "", "infilter", port, NO_PORT),
        )
        asking = self._asking(far, TAKER, there, back)
        number = self._number((self._described(leg), asking.number))
        return _Far(entrance.device, leg, asking, number)

    # -- what ways take of devices -----------------------------------------------------------

    def _bridge(self, key: Key) -> BridgeFilters | None:
        plan = self._topology.bridge_plans[key]
        if plan is None:
            return None
        bridge = plan.bridge
        return BridgeFilters(bridge.alias, bridge.infilter, bridge.outfilter, bool(bridge.subnets))

    def _router(self, key: Key) -> RouterFilters | None:
        plan = self._topology.router_plans[key]
        if plan is None or (plan.router.up and not is_plain_router(plan)):
            return None
        router = plan.router
        filters = router.infilter, router.outfilter, router.forward_chain
        return RouterFilters(router.up, router.alias, *filters, router.local_redirect_chain)

    def _link(self, where: tuple[Key, int]) -> tuple[int, Port, Port] | None:
        """Where a gateway of a bridge is: its MAC, the bridge's port to it, and its port itself."""
        ports, plan = self._topology.ports, self._topology.bridge_plans[where[0]]
        mac = plan.router_macs.get(where[1]) if plan is not None else None
        out = plan.router_ports.get(mac) if plan is not None and mac is not None else None
        inside = ports[out.peer] if out is not None and out.peer is not None else None
        if mac is None or out is None or inside is None:
            return None
        return (mac, out, inside) if is_plain_port(out) and is_plain_port(inside) else None

    def _is_of_router(self, where: tuple[Key, int]) -> bool:
        """Whether an address on a bridge is that of a router."""
        plan = self._topology.bridge_plans[where[0]]
        return plan is not None and where[1] in plan.router_macs

    def _is_by_source(self, towards: tuple[Key, int]) -> bool:
        """Whether a router looks who sends to an address."""
        plan = self._topology.router_plans[towards[0]]
        tables = plan.tables if plan is not None else ()
        return any(
            route.src_mask for mask, table in tables for route in table.get(towards[1] & mask, ())
        )

    def _exit(self, asked: tuple[Key, int, int]) -> Port | None:
        """The port by which packets from an address to another leave a router, as above."""
        key, source, target = asked
        plan = self._topology.router_plans[key]
        if plan is None:
            return None
        active, count = plan.choose(Frame(nw_src=source, nw_dst=target))
        if active is None or (count == 1 and active.route.type in ("reject", "blackhole")):
            return NO_PORT
        port = active.port
        if port is None or count != 1 or active.route.type != "normal":
            return None
        nets = [each.net for each in plan.ports if each.net is not None]
        if port.address in (None, target) or target in map(subnet_broadcast, nets):
            return None
        # The MAC of a router that is linked to this one is known.
        if active.peer_mac is not None:
            return port
        if active.route.gw or not arp.is_askable(active, target):
            return None
        # A router believes nobody who answers from elsewhere.
        return port if port.net is not None and contains(port.net, target) else None

    # -- natures -----------------------------------------------------------------------------

    def _described(self, leg: Leg) -> Hashable:
        """What decides how packets fare on a leg."""
        return (*map(self._end, leg[:2]), *map(self._stage, leg.stages))

    def _asking(self, asker: End, owner: End, there: Stages, back: Stages) -> Asking:
        ends = self._end(asker), self._end(owner)
        stages = tuple(map(self._stage, there)), tuple(map(self._stage, back))
        return Asking(asker, owner, there, back, self._number(("asking", ends, stages)))

    def _number(self, described: Hashable) -> int:
        """The same for all that is described alike."""
        return self._natures.setdefault(described, len(self._natures))

    def _end(self, end: End) -> Hashable:
        if end is SENDER or end is TAKER:
            return end.port.key
        return self._kinds.macs[end.mac], self._kinds.addresses[end.address]

    def _stage(self, stage: Stage) -> Hashable:
        own = stage.name if stage.chain is None else ""
        return stage.chain, own, self._port(stage.in_port), self._port(stage.out_port)

    def _port(self, port: Port) -> Hashable:
        if port in (SENDER.port, TAKER.port, NO_PORT):
            return port.key
        return self._kinds.ports[port.key]


def _broadcasts(seat: Seat) -> Iterator[int]:
    """The addresses of all machines on a link of a seat's."""
    for mask, prefix, gateway in seat.routes:
        if gateway is None:
            yield subnet_broadcast((prefix, mask.bit_count()))


def _is_for_all(gateway: int | None, sender: Seat) -> bool:
    """Whether all machines on a link are the gateway, for whom nobody asks."""
    if gateway is None:
        return False
    return gateway in (BROADCAST, *_broadcasts(sender)) or is_multicast(gateway)
