"""Points: the places where frames are seen and put in."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from grammar.errors import UnknownObjectError
from midocli.simulator.recorder import UnderlayPoint

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.results.traffic import Places


#: A port's key, an interface's name, or a host's end of the underlay.
PointKey = int | str | UnderlayPoint

UNDERLAY = "underlay"


class Point(NamedTuple):
    """A host's interface or a port.

    `key` is what the simulator calls it, `name` what the user does (`host0:veth0`,
    `bridge1:port1`) and `label` what a capture's banner says (`veth0`, if no other host has one).
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
        message = f"unknown point {word[:40]!r}: it is neither a port nor an interface"
        near = ""
        if "; did you mean " not in error.message and not context.resolver.interfaces(word):
            near = context.resolver.suggestion(word, "port", "host.interface")
        raise UnknownObjectError(f"{message} ({error.message}){near}", column) from None
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
    label = str(interface.get("iface"))
    if len(context.resolver.interfaces(label)) > 1:
        label = key
    return Point(key, key, label, port_at(interface))


def places(context: Context) -> Places:
    """How all points are called now."""
    from midocli.results.traffic import Places

    names: dict[str, list[Hashable]] = {}
    labels: dict[Hashable, str] = {}

    def call(key: PointKey, label: str, *words: str) -> None:
        labels[key] = label
        for word in dict.fromkeys(words):
            names.setdefault(word, []).append(key)

    store = context.store
    for path in ("bridge", "router"):
        for device in store.rows(path):
            for port in store.rows(f"{path}.port", device):
                alias = port.full_alias
                call(port.id, alias, alias, port.uuid, f"port{port.shared_number}")
    for host in store.rows("host"):
        owners = (host.full_alias, host.uuid, str(host.get("name")))
        for interface in store.rows("host.interface", host):
            name = str(interface.get("iface"))
            key = context.datapath.point(interface)
            label = name if len(context.resolver.interfaces(name)) == 1 else key
            call(key, label, name, *(f"{owner}:{name}" for owner in owners))
        end = f"{host.full_alias}:{UNDERLAY}"
        call(UnderlayPoint(host.full_alias), end, *(f"{owner}:{UNDERLAY}" for owner in owners))
    return Places(names, labels)
