"""The fast path is invisible: whatever happens, all is as if every packet had walked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import ROOT
from simlab import Lab, ip, know, mac, packet, published_lab, router_lab, send, with_dnat

from midocli.simulator.devices import fast_path
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.entries import NatBinding
from midocli.simulator.learnt.state import State
from midocli.simulator.monitors import Monitors
from midocli.simulator.network import Network
from midocli.simulator.recorder import Recorder
from midocli.simulator.topology.crossings import Crossing, Tunnel
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import (
    HealthChecks,
    LoadBalancer,
    Member,
    Pool,
    PortFeatures,
    Vip,
)
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_reply, arp_request
from midocli.simulator.wire.protocol import DF, MF
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

NETS = ("10.0.0", "10.0.1", "10.0.2")
VIP = "9.9.9.9"
HOSTS = ("h", "h", "g")
GUESTS = ("g0", "g1", "g2", "g3")


class All:
    """Every point."""

    def __contains__(self, point: object) -> bool:
        return True


class Interfaces:
    """Every interface."""

    def __contains__(self, point: object) -> bool:
        return isinstance(point, str) and "veth" in point


class World:
    """A network made by dice, and what dice do with it."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.lab = lab = Lab(seed)
        self.monitors = Monitors(lab.network)
        self.recorders: list[Recorder] = []
        self.chains = 0
        #: What was sent last: how, from whom, and where to.
        self.flow: tuple[Callable[[str, int, int], None], str, str] | None = None
        lab.add_router("r0")
        two_routers = self.dice.random() < 0.4
        if two_routers:
            lab.add_router("r1")
            left = lab.router_port("r0", "10.9.0.1/24", "02:99:00:00:00:01")
            lab.link(left, lab.router_port("r1", "10.9.0.2/24", "02:99:00:00:00:02"))
            lab.route("r0", "10.0.2.0/24", left.alias, gw="10.9.0.2")
            lab.route("r1", "0.0.0.0/0", str(left.peer), gw="10.9.0.1")
        for number, network in enumerate(NETS):
            router = "r1" if two_routers and number == 2 else "r0"
            gateway = lab.router_port(router, f"{network}.1/24", f"02:00:00:00:0{number}:01")
            if number == 1 and self.dice.random() < 0.3:
                gateway.interface, gateway.active = "h:veth1", True
                gateway.host = "h"
            else:
                self._add_bridge(number, gateway)
        self._add_guests()
        if self.dice.random() < 0.5:
            for here, there in (("h", "g"), ("g", "h")):
                crossing = Crossing(here, there, Tunnel("gre", 1, 2, 3, 4), True)
                lab.crossings[here, there] = crossing
        every: list[Any] = [*lab.routers.values(), *lab.bridges.values(), *lab.ports.values()]
        for device in every:
            often = 0.5 if device.alias in lab.routers else 0.1
            for name in ("infilter", "outfilter"):
                if self.dice.random() < often:
                    setattr(device, name, self._chain())
        if self.dice.random() < 0.3:
            self._add_balancer()
        for port in lab.ports.values():
            if self.dice.random() < 0.1:
                port.features = self._features()

    def _add_bridge(self, number: int, gateway: Port) -> None:
        lab, bridge = self.lab, f"b{number}"
        lab.add_bridge(bridge)
        if number == 2 and self.dice.random() < 0.5:
            # A VLAN-aware bridge, with an untagged bridge behind the tagged port.
            lab.add_bridge("inner")
            lab.link(gateway, lab.bridge_port("inner"))
            inside = lab.bridge_port("inner")
            tagged = lab.bridge_port(bridge, vlan=7)
            lab.link(inside, tagged)
        else:
            lab.link(gateway, lab.bridge_port(bridge))
        for extra in ("", "x"):
            port = lab.bridge_port(bridge, f"h:veth{number}{extra}")
            port.host = HOSTS[number] if not extra else "h"

    def _add_guests(self) -> None:
        lab = self.lab
        for number, network in enumerate(NETS):
            point = f"h:veth{number}"
            guest = lab.add_guest(
                f"g{number}",
                (point, f"02:00:00:00:0{number}:aa", f"{network}.9/24"),
                gw=f"{network}.1",
                services=frozenset(((17, 53), (6, 80))),
            )
            bridge = lab.bridges.get(f"b{number}")
            if bridge is not None and any(lab.ports[key].vlan for key in bridge.ports):
                guest.nics[0].vlan = 7
        if "b0" in lab.bridges:
            lab.add_guest("g3", ("h:veth0x", "02:00:00:00:00:bb", "10.0.0.10/24"), gw="10.0.0.1")

    def _add_balancer(self) -> None:
        members = tuple(
            Member(name, ip(address), 80, up=self.dice.random() < 0.8, key=name)
            for name, address in (("m0", "10.0.1.9"), ("m1", "10.0.2.9"))
        )
        vip = Vip("vip0", ip(VIP), 80, Pool("pool0", True, members), True, self.dice.random() < 0.5)
        self.lab.load_balancers["lb0"] = LoadBalancer("lb0", "lb0", vips=(vip,))
        if self.dice.random() < 0.6:
            second = SECOND_NS * self.dice.choice((1, 3, 20))
            fall = self.dice.choice((1, 2))
            pool = HealthChecks("r0", ip(VIP), second, second, fall, members)
            self.monitors.watch({"pool0": pool})
        self.lab.routers["r0"].load_balancer = "lb0"

    def _chain(self, depth: int = 0) -> str:
        dice = self.dice
        rules = []
        for _ in range(dice.randint(1, 5)):
            rule: dict[str, Any] = {"type": dice.choice(("accept", "continue", "return"))}
            kind = dice.random()
            if kind < 0.25:
                rule = {"type": "dnat", "targets": (dice.choice(("10.0.1.9:1-9", "10.0.2.9")),)}
                rule["dst"] = (ip(VIP), 32)
            elif kind < 0.4:
                rule = {"type": "snat", "targets": (dice.choice(("8.8.8.8:1-4000", "10.0.0.77")),)}
                rule["out_ports"] = frozenset(dice.sample(sorted(map(str, self.lab.ports)), 2))
            elif kind < 0.65:
                rule = {"type": dice.choice(("rev_dnat", "rev_snat"))}
            elif kind < 0.7:
                rule = {"type": dice.choice(("drop", "reject")), "proto": dice.choice((1, 6, 17))}
            elif kind < 0.75 and depth < 2:
                rule = {"type": "jump", "jump_to": self._chain(depth + 1)}
            elif kind < 0.8:
                rule = {
                    "type": "redirect",
                    "target_port": dice.choice(sorted(map(str, self.lab.ports))),
                }
                rule |= {"ingress": dice.random() < 0.5, "src_port": (5, 5)}
            rule["action"] = dice.choice(("accept", "continue", "return"))
            if dice.random() < 0.3:
                rule["flow"] = dice.choice(("fwd-flow", "return-flow"))
            if dice.random() < 0.1:
                rule["match_nw_dst_rewritten"] = True
            if dice.random() < 0.1:
                rule["tos"] = 4
            rules.append(rule)
        self.chains += 1
        return self.lab.add_chain(f"c{self.chains}", *rules)

    def _features(self) -> PortFeatures:
        mirror = f"m{len(self.lab.mirrors)}"
        bound = [port for port in self.lab.ports.values() if port.interface]
        self.lab.add_mirror(mirror, self.dice.choice(bound), {"proto": self.dice.choice((1, 17))})
        place = self.dice.choice(("in_mirrors", "post_in_mirrors", "pre_out_mirrors"))
        mirrors: dict[str, Any] = {place: (mirror,)}
        return PortFeatures(dscp=self.dice.choice((None, 3)), **mirrors)

    # What happens

    def step(self, draw: int) -> None:
        self.dice = Random(draw)
        kind = self.dice.random()
        if kind < 0.5:
            self._send_some()
        elif kind < 0.6:
            self.lab.run(self.dice.choice((0.0001, 0.3, 1, 20, 30, 45, 61, 76, 91, 125)))
        elif kind < 0.72:
            self._change()
        elif kind < 0.82:
            self._inject()
        elif kind < 0.92:
            self._watch()
        elif kind < 0.98:
            self._station()
        else:
            self.lab.network.reset()
            self.lab.engine.forget_pending()
            self.monitors.restart()

    def _send_some(self) -> None:
        """Some packets of one flow, that the fast path may take, and a few like them."""
        dice, lab = self.dice, self.lab
        if self.flow is None or dice.random() < 0.4:
            guest = dice.choice([each for each in GUESTS if each in lab.guests])
            dst = dice.choice((VIP, "10.0.0.9", "10.0.1.9", "10.0.2.9", "10.0.0.10", "10.0.0.1"))
            self.flow = dice.choice((self._echo, self._echo, self._udp, self._tcp)), guest, dst
        make, guest, dst = self.flow
        for seq in range(dice.randint(1, 6)):
            make(guest, ip(dst), seq)
            lab.run(dice.choice((0.00001, 0.01, 0.01, 1)))

    def _echo(self, guest: str, dst: int, seq: int) -> None:
        size = self.dice.choice((56, 56, 56, 3000))
        options: dict[str, Any] = {
            "ttl": self.dice.choice((64, 64, 64, 1, 2)),
            "tos": self.dice.choice((0, 0, 4)),
        }
        self.lab.network.guest(guest).send_echo(dst, 77, seq, bytes(size), origin=seq, **options)

    def _udp(self, guest: str, dst: int, seq: int) -> None:
        frame = udp_packet(self._source(guest), self.dice.choice((5, 5, 5, 68)), dst, 53, b"x")
        frame.tp_sum = self.dice.choice((None, None, None, 0, 0x1234))
        frame.fragment = self.dice.choice((0, 0, 0, DF, MF))
        self.lab.network.guest(guest).send(frame)

    def _tcp(self, guest: str, dst: int, seq: int) -> None:
        frame = tcp_packet(self._source(guest), 5, dst, 80, Segment(seq, 0, SYN, 512))
        self.lab.network.guest(guest).send(frame)

    def _source(self, guest: str) -> int:
        return self.lab.guests[guest].nics[0].addresses[0][0]

    def _inject(self) -> None:
        """A frame that nobody's stack made: a MAC that moves, an announcement, odd packets."""
        dice, lab = self.dice, self.lab
        points = sorted(port.interface for port in lab.ports.values() if port.interface)
        number = dice.randrange(3)
        hw, address = mac(f"02:00:00:00:0{number}:aa"), ip(f"{NETS[number]}.9")
        frame = udp_packet(address, 5, ip(dice.choice((VIP, "10.0.1.9"))), 53, b"x")
        frame.hw_src, frame.hw_dst = hw, mac(f"02:00:00:00:0{number}:01")
        frame.ttl, frame.tp_sum = 64, dice.choice((None, None, 0, 0x1234))
        frame.fragment = dice.choice((0, 0, DF, MF, 5))
        if dice.random() < 0.4:
            frame = arp_request(hw, address, address)
        elif dice.random() < 0.3:
            asked = arp_request(mac("02:00:00:00:00:cc"), ip(f"{NETS[number]}.1"), address)
            frame = arp_reply(asked, dice.choice((hw, mac("02:00:00:00:00:bb"))))
        lab.network.inject(dice.choice(points), frame)

    def _change(self) -> None:
        dice, lab = self.dice, self.lab
        port = dice.choice(list(lab.ports.values()))
        router = dice.choice(list(lab.routers.values()))
        kind = dice.randrange(8)
        if kind == 0:
            port.up = not port.up
        elif kind == 1 and port.interface:
            port.active = not port.active
        elif kind == 2:
            router.infilter = dice.choice((None, self._chain()))
        elif kind == 3:
            router.outfilter = dice.choice((None, self._chain()))
        elif kind == 4 and lab.bridges:
            bridge = dice.choice(list(lab.bridges.values()))
            bridge.up = not bridge.up
            lab.changed("bridge", bridge.alias)
        elif kind == 5 and lab.guests:
            guest = lab.guests[dice.choice(sorted(map(str, lab.guests)))]
            guest.nics[0].mac ^= 0x100000
            lab.changed("guest", guest.alias)
        elif kind == 7 and lab.guests:
            guest = lab.guests[dice.choice(sorted(map(str, lab.guests)))]
            guest.services ^= {(6, 80)}
            lab.changed("guest", guest.alias)
        elif kind == 6 and lab.load_balancers:
            lab.load_balancers["lb0"].up ^= True
            lab.changed("load-balancer", "lb0")
        lab.changed("port", port.alias)
        lab.changed("router", router.alias)

    def _watch(self) -> None:
        network = self.lab.network
        watching = [each for each in self.recorders if each in network._recorders]
        if watching:
            network.unwatch(watching[-1])
            return
        points: Any = self.dice.choice((All(), Interfaces(), Interfaces(), frozenset()))
        recorder = Recorder(points, wants_events=self.dice.random() < 0.4)
        self.recorders.append(recorder)
        network.watch(recorder)

    def _station(self) -> None:
        """Another guest takes a guest's place for one packet."""
        network, lab = self.lab.network, self.lab
        guest = lab.guests["g2"]
        key = lab.port_at("h:veth2")
        if key is None:
            return
        stack = network.attach(key, type(guest)("station", "station", "station", nics=guest.nics))
        if self.flow is not None and self.flow[0] == self._echo:
            self._send_some()
        else:
            stack.send_echo(ip("10.0.0.9"), 5, 1, b"")
            lab.run(0.01)
        network.detach(key)


