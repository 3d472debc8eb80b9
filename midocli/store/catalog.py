"""What is asked about a topology: its objects, how they are found, and what is shown of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar.errors import UnknownObjectError
from midocli.store.display import Display
from midocli.store.resolve import Resolver
from midocli.store.rows import Row
from midocli.store.store import Store


class Catalog:
    """A store with the words for what is in it; nothing here changes anything.

    With `aliases` objects are shown by their aliases, else by their UUIDs; `live` gives the
    values of fields that only the datapath knows.
    """

    def __init__(
        self,
        store: Store,
        aliases: bool = True,
        live: Callable[[Row, str], Any] | None = None,
    ) -> None:
        self.store = store
        self.display = Display(store, aliases, live)
        self.resolver = Resolver(store, self.display)

    def named(self, path: str, word: str) -> Row | None:
        """The root object of a collection that a word names, None where there is none."""
        try:
            return self.resolver.find(self.store.schema[path], None, word)
        except UnknownObjectError:
            return None
