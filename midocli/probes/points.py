"""Points: the places where frames are seen and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grammar.errors import UnknownObjectError
from midocli.simulator.events import UnderlayPoint

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter


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


def find_point(interpreter: Interpreter, word: str, column: int | None = None) -> Point:
    """The point a word means; UnknownObjectError where it means none, or several."""
    port = interpreter.named("port", word)
    if port is not None:
        return point_of(port.id, interpreter)
    try:
        interface = interpreter.resolver.interface(word)
    except UnknownObjectError as error:
        owner, _, last = word.rpartition(":")
        host = interpreter.named("host", owner) if last == UNDERLAY else None
        if host is not None:
            return point_of(UnderlayPoint(host.full_alias), interpreter)
        raise UnknownObjectError(
            f"unknown point {word[:40]!r}: it is neither a port nor an interface ({error.message})",
            column,
        ) from None
    return point_of(interpreter.datapath.point(interface), interpreter)


def point_of(key: PointKey, interpreter: Interpreter) -> Point:
    """The point that the simulator calls `key`."""
    from midocli.datapath.wiring import port_at

    if isinstance(key, int):
        row = interpreter.store.by_id(key)
        name = row.full_alias if row is not None else "a deleted port"
        return Point(key, name, name, key)
    if isinstance(key, UnderlayPoint):
        name = f"{key.host}:{UNDERLAY}"
        return Point(key, name, name, None)
    interface = interpreter.resolver.interface(key)
    return Point(key, key, str(interface.get("iface")), port_at(interface))
