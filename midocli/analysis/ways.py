"""Plain ways between machines: the filters that packets go through, and what ARP needs for that.

A way is one for all machines of a seat to all of another: a seat is a bridge and a host, the routes
that machines have, and the networks that any route names and they are in. Where a machine's own
port, MAC or address stands on it, it has `SENDER` or `TAKER`. Two ways whose filters and kinds of
ports, MACs and addresses are the same have the same `nature`: no packet fares differently there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from midocli.analysis.derived import Derived, Steady
from midocli.analysis.kinds import Kinds, Networks
from midocli.analysis.plain import Home, is_plain_port, is_plain_router
from midocli.simulator.devices import arp
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import BridgePlan, RouterPlan
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.addresses import Prefix, contains, subnet_broadcast
from midocli.simulator.wire.frame import Frame

if TYPE_CHECKING:
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology

#: Who goes over more of them is asked for packet by packet: they may go round.
_MOST_ROUTERS = 16

Filter = Literal["infilter", "outfilter", "local-redirect-chain", "forward-chain"]


class End(NamedTuple):
    """Who sends frames on a way, or takes them: one of the two machines, or a router's port."""

    port: Port
    mac: int = 0
    address: int = 0


#: The machine that sends the packets, and the one they are for.
SENDER, TAKER = End(Port(key="sender")), End(Port(key="taker"))


class Stage(NamedTuple):
    """A filter on a way: its chain, whose it is, and where packets are when they go through it.

    The filters of the two machines' ports stand with no chain.
    """

    chain: Key
    at: str
    name: Filter
    in_port: Port
    out_port: Port


Stages = tuple[Stage, ...]
#: Divides a way there from the way back, where ways are described.
_TURNING = Stage(None, "", "infilter", NO_PORT, NO_PORT)


class Leg(NamedTuple):
    """Stages that frames pass with the same MACs."""

    source: End
    target: End
    stages: Stages


class Asking(NamedTuple):
    """A question of ARP that must be answered: who asks for whom, and the ways there and back."""

    asker: End
    owner: End
    there: Stages
    back: Stages


class Way(NamedTuple):
    """A plain way from a seat to another; `nature` is the same for all that are alike.

    `serves`: the first bridge takes requests of DHCP for itself.
    """

    legs: tuple[Leg, ...]
    askings: tuple[Asking, ...]
    serves: bool
    nature: int


class Seat(NamedTuple):
    """What decides by which way the packets of a machine go."""

    bridge: Key
    host: Key
    routes: tuple[tuple[int, int, int | None], ...]
    networks: frozenset[Prefix]


