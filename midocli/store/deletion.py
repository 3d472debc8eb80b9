"""The end of an object: what it holds goes along, what named it is cleared or goes along too."""

from __future__ import annotations

from collections.abc import Callable

from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row, without
from midocli.store.store import Store
from midocli.store.told import Told


class Deletion:
    """Deletes objects; fields that named them are cleared once, however many they named.

    `policy_of` gives the policy of a row's collection.
    """

    def __init__(
        self, store: Store, edit: Edit, policy_of: Callable[[Row], Policy], told: Told
    ) -> None:
        self._store = store
        self._edit = edit
        self._policy_of = policy_of
        self._told = told
        self._done = 0
        self._total = 0
        self._to_clear: dict[tuple[Row, int], set[Row]] = {}

    def run(self, row: Row) -> None:
        """Delete an object; nothing if it is gone already. What `told` raises is let through."""
        self._total = _count(row)
        self._delete(row)
        self._clear_referrers()

    def _clear_referrers(self) -> None:
        """Clear the fields that named what is gone."""
        for (source, index), gone in self._to_clear.items():
            if self._store.is_live(source):
                rest = without(source.values[index], gone)
                clearable = source.collection.fields[index].clearable
                self._store.put(source, index, None if clearable and not rest else rest)

    def _delete(self, row: Row) -> None:
        if not self._store.is_live(row):
            return
        self._policy_of(row).before_delete(self._edit, row)
        for siblings in row.held():
            for child in list(siblings):
                self._delete(child)
        self._policy_of(row).deleting(self._edit, row)
        for source, index in list(row.referrers or ()):
            if source is row or not self._store.is_live(source):
                continue
            if source.collection.fields[index].on_delete == "cascade":
                self._delete(source)
            else:
                self._to_clear.setdefault((source, index), set()).add(row)
        self._store.detach(row)
        self._done += 1
        self._told(min(self._done, self._total), self._total)


def _count(row: Row) -> int:
    """How many objects there are in one, and itself."""
    return 1 + sum(_count(child) for siblings in row.held() for child in siblings)
