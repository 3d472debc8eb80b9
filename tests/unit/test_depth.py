"""Nothing is limited by the depth of Python's stack: there is a bound that is said, or none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from netlab import PAIR
from worlds import World

LAB = PAIR.splitlines()
DEPTH = 3000


def _jumping(last: str) -> Iterator[str]:
    """Chains that each jump to the next, the last of which ends in a rule."""
    yield from (f"chain create name c{n}" for n in range(DEPTH))
    yield from (f"chain c{n} add rule type jump jump-to c{n + 1}" for n in range(DEPTH - 1))
    yield f"chain c{DEPTH - 1} add rule type {last}"
    yield "bridge br set infilter c0"


@pytest.mark.parametrize(("last", "received"), [("accept", 1), ("return", 1), ("drop", 0)])
def test_chains_that_jump_on(last: str, received: int) -> None:
    world = World(*LAB, *_jumping(last))
    for options in ("", " capture none explain"):
        printed = world.run(f"ping one 10.0.0.2 count 1{options}")
        assert f"1 packets transmitted, {received} received" in printed
    assert printed.count(f"chain{DEPTH - 1}") >= 1


def test_a_chain_goes_on_behind_a_jump() -> None:
    world = World(*LAB, "chain create name a", "chain create name b", "bridge br set infilter a")
    for type_ in ("drop", "jump jump-to b", "continue", "jump jump-to b"):
        world.run(f"chain a add rule type {type_}")
    world.run("chain b add rule type return")
    told = world.run("ping one 10.0.0.2 count 1 capture none explain")
    assert "1 packets transmitted, 0 received" in told
    assert "already" in told, "a chain is jumped to once"


def test_mirrors_of_mirrors() -> None:
    world = World(*LAB, "bridge create name m", *(["bridge m add port"] * DEPTH))
    for n in range(DEPTH):
        world.run(f"mirror create to-port bridge1:port{n}")
    for n in range(DEPTH - 1):
        world.run(f"bridge m port port{n} set out-mirrors mirror{n + 1}")
    world.run("bridge br port port0 set in-mirrors mirror0")
    assert "1 received" in world.run("ping one 10.0.0.2 count 1 capture none explain draw")
    world.run("bridge m delete")
    world.run("undo")


def test_a_row_of_bridges() -> None:
    world = World(*LAB)
    for n in range(DEPTH):
        world.run(f"bridge create name b{n}")
        world.run(f"bridge b{n} add port")
        peer = f" peer bridge{n}:port1" if n else ""
        world.run(f"bridge b{n} add port")
        if peer:
            world.run(f"bridge b{n} port port0 set{peer}")
    world.run("show topology")
    world.run("show topology write net.svg")
    world.run("save net.mido")


@pytest.mark.parametrize(
    "filter_",
    [
        "(" * 1000 + "icmp" + ")" * 1000,
        "not " * 1000 + "icmp",
        "ip[0] = " + "-" * 1000 + "1",
        "ip[" * 1000 + "0" + "]" * 1000 + " = 1",
    ],
)
def test_a_filter_has_a_bound(filter_: str) -> None:
    error = World(*LAB).error(f'ping one 10.0.0.2 filter "{filter_}"')
    assert "nested more than 16 deep" in error.message


@pytest.mark.parametrize("line", ["expect " * 1000 + "list router", "list router" + " as json" * 9])
def test_what_may_not_hold_itself(line: str) -> None:
    assert "unexpected" in World().error(line).message
