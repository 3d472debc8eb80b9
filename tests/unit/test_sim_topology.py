"""The topology forgets exactly what changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from netlab import PUBLISHED, NetLab

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import RecordKind


def counted(lab: NetLab) -> dict[str, int]:
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
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    counts = counted(lab)
    lab.echoed("client", "192.168.77.119")
    assert counts == {}


def test_a_changed_port_reloads_itself_only() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    counts = counted(lab)
    lab.network.topology.forget("port", lab.key("bridge1:port1"))
    lab.echoed("client", "192.168.77.119")
    assert counts == {"ports": 1}


def test_a_router_ports_new_mac_is_noticed_by_the_bridge_behind_its_peer() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    lab("router0:port1 set mac 02:00:00:00:00:77")
    lab.network.reset()
    assert len(lab.echoed("client", "192.168.77.119")) == 1


@pytest.mark.parametrize(
    "change",
    [
        "router0 delete route route0",
        "chain0 add rule type drop",
        "guest vm set address 192.168.77.120/24",
        "bridge0 set state down",
    ],
)
def test_other_changes_are_noticed(change: str) -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", "type accept")
    assert len(lab.echoed("client", "192.168.77.119")) == 1
    lab(change)
    replies = [a for a in lab.echoed("client", "192.168.77.119") if a.frame.tp_src == 0]
    assert replies == []


def test_groups_are_looked_up_when_a_rule_asks() -> None:
    lab = NetLab(PUBLISHED, "ip-address-group create name servers\nport-group create name clients")
    lab.filter(
        "router0",
        "infilter",
        "type drop ip-address-group-dst servers",
        "type drop port-group clients",
    )
    assert len(lab.echoed("client", "192.168.77.119")) == 1
    lab("ip-address-group servers add ip address 192.168.77.119")
    assert lab.echoed("client", "192.168.77.119") == []
    lab("ip-address-group servers delete ip address 192.168.77.119")
    lab("port-group clients add member port bridge1:port1")
    assert lab.echoed("client", "192.168.77.119") == []
    assert [reason.rule for _, reason, _ in lab.drops] == ["chain0:rule0", "chain0:rule1"]


def test_a_dangling_chain_accepts() -> None:
    lab = NetLab(PUBLISHED)
    lab.record("router0", "router").infilter = -1
    assert len(lab.echoed("client", "192.168.77.119")) == 1


@pytest.mark.parametrize("kind", ["bridge", "router"])
def test_a_port_whose_device_is_gone(kind: RecordKind) -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    topology, key = lab.network.topology, lab.key(f"{kind}0", kind)
    topology.forget(kind, key)
    (topology.bridges if kind == "bridge" else topology.routers)[key] = None
    assert lab.echoed("client", "192.168.77.119") == []
    assert lab.codes() == ["unplugged"]


def test_a_link_that_is_cut() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    lab("bridge0:port0 clear peer")
    (error,) = lab.echoed("client", "192.168.77.119")
    assert (error.frame.tp_src, error.frame.tp_dst) == (3, 0), "its routes are withdrawn"
    assert lab.codes() == ["no-route"]
