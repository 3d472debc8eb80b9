"""Inserted services: the chains that lead a MAC's frames through them and back.

An `Insertion` becomes redirect rules, in chains of their own: `InsertionChain(port, "in")` runs
before the port's infilter, `InsertionChain(port, "out")` after its outfilter. A frame on its
way in is tagged with priority 1, on its way out with 2; by tag and MAC the service port sends
what comes back into the same chain, which redirects it to the next service or, after the last,
into (or out of) the port itself. Follows MidoNet's `L2InsertionTranslation.scala`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Chain, Rule
from midocli.simulator.topology.service_records import Insertion

Way = Literal["in", "out"]
WAYS: tuple[Way, ...] = ("in", "out")

#: The priority bits of the tag towards a service, by the frame's way.
_PRIORITY: dict[Way, int] = {"in": 1 << 13, "out": 2 << 13}
#: The tag (VLAN 0) of a frame that is back on its way in, so that it isn't redirected again.
_DONE = 1 << 15


class InsertionChain(NamedTuple):
    """Key of the chain made of a port's insertions."""

    port: Key
    way: Way


def chain_of(key: InsertionChain, insertions: Iterable[Insertion]) -> Chain:
    """The chain of a port: of the services it is behind, and of those behind it."""
    ordered = sorted(insertions, key=lambda insertion: insertion.pos)
    rules: list[Rule] = []
    if key.way == "in":
        for each in ordered:
            if each.service == key.port:
                rules += _back_from(each)
    rules += _through([each for each in ordered if each.port == key.port], key.way)
    return Chain(key, f"{key.way}bound", f"{key.way}bound", tuple(rules))


def _back_from(insertion: Insertion) -> Iterator[Rule]:
    """At the service port: what comes back goes on in the chain it was redirected by."""
    for way in _PRIORITY:
        chain = InsertionChain(insertion.port, way)
        condition = _condition(insertion, way, tci=_tag(insertion, way))
        yield Rule(insertion.key, insertion.alias, "jump", condition, jump_to=chain)


def _through(insertions: list[Insertion], way: Way) -> list[Rule]:
    """A port's own rules: the last step first, so that the first, which asks least, is last."""
    if not insertions:
        return []
    rules: list[Rule] = []
    previous: Insertion | None = None
    for insertion in insertions:
        rules.insert(0, _to_service(insertion, previous, way))
        previous = insertion
    return [*_home(insertions[-1], way), *rules]


def _to_service(insertion: Insertion, previous: Insertion | None, way: Way) -> Rule:
    if previous is not None:
        tag = _tag(previous, way)
        condition = _condition(insertion, way, in_port=previous.service, tci=tag)
    else:
        tag = None
        condition = _condition(insertion, way, in_port=insertion.port if way == "in" else None)
    return Rule(
        insertion.key,
        insertion.alias,
        "redirect",
        condition,
        target_port=insertion.service,
        fail_open=insertion.fail_open,
        pop_vlan=tag is not None,
        push_vlan=_tag(insertion, way) or 0,
    )


def _home(last: Insertion, way: Way) -> Iterator[Rule]:
    """From the last service back to the port, past the redirections."""
    tag = _tag(last, way)
    if way == "in":
        done = _condition(last, way, in_port=last.port, tci=_DONE)
        yield Rule(last.key, last.alias, "l2-transform", done, pop_vlan=True)
    yield Rule(
        last.key,
        last.alias,
        "redirect",
        _condition(last, way, in_port=last.service, tci=tag),
        target_port=last.port,
        ingress=way == "in",
        pop_vlan=tag is not None,
        push_vlan=_DONE if way == "in" else 0,
    )


def _condition(
    insertion: Insertion, way: Way, *, in_port: Key = None, tci: int | None = None
) -> Condition:
    ports = frozenset((in_port,)) if in_port is not None else frozenset[Key]()
    if way == "in":
        return Condition(hw_src=insertion.mac, in_ports=ports, tci=tci)
    return Condition(hw_dst=insertion.mac, in_ports=ports, tci=tci)


def _tag(insertion: Insertion, way: Way) -> int | None:
    """The tag towards the service; None: frames go untagged."""
    return insertion.vlan | _PRIORITY[way] if insertion.vlan else None
