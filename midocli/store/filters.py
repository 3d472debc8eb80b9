"""Whether what an object shows of a field passes a filter of `list`."""

from __future__ import annotations

from grammar.addresses import Cidr, parse_cidr
from grammar.tree import Setting


def passes(setting: Setting, shown: str | None) -> bool:
    """Whether the word a field shows (None: it has no value) is what the filter lets through."""
    match setting.how:
        case "not":
            return shown != setting.text
        case "contains":
            return shown is not None and setting.text in shown
        case "in":
            network = parse_cidr(setting.text)
            return any(_is_in(network, each) for each in (shown or "").split(","))
    return shown == setting.text


def _is_in(network: Cidr, word: str) -> bool:
    """Whether a word is an address, or a network, all of which is in another."""
    try:
        inner = parse_cidr(word)
    except ValueError:
        return False
    return inner.length >= network.length and (inner.address ^ network.address) & network.mask == 0
