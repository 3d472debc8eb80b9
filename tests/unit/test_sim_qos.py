"""QoS: DSCP marks of what enters by a port."""

from __future__ import annotations

import pytest
from netlab import PUBLISHED, NetLab, ip, seen, told

from midocli.simulator.events import Rewritten
from midocli.simulator.wire.packets import arp_request


def mark(lab: NetLab, port: str, dscp: int) -> None:
    policy = lab.made("qos-policy create")
    lab(f"{policy} add dscp-rule dscp-mark {dscp}\n{port} set qos-policy {policy}")


def marked_lab(dscp: int = 46) -> NetLab:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    mark(lab, "bridge1:port1", dscp)
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
    lab.echoed("client", "192.168.77.119", tos=tos)
    (_, request), _ = seen(recorder, "host0:tap")
    assert (request.tos, request.ip_delta) == (expected, 0)


def test_only_what_enters_is_marked() -> None:
    lab = marked_lab()
    mark(lab, "bridge0:port1", 8)
    recorder = lab.watch("host0:veth0", "host0:tap")
    lab.echoed("client", "192.168.77.119")
    assert [frame.tos for _, frame in seen(recorder, "host0:tap")] == [0xB8, 0xB8]
    assert [frame.tos for _, frame in seen(recorder, "host0:veth0")] == [0, 0x20]


def test_filters_and_mirrors_see_the_mark() -> None:
    lab = marked_lab()
    tap = lab.port(f"{lab.made('bridge create')} add port", "host0:copies")
    lab(f"mirror create to-port {tap}\nmirror mirror0 add matches tos 184")
    lab("bridge1:port1 set in-mirrors mirror0")
    lab.filter("bridge1:port1", "infilter", "type drop tos 184")
    recorder = lab.watch("host0:copies")
    assert lab.echoed("client", "192.168.77.119") == []
    assert len(recorder.captures) == 1


def test_arp_is_not_marked() -> None:
    lab = marked_lab()
    recorder = lab.watch("host0:veth0", events=True)
    lab.network.inject("host0:veth0", arp_request(2, ip("192.168.78.9"), ip("192.168.78.1")))
    lab.wait()
    assert [way for way, _ in seen(recorder, "host0:veth0")] == ["in", "out"]
    assert not told(recorder, Rewritten)


def test_the_event_tells_the_tos_before_and_after() -> None:
    lab = marked_lab()
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119")
    marked = [(at, event) for at, event in told(recorder, Rewritten) if event.why == "dscp"]
    ((at, event),) = marked
    assert (at, event.changes) == ("bridge1:port1", {"tos": (0, 0xB8)})
