"""Sessions on one store, interleaved step by step: a seed says how, and repeats it.

Each session is a thread that goes on when it is told to, one at a time; it stops before what it
asks of the database. There it may crash, find the disk full, or lose its connection. What comes of
it is held against a simple model: the objects are what the changes lead to that were not taken
back, every command that was answered is one of these, once, and no other is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random
from threading import Semaphore, Thread, local
from traceback import format_exc
from typing import Any

from proofs import Entry, Replayed, prove
from sharer import Sharer
from worlds import check, listing

from grammar.errors import MidoError, StoreError
from midocli.session import stores
from midocli.store.storage.database import Cell, Database

#: How many turns a session waits for another one that writes.
_PATIENCE = 8
_LOG = "SELECT number, session, kind, undoes, undone FROM change ORDER BY number"
_LOST = ("is locked", "the disk is full", "cannot be reached", "the disk reports an error")


class Crash(BaseException):
    """A session ends here, as by kill -9."""


class Stepping:
    """A database that waits for its session's turn before all that it does."""

    def __init__(self, real: Database, actor: Actor) -> None:
        self.real = real
        self._actor = actor
        self._is_writing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def _waits(self, chance: float, what: str) -> None:
        self._actor.wait(chance, what, self.real)

    def rows(self, statement: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        self._waits(0.05 if self._is_writing else 0.3, "read")
        return self.real.rows(statement, parameters)

    def mark(self) -> object:
        self._waits(0.2, "read")
        return self.real.mark()

    def run(self, statement: str, parameters: Sequence[Cell] = ()) -> None:
        self._waits(0.3, "write")
        self.real.run(statement, parameters)

    def run_many(self, statement: str, many: Sequence[Sequence[Cell]]) -> None:
        self._waits(0.3, "write")
        self.real.run_many(statement, many)

    def begin(self, seconds: float) -> None:
        for turn in range(_PATIENCE):
            self._waits(1, "begin")
            try:
                self.real.begin(0.001)
                self._is_writing = True
                return
            except StoreError as error:
                if "is locked" not in error.message or turn == _PATIENCE - 1:
                    raise

    def commit(self) -> None:
        self._waits(1, "commit")
        self.real.commit()
        self._is_writing = False
        self._actor.schedule.note(self._actor)
        self._waits(1, "committed")

    def rollback(self) -> None:
        self._actor.check()
        self._is_writing = False
        self.real.rollback()

    def close(self) -> None:
        self.real.close()


class Actor:
    """A session that carries out commands of its own choice, a step at a time."""

    def __init__(self, schedule: Schedule, dice: Random, length: int) -> None:
        self.schedule = schedule
        self.dice = dice
        self.sharer: Sharer | None = None
        self.line = "open"
        self.committed = 0
        self.is_done = self.is_crashed = False
        self._turn, self._length = Semaphore(0), length
        self._thread = Thread(target=self._live, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Crash once more: what a session would do after it cannot be done."""
        if self.is_crashed:
            raise Crash

    def go_on(self) -> None:
        """Have it make a step; comes back when it has."""
        self._turn.release()
        self.schedule.turn.acquire()

    def _live(self) -> None:
        self._turn.acquire()
        try:
            self.schedule.actors_here.it = self
            for _ in range(self._length):
                self._act()
        except Crash:
            self.sharer = None
        except BaseException as error:
            self.schedule.wrong.append(f"{self.line}: {type(error).__name__}: {error}")
        finally:
            self.is_done = True
            self.schedule.turn.release()

    def _act(self) -> None:
        self.committed = 0
        refused = None
        if self.sharer is None:
            self.line = "open"
            with suppress(StoreError):
                self.sharer = Sharer(self.schedule.where)
                self.sharer.context.store.chance = Random(self.dice.random())
            return
        self.line = self.dice.choice(_LINES)(self.dice)
        answer = ""
        try:
            answer = self.sharer.run(self.line)
        except MidoError as error:
            refused = error.message
        self.schedule.ended(self, answer, refused)

    def wait(self, chance: float, what: str, database: Database) -> None:
        """Let others have their turns, perhaps; something may happen meanwhile."""
        self.check()
        if self.is_done or self.dice.random() >= chance:
            return
        self.schedule.turn.release()
        self._turn.acquire()
        self.schedule.strike(self, what, database)


class Schedule:
    """One course of events on the store at a place, drawn by `dice`; `wrong` is what went wrong.

    `events` is what happened, a line each.

    `drop` ends the connection of a database, where it has one that can be lost.
    """

    def __init__(
        self, dice: Random, where: str, drop: Callable[[Database], None] | None = None
    ) -> None:
        self._dice = dice
        self._drop = drop
        self.where = where
        self.wrong: list[str] = []
        self.events: list[str] = []
        self.turn = Semaphore(0)
        self.actors_here = local()
        self._log: list[tuple[Any, ...]] = []
        self._actors: list[Actor] = []
        self._is_calm = dice.random() < 0.3

    def run(self, sessions: int = 3, length: int = 14) -> list[str]:
        """Have it happen; what went wrong."""
        with self._stepped():
            for _ in range(sessions):
                self._actors.append(Actor(self, Random(self._dice.random()), length))
            going = list(self._actors)
            while going:
                actor = self._dice.choice(going)
                actor.go_on()
                if actor.is_done:
                    going.remove(actor)
                    if actor.sharer is None and len(self._actors) < 2 * sessions:
                        self._actors.append(Actor(self, Random(self._dice.random()), length))
                        going.append(self._actors[-1])
        if not self.wrong:
            self._compare([each.sharer for each in self._actors if each.sharer is not None])
        return self.wrong

    @contextmanager
    def _stepped(self) -> Iterator[None]:
        real = stores.opened

        def opened(where: str, new: bool = True) -> Any:
            database = real(where, new)
            actor = getattr(self.actors_here, "it", None)
            return database if actor is None else Stepping(database, actor)

        stores.opened = opened
        try:
            yield
        finally:
            stores.opened = real

    # -- what happens --------------------------------------------------------------------------

    def strike(self, actor: Actor, what: str, database: Database) -> None:
        """Perhaps have something happen to a session that is about to do something."""
        if self._is_calm or self._dice.random() > 0.02:
            return
        strike = self._dice.choice(("crash", "full", "fail", "drop"))
        self.tell(actor, f"{what}: {strike}")
        match strike:
            case "crash":
                database.close()
                actor.is_crashed = True
                raise Crash
            case "full" if self._drop is None:
                ((pages,),) = database.rows("PRAGMA page_count")
                database.rows(f"PRAGMA max_page_count = {pages + 1}")
            case "fail" if what in ("write", "commit"):
                raise StoreError("the disk reports an error")
            case "drop" if self._drop is not None and what != "committed":
                self._drop(database)

    def tell(self, actor: Actor, event: str) -> None:
        """Something happens to a session."""
        self.events.append(f"{self._actors.index(actor)}: {actor.line}: {event}")

    def note(self, actor: Actor) -> None:
        """A session has committed: one change, or names only."""
        before, self._log = self._log, self._read_log()
        added = [row for row in self._log[len(before) :] if row[2] != "name"]
        self.tell(actor, f"committed {[row[0] for row in self._log[len(before) :]]}")
        if actor.line.startswith("log prune"):
            return
        actor.committed += len(added)
        if len(added) > 1 and "undo " not in actor.line:
            self.wrong.append(f"{actor.line}: {len(added)} changes at once")
        for number, session, kind, undoes, _ in added[:1]:
            if kind == "undo" and undoes != _newest(before, session):
                self.wrong.append(f"{number} undid {undoes}, not {_newest(before, session)}")

    def _read_log(self) -> list[tuple[Any, ...]]:
        database = self._looking()
        try:
            return database.rows(_LOG)
        finally:
            database.close()

    def _looking(self) -> Database:
        """A connection that is nobody's."""
        it, self.actors_here.it = getattr(self.actors_here, "it", None), None
        try:
            return stores.opened(self.where, False)
        finally:
            self.actors_here.it = it

    def ended(self, actor: Actor, answer: str, refused: str | None) -> None:
        """A command was answered, or refused."""
        assert actor.sharer is not None
        self.tell(actor, answer if refused is None else f"refused: {refused}")
        if self._drop is None:
            with suppress(StoreError):
                actor.sharer.kept._database.rows("PRAGMA max_page_count = 1000000")
        is_held = actor.sharer.context.change.is_open
        if refused is not None and actor.committed:
            self.wrong.append(f"{actor.line} was refused, but is made: {refused}")
        if refused is None and not is_held and not actor.committed and " create" in actor.line:
            self.wrong.append(f"{actor.line} was answered {answer}, but is lost")
        if refused is not None and self._is_calm and any(why in refused for why in _LOST[1:]):
            self.wrong.append(f"{actor.line} was refused without need: {refused}")
        if refused is not None and "damaged" in refused:
            self.wrong.append(f"{actor.line}: {refused}")

    # -- what has to be so then ------------------------------------------------------------------

    def _compare(self, sharers: list[Sharer]) -> None:
        try:
            for sharer in sharers:
                if sharer.context.change.is_open:
                    sharer.run("rollback")
            log = prove(self.where)
            self._compare_live(log)
            fresh = Sharer(self.where)
            wanted = _listed(fresh)
            for sharer in sharers:
                sharer.kept.refresh()
                found = _listed(sharer)
                check(sharer.store)
                if found != wanted:
                    self.wrong.append(f"a session sees {sorted({*found} ^ {*wanted})}")
            for sharer in (*sharers, fresh):
                sharer.kept.close()
        except (AssertionError, MidoError):
            self.wrong.append(format_exc())

    def _compare_live(self, log: list[Entry]) -> None:
        """The changes that were not taken back lead to the objects, too."""
        undone = {row[0] for row in self._read_log() if row[4] is not None}
        live = [each for each in log if each.kind == "change" and each.number not in undone]
        names = [each for each in log if each.kind == "name"]
        found = {row[0]: row[1:] for row in Replayed(live).objects()}
        whole = {row[0]: row[1:] for row in Replayed(log).objects()}
        for entry in names:
            found = {id: whole[id] if id in entry.data and id in whole else row
                     for id, row in found.items()}  # fmt: skip
        assert found == whole, "what was not taken back is not what there is"


def _listed(sharer: Sharer) -> list[str]:
    """All that a session sees, but the aliases of routes, which it may not have told others."""
    return [re.sub(r":route\d+ ", ":route ", line) for line in listing(sharer)]


def _newest(log: list[tuple[Any, ...]], session: str) -> int | None:
    """What `undo` has to take back: the session's newest change, or else the store's."""
    live = [(number, whose) for number, whose, kind, _, undone in log
            if kind == "change" and undone is None]  # fmt: skip
    own = [number for number, whose in live if whose == session]
    return own[-1] if own else live[-1][0] if live else None


_LINES: tuple[Callable[[Random], str], ...] = (
    lambda dice: f"bridge create name b{dice.randrange(9)}",
    lambda dice: f"bridge create name b{dice.randrange(9)}",
    lambda dice: f"bridge bridge{dice.randrange(4)} set name c{dice.randrange(9)}",
    lambda dice: f"bridge bridge{dice.randrange(4)} set infilter chain{dice.randrange(2)}",
    lambda dice: f"delete bridge bridge{dice.randrange(4)}",
    lambda dice: f"bridge bridge{dice.randrange(3)} add port",
    lambda dice: f"bridge bridge{dice.randrange(3)} list port",
    lambda dice: "bridge list",
    lambda dice: f"chain create name k{dice.randrange(2)}",
    lambda dice: (
        f"chain chain{dice.randrange(2)} add rule type accept tos {dice.randrange(256)} "
        f"pos {dice.randint(1, 2)}"
    ),
    lambda dice: f"chain chain{dice.randrange(2)} add rule type accept pos 1",
    lambda dice: (
        f"chain chain{dice.randrange(2)} rule rule{dice.randrange(4)} set pos {dice.randint(1, 3)}"
    ),
    lambda dice: f"delete chain chain{dice.randrange(2)} rule rule{dice.randrange(4)}",
    lambda dice: f"delete chain chain{dice.randrange(2)}",
    lambda dice: f"chain chain{dice.randrange(2)} list rule",
    lambda dice: "router create name r",
    lambda dice: (
        f"router router{dice.randrange(2)} add port address 10.0.{dice.randrange(9)}.1 "
        f"net 10.0.{dice.randrange(9)}.0/24"
    ),
    lambda dice: f"router router{dice.randrange(2)} list route",
    lambda dice: "undo",
    lambda dice: "undo",
    lambda dice: f"undo {dice.randint(1, 3)}",
    lambda dice: "redo",
    lambda dice: "begin",
    lambda dice: "commit",
    lambda dice: "rollback",
    lambda dice: "log",
)