class Ways:
    """The plain ways of a topology; `keys` gives the keys of all rows of a kind."""

    def __init__(
        self,
        topology: Topology,
        making: Making,
        homes: Derived[Home | None],
        kinds: Kinds,
        keys: Callable[[str], Iterable[Key]],
    ) -> None:
        self._topology = topology
        self._homes = homes
        self._kinds = kinds
        self._keys = keys
        self._networks = Networks(())
        self._named: frozenset[Prefix] = frozenset()
        self._by_device = Steady(making, self._named_by)
        self._holding = Steady(making, lambda address: frozenset(self._networks.holding(address)))
        #: The number of a home's seat, by the guest's key.
        self.seats = Derived(making, self._seat)
        self._numbers: dict[Seat, int] = {}
        self._seats: list[Seat] = []
        self._natures: dict[Hashable, int] = {}
        self._ways = Derived(making, self._way)
        self._addresses = 0, 0

    def between(self, one: int, other: int, addresses: tuple[int, int]) -> Way | None:
        """The way from a seat to another, at which there are these; None: it is not plain."""
        self._addresses = addresses
        return self._ways[one, other]

    @property
    def changes(self) -> int:
        """Another number whenever ways may be others."""
        return self._ways.drops

    def renew(self) -> None:
        """Look which networks routes name now."""
        devices = [(kind, key) for kind in ("router", "guest") for key in self._keys(kind)]
        named = frozenset[Prefix]().union(*(self._by_device[each] for each in devices))
        if named != self._named:
            self._named, self._networks = named, Networks(named)
            self._holding.renew_all()

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
        home = self._homes[key]
        assert home is not None
        routes = tuple(entry[:3] for entry in home.plan.table)
        seat = Seat(home.port.device, home.port.host, routes, self._holding[home.address])
        number = self._numbers.setdefault(seat, len(self._seats))
        if number == len(self._seats):
            self._seats.append(seat)
        return number

    # -- ways --------------------------------------------------------------------------------

    def _way(self, ends: tuple[int, int]) -> Way | None:
        sender, taker = self._seats[ends[0]], self._seats[ends[1]]
        address = self._addresses[1]
        route = next((each for each in sender.routes if address & each[0] == each[1]), None)
        bridge, last = (self._topology.bridge_plans[each.bridge] for each in (sender, taker))
        if route is None or bridge is None or last is None or not self._is_crossed(sender, taker):
            return None
        if any(address == broadcast for broadcast in _broadcasts(sender)):
            return None
        if route[2] is None:
            return self._on_bridge(bridge) if bridge is last else None
        return self._over_router(bridge, route[2], last)

    def _is_crossed(self, here: Seat, there: Seat) -> bool:
        """Whether frames get from the host of a seat to that of another."""
        if here.host is None or there.host is None or here.host == there.host:
            return True
        crossing = self._topology.crossing(here.host, there.host)
        return crossing.tunnel is not None or not crossing.zones

    def _on_bridge(self, bridge: BridgePlan) -> Way:
        there = _flooding(bridge, SENDER.port, TAKER.port)
        back = _through(bridge, TAKER.port, SENDER.port)
        stages = _through(bridge, SENDER.port, TAKER.port)
        asking = Asking(SENDER, TAKER, there, back)
        return self._made(bridge, (Leg(SENDER, TAKER, stages),), (asking,))

    def _over_router(self, bridge: BridgePlan, gateway: int, last: BridgePlan) -> Way | None:
        """Over the router of a gateway's port, and those linked to it, to the link of the last."""
        ports = self._topology.ports
        mac = bridge.router_macs.get(gateway)
        link = bridge.router_ports.get(mac) if mac is not None else None
        inside = ports[link.peer] if link is not None and link.peer is not None else None
        if mac is None or link is None or inside is None or not is_plain_port(link):
            return None
        near = End(inside, mac, gateway)
        answered = _own("outfilter", NO_PORT, SENDER.port)
        asking = Asking(SENDER, near, _entering(bridge, SENDER.port), answered)
        legs = [Leg(SENDER, near, _through(bridge, SENDER.port, link))]
        sender, out = SENDER, Stages()
        for _ in range(_MOST_ROUTERS):
            hop = self._hop(inside)
            if hop is None:
                return None
            plan, port, entrance = hop
            legs.append(Leg(sender, near, (*out, *_over(plan, inside, port))))
            out = _staged(port.outfilter, port.alias, "outfilter", inside, port)
            sender = End(port, port.mac, port.address or 0)
            if entrance.device == last.bridge.key:
                legs.append(Leg(sender, TAKER, (*out, *_through(last, entrance, TAKER.port))))
                askings = (asking, self._finding(sender, entrance, last))
                return self._made(bridge, tuple(legs), askings)
            if not entrance.is_router:
                return None
            inside, near = entrance, End(entrance, entrance.mac, entrance.address or 0)
        return None

    def _hop(self, inside: Port) -> tuple[RouterPlan, Port, Port] | None:
        """A plain router that packets come to, by which port they leave it, and the peer of that."""
        plan = self._topology.router_plans[inside.device]
        if plan is None or not is_plain_router(plan) or not is_plain_port(inside):
            return None
        port = self._leaving(plan, inside)
        entrance = self._topology.ports[port.peer] if port is not None else None
        if port is None or entrance is None or not all(map(is_plain_port, (port, entrance))):
            return None
        return plan, port, entrance

    def _leaving(self, plan: RouterPlan, inside: Port) -> Port | None:
        """The port by which packets leave a router for another, or for a machine on its link."""
        source, target = self._addresses
        active, count = plan.choose(Frame(nw_src=source, nw_dst=target))
        port = active.port if active is not None else None
        if active is None or port is None or count != 1 or active.route.type != "normal":
            return None
        nets = [each.net for each in plan.ports if each.net is not None]
        if port is inside or port.address in (None, target):
            return None
        if target in map(subnet_broadcast, nets):
            return None
        # The MAC of a router that is linked to this one is known.
        if active.peer_mac is not None:
            return port
        if active.route.gw or not arp.is_askable(active, target):
            return None
        # A router believes nobody who answers from elsewhere.
        return port if port.net is not None and contains(port.net, target) else None

    def _finding(self, far: End, entrance: Port, last: BridgePlan) -> Asking:
        """A router asks for the machine on the link of its port."""
        there = (
            *_staged(far.port.outfilter, "", "outfilter", NO_PORT, far.port),
            *_flooding(last, entrance, TAKER.port),
        )
        back = (
            *_through(last, TAKER.port, entrance),
            *_staged(far.port.infilter, "", "infilter", far.port, NO_PORT),
        )
        return Asking(far, TAKER, there, back)

    # -- natures -----------------------------------------------------------------------------

    def _made(self, bridge: BridgePlan, legs: tuple[Leg, ...], askings: tuple[Asking, ...]) -> Way:
        serves = bool(bridge.bridge.subnets)
        described = (
            serves,
            *((*map(self._end, leg[:2]), *map(self._stage, leg.stages)) for leg in legs),
            None,
            *(
                (*map(self._end, each[:2]), *map(self._stage, (*each.there, _TURNING, *each.back)))
                for each in askings
            ),
        )
        nature = self._natures.setdefault(described, len(self._natures))
        return Way(legs, askings, serves, nature)

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


