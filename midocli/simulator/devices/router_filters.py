"""The filters of a router, and what it answers to what they refuse.

Inwards these are the local-redirect chain and the infilter, outwards the forward chain and the
outfilter (MidoNet: `simulation/Router.scala`).
"""

from __future__ import annotations

from midocli.simulator.devices import chain, icmp_errors
from midocli.simulator.devices.decisions import Verdict
from midocli.simulator.devices.walk import Walk
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Router
from midocli.simulator.wire.protocol import MF


def infilter(walk: Walk, router: Router) -> Verdict:
    """The local-redirect chain, then the infilter; what they refuse may be answered."""
    verdict: Verdict = None
    if router.local_redirect_chain is not None:
        verdict = chain.run(walk, router.local_redirect_chain, router.alias, "local-redirect-chain")
    if verdict is None and router.infilter is not None:
        verdict = chain.run(walk, router.infilter, router.alias, "infilter")
    if type(verdict) is not Reason or walk.stateless:
        return verdict
    return refused(walk, router, verdict, inbound=True)


def outfilter(walk: Walk, router: Router) -> Verdict:
    """The forward chain, then the outfilter; what they refuse may be answered."""
    verdict: Verdict = None
    if router.forward_chain is not None:
        verdict = chain.run(walk, router.forward_chain, router.alias, "forward-chain")
    if verdict is None and router.outfilter is not None:
        verdict = chain.run(walk, router.outfilter, router.alias, "outfilter")
    if type(verdict) is not Reason or walk.stateless:
        return verdict
    return refused(walk, router, verdict, inbound=False)


def refused(walk: Walk, router: Router, reason: Reason, inbound: bool) -> Reason:
    """Answer what a filter, or the load balancer, refuses if an ICMP error is due."""
    if reason.code == Code.RULE_REJECT:
        icmp_errors.answer(walk, icmp_errors.PROHIBITED, router.alias)
    elif inbound and reason.code in (Code.RULE_DROP, Code.NO_MEMBER) and _is_first_fragment(walk):
        # Whoever sends fragments is told to send smaller packets.
        icmp_errors.answer(walk, icmp_errors.FRAGMENTATION_NEEDED, router.alias)
        return walk.error(reason)
    return reason


def _is_first_fragment(walk: Walk) -> bool:
    return walk.frame.fragment & 0x3FFF == MF
