"""All atoms at once, where the way is plain: no packet is simulated.

Plain is a way from a guest over its bridge, or over one router between two bridges, on which
nothing changes packets, copies them or chooses: then the way does not depend on ports, and what
becomes of packets is what the chains on it do, one after the other (`chain_sets`), there and back.
Whatever is not plain, or not quite, is left to the simulator.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from midocli.advice.failure import Failure
from midocli.analysis.atoms import Packet
from midocli.analysis.chain_sets import ChainSets, Place
from midocli.analysis.derived import Derived, Making
from midocli.simulator.devices import arp
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import BridgePlan, GuestPlan, RouterPlan
from midocli.simulator.topology.records import NO_PORT, Nic, Port, Rule
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_reply, arp_request
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ICMP, TCP, UDP
from midocli.simulator.wire.segment import ACK, SYN, Segment, tcp_packet

if TYPE_CHECKING:
    from midocli.analysis.atoms import Atoms
    from midocli.simulator.topology.topology import Topology

#: Links that take less may cut packets up.
_SMALLEST_MTU = 576


class Taken(NamedTuple):
    """Atoms that a rule takes, and why that is."""

    atoms: int
    failure: Failure


class Settled(NamedTuple):
    """What is settled without a simulation: atoms that are reached, and those that are not."""

    reached: int
    taken: tuple[Taken, ...]

    @property
    def atoms(self) -> int:
        """All of them."""
        return self.reached | sum(each.atoms for each in self.taken)


class _Home(NamedTuple):
    """A guest that is plugged in plainly."""

    plan: GuestPlan
    nic: Nic
    port: Port
    bridge: BridgePlan
    address: int


class _Stage(NamedTuple):
    """A chain on the way, and where packets are when they go through it."""

    chain: Key
    at: str
    name: str
    in_port: Port
    out_port: Port


Stages = tuple[_Stage, ...]


class _Leg(NamedTuple):
    """Chains on the way of frames with the same MACs."""

    hw_src: int
    hw_dst: int
    stages: Stages


class _Way(NamedTuple):
    """The way of packets that come in by a port."""

    entry: Port
    legs: tuple[_Leg, ...]


class _End(NamedTuple):
    """The header of packets where they end."""

    is_answer: bool
    hw_src: int
    hw_dst: int
    nw_src: int
    nw_dst: int


class Algebra:
    """The plain ways of a topology."""

    def __init__(self, topology: Topology, making: Making, atoms: Atoms, asking: int) -> None:
        self._topology = topology
        self._chains = ChainSets(topology, making, atoms)
        self._atoms, self._asking = atoms, asking
        self._homes = Derived(making, self._found_home)
        self._bridges = Derived(making, self._found_plain)
        self._gateways = Derived(making, self._found_gateway)
        self._findable = Derived(making, self._is_found)
        self._acquainted = Derived(making, self._know_each_other)
        self._first = Derived(making, self._first_leg)
        self._middles = Derived(making, self._middle)
        self._last = Derived(making, self._last_leg)

    def refine(self, atoms: Atoms, asking: int) -> None:
        """Packets are known by these finer atoms from now on; `asking` may be requests of DHCP."""
        self._chains.refine(atoms)
        self._atoms, self._asking = atoms, asking

    def settle(
        self, source: Key, from_address: int, target: Key, to_address: int, wanted: int
    ) -> Settled | None:
        """What becomes of the atoms wanted between two guests; None: the way is not plain."""
        one, other = self._homes[source], self._homes[target]
        if one is None or other is None or one is other:
            return None
        if (one.address, other.address) != (from_address, to_address):
            return None
        if not self._is_crossed(one.port, other.port) or not self._is_crossed(other.port, one.port):
            return None
        there, back = self._way(one, other), self._way(other, one)
        if there is None or back is None:
            return None
        return self._run(one, other, there, back, wanted)

    # -- packets on a way --------------------------------------------------------------------

    def _run(self, one: _Home, other: _Home, there: _Way, back: _Way, wanted: int) -> Settled:
        # A bridge with subnets answers requests of DHCP itself.
        never = self._asking if one.bridge.bridge.subnets else 0
        left = wanted & ~never
        walk = _Walk(self._chains, Place(self._topology), left)
        walk.go(there, one.address, other.address, answers=False)
        walk.go(back, other.address, one.address, answers=True)
        who = one.plan.guest.alias
        taken = []
        for atoms, rule, stage, end in walk.taken:
            # Nobody looks into what becomes of everything packet by packet.
            frame = self._packet(atoms, end) if wanted != self._atoms.all else None
            failure = Failure(_reason(rule, stage), frame, who, other.address)
            taken.append(Taken(atoms, failure))
        return Settled(walk.left, tuple(taken))

    def _packet(self, some: int, end: _End) -> Frame:
        """The packet of one of some atoms, as it ends."""
        packet = self._atoms.packet((some & -some).bit_length() - 1)
        frame = _sent(packet, end)
        frame.hw_src, frame.hw_dst = end.hw_src, end.hw_dst
        return frame

    # -- plain ways --------------------------------------------------------------------------

    def _way(self, one: _Home, other: _Home) -> _Way | None:
        """The chains from one guest to another, with nothing else to decide; None: not plain."""
        route = one.plan.route(other.address)
        if route is None or route[4] != one.address:
            return None
        if route[2] is None:
            return self._on_bridge(one, other)
        gateway = self._gateways[one.plan.guest.key, route[2]]
        return self._over_router(one, other, gateway) if gateway is not None else None

    def _on_bridge(self, one: _Home, other: _Home) -> _Way | None:
        ends = one.plan.guest.key, other.plan.guest.key
        if one.bridge is not other.bridge or not self._acquainted[ends]:
            return None
        stages = _through(one.bridge, one.port, other.port)
        return _Way(one.port, (_Leg(one.nic.mac, other.nic.mac, stages),))

    def _over_router(self, one: _Home, other: _Home, inside: Port) -> _Way | None:
        """Over the router of a gateway's port to a guest on the link of another of its ports."""
        plan = self._topology.router_plans[inside.device]
        if plan is None:
            return None
        active, count = plan.choose(Frame(nw_src=one.address, nw_dst=other.address))
        port = active.port if active is not None else None
        if active is None or port is None or count != 1 or active.route.type != "normal":
            return None
        if port is inside or active.route.gw or not arp.is_askable(active, other.address):
            return None
        first = self._first[one.plan.guest.key, inside.key]
        middle = self._middles[inside.key, port.key]
        last = self._last[inside.key, port.key, other.plan.guest.key]
        if first is None or middle is None or last is None:
            return None
        macs = one.nic.mac, inside.mac
        return _Way(one.port, (_Leg(*macs, first), _Leg(*macs, middle), last))

    def _first_leg(self, ends: tuple[Key, Key]) -> Stages | None:
        """From a guest to a router's port."""
        home, inside = self._homes[ends[0]], self._topology.ports[ends[1]]
        assert home is not None and inside is not None
        uplink = self._topology.ports[inside.peer] if inside.peer is not None else None
        if uplink is None or uplink.device != home.port.device or not _is_plain_port(inside):
            return None
        return _through(home.bridge, home.port, uplink)

    def _middle(self, ends: tuple[Key, Key]) -> Stages | None:
        """Through a router, from a port to another."""
        inside, port = (self._topology.ports[each] for each in ends)
        assert inside is not None and port is not None
        plan = self._topology.router_plans[inside.device]
        is_plain = plan is not None and _is_plain_router(plan) and _is_plain_port(port)
        return _over(plan, inside, port) if plan is not None and is_plain else None

    def _last_leg(self, ends: tuple[Key, Key, Key]) -> _Leg | None:
        """Out of a router's port, come from another, to a guest."""
        inside, port = (self._topology.ports[each] for each in ends[:2])
        home = self._homes[ends[2]]
        assert inside is not None and port is not None and home is not None
        entrance = self._topology.ports[port.peer] if port.peer is not None else None
        if entrance is None or entrance.device != home.port.device:
            return None
        if not self._findable[port.key, home.plan.guest.key]:
            return None
        out = _staged(port.outfilter, port.alias, "outfilter", inside, port)
        through = _through(home.bridge, entrance, home.port)
        return _Leg(port.mac, home.nic.mac, (*out, *through))

    def _is_crossed(self, here: Port, there: Port) -> bool:
        """Whether frames get from the host of a port to that of another."""
        if here.host is None or there.host is None or here.host == there.host:
            return True
        crossing = self._topology.crossing(here.host, there.host)
        return crossing.tunnel is not None or not crossing.zones

    # -- who is plugged in plainly -------------------------------------------------------------

    def _found_home(self, key: Key) -> _Home | None:
        topology = self._topology
        plan = topology.guest_plans[key]
        if plan is None or not plan.guest.up or len(plan.guest.nics) != 1 or plan.guest.routes:
            return None
        nic = plan.guest.nics[0]
        port = topology.ports[nic.port] if nic.port is not None else None
        is_plain = nic.up and not nic.vlan and nic.gateway_mac is None and len(nic.addresses) == 1
        if not is_plain or nic.mtu < _SMALLEST_MTU or port is None or port.is_router:
            return None
        if port.guest != (key, 0) or not port.active or not _is_plain_port(port):
            return None
        bridge = topology.bridge_plans[port.device]
        if bridge is None or not self._bridges[port.device]:
            return None
        return _Home(plan, nic, port, bridge, nic.addresses[0][0])

    def _found_plain(self, key: Key) -> bool:
        """Whether a bridge only bridges, and each MAC and address on it has one owner."""
        topology = self._topology
        plan = topology.bridge_plans[key]
        assert plan is not None
        bridge = plan.bridge
        if bridge.macs or bridge.addresses:
            return False
        if not bridge.up or bridge.in_mirrors or bridge.out_mirrors or plan.vlan_of or plan.trunks:
            return False
        chains = [bridge.infilter, bridge.outfilter]
        macs, addresses = Counter(list(plan.router_ports)), Counter(list(plan.router_macs))
        routers = 0
        for port in plan.ports.values():
            chains += [port.infilter, port.outfilter]
            peer = topology.ports[port.peer] if port.peer is not None else None
            if not _is_plain_feature(port) or (port.peer is not None and peer is None):
                return False
            if peer is not None:
                if not peer.is_router or peer.address is None:
                    return False
                routers += 1
            if port.guest is not None:
                guest = topology.guest_plans[port.guest[0]]
                if guest is not None:
                    macs[guest.guest.nics[port.guest[1]].mac] += 1
                    addresses.update(guest.local.keys())
        alone = all(count == 1 for count in (*macs.values(), *addresses.values()))
        is_complete = routers == len(plan.router_ports) == len(plan.router_macs)
        return (
            alone
            and is_complete
            and all(self._chains.plain[each] for each in chains if each is not None)
        )

    # -- ARP ---------------------------------------------------------------------------------

    def _found_gateway(self, ends: tuple[Key, int]) -> Port | None:
        """The router port that a guest finds at its gateway's address; None: it does not."""
        home, address = self._homes[ends[0]], ends[1]
        assert home is not None
        mac = home.bridge.router_macs.get(address)
        link = home.bridge.router_ports.get(mac) if mac is not None else None
        if mac is None or link is None or not _is_plain_port(link):
            return None
        asking = arp_request(home.nic.mac, home.address, address)
        there = _entering(home.bridge, home.port)
        back = _staged(home.port.outfilter, "", "", NO_PORT, home.port)
        answer = arp_reply(asking, mac)
        if not self._pass(home.port, there, asking) or not self._pass(None, back, answer):
            return None
        return self._topology.ports[link.peer] if link.peer is not None else None

    def _is_found(self, ends: tuple[Key, Key]) -> bool:
        """Whether a router finds a guest that is on the link of its port, and the guest it."""
        port, home = self._topology.ports[ends[0]], self._homes[ends[1]]
        assert port is not None and home is not None
        entrance = self._topology.ports[port.peer] if port.peer is not None else None
        if entrance is None:
            return False
        if port.address is None or not _is_plain_port(entrance):
            return False
        asking = arp_request(port.mac, port.address, home.address)
        there = (
            *_staged(port.outfilter, "", "", NO_PORT, port),
            *_flooding(home.bridge, entrance, home.port),
        )
        back = (
            *_through(home.bridge, home.port, entrance),
            *_staged(port.infilter, "", "", port, NO_PORT),
        )
        answer = arp_reply(asking, home.nic.mac)
        return self._pass(None, there, asking) and self._pass(home.port, back, answer)

    def _know_each_other(self, ends: tuple[Key, Key]) -> bool:
        one, other = (self._homes[each] for each in ends)
        assert one is not None and other is not None
        return self._asks(one, other) and self._asks(other, one)

    def _asks(self, one: _Home, other: _Home) -> bool:
        asking = arp_request(one.nic.mac, one.address, other.address)
        there = _flooding(one.bridge, one.port, other.port)
        back = _through(one.bridge, other.port, one.port)
        answer = arp_reply(asking, other.nic.mac)
        return self._pass(one.port, there, asking) and self._pass(other.port, back, answer)

    def _pass(self, entry: Port | None, stages: Stages, frame: Frame) -> bool:
        """Whether a frame of ARP gets through plain chains; None: a device made it itself."""
        place = Place(self._topology)
        place.generated, place.entry = entry is None, entry or NO_PORT
        for stage in stages:
            place.in_port, place.out_port = stage.in_port, stage.out_port
            if stage.chain is not None and not self._chains.plain[stage.chain]:
                return False
            if not self._chains.lets_pass(stage.chain, place, frame):
                return False
        return True


