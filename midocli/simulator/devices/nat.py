"""Address translation by rules: static and dynamic dnat and snat, and their reverses.

Bindings belong to the device whose chain made them. A forward packet of a known connection
uses its binding again; a reverse rule looks the packet up among the return keys. Follows
MidoNet's `state/NATState.scala` and `rules/*NatRule.java`.
"""

from __future__ import annotations

from typing import Literal

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Changes, NatCreated, NatReversed, NatUnrestored, NatUsed
from midocli.simulator.learnt.entries import NatBinding, NatType
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import NatTarget, Rule
from midocli.simulator.wire.addresses import Ends, ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ETHERTYPE_IPV4, ICMP, TCP, UDP
from midocli.simulator.wire.quoted import is_translatable_error, reversed_connection, rewrite_quoted

Side = Literal["src", "dst"]

#: Which half of the header each type of rule rewrites.
_SIDE: dict[str, Side] = {"dnat": "dst", "rev_snat": "dst", "snat": "src", "rev_dnat": "src"}


def apply(walk: Walk, rule: Rule, at: str) -> bool | Reason:
    """Translate the walk's frame as a NAT rule says.

    False: the rule can't be applied to it. A `Reason`: no free address and port was left.
    """
    frame = walk.frame
    if frame.ethertype != ETHERTYPE_IPV4 or frame.fault is not None:
        return False
    if rule.type == "dnat" or rule.type == "snat":
        if not rule.dynamic:
            return _apply_static(walk, rule, at)
        return _apply_dynamic(walk, rule, rule.type, at)
    return _apply_reverse(walk, rule, at)


def connection_of(frame: Frame) -> tuple[int, Ends] | None:
    """(proto, (source, port, destination, port)) by which NAT knows a packet; None: not NAT-able.

    The identifier stands for both ports of an ICMP echo or reply; an ICMP error belongs to
    the connection of the packet it quotes, turned round.
    """
    proto = frame.proto
    if proto == ICMP:
        if frame.tp_src == ECHO_REQUEST or frame.tp_src == ECHO_REPLY:
            icmp_id = frame.icmp_id
            return ICMP, (frame.nw_src, icmp_id, frame.nw_dst, icmp_id)
        return reversed_connection(frame) if is_translatable_error(frame) else None
    if proto in (TCP, UDP) and frame.tp_src >= 0:
        return proto, (frame.nw_src, frame.tp_src, frame.nw_dst, frame.tp_dst)
    return None


def _apply_static(walk: Walk, rule: Rule, at: str) -> bool:
    """Rewrite to the first target address; nothing is remembered (StaticForwardNatRule)."""
    frame, condition = walk.frame, rule.condition
    target = rule.targets[0].first
    before = _endpoints(frame) if walk.recording else None
    if rule.type == "dnat":
        if condition.icmp_data_src is None and condition.icmp_data_dst is None:
            frame.set_nw_dst(target)
            walk.nw_dst_rewritten = True
        if condition.icmp_data_dst is not None:
            _rewrite_static_quote(frame, "dst", condition.icmp_data_dst, target)
        elif condition.dst is not None:
            _rewrite_static_quote(frame, "src", condition.dst, target)
    else:
        frame.set_nw_src(target)
        if condition.src is not None:
            _rewrite_static_quote(frame, "dst", condition.src, target)
    if before is not None:
        _tell_translated(walk, at, rule.type, before)
    return True


def _rewrite_static_quote(frame: Frame, side: Side, network: tuple[int, int], new: int) -> None:
    if is_translatable_error(frame):
        rewrite_quoted(frame, side, network[0], new)


def _apply_dynamic(walk: Walk, rule: Rule, type_: NatType, at: str) -> bool | Reason:
    connection = None if walk.stateless else connection_of(walk.frame)
    if connection is None:
        return False
    proto, before = connection
    binding = walk.memory.binding(type_, walk.device, proto, before)
    created = binding is None
    if binding is None:
        after = _choose(walk, rule, type_, proto, before)
        if after is None:
            return _exhausted(rule, at, before)
        binding = NatBinding(type_, walk.device, proto, before, after, rule.alias, walk.now_ns)
        walk.memory.bind(binding)
    walk.memory.use(binding)
    if walk.recording:
        kind = NatCreated if created else NatUsed
        tell_binding(walk, at, kind, rule.type, rule.alias, binding)
    if type_ == "dnat":
        translate(walk, at, "dnat", before[2], binding.after[2], binding.after[3])
    else:
        translate(walk, at, "snat", before[0], binding.after[0], binding.after[1])
    return True


def _apply_reverse(walk: Walk, rule: Rule, at: str) -> bool:
    connection = None if walk.stateless else connection_of(walk.frame)
    if connection is None:
        return False
    proto, ends = connection
    binding = walk.memory.binding(rule.type, walk.device, proto, ends)
    if binding is None:
        return False
    if walk.recording:
        tell_binding(walk, at, NatReversed, rule.type, rule.alias, binding)
    if binding.type == "dnat":
        translate(walk, at, rule.type, ends[0], binding.before[2], binding.before[3])
    else:
        translate(walk, at, rule.type, ends[2], binding.before[0], binding.before[1])
    return True


