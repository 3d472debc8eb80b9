"""What a collection may add to creating, changing and deleting its objects."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from midocli.store.rows import Row

if TYPE_CHECKING:
    from midocli.store.editor import Editor


class Policy:
    """No checks and no consequences; each collection's policy overrides what it needs."""

    def before_create(self, edit: Editor, row: Row) -> None:
        """Complete a new object's values, or refuse it."""

    def complete(self, edit: Editor, row: Row, given: Collection[str]) -> None:
        """Let other fields follow those a command gave, once all of them are in place."""

    def check(self, edit: Editor, row: Row) -> None:
        """Refuse an object as it is when all values of a command are in place."""

    def created(self, edit: Editor, row: Row) -> None:
        """Draw the consequences of a new object."""

    def changed(self, edit: Editor, row: Row, field: str, old: Any) -> None:
        """Draw the consequences of a field's new value, or refuse them."""

    def deleting(self, edit: Editor, row: Row) -> None:
        """Draw the consequences of an object's end that its references do not tell, or refuse."""
