"""The log of a store: who changed what, in the order in which it was committed.

An entry is of a kind: a change, one that took a change back (`undo`) or that took this back
(`redo`), an alias that was given when it was first printed (`name`), or a change of what is a
session's own. Entries of one `run` came of one file, and are taken back together; while it runs
those of one `part` are: a command, or a file that it sourced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from weakref import WeakValueDictionary

from grammar.errors import RefusedError
from midocli.store.storage.database import Database, understood
from midocli.store.storage.values import storable

CHANGE, UNDO, REDO, NAME, OF_ITS_OWN = "change", "undo", "redo", "name", "own"

_ADD = "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)"
_NEWS = "SELECT number, kind, summary, data FROM change WHERE number > ? ORDER BY number"
_LISTED = (
    "SELECT run, min(made), min(session), min(number), count(*),"
    " sum(CASE WHEN undone IS NULL THEN 1 ELSE 0 END)"
    " FROM change WHERE kind IN ('change', 'undo', 'redo')"
)
#: What can be taken back, and done again as long as nothing else has been done since.
_LIVE = "undone IS NULL AND (kind = 'change' OR kind = 'own' AND session = ?)"
_UNDONE = (
    "undone IS NULL AND kind = 'undo' AND number >"
    " (SELECT coalesce(max(number), 0) FROM change WHERE kind IN ('change', 'own') {})"
)
_OWN_UNDONE = f"session = ? AND {_UNDONE.format('AND session = ?')}"
_OTHERS_UNDONE = f"session <> ? AND {_UNDONE.format('')}"


class Listed(NamedTuple):
    """A change as it is listed: a run is one. `made` is in seconds since 1970."""

    number: int
    made: int
    session: str
    summary: str
    is_undone: bool


class Found(NamedTuple):
    """What would be taken back: its entries' changes, the last first."""

    numbers: tuple[int, ...]
    session: str
    summary: str
    changes: tuple[str, ...]


class _Entry(NamedTuple):
    number: int
    run: int
    part: int
    kind: str
    undoes: int | None
    summary: str
    data: str


#: The logs of this process's sessions that have not ended.
_OPEN: WeakValueDictionary[str, Log] = WeakValueDictionary()