def known(lab: Lab, recorders: list[Recorder]) -> list[object]:
    """Everything that can be told of the network."""
    network, now_ns = lab.network, lab.engine.now_ns
    flows = []
    for flow in network.state.flows.live(now_ns):
        outputs = [(port.alias, header) for port, header in flow.outputs]
        used = flow.packets, flow.used_ns, flow.tos, flow.ttl
        flows.append((flow.match, used, flow.dropped, outputs))
    return [
        now_ns,
        network.walks,
        dict(network.parents),
        network.rng.getstate(),
        [(list(each.captures), list(each.steps)) for each in recorders],
        [(reason, frame.to_bytes(), frame.walk) for _, reason, frame in lab.drops],
        flows,
        *tables(network.state),
    ]


def tables(state: State) -> list[object]:
    """What was learned and bound, with the times, in order."""
    return [
        [
            (bridge, place, entry.port, entry.seen_ns)
            for bridge, table in state.macs.items()
            for place, entry in table.items()
        ],
        [(bridge, list(table.items())) for bridge, table in state.ip_macs.items()],
        [
            (router, address, entry.mac, entry.learned_ns)
            for router, table in state.arp.items()
            for address, entry in table.items()
        ],
        list(state.arp_loops),
        [(key, binding.after, binding.used_ns) for key, binding in state.nat.items()],
        list(state.connections.items()),
        list(state.found_alive.items()),
        [
            (guest, place, entry.mac, entry.state, entry.since_ns)
            for guest, table in state.neighbours.items()
            for place, entry in table.items()
        ],
        list(state.ip_ids.items()),
        list(state.tunnel_ids.items()),
        list(state.snat_ports),
        len(state.expiry),
    ]


