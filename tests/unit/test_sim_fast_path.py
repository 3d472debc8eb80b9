"""The fast path is invisible: whatever happens, all is as if every packet had walked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import INFILTER, PUBLISHED, ROUTER, NetLab, ip, know, mac, packet, send
from sessions import ROOT

from midocli.simulator.devices import fast_path
from midocli.simulator.learnt.entries import NatBinding
from midocli.simulator.learnt.flows import Flows
from midocli.simulator.learnt.state import State
from midocli.simulator.network import Network
from midocli.simulator.recorder import Recorder
from midocli.simulator.wire.addresses import mac_text
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_reply, arp_request
from midocli.simulator.wire.protocol import DF, MF
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

NETS = ("10.0.0", "10.0.1", "10.0.2")
POINTS = ("host0:veth0", "host0:veth1", "host1:veth2")
VIP = "9.9.9.9"
TUNNELS = """
tunnel-zone create name z type gre
tunnel-zone z add member host host0 address 172.19.0.1
tunnel-zone z add member host host1 address 172.19.0.2
"""


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
        self.lab = lab = NetLab("host create name h", "host create name g", seed=seed)
        self.recorders: list[Recorder] = []
        #: What was sent last: how, from whom, and where to.
        self.flow: tuple[Callable[[str, int, int], None], str, str] | None = None
        #: Ports with the interfaces they are bound to, and what is down or dead.
        self.ports: dict[str, str | None] = {}
        self.bridges: list[str] = []
        self.routers = [lab.made("router create")]
        self.off: set[str] = set()
        two_routers = self.dice.random() < 0.4
        if two_routers:
            self.routers.append(lab.made("router create"))
            left = self._router_port("router0", "10.9.0.1/24", "02:99:00:00:00:01")
            right = self._router_port("router1", "10.9.0.2/24", "02:99:00:00:00:02")
            lab(f"{left} set peer {right}")
            lab(f"router0 add route dst 10.0.2.0/24 port {left} gw 10.9.0.2")
            lab(f"router1 add route dst 0.0.0.0/0 port {right} gw 10.9.0.1")
        self.guests: dict[str, str] = {}
        for number, network in enumerate(NETS):
            router = "router1" if two_routers and number == 2 else "router0"
            hw = f"02:00:00:00:0{number}:01"
            if number == 1 and self.dice.random() < 0.3:
                self._router_port(router, f"{network}.1/24", hw, POINTS[number])
                tagged = False
            else:
                gateway = self._router_port(router, f"{network}.1/24", hw)
                tagged = self._add_bridge(number, gateway)
            self._add_guest(number, network, "vlan 7" if tagged else "")
        if "host0:veth0x" in self.ports.values():
            line = "guest create name g3 interface host0:veth0x mac 02:00:00:00:00:bb"
            lab(f"{line} address 10.0.0.10/24 gw 10.0.0.1")
            self.guests["g3"] = "10.0.0.10"
        if self.dice.random() < 0.5:
            lab(TUNNELS)
        for device in (*self.routers, *self.bridges, *self.ports):
            often = 0.5 if device in self.routers else 0.1
            for name in ("infilter", "outfilter"):
                if self.dice.random() < often:
                    lab(f"{device} set {name} {self._chain()}")
        self.balances = self.dice.random() < 0.3
        if self.balances:
            self._add_balancer()
        for port in self.ports:
            if self.dice.random() < 0.1:
                self._add_features(port)
        self.monitors = lab.session.context.datapath.monitors

    def _port(self, line: str, point: str | None = None) -> str:
        port = self.lab.port(line, point)
        self.ports[port] = point
        return port

    def _router_port(self, router: str, address: str, hw: str, point: str | None = None) -> str:
        port = self.lab.router_port(router, address, hw, point)
        self.ports[port] = point
        return port

    def _add_bridge(self, number: int, gateway: str) -> bool:
        """Whether what is behind the bridge is tagged."""
        bridge = self.lab.made("bridge create")
        self.bridges.append(bridge)
        tagged = number == 2 and self.dice.random() < 0.5
        if tagged:
            # A VLAN-aware bridge, with an untagged bridge behind the tagged port.
            inner = self.lab.made("bridge create")
            self.bridges.append(inner)
            self._port(f"{inner} add port peer {gateway}")
            inside = self._port(f"{inner} add port")
            self._port(f"{bridge} add port vlan 7 peer {inside}")
        else:
            self._port(f"{bridge} add port peer {gateway}")
        self._port(f"{bridge} add port", POINTS[number])
        self._port(f"{bridge} add port", f"host0:veth{number}x")
        return tagged

    def _add_guest(self, number: int, network: str, fields: str) -> None:
        line = f"guest create name g{number} interface {POINTS[number]} gw {network}.1"
        self.lab(f"{line} mac 02:00:00:00:0{number}:aa address {network}.9/24 {fields}")
        self.lab(f"guest g{number} add service proto udp port 53")
        self.lab(f"guest g{number} add service proto tcp port 80")
        self.guests[f"g{number}"] = f"{network}.9"

    def _add_balancer(self) -> None:
        lab, dice = self.lab, self.dice
        lab("load-balancer create\nrouter0 set load-balancer lb0\nlb0 add pool")
        for address in ("10.0.1.9", "10.0.2.9"):
            state = "up" if dice.random() < 0.8 else "down"
            lab(f"lb0 pool pool0 add member address {address} protocol-port 80 state {state}")
        sticky = "persistence SOURCE_IP" if dice.random() < 0.5 else ""
        lab(f"lb0 pool pool0 add vip address {VIP} protocol-port 80 {sticky}")
        if dice.random() < 0.6:
            seconds, fall = dice.choice((1, 3, 20)), dice.choice((1, 2))
            counts = f"delay {seconds} timeout {seconds} max-retries {fall}"
            lab(f"health-monitor create type TCP {counts}\nlb0 pool pool0 set health-monitor hm0")

    def _chain(self, depth: int = 0) -> str:
        dice = self.dice
        rules = []
        for _ in range(dice.randint(1, 5)):
            rule, follows = f"type {dice.choice(('accept', 'continue', 'return'))}", False
            kind = dice.random()
            if kind < 0.25:
                target, follows = dice.choice(("10.0.1.9:1-9", "10.0.2.9")), True
                rule = f"type dnat target {target} dst {VIP}"
            elif kind < 0.4:
                target, follows = dice.choice(("8.8.8.8:1-4000", "10.0.0.77")), True
                out = ",".join(dice.sample(sorted(self.ports), 2))
                rule = f"type snat target {target} out-ports {out}"
            elif kind < 0.65:
                rule, follows = f"type {dice.choice(('rev_dnat', 'rev_snat'))}", True
            elif kind < 0.7:
                rule = f"type {dice.choice(('drop', 'reject'))} proto {dice.choice((1, 6, 17))}"
            elif kind < 0.75 and depth < 2:
                rule = f"type jump jump-to {self._chain(depth + 1)}"
            elif kind < 0.8:
                ingress = str(dice.random() < 0.5).lower()
                port = dice.choice(sorted(self.ports))
                rule = f"type redirect target-port {port} ingress {ingress} src-port 5"
            if follows:
                rule += f" action {dice.choice(('accept', 'continue', 'return'))}"
            if dice.random() < 0.3:
                rule += f" flow {dice.choice(('fwd-flow', 'return-flow'))}"
            if dice.random() < 0.1:
                rule += " match-nw-dst-rewritten true"
            if dice.random() < 0.1:
                rule += " tos 4"
            rules.append(rule)
        return self.lab.chain(*rules)

    def _add_features(self, port: str) -> None:
        """A mirror, and a mark where a port may have one."""
        lab, dice = self.lab, self.dice
        bound = [alias for alias, point in self.ports.items() if point]
        mirror = lab.made(f"mirror create to-port {dice.choice(bound)}")
        lab(f"{mirror} add matches proto {dice.choice((1, 17))}")
        place = dice.choice(("in", "post-in-filter", "pre-out-filter"))
        lab(f"{port} set {place}-mirrors {mirror}")
        if dice.random() < 0.5 and port.startswith("bridge"):
            policy = lab.made("qos-policy create")
            lab(f"{policy} add dscp-rule dscp-mark 3\n{port} set qos-policy {policy}")

    # What happens

    def step(self, draw: int) -> None:
        self.dice = Random(draw)
        kind = self.dice.random()
        if kind < 0.5:
            self._send_some()
        elif kind < 0.6:
            self.lab.wait(self.dice.choice((0.0001, 0.3, 1, 20, 30, 45, 61, 76, 91, 125)))
        elif kind < 0.72:
            # What is kept of flows stays, so that the fast path itself must notice.
            with patch.object(Flows, "clear"):
                self._change()
        elif kind < 0.82:
            self._inject()
        elif kind < 0.92:
            self._watch()
        elif kind < 0.98:
            self._station()
        else:
            self.lab("reset")

    def _send_some(self) -> None:
        """Some packets of one flow, that the fast path may take, and a few like them."""
        dice, lab = self.dice, self.lab
        if self.flow is None or dice.random() < 0.4:
            guest = dice.choice(sorted(self.guests))
            dst = dice.choice((VIP, "10.0.0.9", "10.0.1.9", "10.0.2.9", "10.0.0.10", "10.0.0.1"))
            self.flow = dice.choice((self._echo, self._echo, self._udp, self._tcp)), guest, dst
        make, guest, dst = self.flow
        for seq in range(dice.randint(1, 6)):
            make(guest, ip(dst), seq)
            lab.wait(dice.choice((0.00001, 0.01, 0.01, 1)))

    def _echo(self, guest: str, dst: int, seq: int) -> None:
        size = self.dice.choice((56, 56, 56, 3000))
        options: dict[str, Any] = {
            "ttl": self.dice.choice((64, 64, 64, 1, 2)),
            "tos": self.dice.choice((0, 0, 4)),
        }
        self.lab.stack(guest).send_echo(dst, 77, seq, bytes(size), origin=seq, **options)

    def _udp(self, guest: str, dst: int, seq: int) -> None:
        frame = udp_packet(self._source(guest), self.dice.choice((5, 5, 5, 68)), dst, 53, b"x")
        frame.tp_sum = self.dice.choice((None, None, None, 0, 0x1234))
        frame.fragment = self.dice.choice((0, 0, 0, DF, MF))
        self.lab.stack(guest).send(frame)

    def _tcp(self, guest: str, dst: int, seq: int) -> None:
        frame = tcp_packet(self._source(guest), 5, dst, 80, Segment(seq, 0, SYN, 512))
        self.lab.stack(guest).send(frame)

    def _source(self, guest: str) -> int:
        return ip(self.guests[guest])

    def _inject(self) -> None:
        """A frame that nobody's stack made: a MAC that moves, an announcement, odd packets."""
        dice, lab = self.dice, self.lab
        points = sorted(point for point in self.ports.values() if point)
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
        port, router = dice.choice(list(self.ports)), dice.choice(self.routers)
        guest, point = dice.choice(sorted(self.guests)), self.ports[port]
        kind = dice.randrange(8)
        if kind == 0:
            lab(f"{port} set state {self._switched(port)}")
        elif kind == 1 and point:
            host, _, interface = point.partition(":")
            lab(f"{host} interface {interface} set status {self._switched(point)}")
        elif kind in (2, 3):
            side = ("infilter", "outfilter")[kind - 2]
            with_chain = dice.random() < 0.5
            lab(f"{router} set {side} {self._chain()}" if with_chain else f"{router} clear {side}")
        elif kind == 4 and self.bridges:
            bridge = dice.choice(self.bridges)
            lab(f"{bridge} set state {self._switched(bridge)}")
        elif kind == 5:
            hw = lab.record(guest, "guest").nics[0].mac
            lab(f"guest {guest} set mac {mac_text(hw ^ 0x100000)}")
        elif kind == 6 and self.balances:
            lab(f"lb0 set state {self._switched('lb0')}")
        elif kind == 7:
            verb = "delete" if (6, 80) in lab.record(guest, "guest").services else "add"
            lab(f"guest {guest} {verb} service proto tcp port 80")

    def _switched(self, what: str) -> str:
        """The other state than that of now."""
        self.off ^= {what}
        return "down" if what in self.off else "up"

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
        guest = lab.record("g2", "guest")
        key = guest.nics[0].port
        stack = network.attach(key, type(guest)("station", "station", "station", nics=guest.nics))
        if self.flow is not None and self.flow[0] == self._echo:
            self._send_some()
        else:
            stack.send_echo(ip("10.0.0.9"), 5, 1, b"")
            lab.wait(0.01)
        network.detach(key)