class Log:
    """The log as one session sees it, which is called `session`; `now` is the time in seconds."""

    def __init__(self, database: Database, session: str, now: Callable[[], int]) -> None:
        self._database = database
        self.session = session
        _OPEN[session] = self
        self._now = now
        self._is_known = False
        self._seen = 0
        self._committed = 0
        self._pending: list[_Entry] = []
        self._run: int | None = None
        #: What had been done when the runs began that are inside each other, and those that ended.
        self._levels: list[int] = []
        self._joined: list[int] = []
        self._last: int | None = None

    def close(self) -> None:
        """The session has ended."""
        _OPEN.pop(self.session, None)

    # -- what others did ----------------------------------------------------------------------

    def catch_up(self) -> None:
        """All that there is has been seen."""
        with understood(self._database):
            ((number,),) = self._database.rows("SELECT max(number) FROM change")
            self._seen = self._committed = int(number or 0)
        self._last = None

    def unseen(self) -> list[tuple[int, str, str, str]]:
        """Number, kind, summary and changes of each entry that was not seen yet.

        KeyError where some are there no more.
        """
        found = self._database.rows(_NEWS, (self._seen,))
        if found:
            ((first,),) = self._database.rows("SELECT min(number) FROM change")
            if first > self._seen + 1:
                raise KeyError(self._seen + 1)
        return found

    def news(self) -> list[tuple[str, str, str]]:
        """Kind, summary and changes of each entry that was not seen yet, and is so now.

        KeyError where some are there no more.
        """
        found = self.unseen()
        if found:
            self._last = None
            self._seen = self._committed = found[-1][0]
        return [(kind, summary, data) for _, kind, summary, data in found]

    # -- what this session does ---------------------------------------------------------------

    @contextmanager
    def together(self) -> Iterator[None]:
        """Inside, all that is done is one run or, inside another one, one part of that."""
        self._levels.append(self._seen)
        try:
            yield
        finally:
            begun = self._levels.pop()
            if self._levels:
                self._join(begun + 1)
            else:
                self._run = None

    def _join(self, first: int) -> None:
        """Make one part of what has been done since an entry."""
        self._pending = [
            each._replace(part=first) if each.number >= first else each for each in self._pending
        ]
        self._joined.append(first)

    def add(self, kind: str, summary: str, data: str, undoes: int | None = None) -> None:
        """An entry is to be written."""
        self._seen += 1
        number = self._seen
        if self._levels and self._run is None:
            self._run = number
        self._pending.append(
            _Entry(number, self._run or number, number, kind, undoes, storable(summary), data)
        )
        self._last = number if kind in (CHANGE, OF_ITS_OWN) else self._last

    def write(self) -> None:
        """Write what is to be written."""
        joined, self._joined = self._joined, []
        for first in joined:
            self._database.run(
                "UPDATE change SET part = ? WHERE number >= ? AND run = ? AND session = ?",
                (first, first, self._run, self.session),
            )
        if not self._pending:
            return
        made = self._now()
        if not self._is_known:
            self._database.run(
                "INSERT INTO session VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (self.session, self._database.process, made),
            )
        self._database.run_many(
            _ADD,
            [
                (each.number, each.run, each.part, self.session, made, each.kind, each.undoes,
                 each.summary, each.data)
                for each in self._pending
            ],
        )  # fmt: skip
        self._pending = []

    def written(self) -> None:
        """What was written is committed."""
        self._is_known = True
        self._committed = self._seen

    def forget(self) -> None:
        """What was written since the last commit is gone."""
        self._pending = []
        self._seen, self._last = self._committed, None
        if self._run is not None and self._run > self._seen:
            self._run = None

    # -- what can be taken back ------------------------------------------------------------------

    @property
    def last(self) -> int:
        """The number of the last change that was not taken back."""
        if self._last is None:
            found = self._database.rows(
                f"SELECT max(number) FROM change WHERE {_LIVE}", (self.session,)
            )
            self._last = found[0][0] or 0
        return self._last

    @property
    def is_whole(self) -> bool:
        """Whether the log begins with the first change."""
        return self._database.rows("SELECT min(number) FROM change")[0][0] in (None, 1)

    def count(self, again: bool) -> int:
        """How many changes can be taken back, or done again."""
        self.write()
        if again:
            own, others = self._count(_OWN_UNDONE, 2), self._count(_OTHERS_UNDONE, 1)
            return own + others
        ((runs, parts),) = self._database.rows(
            "SELECT count(DISTINCT CASE WHEN run = ? THEN NULL ELSE run END),"
            " count(DISTINCT CASE WHEN run = ? THEN part END)"
            f" FROM change WHERE {_LIVE} AND number > ?",
            (self._run or 0, self._run or 0, self.session, self._floor),
        )
        return int(runs + parts)

    @property
    def _floor(self) -> int:
        """What had been done when the file began that is read inside another one."""
        return self._levels[-1] if len(self._levels) > 1 else 0

    def _count(self, which: str, times: int) -> int:
        statement = f"SELECT count(*) FROM change WHERE {which}"
        return int(self._database.rows(statement, (self.session,) * times)[0][0])

    def undoable(self) -> Found | None:
        """What `undo` takes back: this session's last change or else the store's; None: nothing.

        A run is one change, but for the one under way.
        """
        self.write()
        found = self._first(_LIVE, 1)
        if found is None or found[0] <= self._floor:
            return None
        _, run, part, session, words = found
        which, of = ("part = ?", part) if run == self._run else ("run = ?", run)
        entries = self._database.rows(
            f"SELECT number, data, summary FROM change WHERE {which} AND session = ?"
            " AND undone IS NULL AND kind IN ('change', 'own') ORDER BY number DESC",
            (of, session),
        )
        numbers, changes, summaries = zip(*entries, strict=True)
        if len(numbers) > 1:
            words = f"{summaries[-1]} and {len(numbers) - 1} further changes"
        return Found(numbers, session, words, changes)

    def redoable(self) -> Found | None:
        """What `redo` does again; None where there is nothing."""
        self.write()
        found = self._first(_OWN_UNDONE, 2) or self._first(_OTHERS_UNDONE, 1)
        if found is None:
            return None
        number, _, _, session, words = found
        ((data,),) = self._database.rows("SELECT data FROM change WHERE number = ?", (number,))
        return Found((number,), session, words.removesuffix(" undone"), (data,))

    def _first(self, which: str, times: int) -> tuple[int, int, int, str, str] | None:
        found = self._database.rows(
            f"SELECT number, run, part, session, summary FROM change WHERE {which}"
            " ORDER BY CASE WHEN session = ? THEN 0 ELSE 1 END, number DESC LIMIT 1",
            (self.session,) * (times + 1),
        )
        return found[0] if found else None

    def is_anothers(self, session: str) -> bool:
        """Whether a session is another one, that is still there."""
        if session == self.session:
            return False
        found = self._database.rows("SELECT process FROM session WHERE id = ?", (session,))
        if found == [(self._database.process,)]:
            return session in _OPEN
        return any(self._database.lives(process) for (process,) in found)

    def has_moved(self, id: str, number: int) -> bool:
        """Whether a change behind an entry, which was not taken back, gave an object a place."""
        which = f"number > ? AND {_LIVE} AND data LIKE ?"
        move = f'%["move","{id}",%'
        return bool(
            self._database.rows(
                f"SELECT 1 FROM change WHERE {which} LIMIT 1", (number, self.session, move)
            )
        )

    def mark(self, found: Found, number: int, again: bool) -> None:
        """Mark what the entry with a number takes back."""
        for each in found.numbers:
            self._database.run("UPDATE change SET undone = ? WHERE number = ?", (number, each))
            if again:
                self._database.run("UPDATE change SET undone = NULL WHERE undone = ?", (each,))
        self._last = None

    @property
    def next(self) -> int:
        """The number that the next entry will have."""
        return self._seen + 1

    # -- what was done -----------------------------------------------------------------------

    def listed(self, last: int) -> list[Listed]:
        """The last changes, the oldest first."""
        self.write()
        found = self._database.rows(f"{_LISTED} GROUP BY run ORDER BY run DESC LIMIT ?", (last,))
        with understood(self._database):
            return [self._listed(*row) for row in reversed(found)]

    def change(self, number: int) -> tuple[Listed, list[str]] | None:
        """One change with what was done; None where the log has no such."""
        self.write()
        found = self._database.rows(f"{_LISTED} AND run = ? GROUP BY run", (number,))
        if not found:
            return None
        entries = self._database.rows(
            "SELECT data FROM change WHERE run = ? AND kind IN ('change', 'undo', 'redo')"
            " ORDER BY number",
            (number,),
        )
        with understood(self._database):
            return self._listed(*found[0]), [data for (data,) in entries]

    def since(self, number: int) -> list[str]:
        """What was done behind an entry, the last first; RefusedError where some is there no more.

        What others have done that this session has not seen yet is not among it.
        """
        self.write()
        ((first,),) = self._database.rows("SELECT min(number) FROM change")
        if self._seen > number and (first is None or first > number + 1):
            raise RefusedError(f"the log has been pruned since: it begins with {first}")
        found = self._database.rows(
            "SELECT data FROM change WHERE number > ? AND number <= ?"
            " AND kind IN ('change', 'undo', 'redo') ORDER BY number DESC",
            (number, self._seen),
        )
        return [data for (data,) in found]

    @property
    def seen(self) -> int:
        """The last entry that this session knows of."""
        return self._seen

    def span(self, number: int) -> tuple[int, int]:
        """The first and the last entry of one change, which the log has."""
        ((first, last),) = self._database.rows(
            "SELECT min(number), max(number) FROM change WHERE run = ?", (number,)
        )
        return first, last

    def _listed(
        self, run: int, made: int, session: str, first: int, count: int, live: int
    ) -> Listed:
        ((words,),) = self._database.rows("SELECT summary FROM change WHERE number = ?", (first,))
        further = f" and {count - 1} further changes" if count > 1 else ""
        return Listed(run, int(made), session, words + further, not live)

    def prune(self, last: int) -> int:
        """Forget all but the last changes; how many were forgotten."""
        kept = self._database.rows(
            "SELECT DISTINCT run FROM change WHERE kind IN ('change', 'undo', 'redo')"
            " ORDER BY run DESC LIMIT ?",
            (last,),
        )
        with understood(self._database):
            first = min((int(run) for (run,) in kept), default=0)
        before = f"{_LISTED} AND run < ? GROUP BY run"
        forgotten = len(self._database.rows(before, (first,)))
        self._database.run("DELETE FROM change WHERE run < ? AND number < ?", (first, first))
        self._database.run(
            "DELETE FROM session WHERE id <> ? AND id NOT IN (SELECT session FROM change)",
            (self.session,),
        )
        return forgotten
