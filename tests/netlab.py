"""A lab and the simulator behind it: for tests of frames, time, and what a network has learnt."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

from midocli import Lab
from midocli.simulator.engine import Engine
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.learnt.state import State
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import LocalError, Reason
from midocli.simulator.recorder import Recorder
from midocli.simulator.traffic import Simulator
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request

SECOND = 1_000_000_000
CLIENT_MAC, VM_MAC = "c2:86:ff:ce:17:0a", "fa:16:3e:39:9e:e9"

#: Two guests that reach each other: one on the interface a of a host, two on b.
PAIR = """\
host create name h
bridge create name br
bridge br add port
bridge br add port
host h add binding port br:port0 interface a
host h add binding port br:port1 interface b
guest create name one interface h:a address 10.0.0.1/24
guest create name two interface h:b address 10.0.0.2/24
"""
#: They, and a router that is the gateway of one.
ROUTED_PAIR = f"""\
{PAIR}router create name r
router r add port address 10.0.0.254 net 10.0.0.0/24
router r add route dst 10.0.0.0/24 type normal port router0:port0
bridge br add port peer router0:port0
guest one set gw 10.0.0.254
"""
#: A bridge whose two ports are at the interfaces tap1 and tap2 of a host.
LAN = """\
bridge create name lan
bridge lan add port
bridge lan add port
host create name rack1
host rack1 add binding port bridge0:port0 interface tap1
host rack1 add binding port bridge0:port1 interface tap2
"""
#: The published DNAT example: client - bridge1 - router0 - bridge0 - VM.
PUBLISHED = f"""
host create name host
bridge create
bridge create
router create
router0 add port address 192.168.77.1 net 192.168.77.0/24 mac fa:16:3e:bb:12:d0
router0 add port address 192.168.78.1 net 192.168.78.0/24 mac fa:16:3e:52:65:b1
router0 add route dst 192.168.77.0/24 port router0:port0
router0 add route dst 192.168.78.0/24 port router0:port1
bridge0 add port peer router0:port0
bridge1 add port peer router0:port1
bridge0 add port
bridge1 add port
host0 add binding port bridge0:port1 interface tap
host0 add binding port bridge1:port1 interface veth0
guest create name client interface host0:veth0 mac {CLIENT_MAC} address 192.168.78.9/24 ip-id 53133
guest client add route dst 192.168.77.0/24 gw 192.168.78.1
guest client add route dst 192.168.79.0/24 gw 192.168.78.1
guest create name vm interface host0:tap mac {VM_MAC} address 192.168.77.119/24 ip-id 21839 \
gw 192.168.77.1
"""
#: Its infilter, chain0, behind which more rules may be added.
INFILTER = """
chain create name nat
chain0 add rule pos 1 type dnat target 192.168.77.119:10000-60000 dst 192.168.79.119 \
in-ports router0:port1
chain0 add rule pos 2 type rev_snat dst 192.168.79.119 in-ports router0:port1
router0 set infilter chain0
"""
#: A router with 10.0.0.1/24 on host0:in and 20.0.0.1/24 on host0:out, and nobody behind them.
ROUTER = """
host create name host
router create
router0 add port address 10.0.0.1 net 10.0.0.0/24 mac 02:00:00:00:00:01
router0 add port address 20.0.0.1 net 20.0.0.0/24 mac 02:00:00:00:00:02
router0 add route dst 10.0.0.0/24 port router0:port0
router0 add route dst 20.0.0.0/24 port router0:port1
host0 add binding port router0:port0 interface in
host0 add binding port router0:port1 interface out
"""
#: The kernel lab: client and VM on a bridge each, a Linux router (a guest) between.
LINUX = f"""
host create name host
bridge create
bridge create
bridge0 add port
bridge0 add port
bridge1 add port
bridge1 add port
host0 add binding port bridge0:port0 interface client
host0 add binding port bridge0:port1 interface r0
host0 add binding port bridge1:port0 interface r1
host0 add binding port bridge1:port1 interface vm
guest create name client interface host0:client mac {CLIENT_MAC} address 192.168.78.9/24 \
gw 192.168.78.1
guest create name router interface host0:r0 mac fa:16:3e:52:65:b1 address 192.168.78.1/24 \
forwarding yes
guest router add nic interface host0:r1 mac fa:16:3e:bb:12:d0 address 192.168.77.1/24
guest create name vm interface host0:vm mac {VM_MAC} address 192.168.77.119/24 gw 192.168.77.1
"""


def ip(text: str) -> int:
    return int.from_bytes(bytes(int(part) for part in text.split(".")), "big")


def mac(text: str) -> int:
    return int(text.replace(":", ""), 16)


def net(text: str) -> tuple[int, int]:
    address, _, length = text.partition("/")
    return ip(address), int(length or 32)


class _Interfaces:
    """The names of all interfaces."""

    def __contains__(self, point: object) -> bool:
        return isinstance(point, str)


class NetLab(Lab):
    """A lab whose network is used from inside, past the commands that make traffic.

    The door is `network`: frames go in and come out there, `lab.session` having brought it up.
    `drops` are all that ended badly, as (origin, reason, frame).
    """

    def __init__(self, *lines: str, seed: int | str = 1) -> None:
        super().__init__(seed)
        self.drops: list[tuple[object, Reason, Frame]] = []
        self("\n".join(lines))

    @cached_property
    def network(self) -> Simulator:
        network = self.session.context.datapath.network
        network.drop_listener = lambda *drop: self.drops.append(drop)
        return network

    @property
    def engine(self) -> Engine:
        return self.network.engine

    @property
    def state(self) -> State:
        return self.network.state

    def key(self, name: str, kind: str = "port") -> int:
        """What the simulator calls a port, or an object of another kind."""
        row = self.session.context.named(kind, name)
        assert row is not None, f"there is no {kind} {name}"
        return row.id

    def record(self, name: str, kind: str = "port") -> Any:
        """What a port, or an object of another kind, was compiled into, to be asked or changed."""
        records = getattr(self.network.topology, f"{kind.replace('-', '_')}s")
        return records[self.key(name, kind)]

    # Building

    def made(self, line: str) -> str:
        """The alias of what a line makes."""
        return str(self(line)).strip()

    def port(self, line: str, point: str | None = None) -> str:
        """The port that a line makes, bound to an interface of a host if that is given."""
        port = self.made(line)
        if point is not None:
            host, _, interface = point.partition(":")
            self(f"host {host} add binding port {port} interface {interface}")
        return port

    def router_port(self, router: str, address: str, hw: str, point: str | None = None) -> str:
        """A router's port and the route to its network, 10.0.0.1/24 being its address there."""
        at = address.partition("/")[0]
        port = self.port(f"router {router} add port address {at} net {address} mac {hw}", point)
        self(f"router {router} add route dst {address} port {port}")
        return port

    def chain(self, *rules: str) -> str:
        """A chain of rules, which are as behind `add rule`."""
        chain = self.made("chain create name chain")
        self._add(chain, rules)
        return chain

    def rules(self, chain: str, *rules: str) -> None:
        """Rules instead of those that a chain has."""
        for line in str(self(f"{chain} list rule")).splitlines():
            self(f"{chain} delete rule {line.split()[1]}")
        self._add(chain, rules)

    def _add(self, chain: str, rules: tuple[str, ...]) -> None:
        for position, rule in enumerate(rules, 1):
            self(f"{chain} add rule pos {position} {rule}")

    def filter(self, place: str, side: str, *rules: str) -> str:
        """A chain of rules as the `infilter`, or another, of a device or port."""
        chain = self.chain(*rules)
        self(f"{place} set {side} {chain}")
        return chain

    # Traffic

    def stack(self, guest: str) -> GuestStack:
        """What a guest does as Linux does it."""
        return self.network.guest(self.key(guest, "guest"))

    def echo(self, guest: str, dst: str, seq: int = 1, **options: Any) -> LocalError | None:
        options.setdefault("data", bytes(range(56)))
        options.setdefault("icmp_id", 28653)
        return self.stack(guest).send_echo(ip(dst), seq=seq, **options)

    def heard(self, name: str, kind: str = "guest") -> list[Arrival]:
        """What comes for a guest from now on, or for a router that pings."""
        arrivals: list[Arrival] = []
        self.network.listeners.add(self.key(name, kind), arrivals.append)
        return arrivals

    def echoed(self, guest: str, dst: str, seconds: float = 1, **options: Any) -> list[Arrival]:
        """What came back to a guest within some seconds of one echo request."""
        arrivals = self.heard(guest)
        assert self.echo(guest, dst, **options) is None
        self.wait(seconds)
        self.network.listeners.remove(self.key(guest, "guest"), arrivals.append)
        return arrivals

    def wait(self, seconds: float = 1) -> None:
        self.engine.run_until(self.engine.now_ns + int(seconds * SECOND))

    def watch(self, *points: str | int, events: bool = False) -> Recorder:
        recorder = Recorder(frozenset(points), wants_events=events)
        self.network.watch(recorder)
        return recorder

    def watch_all(self, events: bool = False) -> Recorder:
        """Watch all interfaces."""
        recorder = Recorder(_Interfaces(), wants_events=events)
        self.network.watch(recorder)
        return recorder

    def codes(self) -> list[str]:
        return [str(reason.code) for _, reason, _ in self.drops]


