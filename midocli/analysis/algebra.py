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
    entry: Port
    in_port: Port
    out_port: Port
    hw_src: int
    hw_dst: int


class _End(NamedTuple):
    """The header of packets where they end."""

    is_answer: bool
    hw_src: int
    hw_dst: int
    nw_src: int
    nw_dst: int


class Algebra:
    """The plain ways of a topology."""

    def __init__(self, topology: Topology, atoms: Atoms, asking: int) -> None:
        self._topology = topology
        self._asking = asking
        self._atoms = atoms
        self._chains = ChainSets(topology, atoms)
        self._homes: dict[Key, _Home | None] = {}
        self._bridges: dict[Key, bool] = {}
        self._gateways: dict[tuple[Key, int], Port | None] = {}
        self._known: dict[tuple[Key, Key], bool] = {}

    def settle(
        self, source: Key, from_address: int, target: Key, to_address: int, wanted: int
    ) -> Settled | None:
        """What becomes of the atoms wanted between two guests; None: the way is not plain."""
        one, other = self._home(source), self._home(target)
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

    def _run(
        self, one: _Home, other: _Home, there: list[_Stage], back: list[_Stage], wanted: int
    ) -> Settled:
        # A bridge with subnets answers requests of DHCP itself.
        never = self._asking if one.bridge.bridge.subnets else 0
        left = wanted & ~never
        walk = _Walk(self._chains, Place(self._topology), left)
        walk.go(there, one.address, other.address, answers=False)
        walk.go(back, other.address, one.address, answers=True)
        who = one.plan.guest.alias
        taken = tuple(
            Taken(
                atoms, Failure(_reason(rule, stage), self._packet(atoms, end), who, other.address)
            )
            for atoms, rule, stage, end in walk.taken
        )
        return Settled(walk.left, taken)

    def _packet(self, some: int, end: _End) -> Frame:
        """The packet of one of some atoms, as it ends."""
        packet = self._atoms.packet((some & -some).bit_length() - 1)
        frame = _sent(packet, end)
        frame.hw_src, frame.hw_dst = end.hw_src, end.hw_dst
        return frame

    # -- plain ways --------------------------------------------------------------------------

    def _way(self, one: _Home, other: _Home) -> list[_Stage] | None:
        """The chains from one guest to another, with nothing else to decide; None: not plain."""
        route = one.plan.route(other.address)
        if route is None or route[4] != one.address:
            return None
        if route[2] is None:
            return self._on_bridge(one, other)
        gateway = self._gateway(one, route[2])
        return self._over_router(one, other, gateway) if gateway is not None else None

    def _on_bridge(self, one: _Home, other: _Home) -> list[_Stage] | None:
        if one.bridge is not other.bridge or not self._know_each_other(one, other):
            return None
        macs = one.nic.mac, other.nic.mac
        return list(_through(one.bridge, one.port, one.port, other.port, *macs))

    def _over_router(self, one: _Home, other: _Home, inside: Port) -> list[_Stage] | None:
        """Over the router of a gateway's port to a guest on the link of another of its ports."""
        topology = self._topology
        plan = topology.router_plans[inside.device]
        if plan is None or not _is_plain_router(plan) or not _is_plain_port(inside):
            return None
        frame = Frame(nw_src=one.address, nw_dst=other.address)
        active, count = plan.choose(frame)
        port = active.port if active is not None else None
        if active is None or port is None or count != 1 or active.route.type != "normal":
            return None
        entrance = topology.ports[port.peer] if port.peer is not None else None
        uplink = topology.ports[inside.peer] if inside.peer is not None else None
        if entrance is None or uplink is None or uplink.device != one.port.device:
            return None
        if entrance.device != other.port.device:
            return None
        if port is inside or active.route.gw or not _is_plain_port(port):
            return None
        if not arp.is_askable(active, other.address) or not self._finds(port, entrance, other):
            return None
        router, start = plan.router, one.port
        first = one.nic.mac, inside.mac
        return [
            *_through(one.bridge, start, start, uplink, *first),
            _Stage(inside.infilter, inside.alias, "infilter", start, inside, NO_PORT, *first),
            *(
                _Stage(chain, router.alias, name, start, inside, out, *first)
                for chain, name, out in (
                    (router.local_redirect_chain, "local-redirect-chain", NO_PORT),
                    (router.infilter, "infilter", NO_PORT),
                    (router.forward_chain, "forward-chain", port),
                    (router.outfilter, "outfilter", port),
                )
            ),
            _Stage(
                port.outfilter,
                port.alias,
                "outfilter",
                start,
                inside,
                port,
                port.mac,
                other.nic.mac,
            ),
            *_through(other.bridge, start, entrance, other.port, port.mac, other.nic.mac),
        ]

    def _is_crossed(self, here: Port, there: Port) -> bool:
        """Whether frames get from the host of a port to that of another."""
        if here.host is None or there.host is None or here.host == there.host:
            return True
        crossing = self._topology.crossing(here.host, there.host)
        return crossing.tunnel is not None or not crossing.zones

    # -- who is plugged in plainly -------------------------------------------------------------

    def _home(self, key: Key) -> _Home | None:
        if key not in self._homes:
            self._homes[key] = self._found_home(key)
        return self._homes[key]

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
        if bridge is None or not self._is_plain_bridge(bridge):
            return None
        return _Home(plan, nic, port, bridge, nic.addresses[0][0])

    def _is_plain_bridge(self, plan: BridgePlan) -> bool:
        key = plan.bridge.key
        if key not in self._bridges:
            self._bridges[key] = self._found_plain(plan)
        return self._bridges[key]

    def _found_plain(self, plan: BridgePlan) -> bool:
        """Whether a bridge only bridges, and each MAC and address on it has one owner."""
        bridge, topology = plan.bridge, self._topology
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
        return alone and is_complete and all(map(self._chains.is_plain, chains))

    # -- ARP ---------------------------------------------------------------------------------

    def _gateway(self, home: _Home, address: int) -> Port | None:
        """The router port that a guest finds at its gateway's address; None: it does not."""
        key = home.plan.guest.key, address
        if key not in self._gateways:
            self._gateways[key] = self._found_gateway(home, address)
        return self._gateways[key]

    def _found_gateway(self, home: _Home, address: int) -> Port | None:
        mac = home.bridge.router_macs.get(address)
        link = home.bridge.router_ports.get(mac) if mac is not None else None
        if mac is None or link is None or not _is_plain_port(link):
            return None
        asking = arp_request(home.nic.mac, home.address, address)
        stages = _entering(home.bridge, home.port, home.port)
        answer = [_Stage(home.port.outfilter, "", "", NO_PORT, NO_PORT, home.port, 0, 0)]
        if not self._pass(stages, asking) or not self._pass(answer, arp_reply(asking, mac), True):
            return None
        return self._topology.ports[link.peer] if link.peer is not None else None

    def _finds(self, port: Port, entrance: Port, home: _Home) -> bool:
        """Whether a router finds a guest that is on the link of its port, and the guest it."""
        key = port.key, home.plan.guest.key
        if key not in self._known:
            self._known[key] = self._is_found(port, entrance, home)
        return self._known[key]

    def _is_found(self, port: Port, entrance: Port, home: _Home) -> bool:
        if port.address is None or not _is_plain_port(entrance):
            return False
        asking = arp_request(port.mac, port.address, home.address)
        out = _Stage(port.outfilter, "", "", NO_PORT, NO_PORT, port, 0, 0)
        there = [out, *_flooding(home.bridge, NO_PORT, entrance, home.port)]
        back = [
            *_through(home.bridge, home.port, home.port, entrance, 0, 0),
            _Stage(port.infilter, "", "", home.port, port, NO_PORT, 0, 0),
        ]
        answer = arp_reply(asking, home.nic.mac)
        return self._pass(there, asking, True) and self._pass(back, answer)

    def _know_each_other(self, one: _Home, other: _Home) -> bool:
        key = one.plan.guest.key, other.plan.guest.key
        if key not in self._known:
            self._known[key] = self._asks(one, other) and self._asks(other, one)
        return self._known[key]

    def _asks(self, one: _Home, other: _Home) -> bool:
        asking = arp_request(one.nic.mac, one.address, other.address)
        there = _flooding(one.bridge, one.port, one.port, other.port)
        back = _through(one.bridge, other.port, other.port, one.port, 0, 0)
        return self._pass(there, asking) and self._pass(back, arp_reply(asking, other.nic.mac))

    def _pass(self, stages: list[_Stage], frame: Frame, generated: bool = False) -> bool:
        """Whether a frame of ARP gets through some plain chains."""
        place = Place(self._topology)
        place.generated = generated
        for stage in stages:
            place.entry, place.in_port, place.out_port = stage[3:6]
            if not self._chains.is_plain(stage.chain):
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

    def go(self, stages: list[_Stage], src: int, dst: int, *, answers: bool) -> None:
        """Take them through the chains of one way; those that a rule does more with are let go."""
        place, frame = self._place, Frame(nw_src=src, nw_dst=dst, tos=0)
        known = self._asked if answers else 0
        for stage in stages:
            if stage.chain is None or not self.left:
                continue
            place.entry, place.in_port, place.out_port = stage[3:6]
            frame.hw_src, frame.hw_dst = stage[6:]
            for some, forward in ((self.left & ~known, True), (self.left & known, False)):
                if some:
                    passing = self._chains.run(stage.chain, place, frame, answers, forward)
                    self._asked |= some & passing.asked if not answers else 0
                    self.left &= ~some | passing.passed
                    for atoms, rule in passing.taken:
                        if atoms & some:
                            end = _End(answers, *stage[6:], src, dst)
                            self.taken.append((atoms & some, rule, stage, end))