def known(lab: NetLab, recorders: list[Recorder]) -> list[object]:
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
    lab = NetLab(PUBLISHED, INFILTER)
    lab.filter("router0", "outfilter", "type rev_dnat")
    for seq in range(5):
        assert lab.echoed("client", "192.168.79.119", seq=seq)
    # The first is bound and learned from, the second is walked along what is known.
    assert len(taken) == 2 * 3


def routed() -> NetLab:
    """A router that knows who is behind h:out, with packets from h:in under way."""
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", mac("02:00:00:00:00:aa"))
    return lab


def same(make: Callable[[], NetLab], *steps: Callable[[NetLab], object]) -> NetLab:
    """Take steps with and without the fast path; nobody can tell them apart."""
    labs = []
    for walks in (False, True):
        lab = make()
        recorder = lab.watch("host0:in", "host0:out")
        story = []
        with everything_walks() if walks else nullcontext():
            for step in steps:
                step(lab)
                lab.wait(0.01)
                story.append(known(lab, [recorder]))
        labs.append((lab, story))
    assert labs[0][1] == labs[1][1]
    return labs[0][0]


def sending(**fields: Any) -> Callable[[NetLab], object]:
    return lambda lab: send(lab, packet(**fields))


def waiting(seconds: float) -> Callable[[NetLab], object]:
    return lambda lab: lab.wait(seconds)


