"""A machine on a bridge, made as one thing: `guest create name bob bridge lan`.

To plug a machine in takes a port, an interface of a host and a binding between them, and the
machine's gateway is an address that stands in the topology already. Where create is told the
bridge, all of that follows; what else it is told wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from grammar.errors import InvalidValueError
from grammar.schema import BRIDGE, HOST, PLACES, Collection
from grammar.tree import Setting
from midocli.store.editor import Editor
from midocli.store.rows import Row, Value


def make(
    editor: Editor,
    collection: Collection,
    parent: Row | None,
    settings: Sequence[Setting],
    column: int | None = None,
) -> Sequence[Row]:
    """What a create makes: the object first and, told a bridge, what plugs it into that.

    Called inside a transaction, as `Editor.create`, and raises what that does; places stand
    among the settings of machines alone (`schema.creation_fields`).
    """
    machines = collection.path in ("guest", "guest.nic")
    places = {each.field: each for each in settings if each.field in PLACES} if machines else {}
    if not places:
        return (editor.create(collection, parent, settings, column),)
    if BRIDGE not in places:
        raise InvalidValueError("host goes with bridge: give the bridge, too", places[HOST].column)
    changes = editor.store.journal.changes
    before = len(changes)
    bridge = editor.resolved(places[BRIDGE])
    own = {each.field.name: each for each in settings if each.field not in PLACES}
    interface = _interface(editor, places.get(HOST), own.get("interface"))
    at = own["interface"].column if "interface" in own else places[BRIDGE].column
    _bind(editor, interface, bridge, at)
    word = editor.display.name(interface)
    own["interface"] = _setting(collection, "interface", word, at)
    gateway = _gateway(bridge, own["address"].value) if "address" in own else None
    if gateway is not None and "gw" in collection.index:
        own.setdefault("gw", _setting(collection, "gw", gateway, at))
    machine = editor.create(collection, parent, tuple(own.values()), column)
    attached = (row for kind, row, *_ in changes[before:] if kind == "attach")
    return (machine, *(row for row in attached if isinstance(row, Row) and row is not machine))


def _interface(editor: Editor, host: Setting | None, given: Setting | None) -> Row:
    """The interface a machine is to be behind, made where it is not there."""
    chosen: Row | None = editor.resolved(host) if host is not None else None
    if given is None:
        return _on(editor, chosen or _first_host(editor), _free_name(editor), 1)
    on = dict(editor.resolver.on_hosts(given.value))
    if chosen is None and (on or editor.resolver.interfaces(given.value)):
        found: Row = editor.resolved(given)
        return found
    if on and chosen is not None and chosen not in on:
        where = f"{given.value[:40]} is not on {chosen.full_alias}"
        raise InvalidValueError(f"invalid value for interface: {where}", given.column)
    chosen = chosen or _first_host(editor)
    return _on(editor, chosen, on.get(chosen, given.value), given.column)


def _on(editor: Editor, host: Row, name: str, column: int) -> Row:
    """The interface of a host that has a name."""
    kind, word = editor.store.schema["guest"], f"{host.full_alias}:{name}"
    found: Row = editor.resolved(_setting(kind, "interface", word, column))
    return found


def _first_host(editor: Editor) -> Row:
    """The first host that is alive; a new one, which is called as its alias, where none is."""
    hosts = editor.store.rows("host")
    alive = next((host for host in hosts if host.get("alive")), None)
    if alive is not None:
        return alive
    kind = editor.store.schema["host"]
    siblings = editor.store.siblings(kind, None)
    name = f"{kind.prefix}{siblings.free_number() if siblings else 0}"
    return editor.create(kind, None, (_setting(kind, "name", name, 1),))


def _free_name(editor: Editor) -> str:
    """`tap3` for guest3 or, where a host has that, with the next number that none has."""
    guests = editor.store.siblings(editor.store.schema["guest"], None)
    numbers = count(guests.free_number() if guests else 0)
    return next(
        name for name in map("tap{}".format, numbers) if not editor.resolver.interfaces(name)
    )


def _bind(editor: Editor, interface: Row, bridge: Row, column: int) -> None:
    """Plug an interface into a port of the bridge, unless it is in one already."""
    host, name = interface.parent, interface.get("iface")
    assert host is not None
    siblings = host.siblings("host.binding")
    bindings = siblings.by_key.get(name, ()) if siblings else ()
    if any(each.get("port").parent is bridge for each in bindings):
        return
    port = editor.create(editor.store.schema["bridge.port"], bridge, ())
    kind = editor.store.schema["host.binding"]
    ends = (("port", port.full_alias), ("interface", name))
    editor.create(kind, host, [_setting(kind, field, word, column) for field, word in ends])


def _gateway(bridge: Row, addresses: Sequence[Value]) -> int | None:
    """The address of the bridge's router in the network of one of a machine's addresses."""
    peers = [port.get("peer") for port in bridge.siblings("bridge.port") or ()]
    routers = [peer for peer in peers if peer is not None and "address" in peer.collection.index]
    for own in addresses:
        for port in routers:
            address: int | None = port.get("address")
            if address not in (None, own.address) and not (address ^ own.address) & own.mask:
                return address
    return None


def _setting(collection: Collection, field: str, value: Value, column: int) -> Setting:
    """A field given a value, as if it had been typed at a column."""
    kind = collection.by_name[field]
    return Setting(kind, value, column, str(value))
