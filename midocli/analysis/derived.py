"""What is worked out of other things, and kept until one of those changes.

A table that makes its entries when they are first looked up notes who looks: the entry that is
being made. When an entry is dropped, all that was made of it is dropped as well, and nothing else
is; so after an edit only what it touches is worked out again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import Lazy, Topology

T = TypeVar("T")
#: An entry: its table, and its key there.
Entry = tuple["Derived[Any]", Key]

#: The tables of a topology, by the names it has for them.
_TABLES = (
    "ports", "bridges", "routers", "chains", "guests", "port_groups", "ip_address_groups",
    "load_balancers", "mirror_plans", "crossings", "bridge_plans", "router_plans", "chain_plans",
    "guest_plans",
)  # fmt: skip


class Making:
    """Which entry is being made, for all tables whose entries are made of each other's."""

    __slots__ = ("entry",)

    def __init__(self) -> None:
        self.entry: Entry | None = None


class Derived(Lazy[T]):
    """A table whose entries know which others were made of them. It is equal to itself alone."""

    __slots__ = ("_dropped", "_making", "_readers")

    def __init__(
        self,
        making: Making,
        load: Callable[[Any], T],
        dropped: Callable[[Any, T], None] | None = None,
    ) -> None:
        """`dropped` hears of each entry that is dropped."""
        super().__init__(load)
        self._making = making
        self._dropped = dropped
        self._readers: dict[Key, set[Entry]] = {}

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __getitem__(self, key: Key) -> T:
        entry = self._making.entry
        if entry is not None:
            readers = self._readers.get(key)
            if readers is None:
                readers = self._readers[key] = set()
            readers.add(entry)
        return super().__getitem__(key)

    def __missing__(self, key: Key) -> T:
        making = self._making
        outer, making.entry = making.entry, (self, key)
        try:
            value = self[key] = self.load(key)
        finally:
            making.entry = outer
        return value

    def pop(self, key: Key, default: Any = None) -> Any:
        """Drop an entry, and all that was made of it (or of there being none)."""
        readers = self._readers.pop(key, None)
        is_there = key in self
        value = super().pop(key, default)
        if is_there and self._dropped is not None:
            self._dropped(key, value)
        for table, its in readers or ():
            table.pop(its)
        return value

    def clear(self) -> None:
        """Drop all entries."""
        for key in [*self, *self._readers]:
            self.pop(key)


def derive(topology: Topology) -> Making:
    """Have all tables of a topology note what is made of their entries."""
    making = Making()
    for name in _TABLES:
        lazy = cast("Lazy[Any]", getattr(topology, name))
        setattr(topology, name, Derived(making, lazy.load))
    return making
