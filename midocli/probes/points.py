"""Points: the places where frames are seen and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grammar.errors import UnknownObjectError
from midocli.simulator.recorder import UnderlayPoint

if TYPE_CHECKING:
    from midocli.context.context import Context


#: A port's key, an interface's name, or a host's end of the underlay.
PointKey = int | str | UnderlayPoint

UNDERLAY = "underlay"


class Point(NamedTuple):
    """A host's interface or a port.

    `key` is what the simulator calls it, `name` what the user does (`host0:veth0`,
    `bridge1:port1`) and `label` what a capture's banner says (`veth0`).
    """

    key: PointKey
    name: str
    label: str
    port: int | None


def find_point(context: Context, word: str, column: int | None = None) -> Point:
    """The point a word means; UnknownObjectError where it means none, or several."""
    port = context.named("port", word)
    if port is not None:
        return point_of(port.id, context)
    try:
        interface = context.resolver.interface(word)
    except UnknownObjectError as error:
        owner, _, last = word.rpartition(":")
        host = context.named("host", owner) if last == UNDERLAY else None
        if host is not None:
            return point_of(UnderlayPoint(host.full_alias), context)
        raise UnknownObjectError(
            f"unknown point {word[:40]!r}: it is neither a port nor an interface ({error.message})",
            column,
        ) from None
    return point_of(context.datapath.point(interface), context)


def point_of(key: PointKey, context: Context) -> Point:
    """The point that the simulator calls `key`."""
    from midocli.datapath.wiring import port_at

    if isinstance(key, int):
        row = context.store.by_id(key)
        name = row.full_alias if row is not None else "a deleted port"
        return Point(key, name, name, key)
    if isinstance(key, UnderlayPoint):
        name = f"{key.host}:{UNDERLAY}"
        return Point(key, name, name, None)
    interface = context.resolver.interface(key)
    return Point(key, key, str(interface.get("iface")), port_at(interface))