def filtered(*rules: str) -> Callable[[], NetLab]:
    def make() -> NetLab:
        lab = routed()
        lab.filter("router0", "infilter", *rules)
        return lab

    return make


DNAT = "type dnat target 20.0.0.9:53 dst 9.9.9.9"


def test_a_wrong_checksum_is_brought_along(taken: list[int]) -> None:
    usual, wrong = sending(dst="9.9.9.9"), sending(dst="9.9.9.9", tp_sum=0x1234)
    same(filtered(DNAT), usual, usual, usual, wrong)
    assert len(taken) == 1


def test_a_fragment_is_seen_by_the_rules_for_fragments(taken: list[int]) -> None:
    only = "type drop fragment-policy unfragmented inverted yes"
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
    back = "type accept flow return-flow"
    other = udp_packet(ip("20.0.0.9"), 53, ip("10.0.0.9"), 1000, b"")
    other.hw_src, other.hw_dst = mac("02:00:00:00:00:aa"), mac("02:00:00:00:00:02")

    def make() -> NetLab:
        lab = filtered(back, "type drop src 20.0.0.9")()
        know(lab, "10.0.0.9", packet().hw_src, "host0:in")
        return lab

    def answer(lab: NetLab) -> None:
        lab.network.inject("host0:out", other)

    renewed = [waiting(50), sending(), answer]
    lab = same(make, sending(), *[answer] * 4, *renewed, waiting(119), answer, waiting(1), answer)
    assert lab.codes()[-1] == "rule-drop"
    assert taken


