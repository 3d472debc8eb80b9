"""The condition of a rule: what it says, and the ready predicate made of it.

All given fields must hold; a field in `negated` must not. The whole may be `inverted`. The
order and the corner cases follow MidoNet's `rules/Condition.java`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from midocli.simulator.addresses import mask_of

if TYPE_CHECKING:
    from midocli.simulator.frame import Frame
    from midocli.simulator.walk import Walk

Predicate = Callable[["Walk", "Frame"], bool]
FragmentPolicy = Literal["any", "header", "nonheader", "unfragmented"]
Network = tuple[int, int]

ALL_BITS = (1 << 48) - 1


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
    src: Network | None = None
    dst: Network | None = None
    proto: int | None = None
    tos: int | None = None
    src_port: tuple[int, int] | None = None
    dst_port: tuple[int, int] | None = None
    flow: Literal["fwd-flow", "return-flow"] | None = None
    port_group: Hashable = None
    in_port_group: Hashable = None
    out_port_group: Hashable = None
    ip_address_group_src: Hashable = None
    ip_address_group_dst: Hashable = None
    in_ports: frozenset[Hashable] = frozenset()
    out_ports: frozenset[Hashable] = frozenset()
    fragment_policy: FragmentPolicy | None = None
    no_vlan: bool = False
    vlan: int | None = None
    icmp_data_src: Network | None = None
    icmp_data_dst: Network | None = None
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


def compile_condition(condition: Condition, *, dynamic_nat: bool = False) -> Predicate:
    """One function of (walk, frame) for the whole condition.

    The code is generated once per *shape* (the set of fields given) and bound to the values,
    so that ten thousand rules of a few shapes cost a few compilations.
    """
    tests: list[str] = []
    values: list[object] = []
    for name, test, constants in _terms(condition):
        letters = [f"v{len(values) + i}" for i in range(len(constants))]
        values.extend(constants)
        text = test.format(*letters)
        tests.append(f"not ({text})" if name in condition.negated else f"({text})")
    body = " and ".join(tests) or "True"
    if condition.inverted:
        body = f"not ({body})"
    policy = effective_policy(condition, dynamic_nat=dynamic_nat)
    if policy != "any":
        body = f"{_FRAGMENT_TESTS[policy]} and {body}"
    return _factory(body, len(values))(*values)


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
    condition: Condition, walk: Walk, frame: Frame, *, dynamic_nat: bool = False
) -> tuple[str, ...]:
    """Names of the fields that keep the condition from matching (for explanations only)."""
    policy = effective_policy(condition, dynamic_nat=dynamic_nat)
    if policy != "any" and not _factory(_FRAGMENT_TESTS[policy], 0)()(walk, frame):
        return ("fragment_policy",)
    if condition.inverted:
        return ("inverted",)
    failed = []
    for name, test, constants in _terms(condition):
        text = test.format(*(f"v{i}" for i in range(len(constants))))
        holds = _factory(text, len(constants))(*constants)(walk, frame)
        if bool(holds) == (name in condition.negated):
            failed.append(name)
    return tuple(failed)


def _terms(c: Condition) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    """(field, test with `{0}`-style places for its constants, constants) of each given field.

    `w` is the walk, `f` the frame. An address mask carries bit 32, which only the address of a
    frame without IP has set: such a frame is in no network, not even in 0.0.0.0/0.
    """
    if c.flow is not None:
        yield "flow", "w.is_forward()" if c.flow == "fwd-flow" else "not w.is_forward()", ()
    if c.no_vlan:
        yield "no_vlan", "not f.vlans", ()
    if c.vlan:
        yield "vlan", "f.vlans and f.vlans[0] & 0xfff == {0}", (c.vlan,)
    if c.tci is not None:
        yield "vlan", "f.vlans and f.vlans[0] & 0xffff == {0}", (c.tci,)
    for name, port, group in (
        ("port_group", "entry", c.port_group),
        ("in_port_group", "in_port", c.in_port_group),
        ("out_port_group", "out_port", c.out_port_group),
    ):
        if group is not None:
            yield name, f"w.{port}.key in w.topology.port_groups[{{0}}]", (group,)
    if c.in_ports:
        yield "in_ports", "w.in_port.key in {0}", (c.in_ports,)
    if c.out_ports:
        yield "out_ports", "w.out_port.key in {0}", (c.out_ports,)
    if c.ethertype is not None:
        yield "ethertype", "f.ethertype == {0}", (c.ethertype,)
    for name, mac, mask in (
        ("hw_src", c.hw_src, c.hw_src_mask),
        ("hw_dst", c.hw_dst, c.hw_dst_mask),
    ):
        if mac is not None:
            yield name, f"f.{name} & {{0}} == {{1}}", (mask, mac & mask)
    if c.tos:
        yield "tos", "f.tos == {0}", (c.tos,)
    if c.proto:
        yield "proto", "f.proto == {0}", (c.proto,)
    for name, network in (("src", c.src), ("dst", c.dst)):
        if network is not None:
            yield name, f"f.nw_{name} & {{0}} == {{1}}", _masked(network)
    for name, ports in (("src", c.src_port), ("dst", c.dst_port)):
        if ports is not None:
            yield f"{name}_port", f"{{0}} <= f.tp_{name} <= {{1}}", ports
    for name, group in (("src", c.ip_address_group_src), ("dst", c.ip_address_group_dst)):
        if group is not None:
            test = f"f.nw_{name} in w.topology.ip_address_groups[{{0}}]"
            yield f"ip_address_group_{name}", test, (group,)
    for name, network in (("src", c.icmp_data_src), ("dst", c.icmp_data_dst)):
        if network is not None:
            test = f"f.quoted_address('{name}') & {{0}} == {{1}}"
            yield f"icmp_data_{name}", test, _masked(network)
    if c.match_nw_dst_rewritten:
        yield "match_nw_dst_rewritten", "w.nw_dst_rewritten", ()


def _masked(network: Network) -> tuple[int, int]:
    address, length = network
    mask = mask_of(length)
    return mask | 1 << 32, address & mask


@cache
def _factory(body: str, count: int) -> Callable[..., Predicate]:
    """A function of the constants giving the predicate; `body` comes from `_terms` alone."""
    parameters = ", ".join(f"v{i}" for i in range(count))
    factory: Callable[..., Predicate] = eval(f"lambda {parameters}: lambda w, f: {body}")
    return factory