def translate(walk: Walk, at: str, why: str, old: int, new: int, port: int) -> None:
    """Rewrite one side of the header: address, and port for TCP and UDP.

    In an ICMP error the quoted packet, which went the other way, changes on the opposite side;
    a reverse rule changes the outer address only if it is the translated one.
    """
    frame = walk.frame
    side = _SIDE[why]
    forward = why == "dnat" or why == "snat"
    before = _endpoints(frame) if walk.recording else None
    is_icmp = frame.proto == ICMP
    if side == "dst":
        if forward or frame.nw_dst == old:
            frame.set_nw_dst(new)
            walk.nw_dst_rewritten = True
        if not is_icmp:
            frame.set_tp_dst(port)
    else:
        if forward or frame.nw_src == old:
            frame.set_nw_src(new)
        if not is_icmp:
            frame.set_tp_src(port)
    if is_icmp and is_translatable_error(frame):
        rewrite_quoted(frame, "src" if side == "dst" else "dst", old, new, port)
    if before is not None:
        _tell_translated(walk, at, why, before)


def _choose(walk: Walk, rule: Rule, type_: NatType, proto: int, before: Ends) -> Ends | None:
    """What the header of a new connection becomes; None: nothing is free."""
    src, sport, dst, dport = before
    rng = walk.rng
    if proto != ICMP and type_ == "snat":
        return _free_source(walk, rule, proto, before)
    target = rule.targets[0] if len(rule.targets) == 1 else rng.choice(rule.targets)
    address = target.first
    if target.last > target.first:
        address = rng.randint(target.first, target.last)
    if type_ == "snat":
        return address, sport, dst, dport
    if proto == ICMP:
        return src, sport, address, dport
    return src, sport, address, rng.randint(*_ports(target))


def _free_source(walk: Walk, rule: Rule, proto: int, before: Ends) -> Ends | None:
    """The first address, and from a random start the first port, free towards the destination."""
    _, _, dst, dport = before
    snat_ports = walk.memory.snat_ports(walk.device, proto, dst, dport)
    for target in rule.targets:
        first, last = _ports(target)
        start = walk.rng.randint(first, last)
        for address in range(target.first, target.last + 1):
            port = snat_ports.free_port(address, first, last, start)
            if port is not None:
                return address, port, dst, dport
    return None


def _ports(target: NatTarget) -> tuple[int, int]:
    first = 1 if target.port_first is None else target.port_first
    last = 0xFFFF if target.port_last is None else target.port_last
    return first, last


def _exhausted(rule: Rule, at: str, before: Ends) -> Reason:
    text = (
        f"rule {rule.alias} has no free source address and port left"
        f" towards {ip_text(before[2])}:{before[3]}"
    )
    return Reason(Code.NAT_EXHAUSTED, at, rule.alias, text, {"connection": before})


def why_not(walk: Walk, rule: Rule) -> tuple[str, tuple[str, str] | None]:
    """Why a NAT rule was passed over, and another kind of binding the packet does have."""
    connection = connection_of(walk.frame)
    if connection is None or rule.type in ("dnat", "snat"):
        return "not-nat-able", None
    for other in ("rev_dnat", "rev_snat"):
        binding = walk.memory.binding(other, walk.device, *connection)
        if other != rule.type and binding is not None:
            return "no-state", (binding.type, binding.rule)
    return "no-state", None


def tell_unrestored(walk: Walk, at: str) -> None:
    """Record that a packet leaves with an address no reverse rule restored (when recording)."""
    connection = connection_of(walk.frame) if walk.frame.fault is None else None
    if connection is None:
        return
    for restorer in ("rev_dnat", "rev_snat"):
        binding = walk.memory.binding(restorer, walk.device, *connection)
        if binding is None:
            continue
        original = binding.before[2:] if binding.type == "dnat" else binding.before[:2]
        event = NatUnrestored(
            type=binding.type, made_by=binding.rule, original=original, restorer=restorer
        )
        walk.tell(at, event)


def _endpoints(frame: Frame) -> dict[str, int]:
    return {
        "nw_src": frame.nw_src,
        "nw_dst": frame.nw_dst,
        "tp_src": frame.tp_src,
        "tp_dst": frame.tp_dst,
        "quoted_src": frame.quoted_address("src"),
        "quoted_dst": frame.quoted_address("dst"),
    }


def _tell_translated(walk: Walk, at: str, why: str, before: dict[str, int]) -> None:
    after = _endpoints(walk.frame)
    changes: Changes = {
        name: (before[name], after[name]) for name in before if before[name] != after[name]
    }
    walk.tell_rewritten(at, why, changes)


def tell_binding(
    walk: Walk,
    at: str,
    kind: type[NatCreated | NatUsed | NatReversed],
    type_: str,
    rule: str,
    binding: NatBinding,
) -> None:
    """Record what a rule (or load balancer) did with a binding (when recording)."""
    event = kind(
        type=type_,
        rule=rule,
        made_by=binding.rule,
        proto=binding.proto,
        before=binding.before,
        after=binding.after,
    )
    walk.tell(at, event)
