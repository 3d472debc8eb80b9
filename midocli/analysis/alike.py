"""Which packets fare alike: those that all rules and VIPs on the way answer as the one sent.

While a packet is simulated, chains and load balancers note which of these looked at its ports and
what else would have got the same answer. What is left at the end has the same verdict, whatever
the network does with it in between: the packet stands for all of that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from midocli.analysis.atoms import FIRST_PORT, LAST_PORT, Atoms, Packet, Span
from midocli.simulator.topology.chain_plan import ChainPlan
from midocli.simulator.topology.condition import (
    Condition,
    Predicate,
    Situation,
    compile_condition,
    effective_policy,
)
from midocli.simulator.topology.service_records import LoadBalancer, Vip
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import TCP


class Term:
    """What a rule asks of one port: that it is within a range, or (`negated`) that it is not."""

    __slots__ = ("is_source", "negated", "span")

    def __init__(self, is_source: bool, span: Span, negated: bool) -> None:
        self.is_source = is_source
        self.span = span
        self.negated = negated

    def holds(self, port: int) -> bool:
        """Whether a port is what is asked for."""
        return (self.span[0] <= port <= self.span[1]) is not self.negated


def port_terms(condition: Condition) -> list[Term]:
    """What a condition asks of ports."""
    given = ((True, "src_port", condition.src_port), (False, "dst_port", condition.dst_port))
    return [
        Term(is_source, span, name in condition.negated)
        for is_source, name, span in given
        if span is not None
    ]


def without_ports(condition: Condition, *, dynamic_nat: bool = False) -> Predicate:
    """Whether a condition's answer depends on what it asks of ports: all else holds."""
    policy = effective_policy(condition, dynamic_nat=dynamic_nat)
    rest = replace(condition, inverted=False, src_port=None, dst_port=None, fragment_policy=policy)
    return compile_condition(rest)


class Watch:
    """What is known of the packet that is simulated, and which atoms have fared as it has.

    As long as it is told of no others (`cut`), protocols alone are told apart.
    """

    def __init__(self) -> None:
        self.cut(Atoms((), (), ()))
        self._packet = Packet(0, 0, 0)
        self._atom = 0
        #: Ports that NAT chose, and from which range each.
        self._chosen: dict[int, Span] = {}
        self.alike = 0
        #: Whether another choice of a port would have made a difference.
        self.in_doubt = False

    def cut(self, atoms: Atoms) -> None:
        """Packets are known by these atoms from now on."""
        self._atoms = atoms
        self._masks: dict[tuple[bool, Span], int] = {}

    def begin(self, atom: int, packet: Packet, alike: int) -> None:
        """A packet of an atom is simulated, which stands for `alike` at most."""
        self._atom, self._packet, self.alike = atom, packet, alike
        self._chosen = {}
        self.in_doubt = False

    def chose(self, port: int, span: Span) -> None:
        """NAT chose a port out of several."""
        self._chosen[port] = span

    @property
    def taken(self) -> tuple[int, int]:
        """Ports that tell where a port comes from, and so should not be chosen."""
        return self._packet.src_port, self._packet.dst_port

    def looked(self, terms: Iterable[Term], frame: Frame) -> None:
        """A rule or VIP looked at the ports of a frame; all else it asks for is so."""
        if frame.proto != self._packet.proto:
            return
        would = self._atoms.all
        for term in terms:
            would &= self._matching(term, frame.tp_src if term.is_source else frame.tp_dst)
        same = would if would >> self._atom & 1 else ~would
        self.alike &= same

    def served(self, port: int, services: Iterable[int]) -> None:
        """A machine looked whether it serves a port: it does these."""
        if port != self._packet.dst_port:
            return
        would = 0
        for own in services:
            would |= self._atoms.to_ports(own, own)
        self.alike &= would if would >> self._atom & 1 else ~would

    def _matching(self, term: Term, port: int) -> int:
        """The atoms for which a term holds, whose packets have this port or their own there."""
        packet = self._packet
        at_source, at_destination = port == packet.src_port, port == packet.dst_port
        if at_source and at_destination:
            # Nobody can tell which it is: the atom stands for itself alone.
            self.alike &= 1 << self._atom
        if at_source or at_destination:
            key = (at_source, term.span)
            mask = self._masks.get(key)
            if mask is None:
                span = max(term.span[0], FIRST_PORT), min(term.span[1], LAST_PORT)
                among = self._atoms.from_ports if at_source else self._atoms.to_ports
                mask = self._masks[key] = among(*span)
            return ~mask if term.negated else mask
        if port in self._chosen:
            self.in_doubt = self.in_doubt or _cuts(term.span, self._chosen[port])
        return self._atoms.all if term.holds(port) else 0


def _cuts(span: Span, range_: Span) -> bool:
    """Whether some of a range is in a span, and some is not."""
    overlaps = max(span[0], range_[0]) <= min(span[1], range_[1])
    return overlaps and not (span[0] <= range_[0] and range_[1] <= span[1])


class WatchedPlan(ChainPlan):
    """A chain whose rules tell a watch when they look at ports."""

    watch: Watch
    looking: list[tuple[int, Predicate, list[Term]]]

    def next_match(self, situation: Situation, frame: Frame, start: int) -> int:
        """The place of the next rule that matches."""
        found = super().next_match(situation, frame, start)
        for place, depends, terms in self.looking:
            if start <= place <= found and depends(situation, frame):
                self.watch.looked(terms, frame)
        return found


def watched(plan: ChainPlan, watch: Watch) -> WatchedPlan:
    """A chain's plan that tells a watch."""
    other = WatchedPlan(plan.chain, plan.rules, plan.sections)
    other.watch = watch
    other.looking = [
        (place, without_ports(rule.condition, dynamic_nat=rule.dynamic), terms)
        for place, rule in enumerate(plan.rules)
        if (terms := port_terms(rule.condition))
    ]
    return other


class WatchedBalancer(LoadBalancer):
    """A load balancer whose VIPs tell a watch when they look at ports."""

    watch: Watch

    def vip_for(self, frame: Frame) -> Vip | None:
        """The VIP that takes a packet."""
        found = super().vip_for(frame)
        for vip in self.vips if frame.proto == TCP else ():
            if vip.address == frame.nw_dst and vip.up:
                self.watch.looked((Term(False, (vip.port, vip.port), False),), frame)
            if vip is found:
                break
        return found


def watched_balancer(balancer: LoadBalancer, watch: Watch) -> WatchedBalancer:
    """A load balancer that tells a watch."""
    other = WatchedBalancer(balancer.key, balancer.alias, balancer.up, balancer.vips)
    other.watch = watch
    return other
