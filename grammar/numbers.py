"""Numbers that go by names elsewhere: here they are written as numbers, and an error says which."""

from __future__ import annotations

from collections.abc import Callable


def port(name: str) -> str | None:
    """The port of a service."""
    from grammar.filter.services import port_named  # asked for where a name is no value

    found = port_named(name)
    return str(found[0]) if found else None


def protocol(name: str) -> str | None:
    """The number of an IP protocol."""
    from grammar.filter.services import NAMED_IP_PROTOCOLS  # the same

    number = NAMED_IP_PROTOCOLS.get(name)
    return None if number is None else str(number)


def ethertype(name: str) -> str | None:
    """The Ethertype of what a frame may carry."""
    from grammar.filter.services import NAMED_ETHERTYPES  # the same

    other = {"ipv4": "ip", "ipv6": "ip6"}
    number = NAMED_ETHERTYPES.get(other.get(name, name))
    return None if number is None else f"0x{number:04x}"


def numbered(kind: object, word: str, field: str = "") -> str:
    """What an error about a word ends in that names a number of a kind: that, as it is typed."""
    called: Callable[[str], str | None] | None = getattr(kind, "called", None)
    number = called(word.removeprefix("!").lower()) if called else None
    negation = "!" if word.startswith("!") else ""
    return f"; did you mean {f'{field} {negation}{number}'.lstrip()}?" if number else ""
