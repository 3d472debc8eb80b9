"""What a collection may add to creating, changing and deleting its objects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from grammar.tree import Setting
from midocli.store.display import Display
from midocli.store.resolve import Resolver
from midocli.store.rows import Row, Value
from midocli.store.store import Store


class Edit(Protocol):
    """The change under way: what a policy may look up in it, and add to it."""

    store: Store
    display: Display
    resolver: Resolver

    def new(
        self,
        path: str,
        parent: Row,
        beside: Row | None = None,
        aliases: Sequence[Setting] = (),
        **values: Any,
    ) -> Row:
        """Make an object that follows from the change.

        It has an alias or, `beside` an object that brings one such along, those `aliases` alone.
        """

    def put(self, row: Row, field: str, value: Value) -> None:
        """Change a field as follows from the change: no policy is asked."""

    def delete(self, row: Row) -> None:
        """Delete an object with what it holds; what named it is cleared or goes along."""


class Policy:
    """No checks and no consequences; each collection's policy overrides what it needs."""

    def before_create(self, edit: Edit, row: Row) -> None:
        """Complete a new object's values, or refuse it."""

    def complete(self, edit: Edit, row: Row, given: Collection[str]) -> None:
        """Let other fields follow those a command gave, once all of them are in place."""

    def check(self, edit: Edit, row: Row) -> None:
        """Refuse an object as it is when all values of a command are in place."""

    def created(self, edit: Edit, row: Row, companions: Sequence[Setting]) -> None:
        """Draw the consequences of a new object.

        `companions` are the aliases that were asked for the object that comes along with it, such
        as a router port's local route.
        """

    def changed(self, edit: Edit, row: Row, field: str, old: Any) -> None:
        """Draw the consequences of a field's new value, or refuse them."""

    def before_delete(self, edit: Edit, row: Row) -> None:
        """Refuse an object's end, while all that it holds and is named by is there."""

    def deleting(self, edit: Edit, row: Row) -> None:
        """Draw the consequences of an object's end that its references do not tell."""