def _through(plan: BridgePlan, in_port: Port, out_port: Port) -> Stages:
    """The filters of a bridge, from a port to a port that it knows the frame is for."""
    return _bridged(plan, in_port, out_port, out_port)


def _flooding(plan: BridgePlan, in_port: Port, out_port: Port) -> Stages:
    """The same of a frame that goes to all ports, on its way to one of them."""
    return _bridged(plan, in_port, NO_PORT, out_port)


def _bridged(plan: BridgePlan, in_port: Port, known: Port, out_port: Port) -> Stages:
    bridge = plan.bridge
    return (
        *_entering(plan, in_port),
        *_staged(bridge.outfilter, bridge.alias, "outfilter", in_port, known),
        *_own("outfilter", in_port, out_port),
    )


def _entering(plan: BridgePlan, in_port: Port) -> Stages:
    bridge = plan.bridge
    return (
        *_own("infilter", in_port, NO_PORT),
        *_staged(bridge.infilter, bridge.alias, "infilter", in_port, NO_PORT),
    )


def _over(plan: RouterPlan, inside: Port, port: Port) -> Stages:
    """The filters of a router, from a port into the next, but for the one where it leaves."""
    router = plan.router
    return (
        *_staged(inside.infilter, inside.alias, "infilter", inside, NO_PORT),
        *_staged(
            router.local_redirect_chain, router.alias, "local-redirect-chain", inside, NO_PORT
        ),
        *_staged(router.infilter, router.alias, "infilter", inside, NO_PORT),
        *_staged(router.forward_chain, router.alias, "forward-chain", inside, port),
        *_staged(router.outfilter, router.alias, "outfilter", inside, port),
    )


def _own(name: Literal["infilter", "outfilter"], in_port: Port, out_port: Port) -> Stages:
    """The filter of a port of a bridge: where packets come in, or where they leave."""
    port = in_port if name == "infilter" else out_port
    if port in (SENDER.port, TAKER.port):
        return (Stage(None, "", name, in_port, out_port),)
    chain = port.infilter if name == "infilter" else port.outfilter
    return _staged(chain, port.alias, name, in_port, out_port)


def _staged(chain: Key, at: str, name: Filter, in_port: Port, out_port: Port) -> Stages:
    """A filter on the way, where there is one."""
    return () if chain is None else (Stage(chain, at, name, in_port, out_port),)
