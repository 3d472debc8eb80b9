"""The condition of a rule: what it says, and the ready predicate made of it.

All given fields must hold; a field in `negated` must not. The whole may be `inverted`. The
order and the corner cases follow MidoNet's `rules/Condition.java`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, Protocol, cast

from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import Prefix, mask_of
from midocli.simulator.wire.frame import Frame


class _Keyed(Protocol):
    @property
    def key(self) -> Key: ...


class _Groups(Protocol):
    @property
    def port_groups(self) -> Mapping[Key, frozenset[Key]]: ...

    @property
    def ip_address_groups(self) -> Mapping[Key, frozenset[int]]: ...


class Situation(Protocol):
    """What conditions ask besides the frame: where it is, and what is known of it there."""

    generated: bool
    nw_dst_rewritten: bool
    forward: bool | None

    @property
    def entry(self) -> _Keyed: ...

    @property
    def in_port(self) -> _Keyed: ...

    @property
    def out_port(self) -> _Keyed: ...

    @property
    def topology(self) -> _Groups: ...

    def is_forward(self) -> bool:
        """Whether the frame goes in its connection's forward direction; asking makes it known."""


Predicate = Callable[[Situation, Frame], bool]
FragmentPolicy = Literal["any", "header", "nonheader", "unfragmented"]

ALL_BITS = (1 << 48) - 1
#: As many values of a field as are worth an entry each in an index.
_FEW = 16


@dataclass(frozen=True, slots=True)
class Condition:
    """What a rule asks of a packet; None (or empty, False) means the field was not given.

    MACs and addresses are integers, networks `(address, length)`, ranges `(first, last)`,
    groups and ports keys of the topology. `negated` names the fields written `!value`.
    `tci` is the whole outer tag, priority included, by which inserted services know a frame.
    `fragment_policy` None is the default, which depends on the other fields and the rule.
    """

    inverted: bool = False
    hw_src: int | None = None
    hw_src_mask: int = ALL_BITS
    hw_dst: int | None = None
    hw_dst_mask: int = ALL_BITS
    ethertype: int | None = None
    src: Prefix | None = None
    dst: Prefix | None = None
    proto: int | None = None
    tos: int | None = None
    src_port: tuple[int, int] | None = None
    dst_port: tuple[int, int] | None = None
    flow: Literal["fwd-flow", "return-flow"] | None = None
    port_group: Key = None
    in_port_group: Key = None
    out_port_group: Key = None
    ip_address_group_src: Key = None
    ip_address_group_dst: Key = None
    in_ports: frozenset[Key] = frozenset()
    out_ports: frozenset[Key] = frozenset()
    fragment_policy: FragmentPolicy | None = None
    no_vlan: bool = False
    vlan: int | None = None
    icmp_data_src: Prefix | None = None
    icmp_data_dst: Prefix | None = None
    match_nw_dst_rewritten: bool = False
    tci: int | None = None
    negated: frozenset[str] = frozenset()


ANYTHING = Condition()

# What each fragment policy accepts, of the 16-bit fragment field `f.fragment`: bits 0x1fff are
# the offset, 0x2000 is "more fragments".
_FRAGMENT_TESTS = {
    "header": "not f.fragment & 0x1fff",
    "nonheader": "f.fragment & 0x1fff",
    "unfragmented": "not f.fragment & 0x3fff",
}


Read = tuple[str, tuple[object, ...]]


@dataclass(slots=True, eq=False)
class Matcher:
    """A condition made ready: the predicate, and what it looks at.

    `exact` maps expressions in `w` (the situation) and `f` (its frame) to the values they have, of
    which there are a few each, whenever the predicate holds; `ranges` maps others to the first
    and the last of the many that they have then. `reads` are the expressions, with
    their constants, on whose values alone it depends whether it does. `asks_flow` says that
    the connection is asked for; `policy` is the fragment policy, which is looked at before that.
    """

    matches: Predicate
    exact: dict[str, tuple[Hashable, ...]]
    ranges: dict[str, tuple[int, int]]
    reads: tuple[Read, ...]
    asks_flow: bool
    policy: FragmentPolicy