class _Walk:
    """All atoms on their way: `left` are those that are still on it."""

    def __init__(self, chains: ChainSets, place: Place, left: int) -> None:
        self._chains, self._place = chains, place
        self.left = left
        self._asked = 0
        self.taken: list[tuple[int, Rule, _Stage, _End]] = []

    def go(self, way: _Way, src: int, dst: int, *, answers: bool) -> None:
        """Take them through the chains of one way; those that a rule does more with are let go."""
        place, frame = self._place, Frame(nw_src=src, nw_dst=dst, tos=0)
        place.entry = way.entry
        for leg in way.legs:
            frame.hw_src, frame.hw_dst = leg.hw_src, leg.hw_dst
            for stage in leg.stages:
                place.in_port, place.out_port = stage.in_port, stage.out_port
                self._filter(stage, frame, answers)

    def _filter(self, stage: _Stage, frame: Frame, answers: bool) -> None:
        known = self._asked if answers else 0
        for some, forward in ((self.left & ~known, True), (self.left & known, False)):
            if not some:
                continue
            passing = self._chains.run(stage.chain, self._place, frame, answers, forward)
            if not answers:
                self._asked |= some & passing.asked
            self.left &= ~some | passing.passed
            for atoms, rule in passing.taken:
                if atoms & some:
                    end = _End(answers, frame.hw_src, frame.hw_dst, frame.nw_src, frame.nw_dst)
                    self.taken.append((atoms & some, rule, stage, end))


