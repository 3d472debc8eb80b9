"""The topology forgets exactly what changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from simlab import Lab, ip, published_lab

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import RecordKind


def counted(lab: Lab) -> dict[str, int]:
    """How often each sort of record is loaded from now on."""
    counts: dict[str, int] = {}
    topology = lab.network.topology
    for name in ("ports", "bridges", "routers", "chains", "guests"):
        table = getattr(topology, name)

        def load(key: Key, load: Callable[[Key], object] = table.load, name: str = name) -> object:
            counts[name] = counts.get(name, 0) + 1
            return load(key)

        table.load = load
    return counts


def test_records_are_loaded_once() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    counts = counted(lab)
    lab.ping("client", "192.168.77.119")
    assert counts == {}


def test_a_changed_port_reloads_itself_only() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    counts = counted(lab)
    lab.changed("port", "bridge1:port1")
    lab.ping("client", "192.168.77.119")
    assert counts == {"ports": 1}


def test_a_router_ports_new_mac_is_noticed_by_the_bridge_behind_its_peer() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    lab.ports["router0:port1"].mac = 0x020000000077
    lab.changed("port", "router0:port1")
    lab.network.reset()
    assert len(lab.ping("client", "192.168.77.119")) == 1


@pytest.mark.parametrize("kind", ["router", "chain", "guest", "bridge"])
def test_other_changes_are_noticed(kind: RecordKind) -> None:
    lab = published_lab()
    lab.routers["router0"].infilter = lab.add_chain("c", {"type": "accept"})
    assert len(lab.ping("client", "192.168.77.119")) == 1
    if kind == "router":
        lab.add_router("router0")
    elif kind == "chain":
        lab.add_chain("c", {"type": "drop"})
    elif kind == "bridge":
        lab.add_bridge("bridge0", up=False)
    else:
        lab.guests["vm"].nics[0].addresses = ((ip("192.168.77.120"), 24),)
    lab.changed(kind, {"router": "router0", "chain": "c", "guest": "vm", "bridge": "bridge0"}[kind])
    replies = [a for a in lab.ping("client", "192.168.77.119") if a.frame.tp_src == 0]
    assert replies == []


def test_groups_are_looked_up_when_a_rule_asks() -> None:
    lab = published_lab()
    lab.routers["router0"].infilter = lab.add_chain(
        "c",
        {"type": "drop", "ip_address_group_dst": "servers"},
        {"type": "drop", "port_group": "clients"},
    )
    assert len(lab.ping("client", "192.168.77.119")) == 1
    lab.ip_address_groups["servers"] = frozenset({ip("192.168.77.119")})
    lab.changed("ip-address-group", "servers")
    assert lab.ping("client", "192.168.77.119") == []
    lab.ip_address_groups.clear()
    lab.changed("ip-address-group", "servers")
    lab.port_groups["clients"] = frozenset({"bridge1:port1"})
    lab.changed("port-group", "clients")
    assert lab.ping("client", "192.168.77.119") == []
    assert [reason.rule for _, reason, _ in lab.drops] == ["c:rule0", "c:rule1"]


def test_a_dangling_chain_accepts() -> None:
    lab = published_lab()
    lab.routers["router0"].infilter = "gone"
    assert len(lab.ping("client", "192.168.77.119")) == 1


@pytest.mark.parametrize("kind", ["bridge", "router"])
def test_a_port_whose_device_is_gone(kind: RecordKind) -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    (lab.bridges if kind == "bridge" else lab.routers).pop(f"{kind}0")
    lab.changed(kind, f"{kind}0")
    assert lab.ping("client", "192.168.77.119") == []
    assert lab.codes() == ["unplugged"]


def test_a_link_that_is_cut() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    for alias in ("bridge0:port0", "router0:port0"):
        lab.ports[alias].peer = None
        lab.changed("port", alias)
    (error,) = lab.ping("client", "192.168.77.119")
    assert (error.frame.tp_src, error.frame.tp_dst) == (3, 0), "its routes are withdrawn"
    assert lab.codes() == ["no-route"]
