"""What may have to change for a request to succeed, as commands.

Each proposal is a `Change`: the commands to type, in order, and why. It is made of the reason for
which the request ended, of the frame that ended there, and of what may be amiss elsewhere. Nothing
says that it helps: that has to be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from midocli.advice.arp import silence
from midocli.advice.failure import Change, Failure
from midocli.advice.leased import unleased
from midocli.advice.nat import exhausted
from midocli.advice.packet import (
    going_back,
    no_answer,
    not_addressed,
    source_mac,
    too_big,
    ttl,
    vlan,
    wrong_mac,
)
from midocli.advice.plug import admin_down, inactive, unplugged
from midocli.advice.route import no_route, route
from midocli.advice.rule import limited, rule
from midocli.advice.service import no_member, redirect_down
from midocli.advice.suspects import suspects
from midocli.simulator.reason import Code
from midocli.store.catalog import Catalog

Advice = Callable[["Catalog", Failure], Iterable[Change]]


def proposals(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """What may help, the likeliest first: by the reason's code, then whatever may be amiss."""
    if "unleased" in failure.reason.details:
        yield from unleased(catalog, failure)
        return
    advise = _ADVICE.get(failure.reason.code)
    if advise is not None:
        yield from advise(catalog, failure)
    yield from suspects(catalog, failure)


_ADVICE: dict[Code, Advice] = {
    Code.NO_ROUTE: no_route,
    Code.BLACKHOLE: route,
    Code.ROUTE_REJECT: route,
    Code.RULE_DROP: rule,
    Code.RULE_REJECT: rule,
    Code.NAT_EXHAUSTED: exhausted,
    Code.RATE_LIMITED: limited,
    Code.ADMIN_DOWN: admin_down,
    Code.PORT_INACTIVE: inactive,
    Code.UNPLUGGED: unplugged,
    Code.TTL_EXPIRED: ttl,
    Code.FRAGMENTATION_NEEDED: too_big,
    Code.WRONG_MAC: wrong_mac,
    Code.SAME_PORT: going_back,
    Code.LOOP: going_back,
    Code.BAD_SOURCE_MAC: source_mac,
    Code.VLAN_MISMATCH: vlan,
    Code.VLAN_ON_ROUTER: vlan,
    Code.NO_ANSWER: no_answer,
    Code.NOT_ADDRESSED_TO_GUEST: not_addressed,
    Code.NO_MEMBER: no_member,
    Code.REDIRECT_DOWN: redirect_down,
    Code.ARP_TIMEOUT: silence,
}