def _through(plan: BridgePlan, in_port: Port, out_port: Port) -> Stages:
    """The chains of a bridge, from a port to a port that it knows the frame is for."""
    return _bridged(plan, in_port, out_port, out_port)


def _flooding(plan: BridgePlan, in_port: Port, out_port: Port) -> Stages:
    """The same of a frame that goes to all ports, on its way to one of them."""
    return _bridged(plan, in_port, NO_PORT, out_port)


def _bridged(plan: BridgePlan, in_port: Port, known: Port, out_port: Port) -> Stages:
    bridge = plan.bridge
    return (
        *_entering(plan, in_port),
        *_staged(bridge.outfilter, bridge.alias, "outfilter", in_port, known),
        *_staged(out_port.outfilter, out_port.alias, "outfilter", in_port, out_port),
    )


def _entering(plan: BridgePlan, in_port: Port) -> Stages:
    bridge = plan.bridge
    return (
        *_staged(in_port.infilter, in_port.alias, "infilter", in_port, NO_PORT),
        *_staged(bridge.infilter, bridge.alias, "infilter", in_port, NO_PORT),
    )


def _over(plan: RouterPlan, inside: Port, port: Port) -> Stages:
    """The chains of a router, from a port into the next, but for the filter where it leaves."""
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


def _staged(chain: Key, at: str, name: str, in_port: Port, out_port: Port) -> Stages:
    """A chain on the way, where there is one."""
    return () if chain is None else (_Stage(chain, at, name, in_port, out_port),)


