"""The commands that lead from any topology to any other, by `diff … as mido`."""

from __future__ import annotations

from random import Random

import pytest
from random_sessions import Builder as Networks
from sessions import midocli
from shaped import shape
from topologies import Builder
from worlds import World, check, saved_anew

from midocli.results.forms import in_form
from midocli.store.display import is_local_route
from midocli.store.leading import Leading


def led(old: World, new: World) -> World:
    """What the commands make of a topology that was saved, where they are run by another."""
    found = Leading(old.store, new.store)
    assert all(name.startswith("password of ") for name in found.left_out)
    fresh = saved_anew(old)
    for line in found.lines:
        fresh.run(line)
    check(fresh.store)
    return fresh


def _drawn(dice: Random, anything: bool, world: World) -> World:
    """A topology with any objects, or a network, drawn by dice."""
    if anything:
        Builder(world).run([dice.getrandbits(32) for _ in range(dice.randint(1, 60))])
    else:
        Networks(dice, world).build()
    return world


@pytest.mark.parametrize("seed", range(16))
def test_any_topology_becomes_any_other(seed: int) -> None:
    old = _drawn(Random(seed), seed % 2 == 0, World())
    new = _drawn(Random(seed if seed % 4 < 2 else -seed), seed % 2 == 0, World())
    if seed % 4 < 2:  # the same, and what was made of it later
        _drawn(Random(seed + 1000), seed % 2 == 0, new)
    assert shape(led(old, new).store) == shape(new.store)


BASE = (
    "host create name rack",
    "bridge create name lan",
    "bridge lan add port",
    "router create name r",
    "router r add port address 10.0.0.1 net 10.0.0.0/24 peer bridge0:port0",
    "router r add route dst 10.1.0.0/16 gw 10.0.0.2 type normal port router0:port0",
    "bridge lan add port",
    "host rack add binding port bridge0:port1 interface tap1",
    "guest create name a interface host0:tap1",
    "guest create name b interface host0:tap2",
    "chain create name c",
    "chain c add rule type drop dst 10.0.0.1",
    "chain c add rule type accept dst 10.0.0.2",
    "chain c add rule type jump jump-to chain0 dst 10.0.0.3",
    "router r set infilter c",
    "tunnel-zone create name one type vtep",
    "tunnel-zone create name two type vtep",
)
#: What cannot be changed in place, or not in one step.
CHANGES = {
    "what only creation gives": (
        "host0 set alive false",
        "host rack delete binding interface tap1",
        "host rack delete",
        "host create name other",
        "host other add binding port bridge0:port1 interface tap9",
        "guest0 set interface host1:tap9",
    ),
    "another peer": ("router0:port0 clear peer", "router0:port0 set peer bridge0:port2"),
    "names changing places": (
        "tzone0 set name three",
        "tzone1 set name one",
        "tzone0 set name two",
    ),
    "machines changing places": (
        "guest0 clear interface",
        "guest1 set interface host0:tap1",
        "guest0 set interface host0:tap2",
    ),
    "another order": ("chain0:rule0 set pos 1", "chain0:rule2 set pos 3"),
    "a local route": ("router r delete route port router0:port0 weight 0 dst 10.0.0.1",),
    "a chain for another": ("chain c delete", "chain create name c", "router r set infilter c"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("back", [False, True])
def test_what_cannot_be_changed_is_made_anew(change: str, back: bool) -> None:
    lines = (*BASE, "bridge lan add port") if change == "another peer" else BASE
    old, new = World(*lines), World(*lines, *CHANGES[change])
    if back:
        old, new = new, old
    fresh = led(old, new)
    assert shape(fresh.store) == shape(new.store)
    routes = [[row.get("dst") for row in each.store.all_rows() if is_local_route(row)]
              for each in (fresh, new)]  # fmt: skip
    assert routes[0] == routes[1]


def test_the_alias_of_what_stays_is_kept() -> None:
    old = World(*BASE, "bridge lan add port")
    new = World(*BASE, "bridge lan add port", *CHANGES["another peer"])
    assert Leading(old.store, new.store).lines == [
        "router router0 port port0 clear peer",
        "bridge bridge0 port port2 set peer router0:port0",
    ]


def test_secrets_are_left_out_and_named() -> None:
    lines = ("router create", "router0 add bgp-peer asn 5 address 10.0.0.3 password hush")
    new = World(*lines)
    result = in_form(new.lab("diff"), "mido", new.store)
    assert result.text() == (
        "router create alias router0\n"
        "router router0 bgp-peer create asn 5 address 10.0.0.3 alias peer0\n"
    )
    assert result.remark == "left out: password of router0:peer0\n"
    assert result.document()["left_out"] == ["password of router0:peer0"]
    told = [word for line in (*lines, "diff as mido") for word in ("-e", line)]
    done = midocli(*told)
    assert (done.stderr, done.returncode) == (result.remark, 0)
    assert "hush" not in done.stdout
