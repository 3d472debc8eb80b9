"""tcpdump's filter expressions (pcap-filter, as of libpcap 1.10): text to syntax tree.

`and` and `or` have the same precedence and group from the left. An address or
number without words before it takes those of the one before: `port 80 or 443`.
Names of ports and protocols are those of `services`; names of hosts and networks are
not looked up.

The grammar is built when an expression first needs it.
"""

from __future__ import annotations

from grammar.filter.limits import check_size
from grammar.filter.tree import Chain, Condition, Everything, Protocol
from grammar.filter.words import STANDING_ALONE


def parse(expression: str) -> Condition:
    """The syntax tree of a filter expression; an empty one is Everything.

    Raises LineSyntaxError for what is no expression, or is too long or too deep, and
    InvalidValueError for a bad address, port or number, with the column (from 1) in
    the expression.
    """
    check_size(expression)
    plain = _plain_protocols(expression.split())
    if plain is not None:
        return plain
    from grammar.filter.language import read
    from grammar.filter.values import resolve

    condition, _ = resolve(read(expression), None)
    return condition


def _plain_protocols(words: list[str]) -> Condition | None:
    """The tree of the most common filters, `icmp` or `icmp or arp`, without the grammar."""
    if not words:
        return Everything()
    if len(words) % 2 == 0 or not all(name in STANDING_ALONE for name in words[::2]):
        return None
    if not all(word == "or" for word in words[1::2]):
        return None
    first, *others = (Protocol(name) for name in words[::2])
    return Chain(first, tuple(("or", other) for other in others)) if others else first
