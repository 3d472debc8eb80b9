"""What an object shows of itself: each field as the word that is displayed.

Lists, `show`, filters and error messages all use these words, so that what is
printed can be typed back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar.schema import Collection, Field
from grammar.values import ListOf, Negated
from midocli.store.rows import Row
from midocli.store.store import Store

Computed = Callable[[Store, Row], Any]


def _plugged(store: Store, row: Row) -> bool:
    return binding_is_up(store, row)


def _position(store: Store, row: Row) -> int | None:
    return store.position(row)


def _identity(store: Store, row: Row) -> str:
    return row.uuid


_COMPUTED: dict[str, Computed] = {"plugged": _plugged, "pos": _position, "id": _identity}


def binding_of(row: Row) -> Row | None:
    """The binding that plugs a port into an interface, if there is one."""
    for source, _ in row.referrers or ():
        if source.collection.path == "host.binding":
            return source
    return None


def is_vxlan(port: Row) -> bool:
    """Whether a port is a bridge's for the bindings of a VTEP."""
    return "vtep" in port.collection.index and port.get("vtep") is not None


def local_route_of(port: Row) -> Row | None:
    """The route to its own address that a router's port brings along, if it is there."""
    return next((row for row, _ in port.referrers or () if is_local_route(row)), None)


def is_local_route(row: Row) -> bool:
    """Whether a row is a route that a port brought along."""
    return row.collection.path == "router.route" and row.get("type") is None


def interface_of(store: Store, binding: Row) -> Row | None:
    """The host's interface that a binding names."""
    siblings = binding.parent.siblings("host.interface") if binding.parent else None
    found = siblings.by_key.get(binding.get("interface"), {}) if siblings else {}
    return next(iter(found), None)


def binding_is_up(store: Store, port: Row) -> bool:
    """Whether a port is plugged: bound, its host alive and its interface up."""
    binding = binding_of(port)
    return binding is not None and is_up(binding, interface_of(store, binding))


def is_up(binding: Row, interface: Row | None) -> bool:
    """Whether a binding's host is alive, and the interface it names up."""
    if binding.parent is None or not binding.parent.get("alive"):
        return False
    return interface is not None and bool(interface.get("status") & 1)


class Display:
    """Turns values into words, with aliases or (as the original does) UUIDs.

    `live` gives the values that only the datapath knows, such as a guest's next
    IP identification; None leaves the stored value.
    """

    def __init__(
        self,
        store: Store,
        aliases: bool = True,
        live: Callable[[Row, str], Any] | None = None,
    ) -> None:
        self.store = store
        self.aliases = aliases
        self._live = live

    def value(self, row: Row, field: Field) -> Any:
        """The value of a field, stored or computed."""
        compute = _COMPUTED.get(field.name) if field.computed else None
        if compute is not None:
            return compute(self.store, row)
        if field.live and self._live is not None:
            return self._live(row, field.name)
        return row.values[row.collection.index[field.name]]

    def field(self, row: Row, field: Field) -> str | None:
        """The word a field displays, None where it has no value."""
        value = self.value(row, field)
        return None if value is None else self.word(field, value)

    def word(self, field: Field, value: Any) -> str:
        """A value of a field as the word that stands for it."""
        if type(value) is Negated:
            return "!" + self.word(field, value.value)
        if field.reference is None:
            return field.type.format(value)
        if isinstance(field.type, ListOf):
            return ",".join(map(self.name, value)) if value else '""'
        return self.name(value)

    def name(self, row: Row) -> str:
        """What another object calls this one: its full alias, or its UUID."""
        if not row.collection.has_id:
            owner = f"{self.name(row.parent)}:" if row.parent else ""
            return owner + str(row.get(row.collection.key[0]))
        return row.full_alias if self.aliases else row.uuid

    def introduced(self, row: Row) -> str:
        """What another object calls this one where that is printed: an alias is given now."""
        if self.aliases:
            self.store.introduce(row, row.collection)
        return self.name(row)

    def number(self, row: Row, collection: Collection) -> int | None:
        """The number of an object's alias, which is printed as one of a collection.

        It is given now to what has none yet. None where objects are shown by UUID.
        """
        return self.store.introduce(row, collection) if self.aliases else None