Told = TypeVar("Told")


def told(recorder: Recorder, kind: type[Told]) -> list[tuple[str, Told]]:
    """The events of a kind, and where each happened."""
    return [(step.at, step.event) for step in recorder.steps if isinstance(step.event, kind)]


def seen(recorder: Recorder, point: str | int) -> list[tuple[str, Frame]]:
    """(direction, frame) at a point, in order of time."""
    captures = sorted(recorder.captures, key=lambda each: each.time_ns)
    return [
        (each.direction, Frame.from_bytes(each.data)) for each in captures if each.point == point
    ]


ROUTER_MAC, HOST_MAC = mac("02:00:00:00:00:01"), mac("02:00:00:00:00:aa")


def packet(dst: str = "20.0.0.9", ttl: int = 64, **fields: Any) -> Frame:
    frame = udp_packet(ip("10.0.0.9"), 1000, ip(dst), 53, b"0123456789", ttl)
    frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
    for name, value in fields.items():
        setattr(frame, name, value)
    return frame


def know(lab: NetLab, address: str, hw: int, place: str = "host0:out") -> None:
    """Let the router learn a neighbour from its ARP request."""
    port = lab.network.topology.ports[lab.network.topology.source.port_at(place)]
    assert port is not None and port.address is not None
    lab.network.inject(place, arp_request(hw, ip(address), port.address))
    lab.wait()
    lab.drops.clear()


def send(lab: NetLab, frame: Frame, seconds: float = 0.01) -> list[Frame]:
    """Inject at host0:in; the frames that came back out there."""
    recorder = lab.watch("host0:in")
    lab.network.inject("host0:in", frame)
    lab.wait(seconds)
    lab.network.unwatch(recorder)
    return [frame for direction, frame in seen(recorder, "host0:in") if direction == "out"]
