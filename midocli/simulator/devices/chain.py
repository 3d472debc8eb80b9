"""Chains: rules tried in order until one decides (MidoNet: `simulation/Chain.scala`).

A rule whose condition matches is applied; one that could not be applied (a NAT rule without
state, say) is passed over. A chain that ends undecided accepts at the top level and returns to
its caller when it was jumped to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from typing import Final

from midocli.simulator.devices import nat, tracing
from midocli.simulator.devices.decisions import Redirect
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import ChainEnded, RuleMatched, RuleNotApplied, RulesPassed
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.chain_plan import ChainPlan
from midocli.simulator.topology.condition import mismatches
from midocli.simulator.topology.records import Rule
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import ARP_REQUEST
from midocli.simulator.wire.protocol import (
    ECHO_REPLY,
    ERROR_TYPES,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    ICMP,
)


class Outcome(Enum):
    """What an applied rule means for the chain it is in."""

    ACCEPT = "accept"
    CONTINUE = "continue"
    RETURN = "return"
    NOT_APPLIED = "not-applied"


ACCEPT: Final = Outcome.ACCEPT
CONTINUE: Final = Outcome.CONTINUE
RETURN: Final = Outcome.RETURN
NOT_APPLIED: Final = Outcome.NOT_APPLIED

_BY_ACTION = {"accept": ACCEPT, "continue": CONTINUE, "return": RETURN}
Ruling = Outcome | Reason | Redirect


class Filter:
    """Where a chain runs: the alias of the device or port, and which of its filters."""

    __slots__ = ("at", "name")

    def __init__(self, at: str, name: str) -> None:
        self.at = at
        self.name = name


def run(walk: Walk, chain: Hashable, at: str, name: str) -> Reason | Redirect | None:
    """Run a chain as filter `name` of `at`; None lets the frame go on."""
    plan = walk.topology.chain_plans[chain]
    if plan is None:
        return None
    ruling = _evaluate(walk, plan, Filter(at, name))
    return None if type(ruling) is Outcome else ruling  # type: ignore[return-value]


def _evaluate(walk: Walk, plan: ChainPlan, filter_: Filter) -> Ruling:
    """Try the rules of a chain; those that it jumps to go on a list, not on Python's stack."""
    recording = walk.recording
    rules = plan.rules
    place, end = 0, len(rules)
    callers: list[tuple[ChainPlan, int]] = []
    visited: set[Hashable] | None = None
    while True:
        found = plan.next_match(walk, walk.frame, place)
        if recording and found > place:
            _tell_passed(walk, plan, filter_, rules[place:found])
        if found == end:
            ruling: Ruling = CONTINUE
        else:
            rule = rules[found]
            place = found + 1
            if recording:
                _tell_match(walk, plan, filter_, rule)
            if rule.type == "jump":
                if visited is None:
                    visited = {plan.chain.key}
                target = _jump_target(walk, rule, filter_, visited)
                if target is not None:
                    if walk.deciding:
                        _tell_decision(walk, plan, filter_, rule)
                    callers.append((plan, place))
                    plan, rules, place, end = target, target.rules, 0, len(target.rules)
                continue
            ruling = _APPLY[rule.type](walk, rule, filter_)
            if ruling is NOT_APPLIED:
                continue
            if walk.deciding:
                _tell_decision(walk, plan, filter_, rule)
            if ruling is CONTINUE:
                continue
        if recording:
            _tell_end(walk, plan, filter_, ruling)
        while callers:
            plan, place = callers.pop()
            if ruling is CONTINUE or ruling is RETURN:
                rules, end = plan.rules, len(plan.rules)
                break
            if recording:
                _tell_end(walk, plan, filter_, ruling)
        else:
            return ruling


def _jump_target(walk: Walk, rule: Rule, place: Filter, visited: set[Hashable]) -> ChainPlan | None:
    """The chain that a rule jumps to; None: one already visited, or gone, is skipped."""
    target = rule.jump_to
    plan = walk.topology.chain_plans[target] if target is not None else None
    if plan is None or target in visited:
        if walk.recording:
            why = "jump-target-gone" if plan is None else "already-visited"
            _tell_not_applied(walk, rule, place, why)
        return None
    visited.add(target)
    return plan


