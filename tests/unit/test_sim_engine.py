"""The event queue: order, limits, and what stays pending."""

from midocli.simulator.engine import Engine


def test_actions_run_in_order_of_time_then_of_adding() -> None:
    engine, done = Engine(100), []
    engine.at(300, lambda: done.append("late"))
    engine.at(200, lambda: done.append("first"))
    engine.at(200, lambda: done.append("second"))
    engine.run_until(250)
    assert done == ["first", "second"]
    assert engine.now_ns == 250
    engine.run_until(300)
    assert done == ["first", "second", "late"]


def test_a_time_gone_by_means_now() -> None:
    engine, done = Engine(100), []
    engine.at(5, lambda: done.append(engine.now_ns))
    engine.run_until(100)
    assert done == [100]


def test_run_stops_at_the_condition() -> None:
    engine, done = Engine(), []
    for time_ns in (10, 20, 30):
        engine.at(time_ns, lambda: done.append(engine.now_ns))
    assert engine.run(lambda: len(done) == 2, 1000)
    assert (done, engine.now_ns) == ([10, 20], 20)


def test_run_stops_at_the_limit_and_leaves_the_rest() -> None:
    engine, done = Engine(), []
    engine.at(50, lambda: done.append(1))
    assert not engine.run(lambda: bool(done), 40)
    assert engine.now_ns == 40
    assert engine.run(lambda: bool(done), 60)


def test_run_ends_when_nothing_is_pending() -> None:
    engine = Engine(7)
    assert not engine.run(lambda: False, 1000)
    assert engine.now_ns == 7


def test_actions_added_while_running_are_run() -> None:
    engine, done = Engine(), []
    engine.at(1, lambda: engine.at(2, lambda: done.append(engine.now_ns)))
    engine.run_until(3)
    assert done == [2]


def test_what_is_pending_can_be_forgotten() -> None:
    engine, done = Engine(100), []
    engine.at(150, lambda: done.append(1))
    engine.forget_pending()
    engine.run_until(2000)
    assert done == []