def compile_condition(condition: Condition, *, dynamic_nat: bool = False) -> Predicate:
    """One function of (situation, frame) for the whole condition."""
    return matcher(condition, dynamic_nat=dynamic_nat).matches


def matcher(condition: Condition, *, dynamic_nat: bool = False) -> Matcher:
    """The condition made ready.

    The code is generated once per *shape* (the set of fields given) and bound to the values,
    so that ten thousand rules of a few shapes cost a few compilations.
    """
    tests: list[str] = []
    values: list[object] = []
    exact: dict[str, tuple[Hashable, ...]] = {}
    ranges: dict[str, tuple[int, int]] = {}
    reads: list[Read] = []
    for term in _terms(condition):
        text = term.text(len(values))
        values.extend(term.constants)
        reads.append((term.read, ()) if term.read else (term.test, term.constants))
        negated = term.name in condition.negated
        tests.append(f"not ({text})" if negated else f"({text})")
        if negated or condition.inverted:
            continue
        if term.exact:
            exact[term.exact] = term.values
        elif term.range is not None:
            ranges[term.read] = term.range
    body = " and ".join(tests) or "True"
    if condition.inverted:
        body = f"not ({body})"
    policy = effective_policy(condition, dynamic_nat=dynamic_nat)
    if policy != "any":
        body = f"{_FRAGMENT_TESTS[policy]} and {body}"
        reads.append(("f.fragment & 0x3fff", ()))
    predicate = _factory(body, len(values))(*values)
    asks_flow = condition.flow is not None
    return Matcher(predicate, exact, ranges, tuple(reads), asks_flow, policy)


def effective_policy(condition: Condition, *, dynamic_nat: bool = False) -> FragmentPolicy:
    """The fragment policy in force: the one given, or the default of the rule's other fields."""
    if condition.fragment_policy is not None:
        return condition.fragment_policy
    if dynamic_nat:
        return "unfragmented"
    if condition.src_port is not None or condition.dst_port is not None:
        return "header"
    return "any"


def mismatches(
    condition: Condition, situation: Situation, frame: Frame, *, dynamic_nat: bool = False
) -> tuple[str, ...]:
    """Names of the fields that keep the condition from matching (for explanations only)."""
    policy = effective_policy(condition, dynamic_nat=dynamic_nat)
    if policy != "any" and not _factory(_FRAGMENT_TESTS[policy], 0)()(situation, frame):
        return ("fragment_policy",)
    if condition.inverted:
        return ("inverted",)
    failed = []
    for term in _terms(condition):
        holds = _factory(term.text(0), len(term.constants))(*term.constants)(situation, frame)
        if bool(holds) == (term.name in condition.negated):
            failed.append(term.name)
    return tuple(failed)


class _Term(NamedTuple):
    """The test of one field, with `{0}`-style places for its constants.

    `read` is what it reads, where that is the same for all values of the field. Where it says
    that something has one of a few values, `exact` is that, and `values` are those; where it
    has one of many, `range` is the first and the last.
    """

    name: str
    test: str
    constants: tuple[object, ...] = ()
    read: str = ""
    exact: str = ""
    values: tuple[Hashable, ...] = ()
    range: tuple[int, int] | None = None

    def text(self, first: int) -> str:
        """The test as code, its constants called `v` and a number from `first` on."""
        return self.test.format(*(f"v{first + i}" for i in range(len(self.constants))))


def _equal(name: str, read: str, value: Hashable) -> _Term:
    return _Term(name, f"{read} == {{0}}", (value,), read, read, (value,))


def _among(name: str, read: str, values: frozenset[Hashable]) -> _Term:
    exact = read if len(values) <= _FEW else ""
    return _Term(name, f"{read} in {{0}}", (values,), read, exact, tuple(values))


def _within(name: str, read: str, first: int, last: int) -> _Term:
    few = last - first < _FEW
    values = tuple(range(first, last + 1)) if few else ()
    test = f"{{0}} <= {read} <= {{1}}"
    return _Term(name, test, (first, last), read, read if few else "", values, (first, last))


