"""`dhcp`: a lease, as dhclient gets it."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, argument, build
from grammar.sending import Sending, from_guest, observing, taking, written_from
from grammar.tree import Argument, Path, Setting, written_settings

OPTIONS = observing(filter="port 67 or port 68")


class Dhcp(Sending):
    """A guest's search for a lease."""

    word = "dhcp"
    source: Argument | Path
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [*written_from(self.word, self.source), *written_settings(self.options)]


def _from_guest_named() -> pp.ParserElement:
    guest = argument("a guest", "guest", taking(OPTIONS))
    return build(guest, lambda tokens: Dhcp(*tokens))


DHCP = Declaration(
    "dhcp",
    "has a guest ask for a lease, as dhclient does, and take it",
    group="sending",
    rank=5,
    usage=("dhcp GUEST [OPTION VALUE]...", "guest GUEST dhcp [OPTION VALUE]..."),
    examples=(
        "bridge test add dhcp subnet 192.168.78.0/24 gw 192.168.78.1",
        "bridge test dhcp subnet 192.168.78.0/24 add host mac c2:86:ff:ce:17:0a "
        "address 192.168.78.9  # who gets which address",
        'dhcp client flags "-n"  # the messages, in a line each',
        "guest client ip route  # what came with the lease",
    ),
    options=OPTIONS,
    see=("guest", "bridge dhcp", "arping"),
    follows=_from_guest_named,
    behind={"guest": lambda: from_guest(Dhcp, taking(OPTIONS))},
)