def _sent(packet: Packet, end: _End) -> Frame:
    """The packet as a machine sends it: the first one, or what answers it."""
    ports = packet.src_port, packet.dst_port
    src_port, dst_port = ports[::-1] if end.is_answer else ports
    src, dst = end.nw_src, end.nw_dst
    if packet.proto == TCP:
        syn = Segment(0, 0, SYN | ACK if end.is_answer else SYN, 0)
        return tcp_packet(src, src_port, dst, dst_port, syn)
    if packet.proto == UDP:
        return udp_packet(src, src_port, dst, dst_port, b"")
    frame = Frame(nw_src=src, nw_dst=dst, proto=packet.proto, tos=0, ttl=64)
    if packet.proto == ICMP:
        frame.tp_src, frame.tp_dst = (ECHO_REPLY if end.is_answer else ECHO_REQUEST), 0
    return frame


def _is_plain_feature(port: Port) -> bool:
    return port.features is None and not port.service and not port.vlan and not port.container


def _is_plain_port(port: Port) -> bool:
    return port.up and _is_plain_feature(port)


def _is_plain_router(plan: RouterPlan) -> bool:
    router = plan.router
    mirrors = router.in_mirrors or router.out_mirrors
    return router.up and router.load_balancer is None and not mirrors


def _reason(rule: Rule, stage: _Stage) -> Reason:
    """Why a packet ends that a rule takes, in the simulator's words."""
    code, does = Code.RULE_DROP, "drops"
    if rule.type == "reject":
        code, does = Code.RULE_REJECT, "rejects"
    text = f"rule {rule.alias} in the {stage.name} of {stage.at} {does} it"
    return Reason(code, stage.at, rule.alias, text, {"filter": stage.name})