def _through(
    plan: BridgePlan, entry: Port, in_port: Port, out_port: Port, hw_src: int, hw_dst: int
) -> list[_Stage]:
    """The chains of a bridge, from a port to a port that it knows the frame is for."""
    bridge = plan.bridge
    return [
        *_entering(plan, entry, in_port, hw_src, hw_dst),
        _Stage(
            bridge.outfilter, bridge.alias, "outfilter", entry, in_port, out_port, hw_src, hw_dst
        ),
        _Stage(
            out_port.outfilter,
            out_port.alias,
            "outfilter",
            entry,
            in_port,
            out_port,
            hw_src,
            hw_dst,
        ),
    ]


def _flooding(plan: BridgePlan, entry: Port, in_port: Port, out_port: Port) -> list[_Stage]:
    """The same of a frame that goes to all ports, on its way to one of them."""
    bridge = plan.bridge
    return [
        *_entering(plan, entry, in_port),
        _Stage(bridge.outfilter, bridge.alias, "outfilter", entry, in_port, NO_PORT, 0, 0),
        _Stage(out_port.outfilter, out_port.alias, "outfilter", entry, in_port, out_port, 0, 0),
    ]


def _entering(
    plan: BridgePlan, entry: Port, in_port: Port, hw_src: int = 0, hw_dst: int = 0
) -> list[_Stage]:
    bridge = plan.bridge
    rest = entry, in_port, NO_PORT, hw_src, hw_dst
    return [
        _Stage(in_port.infilter, in_port.alias, "infilter", *rest),
        _Stage(bridge.infilter, bridge.alias, "infilter", *rest),
    ]


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