def test_a_reverse_rule_applies_once_there_is_a_binding(taken: list[int]) -> None:
    def bind(lab: NetLab) -> None:
        before = (ip("20.0.0.8"), 53, ip("10.0.0.9"), 1000)
        after = (ip("20.0.0.9"), 53, ip("10.0.0.9"), 1000)
        router, now_ns = lab.key("router0", "router"), lab.engine.now_ns
        lab.state.bind(NatBinding("snat", router, 17, before, after, "", now_ns))

    lab = same(filtered("type rev_snat"), *[sending()] * 3, bind, sending())
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


BALANCED = """
load-balancer create
router0 set load-balancer lb0
lb0 add pool
lb0 pool pool0 add vip address 9.9.9.9 protocol-port 80 persistence SOURCE_IP
lb0 pool pool0 add member address 20.0.0.9 protocol-port 53
"""


def test_a_flow_notices_what_a_health_monitor_finds(taken: list[int]) -> None:
    """The next packet of a connection that keeps its member looks at the member again."""

    def make() -> NetLab:
        lab = routed()
        lab(BALANCED)
        return lab

    frame = tcp_packet(ip("10.0.0.9"), 5, ip("9.9.9.9"), 80, Segment(1, 0, SYN, 512))
    frame.hw_src, frame.hw_dst = packet().hw_src, packet().hw_dst

    def send(lab: NetLab) -> None:
        lab.network.inject("host0:in", frame)

    def find_dead(lab: NetLab) -> None:
        (vip,) = lab.record("lb0", "load-balancer").vips
        lab.state.found_alive[vip.pool.members[0].key] = False

    lab = same(make, *[send] * 3, find_dead, send)
    assert lab.codes()[-1] == "no-member"
    assert len(taken) >= 1
