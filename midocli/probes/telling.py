"""How all probes tell why something ended: in a line, and as data beside the best way out."""

from __future__ import annotations

from typing import Any

from midocli.advice.failure import NOTHING, Advice
from midocli.simulator.reason import Reason
from midocli.store.catalog import Catalog


def ended(catalog: Catalog, reason: Reason, advice: Advice = NOTHING, how: str = "ended") -> str:
    """`ended at PLACE (CODE): TEXT; try: COMMAND …`, with names beside the aliases."""
    told = f"{how} at {reason.at} ({reason.code}): {reason.text}"
    return named(catalog, told) + advice.tail(reason)


def verdict(catalog: Catalog, reason: Reason | None, advice: Advice = NOTHING) -> dict[str, Any]:
    """The members `reason` (null where there is none) and `advice` of a document.

    Places and rules, and the commands of the advice, are aliases alone; the text has names, too.
    """
    return {"reason": reason and reason_data(catalog, reason), "advice": advice.of(reason).best()}


def reason_data(catalog: Catalog, reason: Reason) -> dict[str, Any]:
    """The JSON form of a reason."""
    return {
        "code": str(reason.code),
        "at": reason.at,
        "rule": reason.rule,
        "text": named(catalog, reason.text),
    }


def named(catalog: Catalog, text: str) -> str:
    """A text with names beside its aliases."""
    from midocli.context.labels import TopologyLabels

    return TopologyLabels(catalog).beside(text)
