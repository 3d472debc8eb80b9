"""How long it takes to know all again after one edit, by finding out all from nothing.

A thousand machines on fifty bridges (`reach`), of which an edit of each kind touches some: who can
talk to whom is found out, and again when it is undone. With a hundred machines, the line that
`prefs impact on` has the prompt say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from measure import Action, Ratio, ratio
from reach import FEW, GROUPS, MANY, answering, network
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.ends import guest_machines
from midocli.analysis.impact import Impact
from midocli.analysis.standing import Standing

GOAL, ROUNDS = 0.02, 4
#: What edits name that is not in the network of `reach`.
BESIDES = (
    "port-group create name ports",
    "ip-address-group create name addresses",
    "chain group5 add rule in-port-group ports proto 6 dst-port 70 type drop pos 3",
    "chain group6 add rule ip-address-group-src addresses proto 6 dst-port 70 type drop pos 3",
    "chain create name other",
    "chain other add rule proto 6 dst-port 71 type drop",
)
#: Edits, of which each round makes the next: {b} is a bridge, {m} a machine on it, {g} a group.
EDITS = {
    "a rule": "chain group{g} add rule proto 6 dst-port 80 type drop pos 3",
    "a rule deleted": "chain group{g} rule rule2 delete",
    "a rule that names an address": (
        "chain group{g} add rule src 10.0.{b}.1{m} proto 6 dst-port 80 type drop pos 3"
    ),
    "a rule that names a port": (
        "chain group{g} add rule in-ports bridge{b}:port1 proto 6 dst-port 80 type drop pos 3"
    ),
    "a jump": "chain group{g} add rule type jump jump-to other pos 3",
    "a route": "router edge add route dst 172.16.{b}.0/24 type normal port router0:port{b}",
    "a route to one machine": (
        "router edge add route dst 10.0.{b}.1{m}/32 type normal port router0:port{b}"
    ),
    "a port in a group": "port-group ports add member port bridge{b}:port{m}",
    "an address in a group": "ip-address-group addresses add ip address 10.0.{b}.1{m}",
    "a port's filter": "bridge{b}:port{m} set infilter other",
    "a port that is set down": "bridge{b}:port{m} set state down",
    "a machine that is set down": "guest m{b}-{m} set state down",
    "a machine's address": "guest m{b}-{m} set address 10.0.{b}.99/24",
    "a new machine": "guest create name new bridge b{b} address 10.0.{b}.99/24 gw 10.0.{b}.1",
}
#: These touch what a group of machines has to do with all others, so they are only shown.
WIDE = {
    "a router's link": "bridge{b}:port0 clear peer",
    "a bridge's filter": "bridge b{b} set infilter other",
}


def places() -> Iterator[dict[str, int]]:
    """What edits name, other things from time to time."""
    for number in count(1):
        yield {"b": number % 9 + 1, "m": number % 8 + 1, "g": number % GROUPS}


def editing(world: World, line: str, known: Callable[[], object]) -> Action:
    """An action that makes an edit and finds out what that changes, and both again for `undo`."""
    at = places()

    def action() -> None:
        world.run(line.format(**next(at)))
        known()
        world.run("undo")
        known()

    return action


def measure() -> list[Ratio]:
    """An edit of each kind against all pairs of the thousand, found out from nothing."""
    world = network(*MANY)
    for line in BESIDES:
        world.run(line)
    machines = guest_machines(world.context)

    def known() -> None:
        Standing.of(world.context, Traffic()).chart(machines)

    known()
    every = answering(world)
    rows = [
        _of_one(ratio(what, editing(world, line, known), "all of them", every, goal, rounds=ROUNDS))
        for edits, goal in ((EDITS, GOAL), (WIDE, None))
        for what, line in edits.items()
    ]
    few = network(*FEW)
    few.run("delete guest99")  # one less than is told of, so that there may be a new one
    impact = Impact(few.context)
    impact.looked()
    told = [
        _of_one(ratio(f"impact: {what}", editing(few, EDITS[what], impact.told), "all", every, 0.1))
        for what in ("a rule", "a route to one machine", "a machine that is set down")
    ]
    return rows + told


def _of_one(measured: Ratio) -> Ratio:
    """What was measured of an edit and its end, of one of them."""
    best, typical = measured.best / 2, measured.typical / 2
    return measured._replace(seconds=measured.seconds / 2, best=best, typical=typical)