def told(seed: int, draws: list[int]) -> list[object]:
    """Everything known after each step."""
    world = World(seed)
    story: list[object] = []
    for draw in draws:
        world.step(draw)
        story.append(known(world.lab, world.recorders))
    return story


@contextmanager
def everything_walks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_path, "carry", lambda *arguments: False)
        yield


@given(st.integers(0, 2**32), st.lists(st.integers(0, 2**32), min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_nobody_can_tell_whether_packets_walk(seed: int, draws: list[int]) -> None:
    fast = told(seed, draws)
    with everything_walks():
        slow = told(seed, draws)
    for number, (one, other) in enumerate(zip(fast, slow, strict=True)):
        assert one == other, number


# That packets do take the fast path, and when not


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The times at which a packet took the fast path."""
    times: list[int] = []
    take = fast_path.take

    def count(path: Any, network: Network, flow: Any, frame: Frame, now_ns: int) -> None:
        times.append(now_ns)
        take(path, network, flow, frame, now_ns)

    monkeypatch.setattr(fast_path, "take", count)
    return times


def test_pings_of_a_known_flow_take_it_both_ways(taken: list[int]) -> None:
    lab = with_dnat(published_lab())
    lab.routers["router0"].outfilter = lab.add_chain("back", {"type": "rev_dnat"})
    for seq in range(5):
        assert lab.ping("client", "192.168.79.119", seq=seq)
    # The first is bound and learned from, the second is walked along what is known.
    assert len(taken) == 2 * 3


def routed() -> Lab:
    """A router that knows who is behind h:out, with packets from h:in under way."""
    lab = router_lab()
    know(lab, "20.0.0.9", mac("02:00:00:00:00:aa"))
    return lab


def same(make: Callable[[], Lab], *steps: Callable[[Lab], object]) -> Lab:
    """Take steps with and without the fast path; nobody can tell them apart."""
    labs = []
    for walks in (False, True):
        lab = make()
        recorder = lab.watch("h:in", "h:out")
        story = []
        with everything_walks() if walks else nullcontext():
            for step in steps:
                step(lab)
                lab.run(0.01)
                story.append(known(lab, [recorder]))
        labs.append((lab, story))
    assert labs[0][1] == labs[1][1]
    return labs[0][0]


def sending(**fields: Any) -> Callable[[Lab], object]:
    return lambda lab: send(lab, packet(**fields))


def waiting(seconds: float) -> Callable[[Lab], object]:
    return lambda lab: lab.run(seconds)


def filtered(*rules: dict[str, Any]) -> Callable[[], Lab]:
    def make() -> Lab:
        lab = routed()
        lab.routers["r"].infilter = lab.add_chain("in", *rules)
        return lab

    return make


DNAT = {"type": "dnat", "targets": ("20.0.0.9:53-53",), "dst": (ip("9.9.9.9"), 32)}


def test_a_wrong_checksum_is_brought_along(taken: list[int]) -> None:
    usual, wrong = sending(dst="9.9.9.9"), sending(dst="9.9.9.9", tp_sum=0x1234)
    same(filtered(DNAT), usual, usual, usual, wrong)
    assert len(taken) == 1


def test_a_fragment_is_seen_by_the_rules_for_fragments(taken: list[int]) -> None:
    only = {"type": "drop", "fragment_policy": "unfragmented", "inverted": True}
    same(filtered(only), *[sending()] * 3, sending(fragment=MF))
    assert len(taken) == 2


def test_an_entry_that_goes_stale_is_asked_about(taken: list[int]) -> None:
    # The one who is asked for does not answer: there are no guests.
    same(routed, *[sending()] * 3, waiting(61), *[sending()] * 3)
    assert len(taken) == 2


def test_an_entry_that_is_gone_is_waited_for(taken: list[int]) -> None:
    lab = same(routed, *[sending()] * 3, waiting(91), *[sending()] * 3, waiting(61))
    assert len(taken) == 2
    assert lab.codes().count("arp-timeout") == 3


def test_a_connection_that_ends_is_forward_again(taken: list[int]) -> None:
    back = {"type": "accept", "flow": "return-flow"}
    other = udp_packet(ip("20.0.0.9"), 53, ip("10.0.0.9"), 1000, b"")
    other.hw_src, other.hw_dst = mac("02:00:00:00:00:aa"), mac("02:00:00:00:00:02")

    def make() -> Lab:
        lab = filtered(back, {"type": "drop", "src": (ip("20.0.0.9"), 32)})()
        know(lab, "10.0.0.9", packet().hw_src, "h:in")
        return lab

    def answer(lab: Lab) -> None:
        lab.network.inject("h:out", other)

    renewed = [waiting(50), sending(), answer]
    lab = same(make, sending(), *[answer] * 4, *renewed, waiting(119), answer, waiting(1), answer)
    assert lab.codes()[-1] == "rule-drop"
    assert taken


def test_a_reverse_rule_applies_once_there_is_a_binding(taken: list[int]) -> None:
    def bind(lab: Lab) -> None:
        before = (ip("20.0.0.8"), 53, ip("10.0.0.9"), 1000)
        after = (ip("20.0.0.9"), 53, ip("10.0.0.9"), 1000)
        now_ns = lab.engine.now_ns
        lab.network.state.bind(NatBinding("snat", "r", 17, before, after, "", now_ns))

    lab = same(filtered({"type": "rev_snat"}), *[sending()] * 3, bind, sending())
    assert len(taken) == 2
    assert lab.drops[-1][2].nw_dst == ip("20.0.0.8")


# That no device forgets to note what it reads


DEVICES = ROOT / "midocli/simulator/devices"
#: The fast path itself may look: it is what the notes are for.
MAY_LOOK = {"fast_path.py"}
HIDDEN = {"state", "_state", "basis", "_basis"}
TIMES = {"seen_ns", "used_ns", "learned_ns"}


def reaching_past_memory(text: str) -> list[str]:
    """What a device's code looks up or changes of the state without its `Memory`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            changes = not isinstance(node.ctx, ast.Load)
            if node.attr in HIDDEN or (changes and node.attr in TIMES):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "midocli.simulator.learnt.state":
            found.append(ast.unparse(node))
    return found


def test_devices_reach_the_state_through_their_memory_alone() -> None:
    files = [path for path in DEVICES.glob("*.py") if path.name not in MAY_LOOK]
    assert len(files) > 20
    past = {path.name: found for path in files if (found := reaching_past_memory(path.read_text()))}
    assert past == {}, "give Memory a method that notes what is looked up or changed"


@pytest.mark.parametrize(
    "line",
    [
        "walk.state.nat.get(key)",
        "walk.network.state.macs[bridge]",
        "walk.memory._state.arp",
        "walk.memory.basis.found.clear()",
        "binding.used_ns = walk.now_ns",
        "from midocli.simulator.learnt.state import State",
    ],
)
def test_code_that_reaches_past_the_memory_is_found(line: str) -> None:
    text = (DEVICES / "nat.py").read_text()
    assert reaching_past_memory(f"{text}\n\ndef planted(walk, binding, key, bridge):\n    {line}\n")


def test_every_method_of_a_memory_notes_what_it_does() -> None:
    """Each looks at the basis or gives it up, itself or by another that does."""
    tree = ast.parse((ROOT / "midocli/simulator/learnt/memory.py").read_text())
    (memory,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    methods = [node for node in memory.body if isinstance(node, ast.FunctionDef)]
    using = {m.name for m in methods if "self.basis" in ast.unparse(m)}
    silent = {
        method.name
        for method in methods
        if method.name not in using
        and not any(f"self.{name}(" in ast.unparse(method) for name in using)
    }
    assert silent == {"begin_flow"}, "what begins a flow comes before there is any basis"


def test_a_flow_notices_what_a_health_monitor_finds(taken: list[int]) -> None:
    """The next packet of a connection that keeps its member looks at the member again."""
    member = Member("pm0", ip("20.0.0.9"), 53, key="pm0")

    def make() -> Lab:
        lab = routed()
        vip = Vip("vip0", ip("9.9.9.9"), 80, Pool("pool0", True, (member,)), True, True)
        lab.load_balancers["lb"] = LoadBalancer("lb", "lb", vips=(vip,))
        lab.routers["r"].load_balancer = "lb"
        lab.changed("router", "r")
        return lab

    frame = tcp_packet(ip("10.0.0.9"), 5, ip("9.9.9.9"), 80, Segment(1, 0, SYN, 512))
    frame.hw_src, frame.hw_dst = packet().hw_src, packet().hw_dst

    def send(lab: Lab) -> None:
        lab.network.inject("h:in", frame)

    def find_dead(lab: Lab) -> None:
        lab.network.state.found_alive["pm0"] = False

    lab = same(make, *[send] * 3, find_dead, send)
    assert lab.codes()[-1] == "no-member"
    assert len(taken) >= 1
