"""`arping`: who has an address."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration
from grammar.sending import (
    STATION,
    SendingTo,
    destination,
    from_guest,
    from_source,
    observing,
    taking,
)

OPTIONS = (*STATION, *observing(filter="arp"))


class Arping(SendingTo):
    """An ARP request for an address."""

    word = "arping"


def _to() -> pp.ParserElement:
    return destination(taking(OPTIONS))


ARPING = Declaration(
    "arping",
    "asks by ARP who has an address",
    group="sending",
    rank=3,
    usage=(
        "arping SOURCE ADDRESS [OPTION VALUE]...",
        "guest GUEST arping ADDRESS [OPTION VALUE]...",
    ),
    examples=(
        "arping client 192.168.78.1",
        'guest vm arping 192.168.77.1 flags "-ne"  # the MAC addresses, too',
    ),
    options=OPTIONS,
    see=("ping", "arp", "neighbour"),
    follows=lambda: from_source(Arping, _to()),
    behind={"guest": lambda: from_guest(Arping, _to())},
)
