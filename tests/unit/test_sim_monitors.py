"""Health monitors: how checks go, how they are counted, and that nobody sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from simlab import Lab, ip, router_lab

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.monitors import Monitors
from midocli.simulator.recorder import Recorder
from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.service_records import (
    HealthChecks,
    LoadBalancer,
    Member,
    TraceRequest,
)
from midocli.simulator.wire.protocol import TCP

SERVER = "20.0.0.9"
CHECKS = HealthChecks(
    router="r",
    address=ip("9.9.9.9"),
    delay_ns=2 * SECOND_NS,
    timeout_ns=SECOND_NS,
    fall=3,
    members=(Member("pm0", ip(SERVER), 80, key="pm0"),),
)


def monitored(**changes: Any) -> tuple[Lab, Monitors]:
    """`router_lab` with a guest that serves behind h:out, and a monitor that checks it."""
    lab = router_lab()
    lab.add_guest("server", ("h:out", "02:00:00:00:00:bb", f"{SERVER}/24"), gw="20.0.0.1")
    serve(lab, True)
    lab.load_balancers["lb"] = LoadBalancer("lb", "lb")
    lab.routers["r"].load_balancer = "lb"
    lab.changed("router", "r")
    monitors = Monitors(lab.network)
    monitors.watch({"pool": replace(CHECKS, **changes)})
    return lab, monitors


def serve(lab: Lab, serves: bool) -> None:
    lab.guests["server"].services = frozenset({(TCP, 80)} if serves else ())
    lab.changed("guest", "server")


def found(lab: Lab, member: str = "pm0") -> bool | None:
    return lab.network.state.found_alive.get(member)


def test_a_member_that_answers_is_alive() -> None:
    lab, _ = monitored()
    assert found(lab) is None
    lab.run(0.1)
    assert found(lab) is True
    assert lab.network.state.tcp == {}, "the connection is closed again"
    assert lab.network.checkers == {}


def test_at_the_start_the_first_failure_counts() -> None:
    lab, _ = monitored()
    serve(lab, False)
    lab.run(0.1)
    # parity: monitor-counts
    assert found(lab) is False


@pytest.mark.parametrize("fall", [1, 2, 3, 5])
def test_who_is_up_goes_down_after_so_many_failures(fall: int) -> None:
    lab, _ = monitored(fall=fall)
    lab.run(0.1)
    serve(lab, False)
    lab.run(2 * fall - 1)
    # parity: monitor-counts
    assert found(lab) is True
    lab.run(2)
    assert found(lab) is False


def test_who_is_down_comes_up_after_two_connections() -> None:
    lab, _ = monitored()
    serve(lab, False)
    lab.run(0.1)
    serve(lab, True)
    lab.run(2)
    # parity: monitor-counts
    assert found(lab) is False
    lab.run(2)
    assert found(lab) is True


def test_one_failure_between_is_forgiven() -> None:
    lab, _ = monitored()
    lab.run(0.1)
    for _ in range(6):
        serve(lab, False)
        lab.run(4)
        serve(lab, True)
        lab.run(2)
    assert found(lab) is True


@pytest.mark.parametrize(("delay", "patience"), [(1, 1), (2, 2), (5, 5), (20, 5)])
def test_silence_fails_after_the_delay_and_five_seconds_at_most(delay: int, patience: int) -> None:
    lab, _ = monitored(delay_ns=delay * SECOND_NS)
    lab.guests["server"].up = False
    lab.changed("guest", "server")
    lab.run(patience - 0.1)
    assert found(lab) is None
    lab.run(0.2)
    # parity: monitor-patience
    assert found(lab) is False


def test_the_checks_of_a_pool_are_spread_over_the_delay() -> None:
    others = (Member("pm1", ip("20.0.0.1"), 80, key="pm1"), replace(CHECKS.members[0], key="pm2"))
    lab, _ = monitored(members=(*CHECKS.members, *others), delay_ns=3 * SECOND_NS)
    lab.run(0.9)
    # parity: monitor-patience
    assert set(lab.network.state.found_alive) == {"pm0"}
    lab.run(1.5)
    assert set(lab.network.state.found_alive) == {"pm0", "pm2"}


def test_the_filters_are_passed_as_by_what_is_balanced() -> None:
    drop = {"type": "drop", "proto": TCP}
    for place, alive in (("infilter", False), ("outfilter", False)):
        lab, _ = monitored()
        setattr(lab.routers["r"], place, lab.add_chain("c", drop))
        lab.changed("router", "r")
        lab.run(3)
        # parity: monitor-way
        assert found(lab) is alive
    passing = {"infilter": {"dst_port": (80, 80)}, "outfilter": {"src_port": (80, 80)}}
    for place, one_way in passing.items():
        lab, _ = monitored()
        setattr(lab.routers["r"], place, lab.add_chain("c", drop | one_way))
        lab.changed("router", "r")
        lab.run(3)
        assert found(lab) is True, "requests skip the infilter, and answers the outfilter"


def test_an_icmp_error_and_a_router_that_is_down_fail() -> None:
    lab, _ = monitored()
    lab.ports[lab.port_at("h:out")].up = False
    lab.changed("port", lab.port_at("h:out"))
    lab.run(3)
    assert found(lab) is False
    lab, _ = monitored()
    lab.routers["r"].up = False
    lab.changed("router", "r")
    lab.run(3)
    assert found(lab) is False


def test_nobody_sees_the_checks() -> None:
    lab, _ = monitored()
    recorder = Recorder({"h:in", "h:out"}, wants_events=True)
    lab.network.watch(recorder)
    lab.run(120)
    assert found(lab) is True
    # parity: monitor-way
    assert (recorder.captures, recorder.steps) == ([], [])


def test_no_trace_request_takes_a_check() -> None:
    lab, _ = monitored()
    request = TraceRequest("t", "tr0", Condition())
    lab.routers["r"].traces = (request,)
    lab.changed("router", "r")
    lab.network.trace({"tr0": ("t", "tr0")})
    lab.run(10)
    assert found(lab) is True
    assert lab.network.state.trace_log.taken == {}


def test_the_network_is_quiet_beside_the_checks() -> None:
    lab, _ = monitored(delay_ns=SECOND_NS)
    start_ns = lab.engine.now_ns
    lab.engine.settle(SECOND_NS)
    assert lab.engine.now_ns == start_ns
    assert not lab.engine.run(lambda: False, start_ns + 30 * SECOND_NS)
    assert lab.engine.now_ns == start_ns + 30 * SECOND_NS


def test_what_is_configured_anew_starts_anew_and_keeps_what_was_found() -> None:
    lab, monitors = monitored()
    lab.run(1)
    serve(lab, False)
    monitors.watch({"pool": replace(CHECKS, fall=7)})
    assert found(lab) is True
    lab.run(0.1)
    assert found(lab) is False, "the first failure counts again"
    monitors.watch({})
    assert found(lab) is None
    lab.run(10)
    assert found(lab) is None
    assert lab.network.checkers == {}


def test_what_was_forgotten_is_found_again() -> None:
    lab, monitors = monitored()
    lab.run(1)
    lab.network.reset()
    lab.engine.forget_pending()
    monitors.restart()
    assert found(lab) is None
    lab.run(0.1)
    assert found(lab) is True


def test_checks_whose_outcome_is_known_are_left_out_while_nobody_looks() -> None:
    lab, monitors = monitored()
    lab.run(1)
    walks = lab.network.walks
    monitors.horizon_ns = lab.engine.now_ns + 10**6 * SECOND_NS
    lab.engine.run_until(monitors.horizon_ns)
    monitors.look()
    assert lab.network.walks - walks < 10**4
    assert found(lab) is True
    serve(lab, False)
    lab.run(7)
    assert found(lab) is False, "and all are made again"


def test_an_interrupted_rest_does_not_last() -> None:
    lab, monitors = monitored()
    lab.run(1)
    monitors.horizon_ns = lab.engine.now_ns + 10**6 * SECOND_NS
    lab.run(1000)
    monitors.look()
    serve(lab, False)
    lab.run(7)
    assert found(lab) is False
