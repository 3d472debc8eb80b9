"""Connection tracking: forward and return, as a stateful firewall uses them."""

import pytest
from netlab import PUBLISHED, NetLab

FIREWALL = (
    "type accept flow return-flow",
    "type accept in-ports router0:port1",
    "type drop proto 1",
)


def firewalled() -> NetLab:
    """Only the client may begin a connection."""
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", *FIREWALL)
    return lab


def test_replies_come_back_but_nothing_else() -> None:
    lab = firewalled()
    assert len(lab.echoed("client", "192.168.77.119")) == 1
    assert lab.echoed("vm", "192.168.78.9", icmp_id=1) == []
    assert lab.codes() == ["rule-drop"]


def test_the_connection_is_remembered_where_it_left() -> None:
    lab = firewalled()
    lab.echoed("client", "192.168.77.119")
    ((_, _, _, _, proto, device),) = lab.state.live_connections(lab.engine.now_ns)
    assert (proto, device) == (1, lab.key("bridge0", "bridge"))


@pytest.mark.parametrize(("seconds", "answered"), [(100, True), (130, False)])
def test_it_is_forgotten_two_minutes_after_its_last_forward_packet(
    seconds: int, answered: bool
) -> None:
    lab = firewalled()
    lab.echoed("client", "192.168.77.119")
    lab.wait(seconds)
    # The VM pings with the same identifier: the other direction of the same connection.
    replies = lab.echoed("vm", "192.168.78.9")
    assert bool(replies) == answered


def test_nothing_is_tracked_unless_a_rule_asks() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    assert lab.state.connections == {}


def test_what_the_router_makes_itself_is_return_traffic() -> None:
    """Its ICMP errors pass a port filter that only lets return traffic out."""
    lab = NetLab(PUBLISHED)
    lab.filter(
        "bridge1:port1", "outfilter", "type accept flow return-flow", "type drop ethertype 0x800"
    )
    assert len(lab.echoed("client", "192.168.78.1")) == 1
    (error,) = lab.echoed("client", "192.168.77.119", ttl=1)
    assert error.frame.tp_src == 11


def test_arp_counts_as_forward() -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("bridge1:port1", "infilter", "type drop flow return-flow")
    assert len(lab.echoed("client", "192.168.77.119")) == 1
