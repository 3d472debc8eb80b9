"""What `expect` claims of a result, and what that is instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grammar.claims import Because, Claim, Counts, Shows
from grammar.errors import shorten
from midocli.results.values import Result

#: Members of a document in which no reasons stand, and which may be long.
_LONG = ("captures", "steps")


def unmet(claim: Claim, result: Result) -> str:
    """What a result is instead of what is claimed of it; empty where the claim holds."""
    match claim:
        case Because():
            if any(_is_meant(claim, reason) for reason in _reasons(result.document())):
                return ""
            return ", ".join(reasons_of(result)) or "no reason is known"
        case Shows(what):
            shown = result.text().strip()
            return "" if shown == what else f"it is {shorten(shown) if shown else 'empty'}"
        case Counts(number):
            count = len(result.records())
            return "" if count == number else f"it has {count}"
    raise TypeError(claim)


def reasons_of(result: Result) -> list[str]:
    """The reasons that a probe's result gives, in the words that would claim them, each once."""
    return list(dict.fromkeys(map(_worded, _reasons(result.document()))))


def _reasons(document: Any) -> Iterator[dict[str, Any]]:
    """The reasons in a probe's document, as `reason_data` makes them, wherever they stand."""
    if isinstance(document, list):
        for each in document:
            yield from _reasons(each)
    elif isinstance(document, dict):
        if {"code", "at", "rule"} <= document.keys():
            yield document
        for name, value in document.items():
            if name not in _LONG:
                yield from _reasons(value)


def _is_meant(claim: Because, reason: dict[str, Any]) -> bool:
    """Whether a reason is the one that is claimed, as far as that says which."""
    parts = ((claim.code, "code"), (claim.at, "at"), (claim.by, "rule"))
    return all(said is None or said == reason[name] for said, name in parts)


def _worded(reason: dict[str, Any]) -> str:
    """A reason in the words that would claim it."""
    by = f" by {reason['rule']}" if reason["rule"] else ""
    return f"{reason['code']} at {reason['at']}{by}"
