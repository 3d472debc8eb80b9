"""`reach`: who can talk to whom, and by what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build, nothing, value
from grammar.elements import Element, Entry, Name, Switch, Table, Tokens
from grammar.expectation import Expectation
from grammar.node import Node
from grammar.other import Other, other
from grammar.sending import Sending
from grammar.tree import Command
from grammar.values import Integer
from grammar.words import quoted

#: The kinds of things that have machines, in the order in which a bare name is looked for.
KINDS = {
    "guest": "a machine",
    "bridge": "the machines on a bridge",
    "router": "the machines in a router's networks",
    "port-group": "the machines behind the ports of a group",
    "ip-address-group": "the machines with the addresses of a group",
}
#: Protocols with a name; the value is the number.
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}


class Place(Node):
    """Machines that are asked about: a name, of a `kind` if that is said, or a network."""

    kind: str | None
    name: str
    column: int

    def written(self) -> list[str]:
        """The words of it."""
        return [*([self.kind] if self.kind else []), quoted(self.name)]


class Traffic(Node):
    """What is asked about: all (None), a protocol, or a port of one."""

    proto: int | None = None
    port: int | None = None

    def written(self) -> list[str]:
        """The words of it."""
        if self.proto is None:
            return []
        names = {number: [name] for name, number in PROTOCOLS.items()}
        name = names.get(self.proto, ["protocol", str(self.proto)])
        return [*name, *([str(self.port)] if self.port is not None else [])]


class Reach(Sending):
    """Ask who can talk to whom: `sources` or `targets` None means all machines.

    With `some` it is enough that one of the pairs can.
    """

    word = "reach"
    some: bool
    sources: Place | None
    targets: Place | None
    traffic: Traffic

    def written(self) -> list[str]:
        words = [self.word, *["some"] * self.some]
        if self.sources is not None:
            words += ["from", *self.sources.written()]
        if self.targets is not None:
            words += ["to", *self.targets.written()]
        return [*words, *self.traffic.written()]


class ReachDiff(Command):
    """Ask which pairs gain or lose, compared with an `other` topology.

    Where none is told it is that before the change that has begun.
    """

    word = "reach"
    other: Other | None
    traffic: Traffic

    def written(self) -> list[str]:
        other = self.other.written() if self.other is not None else []
        return [self.word, "diff", *other, *self.traffic.written()]


class _To(Node):
    """The targets, among the tokens of a line."""

    place: Place


def _place(make: Callable[[Place], Node], follow: pp.ParserElement, *more: Expectation) -> Switch:
    """A kind and a name, or a name alone, and what follows."""

    def named(kind: str | None) -> Name:
        target = kind or "machines"
        help_ = KINDS[kind] if kind else "a guest, bridge, router, group, address or network"
        return Name(
            "machines",
            lambda word, column: make(Place(kind, word, column)) if word else None,
            lambda token: follow,
            lambda: [Expectation("text", "", help_, target=target)],
        )

    bare = named(None)
    table = {kind: (nothing, named(kind)) for kind in KINDS}
    expected = [Expectation("verb", kind, help_) for kind, help_ in KINDS.items()]
    return Switch("machines", lambda: (table, (bare,)), lambda: [*expected, *more])


def traffic(behind: Switch | None = None, instead: Element | None = None) -> Switch:
    """The protocol and port that may be said, for `traffic_of`; then what is `behind`, if any.

    What stands `instead` of a protocol is read by another.
    """
    follow = behind or LINE_END
    others = (behind,) if behind is not None else ()

    def ports() -> tuple[Table, tuple[Element, ...]]:
        return {}, (*others, value("port", Integer(1, 65535), follow))

    def table() -> tuple[Table, tuple[Element, ...]]:
        found: dict[str, Entry] = {
            "icmp": (partial(_all_of, PROTOCOLS["icmp"]), follow),
            "protocol": (nothing, value("protocol number", Protocol(), follow)),
        }
        for name in ("tcp", "udp"):
            may = Switch("port", ports, list, ends=True)
            found[name] = (partial(_all_of, PROTOCOLS[name]), may)
        return found, others if instead is None else (instead,)

    return Switch(
        "traffic",
        table,
        lambda: [
            Expectation("verb", "tcp", "all TCP, or one port"),
            Expectation("verb", "udp", "all UDP, or one port"),
            Expectation("verb", "icmp", "echo requests"),
            Expectation("verb", "protocol", "an IP protocol by its number"),
        ],
        ends=True,
    )


class Protocol(Integer):
    """The number of an IP protocol, as the traffic of it."""

    def __init__(self) -> None:
        super().__init__(1, 255)

    def parse(self, text: str) -> Any:
        return Traffic(super().parse(text))


def _all_of(proto: int, column: int) -> tuple[Tokens, ...]:
    return (Traffic(proto),)


def traffic_of(tokens: list[Tokens]) -> Traffic:
    """The traffic that is said among the tokens of a line; all, if none is."""
    found = Traffic()
    for token in tokens:
        said = token[0] if isinstance(token, tuple) else token
        if isinstance(said, Traffic):
            found = said
        elif isinstance(said, int) and isinstance(token, tuple):
            found = Traffic(found.proto, said)
    return found


def _to(follow: pp.ParserElement) -> Switch:
    return _place(_To, follow)


def _reading() -> pp.ParserElement:
    """`[some] (from SOURCE [to TARGET] | to TARGET | SOURCE [to] TARGET) [TRAFFIC]`."""
    end = traffic()
    to = _to(end)
    to_word = Expectation("verb", "to", "whom they talk to")
    behind_from = Switch(
        "to",
        lambda: ({"to": (nothing, to)}, (end,)),
        lambda: [to_word],
        ends=True,
    )
    behind_source = Switch("to", lambda: ({"to": (nothing, to)}, (to,)), lambda: [to_word])
    start = {
        "from": (nothing, _place(lambda place: place, behind_from)),
        "to": (nothing, to),
        "diff": (nothing, _diff()),
    }
    bare = _place(lambda place: place, behind_source)
    words = [
        Expectation("verb", "from", "who talks"),
        to_word,
        Expectation("verb", "diff", "what another topology lets through, and what not"),
    ]
    ends = Switch("ends", lambda: (start, (bare,)), lambda: words)
    some = Expectation("verb", "some", "enough if one of the pairs can")
    whole = Switch(
        "reach", lambda: ({"some": (lambda column: (True,), ends)}, (ends,)), lambda: [some]
    )
    return build(whole, _made)


def _diff() -> pp.ParserElement:
    """`[FILE|WHERE|log N] [TRAFFIC]`, behind `diff`."""

    def made(tokens: list[Tokens]) -> ReachDiff:
        found = next((each for each in tokens if isinstance(each, Other)), None)
        return ReachDiff(found, traffic_of(tokens))

    return build(traffic(instead=other(traffic)), made)


def _made(tokens: list[Tokens]) -> Command:
    if isinstance(tokens[0], ReachDiff):
        return tokens[0]
    sources = next((each for each in tokens if isinstance(each, Place)), None)
    target = next((each.place for each in tokens if isinstance(each, _To)), None)
    return Reach(True in tokens, sources, target, traffic_of(tokens))


REACH = Declaration(
    "reach",
    "tells who can talk to whom, by which protocols and ports, and what keeps others from it",
    group="sending",
    rank=7,
    usage=(
        "reach SOURCE TARGET [tcp|udp [PORT]|icmp|protocol N]",
        "reach [some] [from SOURCE] [to TARGET] [tcp|udp [PORT]|icmp|protocol N]",
        "reach diff [FILE|WHERE|log N] [tcp|udp [PORT]|icmp|protocol N]",
        "expect [not] reach [some] SOURCE to TARGET [tcp|udp [PORT]|icmp|protocol N]",
    ),
    examples=(
        "reach client vm  # all protocols and ports at once",
        "reach client vm tcp 22  # one question",
        "reach from router router0 to 192.168.77.0/24 icmp",
        "reach to vm tcp 22  # who may",
        "expect reach some from client to vm tcp",
    ),
    see=("ping", "connect", "reasons"),
    follows=_reading,
)
