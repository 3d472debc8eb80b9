"""What is worked out of other things, and kept until one of those changes.

A table that makes its entries when they are first looked up notes who looks: the entry that is
being made. When an entry is dropped, all that was made of it is dropped as well, and nothing else
is; so after an edit only what it touches is worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.topology import Lazy, Topology

T = TypeVar("T")
K = TypeVar("K", bound=Key)
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

    __slots__ = ("doubted", "entry")

    def __init__(self) -> None:
        self.entry: Entry | None = None
        #: Steady entries of which something they were made of has been dropped.
        self.doubted: dict[Entry, None] = {}

    def settle(self) -> None:
        """Find out which of the steady entries are others now, before any table is used again."""
        while self.doubted:
            table, key = next(iter(self.doubted))
            del self.doubted[table, key]
            table.renew(key)


class Derived(Lazy[T]):
    """A table whose entries know which others were made of them. It is equal to itself alone."""

    __slots__ = ("_making", "_readers", "drops")

    def __init__(self, making: Making, load: Callable[[Any], T]) -> None:
        super().__init__(load)
        self._making = making
        self._readers: dict[Key, set[Entry]] = {}
        #: How many entries have been dropped: as long as it stays the same, so do all entries.
        self.drops = 0

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
        return dict.__getitem__(self, key)

    def __missing__(self, key: Key) -> T:
        value = self[key] = self._made(key)
        return value

    def _made(self, key: Key) -> T:
        making = self._making
        outer, making.entry = making.entry, (self, key)
        try:
            return self.load(key)
        finally:
            making.entry = outer

    def several(self, keys: Sequence[K]) -> dict[K, T]:
        """Some entries at once."""
        for key in keys:
            if key not in self:
                self[key]
        return dict(zip(keys, map(self.get, keys), strict=True))  # type: ignore[arg-type]

    def renew(self, key: Key) -> None:
        """Make an entry again; if it is another now, what was made of it is dropped."""
        if key in self:
            value = self._made(key)
            if value != super().__getitem__(key):
                self.pop(key)
                self[key] = value

    def renew_where(self, concerns: Callable[[Any], bool]) -> None:
        """Make those entries again whose keys something concerns."""
        for key in [key for key in self if concerns(key)]:
            self.renew(key)

    def pop(self, key: Key, default: Any = None) -> Any:
        """Drop an entry, and all that was made of it (or of there being none)."""
        readers = self._readers.pop(key, None)
        value = super().pop(key, default)
        self.drops += 1
        for table, its in readers or ():
            table.unmake(its)
        return value

    def unmake(self, key: Key) -> None:
        """Something was dropped that an entry was made of."""
        self.pop(key)

    def clear(self) -> None:
        """Drop all entries."""
        for key in [*self, *self._readers]:
            self.pop(key)


class Steady(Derived[T]):
    """A table whose entries seldom become others: what was made of one is kept until it does."""

    __slots__ = ()

    def unmake(self, key: Key) -> None:
        """Look later whether that makes another entry of it."""
        self._making.doubted[self, key] = None


def derive(topology: Topology) -> Making:
    """Have all tables of a topology note what is made of their entries."""
    making = Making()
    for name in _TABLES:
        lazy = cast("Lazy[Any]", getattr(topology, name))
        setattr(topology, name, Derived(making, lazy.load))
    return making