def _masked(name: str, read: str, value: int, mask: int) -> _Term:
    test = f"{read} & {{0}} == {{1}}"
    value &= mask
    return _Term(name, test, (mask, value), read, f"{read} & {mask}", (value,))


def _in_network(name: str, read: str, network: Prefix) -> _Term:
    """An address mask carries bit 32, which only the address of a frame without IP has set: such
    a frame is in no network, not even in 0.0.0.0/0.
    """
    address, length = network
    return _masked(name, read, address & mask_of(length), mask_of(length) | 1 << 32)


def _terms(c: Condition) -> Iterator[_Term]:
    """The test of each given field; `w` is the situation, `f` its frame."""
    if c.flow is not None:
        test = "w.is_forward()" if c.flow == "fwd-flow" else "not w.is_forward()"
        # What the answer depends on, once the connection was asked for; asking has an effect.
        yield _Term("flow", test, (), "(w.forward, w.generated, f.ethertype, f.proto)")
    if c.no_vlan:
        yield _Term("no_vlan", "not f.vlans", (), "f.vlans")
    if c.vlan:
        yield _equal("vlan", "(f.vlans[0] & 0xfff if f.vlans else -1)", c.vlan)
    if c.tci is not None:
        yield _equal("vlan", "(f.vlans[0] & 0xffff if f.vlans else -1)", c.tci)
    for name, port, group in (
        ("port_group", "entry", c.port_group),
        ("in_port_group", "in_port", c.in_port_group),
        ("out_port_group", "out_port", c.out_port_group),
    ):
        if group is not None:
            yield _Term(name, f"w.{port}.key in w.topology.port_groups[{{0}}]", (group,))
    if c.in_ports:
        yield _among("in_ports", "w.in_port.key", c.in_ports)
    if c.out_ports:
        yield _among("out_ports", "w.out_port.key", c.out_ports)
    if c.ethertype is not None:
        yield _equal("ethertype", "f.ethertype", c.ethertype)
    if c.hw_src is not None:
        yield _masked("hw_src", "f.hw_src", c.hw_src, c.hw_src_mask)
    if c.hw_dst is not None:
        yield _masked("hw_dst", "f.hw_dst", c.hw_dst, c.hw_dst_mask)
    if c.tos:
        yield _equal("tos", "f.tos", c.tos)
    if c.proto:
        yield _equal("proto", "f.proto", c.proto)
    if c.src is not None:
        yield _in_network("src", "f.nw_src", c.src)
    if c.dst is not None:
        yield _in_network("dst", "f.nw_dst", c.dst)
    if c.src_port is not None:
        yield _within("src_port", "f.tp_src", *c.src_port)
    if c.dst_port is not None:
        yield _within("dst_port", "f.tp_dst", *c.dst_port)
    for name, group in (("src", c.ip_address_group_src), ("dst", c.ip_address_group_dst)):
        if group is not None:
            test = f"f.nw_{name} in w.topology.ip_address_groups[{{0}}]"
            yield _Term(f"ip_address_group_{name}", test, (group,))
    for name, quoted in (("src", c.icmp_data_src), ("dst", c.icmp_data_dst)):
        if quoted is not None:
            yield _in_network(f"icmp_data_{name}", f"f.quoted_address('{name}')", quoted)
    if c.match_nw_dst_rewritten:
        yield _Term("match_nw_dst_rewritten", "w.nw_dst_rewritten")


def reader(reads: Sequence[Read]) -> Callable[[Situation, Frame], Hashable]:
    """A function of (situation, frame) that gives the values of some expressions."""
    texts: list[str] = []
    values: list[object] = []
    for text, constants in reads:
        texts.append(text.format(*(f"v{len(values) + i}" for i in range(len(constants)))))
        values.extend(constants)
    body = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
    return cast("Callable[[Situation, Frame], Hashable]", _factory(body, len(values))(*values))


@cache
def _factory(body: str, count: int) -> Callable[..., Predicate]:
    """A function of the constants giving the predicate; `body` comes from `_terms` alone."""
    parameters = ", ".join(f"v{i}" for i in range(count))
    factory: Callable[..., Predicate] = eval(f"lambda {parameters}: lambda w, f: {body}")
    return factory
