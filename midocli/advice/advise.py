"""What would have to change for a request to succeed, as commands, where that is plain.

Each way out is a `Change`: the commands to type, in order, and why. It is found from the
reason for which the request ended, and from the frame that ended there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from midocli.advice.arp import silence
from midocli.advice.failure import Change, Failure
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
from midocli.results.printable import printable
from midocli.simulator.reason import Code

if TYPE_CHECKING:
    from midocli.store.catalog import Catalog

Advice = Callable[["Catalog", Failure], Iterable[Change]]


def remedy(catalog: Catalog, failure: Failure) -> str | None:
    """What would help first, None where nothing is plain; several commands with `;` between."""
    for change in changes(catalog, failure):
        if change.commands and change.plain:
            return "; ".join(change.commands)
    return None


def changes(catalog: Catalog, failure: Failure) -> list[Change]:
    """The ways out, the best first."""
    advise = _ADVICE.get(failure.reason.code)
    return list(advise(catalog, failure)) if advise else []


def change_lines(found: Iterable[Change]) -> list[str]:
    """Changes as the lines that end an explanation; they can be pasted as commands."""
    lines = []
    for change in dict.fromkeys(found):
        lines.append(f"  # {printable(change.why)}")
        lines += [f"  {command}" for command in change.commands]
    return ["What would change that:", *lines] if lines else []


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
