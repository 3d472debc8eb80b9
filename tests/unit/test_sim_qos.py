"""QoS: DSCP marks of what enters by a port."""

from __future__ import annotations

from typing import Any

import pytest
from simlab import Lab, ip, published_lab, seen, told

from midocli.simulator.events import Rewritten
from midocli.simulator.topology.service_records import PortFeatures
from midocli.simulator.wire.packets import arp_request


def marked_lab(dscp: int = 46, **features: Any) -> Lab:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    lab.ports["bridge1:port1"].features = PortFeatures(dscp=dscp, **features)
    return lab


@pytest.mark.parametrize(
    ("tos", "dscp", "expected"),
    [(0, 46, 0xB8), (0xFF, 0, 0x03), (0x29, 10, 0x29), (0x02, 63, 0xFE)],
)
def test_the_mark_replaces_the_dscp_and_keeps_the_ecn_bits(
    tos: int, dscp: int, expected: int
) -> None:
    lab = marked_lab(dscp)
    recorder = lab.watch("host0:tap")
    lab.ping("client", "192.168.77.119", tos=tos)
    (_, request), _ = seen(recorder, "host0:tap")
    assert (request.tos, request.ip_delta) == (expected, 0)


def test_only_what_enters_is_marked() -> None:
    lab = marked_lab()
    lab.ports["bridge0:port1"].features = PortFeatures(dscp=8)
    recorder = lab.watch("host0:veth0", "host0:tap")
    lab.ping("client", "192.168.77.119")
    assert [frame.tos for _, frame in seen(recorder, "host0:tap")] == [0xB8, 0xB8]
    assert [frame.tos for _, frame in seen(recorder, "host0:veth0")] == [0, 0x20]


def test_filters_and_mirrors_see_the_mark() -> None:
    lab = marked_lab()
    lab.add_bridge("tap")
    alias = lab.add_mirror("m", lab.bridge_port("tap", "host1:copies"), {"tos": 0xB8})
    lab.ports["bridge1:port1"].features = PortFeatures(dscp=46, in_mirrors=(alias,))
    lab.ports["bridge1:port1"].infilter = lab.add_chain("in", {"type": "drop", "tos": 0xB8})
    recorder = lab.watch("host1:copies")
    assert lab.ping("client", "192.168.77.119") == []
    assert len(recorder.captures) == 1


def test_arp_is_not_marked() -> None:
    lab = marked_lab()
    recorder = lab.watch("host0:veth0", events=True)
    lab.network.inject("host0:veth0", arp_request(2, ip("192.168.78.9"), ip("192.168.78.1")))
    lab.run()
    assert [way for way, _ in seen(recorder, "host0:veth0")] == ["in", "out"]
    assert not told(recorder, Rewritten)


def test_the_event_tells_the_tos_before_and_after() -> None:
    lab = marked_lab()
    recorder = lab.watch(events=True)
    lab.ping("client", "192.168.77.119")
    marked = [(at, event) for at, event in told(recorder, Rewritten) if event.why == "dscp"]
    ((at, event),) = marked
    assert (at, event.changes) == ("bridge1:port1", {"tos": (0, 0xB8)})
