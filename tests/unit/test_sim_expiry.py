"""SnatPorts of source ports, and forgetting what has expired."""

from hypothesis import given
from hypothesis import strategies as st

from midocli.simulator.learnt.entries import BINDING_LIFE_NS, MAC_LIFE_NS, NatBinding
from midocli.simulator.learnt.snat_ports import SnatPorts
from midocli.simulator.learnt.state import State

PORTS = st.integers(0, 0xFFFF)


def first_free(taken: set[int], first: int, last: int, start: int) -> int | None:
    """What `SnatPorts.free_port` gives, found by looking at one port after the other."""
    ports = (*range(start, last + 1), *range(first, start))
    return next((port for port in ports if port not in taken), None)


@given(st.data())
def test_the_next_free_port_is_the_one_a_scan_finds(data: st.DataObject) -> None:
    first, last = sorted((data.draw(PORTS), data.draw(PORTS)))
    last = min(last, first + 3000)
    start = data.draw(st.integers(first, last))
    runs = st.lists(st.tuples(st.integers(first, last), st.integers(0, 3000)), max_size=4)
    leases, taken = SnatPorts(), set()
    for begin, length in data.draw(runs):
        for port in range(begin, min(begin + length, last) + 1):
            leases.take(7, port)
            taken.add(port)
    for port in data.draw(st.lists(st.integers(first, last), max_size=5)):
        leases.give_back(7, port)
        taken.discard(port)
    assert leases.free_port(7, first, last, start) == first_free(taken, first, last, start)
    assert leases.free_port(8, first, last, start) == start, "each address has ports of its own"
    assert bool(leases) == bool(taken)


def binding(client: int, port: int, now_ns: int = 0) -> NatBinding:
    return NatBinding("snat", "r", 17, (client, 1, 9, 53), (5, port, 9, 53), "rule0", now_ns)


def test_expired_bindings_go_when_a_new_one_is_made() -> None:
    state = State()
    for client in range(100):
        state.bind(binding(client, client))
    used = binding(100, 100)
    state.bind(used)
    used.used_ns = BINDING_LIFE_NS - 1
    state.bind(binding(101, 101, BINDING_LIFE_NS))
    assert {each.before[0] for each in state.nat.values()} == {100, 101}
    assert len(state.expiry) == 2
    leases = state.snat_ports[used.destination()]
    assert leases.free_port(5, 0, 200, 0) == 0
    assert leases.free_port(5, 100, 101, 100) is None


def test_the_last_binding_takes_its_leases_along() -> None:
    state = State()
    state.bind(binding(1, 1))
    state.bind(NatBinding("dnat", "r", 17, (1, 1, 9, 53), (1, 1, 8, 53), "", BINDING_LIFE_NS))
    assert not state.snat_ports
    assert len(state.nat) == 2


def test_a_binding_made_anew_after_it_expired_keeps_its_source() -> None:
    state = State()
    state.bind(binding(1, 1))
    again = binding(1, 1, BINDING_LIFE_NS)
    state.bind(again)
    assert set(map(id, state.nat.values())) == {id(again)}
    assert state.snat_ports[again.destination()].free_port(5, 1, 1, 1) is None


def test_macs_and_connections_are_forgotten_unless_used() -> None:
    state = State()
    state.learn_mac("b", 1, "port1", 0)
    state.learn_mac("b", 2, "port2", 0)
    state.macs["b"][2].seen_ns = 1
    state.learn_mac("b", 1, "port3", 2)
    state.learn_arp("r", 1, 2, MAC_LIFE_NS)
    assert {mac: entry.port for mac, entry in state.macs["b"].items()} == {1: "port3", 2: "port2"}
    state.track((1, 1, 2, 2, 6, "r"), MAC_LIFE_NS + 2)
    assert not state.macs["b"]
    state.track((1, 1, 2, 2, 6, "r"), MAC_LIFE_NS + 3)
    state.track((3, 1, 2, 2, 6, "r"), MAC_LIFE_NS + 2 + BINDING_LIFE_NS)
    assert len(state.connections) == 2
    state.track((4, 1, 2, 2, 6, "r"), MAC_LIFE_NS + 3 + BINDING_LIFE_NS)
    assert len(state.connections) == 2
