"""The load balancer of a router (MidoNet: `simulation/LoadBalancer.scala`, `Pool.scala`).

A TCP packet to a VIP is sent to a member of its pool by dnat, before the infilter, which it
skips; the answers are translated back before the outfilter, which they skip. The bindings
belong to the balancer, so that rules of the router don't see them.
"""

from __future__ import annotations

from collections import Counter

from midocli.simulator.devices import nat
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Balanced, NatReversed
from midocli.simulator.learnt.entries import NatBinding, NatType
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Router
from midocli.simulator.topology.service_records import LoadBalancer, Member, Vip
from midocli.simulator.wire.addresses import Ends
from midocli.simulator.wire.protocol import ICMP, TCP
from midocli.simulator.wire.quoted import is_translatable_error, quoted_packet


def inbound(walk: Walk, router: Router) -> bool | Reason:
    """Send a packet for a VIP to a member; False: it is for none, a `Reason`: no member left."""
    balancer = walk.topology.load_balancers[router.load_balancer]
    if balancer is None or not balancer.up:
        return False
    vip = balancer.vip_for(walk.frame)
    if vip is None:
        return False
    binding, known = _binding(walk, balancer, vip)
    if binding is None:
        return _no_member(walk, router, vip)
    walk.memory.use(binding)
    _, _, address, port = binding.after
    if walk.recording:
        event = Balanced(
            balancer=balancer.alias,
            vip=vip.alias,
            member=binding.rule,
            address=address,
            port=port,
            sticky=vip.sticky,
            known=known,
        )
        walk.tell(router.alias, event)
    nat.translate(walk, router.alias, "dnat", binding.before[2], address, port)
    return True


def hears(walk: Walk, router: Router) -> bool:
    """Whether a packet answers a check of a health monitor, which takes it."""
    frame = walk.frame
    ends = frame.nw_dst, frame.tp_dst
    if frame.proto == ICMP:
        if not is_translatable_error(frame) or (quoted := quoted_packet(frame)) is None:
            return False
        ends = quoted.nw_src, quoted.tp_src
    checker = walk.network.checkers.get((router.key, *ends))
    if checker is None:
        return False
    checker(frame)
    return True


def outbound(walk: Walk, router: Router) -> bool:
    """Give a member's answer the VIP's address and port; False: it is none.

    That goes on when the balancer, VIP or member is down by now: MidoNet lets such answers
    pass (`applyServicesOutbound` in `RouterBase.scala` looks at the translation only). But it
    looks for bindings of a kind only while some VIP is of that kind.
    """
    balancer = walk.topology.load_balancers[router.load_balancer]
    connection = nat.connection_of(walk.frame)
    if balancer is None or connection is None:
        return False
    proto, ends = connection
    binding = None
    if not all(vip.sticky for vip in balancer.vips):
        binding = walk.memory.binding("rev_dnat", balancer.key, proto, ends)
    sticky = any(vip.sticky for vip in balancer.vips)
    if binding is None and sticky and walk.frame.proto != ICMP:
        binding = walk.memory.binding("rev_sticky_dnat", balancer.key, proto, (*ends[:3], 0))
    if binding is None:
        return False
    if walk.recording:
        nat.tell_binding(walk, router.alias, NatReversed, "rev_dnat", binding.rule, binding)
    _, _, address, port = binding.before
    nat.translate(walk, router.alias, "rev_dnat", ends[0], address, port)
    return True


def _binding(walk: Walk, balancer: LoadBalancer, vip: Vip) -> tuple[NatBinding | None, bool]:
    """The connection's binding and whether it was there; made if need be, None: no member."""
    frame, pool = walk.frame, vip.pool
    type_: NatType = "sticky_dnat" if vip.sticky else "dnat"
    source_port = 0 if vip.sticky else frame.tp_src
    before = (frame.nw_src, source_port, frame.nw_dst, frame.tp_dst)
    candidates = [member for member in pool.members if pool.up and _takes_more(walk, member)]
    if candidates or not vip.sticky:
        binding = walk.memory.binding(type_, balancer.key, TCP, before)
        if binding is not None:
            if _may_keep(walk, vip, binding.after):
                return binding, True
            walk.memory.unbind(binding)
    if not candidates:
        return None, False
    member = _choose(walk, candidates)
    after = (*before[:2], member.address, member.port)
    binding = NatBinding(type_, balancer.key, TCP, before, after, member.alias, walk.now_ns)
    walk.memory.bind(binding)
    return binding, False


def _choose(walk: Walk, candidates: list[Member]) -> Member:
    """One at random, by weight."""
    weights = [member.weight for member in candidates]
    return walk.rng.choices(candidates, weights)[0]


def _takes_more(walk: Walk, member: Member) -> bool:
    """Whether new connections may go to a member."""
    return member.up and member.weight > 0 and _is_active(walk, member)


def _is_active(walk: Walk, member: Member) -> bool:
    """Whether it is alive: what its health monitor found goes before what was said by hand."""
    found = walk.memory.found_alive(member.key)
    return member.active if found is None else found


def _may_keep(walk: Walk, vip: Vip, after: Ends) -> bool:
    """Whether a connection may stay with its member, which for one not sticky may be down."""
    return any(
        _takes_more(walk, member) or (not vip.sticky and not member.up)
        for member in vip.pool.members
        if (member.address, member.port) == after[2:]
    )


def unserved(walk: Walk, router: Router) -> tuple[Vip, str] | None:
    """The VIP that has the packet's address and did not take it, and why, to go on with."""
    if router.load_balancer is None:
        return None
    balancer, frame = walk.topology.load_balancers[router.load_balancer], walk.frame
    vips = [vip for vip in balancer.vips if vip.address == frame.nw_dst] if balancer else []
    if balancer is None or not vips:
        return None
    meant = [vip for vip in vips if frame.proto == TCP and vip.port == frame.tp_dst]
    if not meant:
        return vips[0], f"which takes TCP port {vips[0].port} only"
    which = "which" if balancer.up else f"whose {balancer.alias}"
    return meant[0], f"{which} is administratively down"


def _no_member(walk: Walk, router: Router, vip: Vip) -> Reason:
    if not vip.pool.up:
        text = f"{vip.pool.alias}, which serves {vip.alias}, is administratively down"
    elif not vip.pool.members:
        text = f"{vip.pool.alias}, which serves {vip.alias}, has no members"
    else:
        text = f"no member of {vip.pool.alias}, which serves {vip.alias}, takes connections"
        text += f" ({_unfit(walk, vip.pool.members)})"
    return Reason(Code.NO_MEMBER, router.alias, None, text, {"vip": vip.alias})


def _unfit(walk: Walk, members: tuple[Member, ...]) -> str:
    """How many members take none for which reason."""
    causes = Counter(
        "down" if not member.up else "of weight 0" if _is_active(walk, member) else "INACTIVE"
        for member in members
    )
    return ", ".join(f"{count} {cause}" for cause, count in causes.items())
