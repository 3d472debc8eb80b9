"""What a store asks of a database: a few statements, and whether somebody else has changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from grammar.errors import StoreError

Cell = str | int | None


class Database(Protocol):
    """A connection to a database that holds one topology.

    Statements are those that SQLite and PostgreSQL have in common, with a `?` for each parameter.
    Outside `begin` … `commit` each is by itself. All raise StoreError, in one sentence, where the
    database cannot do what is asked.
    """

    @property
    def name(self) -> str:
        """What the store is called where sessions name it."""

    @property
    def is_empty(self) -> bool:
        """Whether there are no tables yet."""

    @property
    def process(self) -> str:
        """The process that this session is, in a word that no other ever has."""

    def lives(self, process: str) -> bool:
        """Whether the process of a word is still there."""

    def rows(self, statement: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        """All that a statement finds."""

    def run(self, statement: str, parameters: Sequence[Cell] = ()) -> None:
        """Carry a statement out."""

    def run_many(self, statement: str, many: Sequence[Sequence[Cell]]) -> None:
        """Carry a statement out with each of some parameters, which are all there by then: nothing
        else can be asked meanwhile.
        """

    def mark(self) -> object:
        """What is another when another connection has changed something since, the version too."""

    def stirs(self) -> bool:
        """Whether it is worth while to ask for the mark: what a waiting prompt asks first."""

    def begin(self, seconds: float) -> None:
        """Begin to write, when others have ended: StoreError if that takes longer."""

    def commit(self) -> None:
        """Have on disk what was written since `begin`."""

    def rollback(self) -> None:
        """Forget what was written since `begin`; nothing where that failed."""

    def verify(self) -> list[str]:
        """What the database itself finds wrong with its data."""

    def close(self) -> None:
        """End the connection."""


@contextmanager
def understood(database: Database) -> Iterator[None]:
    """Inside, what cannot be understood of what a database holds is told as damage: StoreError."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise StoreError(f"the store {database.name} is damaged: {error!r:.200}") from None
