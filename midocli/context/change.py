"""The change of several commands that is under way, from `begin` to `commit` or `rollback`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from grammar.errors import RefusedError

if TYPE_CHECKING:
    from midocli.store.draft import Draft
    from midocli.store.store import Store


class Change:
    """Whether a change has begun, in which input, and whether it can still be committed.

    What was begun in a file ends there. A change that has failed holds nothing any more, and waits
    for its end.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._draft: Draft | None = None
        self._begun = 0
        self._level = 0
        self.has_failed = False

    @property
    def is_open(self) -> bool:
        """Whether a change has begun and not ended."""
        return self._draft is not None

    def stand(self, level: int) -> None:
        """Know how deep in files the commands stand that are carried out from here on."""
        self._level = level

    def begin(self) -> None:
        """Begin one; RefusedError where one has begun already."""
        from midocli.store.draft import Draft

        if self._draft is not None:
            raise RefusedError("a change has begun already; commit or rollback ends it")
        self._draft, self._begun, self.has_failed = Draft(self._store), self._level, False

    def commit(self) -> bool:
        """Keep it as one; whether it was still good. A MidoError where it can stay no more."""
        good = not self.has_failed
        draft = self._ended()
        if good:
            draft.commit()
        else:
            draft.roll_back()
        return good

    def set_aside(self) -> AbstractContextManager[None]:
        """Inside, all is as it was before the change, if one has begun."""
        return nullcontext() if self._draft is None else self._draft.aside()

    def roll_back(self) -> None:
        """Take back all of it."""
        self._ended().roll_back()

    def fail(self) -> bool:
        """Take back what there is of it, for a command has failed; whether there was one."""
        if self._draft is None or self.has_failed:
            return False
        self.has_failed = True
        self._draft.take_back()
        return True

    def give_up(self) -> bool:
        """Take back one that was begun in the input that ends; whether there was one to lose."""
        if self._draft is None or self._begun < self._level:
            return False
        good = not self.has_failed
        self.roll_back()
        return good

    def _ended(self) -> Draft:
        """The change that ends; RefusedError where there is none to end here."""
        if self._draft is None:
            raise RefusedError("no change has begun")
        if self._begun != self._level:
            raise RefusedError("the change was begun outside this file, and ends there")
        draft, self._draft, self.has_failed = self._draft, None, False
        return draft