def _accept(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    return ACCEPT


def _continue(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    return CONTINUE


def _trace(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    """Keep the walk for a trace request, where one is enabled, and go on."""
    if walk.trail is not None:
        tracing.mark(walk, rule, place.at)
    return CONTINUE


def _return(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    return RETURN


def _called(frame: Frame) -> str:
    """What a frame is called that may not be the one somebody waits to hear of."""
    if frame.ethertype == ETHERTYPE_ARP:
        return f"the ARP {'request' if frame.proto == ARP_REQUEST else 'reply'}"
    if frame.ethertype == ETHERTYPE_IPV4 and frame.proto == ICMP:
        if frame.tp_src == ECHO_REPLY:
            return "the echo reply"
        if frame.tp_src in ERROR_TYPES:
            return "the ICMP error"
    return "it"


def _drop(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    text = f"rule {rule.alias} in the {place.name} of {place.at} drops {_called(walk.frame)}"
    return Reason(Code.RULE_DROP, place.at, rule.alias, text, {"filter": place.name})


def _reject(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    text = f"rule {rule.alias} in the {place.name} of {place.at} rejects {_called(walk.frame)}"
    return Reason(Code.RULE_REJECT, place.at, rule.alias, text, {"filter": place.name})


def _nat(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    applied = nat.apply(walk, rule, place.at)
    if applied is True:
        return _BY_ACTION[rule.action]
    if applied is not False:
        return applied
    if walk.recording:
        why, existing = nat.why_not(walk, rule)
        _tell_not_applied(walk, rule, place, why, existing)
    return NOT_APPLIED


def _redirect(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    return _transform(walk, rule, place) or Redirect(rule, place.at)


def _l2_transform(walk: Walk, rule: Rule, place: Filter) -> Ruling:
    """Tags, and what follows: without any to change, only a redirect does anything."""
    if rule.action == "redirect":
        return _redirect(walk, rule, place)
    if rule.pop_vlan or rule.push_vlan:
        return _transform(walk, rule, place) or _by_action(rule, place)
    if walk.recording:
        _tell_not_applied(walk, rule, place, "no-pop-or-push")
    return NOT_APPLIED


def _by_action(rule: Rule, place: Filter) -> Ruling:
    if rule.action in _BY_ACTION:
        return _BY_ACTION[rule.action]
    code = Code.RULE_DROP if rule.action == "drop" else Code.RULE_REJECT
    text = f"rule {rule.alias} in the {place.name} of {place.at} {rule.action}s it"
    return Reason(code, place.at, rule.alias, text, {"filter": place.name})


def _transform(walk: Walk, rule: Rule, place: Filter) -> Reason | None:
    """Pop the outer tag, then push one; a frame without a tag to pop ends there.

    The agent fails to pop a tag that is not there, which drops the packet (MidoNet:
    `rules/L2TransformRule.java`).
    """
    frame = walk.frame
    before = frame.vlans
    if rule.pop_vlan:
        if not before:
            where = f"rule {rule.alias} in the {place.name} of {place.at}"
            text = f"{where} pops a VLAN tag, and {_called(frame)} carries none"
            details = {"filter": place.name}
            return walk.error(Reason(Code.RULE_DROP, place.at, rule.alias, text, details))
        frame.vlans = before[1:]
    if rule.push_vlan:
        frame.vlans = (0x8100 << 16 | rule.push_vlan & 0xFFFF, *frame.vlans)
    if walk.recording and frame.vlans != before:
        ids = tuple(tag & 0xFFF for tag in before)
        walk.tell_rewritten(place.at, rule.type, {"vlans": (ids, frame.vlan_ids())})
    return None


_APPLY: dict[str, Callable[[Walk, Rule, Filter], Ruling]] = {
    "accept": _accept,
    "drop": _drop,
    "reject": _reject,
    "return": _return,
    "continue": _continue,
    "trace": _trace,
    "dnat": _nat,
    "snat": _nat,
    "rev_dnat": _nat,
    "rev_snat": _nat,
    "redirect": _redirect,
    "l2-transform": _l2_transform,
}


def _tell_match(walk: Walk, plan: ChainPlan, place: Filter, rule: Rule) -> None:
    jumps = rule.type == "jump" and rule.jump_to is not None
    target = walk.topology.chains[rule.jump_to] if jumps else None
    event = RuleMatched(
        chain=plan.chain.alias,
        filter=place.name,
        rule=rule.alias,
        type=rule.type,
        action=rule.action,
        jump_to=target.alias if target is not None else None,
        trace_request=rule.trace_request,
    )
    walk.tell(place.at, event)


def _tell_decision(walk: Walk, plan: ChainPlan, place: Filter, rule: Rule) -> None:
    """Tell who wants no more than decisions that a rule matched and was applied."""
    if not walk.recording and walk.network.is_news(rule.key):
        _tell_match(walk, plan, place, rule)


def _tell_passed(walk: Walk, plan: ChainPlan, place: Filter, rules: tuple[Rule, ...]) -> None:
    """The rules that did not match, each with the fields that kept it from that."""
    passed = tuple(
        (rule.alias, mismatches(rule.condition, walk, walk.frame, dynamic_nat=rule.dynamic))
        for rule in rules
    )
    walk.tell(place.at, RulesPassed(chain=plan.chain.alias, filter=place.name, rules=passed))


def _tell_not_applied(
    walk: Walk, rule: Rule, place: Filter, why: str, existing: tuple[str, str] | None = None
) -> None:
    event = RuleNotApplied(rule=rule.alias, type=rule.type, why=why, existing=existing)
    walk.tell(place.at, event)


def _tell_end(walk: Walk, plan: ChainPlan, place: Filter, ruling: Ruling) -> None:
    outcome = ruling.value if isinstance(ruling, Outcome) else "redirect"
    if isinstance(ruling, Reason):
        outcome = "reject" if ruling.code == Code.RULE_REJECT else "drop"
    walk.tell(place.at, ChainEnded(chain=plan.chain.alias, filter=place.name, outcome=outcome))
