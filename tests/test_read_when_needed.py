"""Rows of a store are read when they are first needed, which nobody may notice.

`python tests/test_read_when_needed.py SEEDS` compares more sessions.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from random_sessions import Builder
from sharer import Sharer
from worlds import World, check, listing

from grammar.errors import MidoError
from grammar.resources import SCHEMA
from midocli.app.stores import check as is_unsound

#: What is looked at between changes: little at a time, so that most is not read.
_LOOKS = (
    *(f"{path} list" for path in SCHEMA.root if not SCHEMA[path].single),
    "router router0 list port", "router router1 list route", "bridge bridge0 list port",
    "bridge bridge1 list dhcp", "chain chain0 list rule", "chain chain1 list rule",
    "host host0 list binding", "host host0 list interface", "load-balancer lb0 list vip",
    "load-balancer lb0 list pool", "guest guest0 show", "port port3 show", "router r list port",
    "bridge list infilter chain0", "port list peer bridge0:port0", "chain c show", "undo", "redo",
    "undo", "redo", "save all.mido", "bridge b show", "chain chain0 delete",
    "router router0 delete", "bridge bridge0:port0 delete", "chain chain0 rule rule1 set pos 1",
    "chain chain0 rule rule0 delete",
)  # fmt: skip


class Twins(World):
    """A world in memory, and sessions on one store beside it that have to print the same."""

    def __init__(self, where: Path, dice: Random, many: int) -> None:
        super().__init__()
        self._where = where
        self._dice = dice
        self._chance = Random(1)
        self.context.store.chance = self.context.chance = Random(1)
        self._sessions = [self._opened() for _ in range(many)]

    def _opened(self) -> Sharer:
        session = Sharer(self._where)
        session.context.store.chance = session.context.chance = self._chance
        return session

    def run(self, line: str) -> str:
        if self._dice.random() < 0.3:
            self._glance()
        is_alone = len(self._sessions) == 1 or line not in ("undo", "redo")
        return self._both(line if is_alone else "router list")

    def _both(self, line: str) -> str:
        """What a command prints here, and in one of the sessions, which may be a new one."""
        at = self._dice.randrange(len(self._sessions))
        if self._dice.random() < 0.2:
            self._sessions[at].kept.close()
            self._sessions[at] = self._opened()
        printed, refused = self._tried(super().run, line)
        other = self._tried(self._sessions[at].run, line)
        assert other == (printed, refused), f"{line}: {other}, but {printed, refused}"
        if refused is not None:
            raise refused
        return printed

    def _glance(self) -> None:
        look = self._dice.choice(_LOOKS)
        with suppress(MidoError):
            self.run(look) if look in ("undo", "redo") else self._both(look)

    @staticmethod
    def _tried(run: Callable[[str], str], line: str) -> tuple[str, MidoError | None]:
        """What a command prints, or why it is refused; what was undone is in any order."""
        try:
            printed = run(line)
        except MidoError as error:
            return "", RefusalError(error.message)
        return printed.partition(": ")[0] if line in ("undo", "redo") else printed, None

    def compare(self) -> None:
        """Have all sessions agree on all there is."""
        for session in [*self._sessions, self._opened()]:
            session.kept.refresh()
            assert session.store.count == self.store.count
            assert listing(session) == listing(self)
            session.store.all_rows()
            check(session.store)
            session.kept.close()
        assert not is_unsound(str(self._where))


class RefusalError(MidoError):
    """Why a command was refused, to be compared."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RefusalError) and self.message == other.message

    def __hash__(self) -> int:
        return hash(self.message)


def compare(where: Path, seed: int, many: int) -> None:
    dice = Random(seed)
    twins = Twins(where, dice, many)
    Builder(dice, twins).build()
    for _ in range(30):
        twins._glance()
    twins.compare()


@pytest.mark.parametrize("many", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_sessions_print_what_one_in_memory_does(tmp_path: Path, seed: int, many: int) -> None:
    compare(tmp_path / "net.db", seed, many)


if __name__ == "__main__":
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        with tempfile.TemporaryDirectory() as folder:
            try:
                compare(Path(folder, "net.db"), seed, 1 + seed % 3)
            except BaseException:
                print("seed", seed)
                raise
