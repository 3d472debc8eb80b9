"""Health monitors: how checks go, how they are counted, and that nobody sees them."""

from __future__ import annotations

import pytest
from netlab import ROUTER, NetLab

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.recorder import Recorder

#: A pool of a server behind host0:out, which is checked from the address of its VIP.
MONITORED = """
guest create name server interface host0:out address 20.0.0.9/24 gw 20.0.0.1
guest server add service proto tcp port 80
load-balancer create
router0 set load-balancer lb0
lb0 add pool
lb0 pool pool0 add vip address 9.9.9.9 protocol-port 80
lb0 pool pool0 add member address 20.0.0.9 protocol-port 80
health-monitor create type TCP delay 2 timeout 1 max-retries 3
"""


def monitored(*lines: str) -> NetLab:
    """The router with a server, changed by lines, and then a monitor that checks it."""
    lab = NetLab(ROUTER, MONITORED, *lines, "lb0 pool pool0 set health-monitor hm0")
    assert not lab.state.found_alive, "its network is up"
    return lab


def serve(lab: NetLab, serves: bool) -> None:
    lab(f"guest server {'add' if serves else 'delete'} service proto tcp port 80")


def found(lab: NetLab) -> bool | None:
    """What was found of the last member."""
    return lab.state.found_alive.get(members(lab)[-1])


def members(lab: NetLab) -> list[int]:
    store = lab.session.context.store
    (pool,) = store.rows("load-balancer.pool", lab.session.context.named("load-balancer", "lb0"))
    return [row.id for row in store.rows("load-balancer.pool.member", pool)]


def test_a_member_that_answers_is_alive() -> None:
    lab = monitored()
    assert found(lab) is None
    lab.wait(0.1)
    assert found(lab) is True
    assert lab.state.tcp == {}, "the connection is closed again"
    assert lab.network.checkers == {}


def test_at_the_start_the_first_failure_counts() -> None:
    lab = monitored()
    serve(lab, False)
    lab.wait(0.1)
    # parity: monitor-counts
    assert found(lab) is False


@pytest.mark.parametrize("fall", [1, 2, 3, 5])
def test_who_is_up_goes_down_after_so_many_failures(fall: int) -> None:
    lab = monitored(f"hm0 set max-retries {fall}")
    lab.wait(0.1)
    serve(lab, False)
    lab.wait(2 * fall - 1)
    # parity: monitor-counts
    assert found(lab) is True
    lab.wait(2)
    assert found(lab) is False


def test_who_is_down_comes_up_after_two_connections() -> None:
    lab = monitored()
    serve(lab, False)
    lab.wait(0.1)
    serve(lab, True)
    lab.wait(2)
    # parity: monitor-counts
    assert found(lab) is False
    lab.wait(2)
    assert found(lab) is True


def test_one_failure_between_is_forgiven() -> None:
    lab = monitored()
    lab.wait(0.1)
    for _ in range(6):
        serve(lab, False)
        lab.wait(4)
        serve(lab, True)
        lab.wait(2)
    assert found(lab) is True


@pytest.mark.parametrize(("delay", "patience"), [(1, 1), (2, 2), (5, 5), (20, 5)])
def test_silence_fails_after_the_delay_and_five_seconds_at_most(delay: int, patience: int) -> None:
    lab = monitored(f"hm0 set delay {delay}")
    lab("guest server set state down")
    lab.wait(patience - 0.1)
    assert found(lab) is None
    lab.wait(0.2)
    # parity: monitor-patience
    assert found(lab) is False


def test_the_checks_of_a_pool_are_spread_over_the_delay() -> None:
    lines = (f"lb0 pool pool0 add member address 20.0.0.{n} protocol-port 80" for n in (1, 9))
    lab = monitored(*lines, "hm0 set delay 3")
    first, _, last = members(lab)
    lab.wait(0.9)
    # parity: monitor-patience
    assert set(lab.state.found_alive) == {first}
    lab.wait(1.5)
    assert set(lab.state.found_alive) == {first, last}


def test_the_filters_are_passed_as_by_what_is_balanced() -> None:
    drop = "type drop proto 6"
    for place, alive in (("infilter", False), ("outfilter", False)):
        lab = monitored()
        lab.filter("router0", place, drop)
        lab.wait(3)
        # parity: monitor-way
        assert found(lab) is alive
    passing = {"infilter": "dst-port 80", "outfilter": "src-port 80"}
    for place, one_way in passing.items():
        lab = monitored()
        lab.filter("router0", place, f"{drop} {one_way}")
        lab.wait(3)
        assert found(lab) is True, "requests skip the infilter, and answers the outfilter"


def test_an_icmp_error_and_a_router_that_is_down_fail() -> None:
    lab = monitored()
    lab("router0:port1 set state down")
    lab.wait(3)
    assert found(lab) is False
    lab = monitored()
    lab("router0 set state down")
    lab.wait(3)
    assert found(lab) is False


def test_nobody_sees_the_checks() -> None:
    lab = monitored()
    recorder = Recorder({"host0:in", "host0:out"}, wants_events=True)
    lab.network.watch(recorder)
    lab.wait(120)
    assert found(lab) is True
    # parity: monitor-way
    assert (recorder.captures, recorder.steps) == ([], [])


def test_no_trace_request_takes_a_check() -> None:
    lab = monitored()
    lab("tracerequest create router router0 enabled true")
    lab.wait(10)
    assert found(lab) is True
    assert lab.state.trace_log.taken == {}


def test_the_network_is_quiet_beside_the_checks() -> None:
    lab = monitored("hm0 set delay 1")
    start_ns = lab.engine.now_ns
    lab.engine.settle(SECOND_NS)
    assert lab.engine.now_ns == start_ns
    assert not lab.engine.run(lambda: False, start_ns + 30 * SECOND_NS)
    assert lab.engine.now_ns == start_ns + 30 * SECOND_NS


def test_what_is_configured_anew_starts_anew_and_keeps_what_was_found() -> None:
    lab = monitored()
    lab.wait(1)
    serve(lab, False)
    lab("hm0 set max-retries 7")
    assert found(lab) is True
    lab.wait(0.1)
    assert found(lab) is False, "the first failure counts again"
    lab("lb0 set state down")
    assert found(lab) is None
    lab.wait(10)
    assert found(lab) is None
    assert lab.network.checkers == {}


def test_what_was_forgotten_is_found_again() -> None:
    lab = monitored()
    monitors = lab.session.context.datapath.monitors
    lab.wait(1)
    lab.network.reset()
    lab.engine.forget_pending()
    monitors.restart()
    assert found(lab) is None
    lab.wait(0.1)
    assert found(lab) is True


def test_checks_whose_outcome_is_known_are_left_out_while_nobody_looks() -> None:
    lab = monitored()
    monitors = lab.session.context.datapath.monitors
    lab.wait(1)
    walks = lab.network.walks
    monitors.horizon_ns = lab.engine.now_ns + 10**6 * SECOND_NS
    lab.engine.run_until(monitors.horizon_ns)
    monitors.look()
    assert lab.network.walks - walks < 10**4
    assert found(lab) is True
    serve(lab, False)
    lab.wait(7)
    assert found(lab) is False, "and all are made again"


def test_an_interrupted_rest_does_not_last() -> None:
    lab = monitored()
    monitors = lab.session.context.datapath.monitors
    lab.wait(1)
    monitors.horizon_ns = lab.engine.now_ns + 10**6 * SECOND_NS
    lab.wait(1000)
    monitors.look()
    serve(lab, False)
    lab.wait(7)
    assert found(lab) is False
