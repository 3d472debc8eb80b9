"""Rows of a store are read when they are first needed, which nobody may notice.

`python tests/test_read_when_needed.py SEEDS` compares more sessions.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from asgi import Served
from random_sessions import Builder
from sharer import Sharer
from worlds import World, check, listing

import grammar
from grammar.errors import MidoError
from grammar.resources import SCHEMA
from midocli.commands.dispatch import run
from midocli.session.stores import check as is_unsound
from midocli.session.stores import keep

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
    "chain chain0 rule rule0 delete", "begin", "commit", "begin", "commit",
)  # fmt: skip
#: What not all sessions do alike. (What is rolled back leaves gaps in its own session alone.)
_ALONE = ("undo", "redo", "begin", "commit")


class Twins(World):
    """A world in memory, and sessions on one store beside it that have to print the same."""

    def __init__(self, where: Path, dice: Random, many: int) -> None:
        super().__init__()
        self._where = where
        self._dice = dice
        self._chance = Random(1)
        self.context.store.chance = self.context.chance = Random(1)
        self._sessions = [self._opened() for _ in range(many)]
        self._late = self._opened()
        self._there = self._listed(self)

    def _opened(self) -> Sharer:
        session = Sharer(self._where)
        session.context.store.chance = session.context.chance = self._chance
        return session

    def run(self, line: str) -> str:
        if self._dice.random() < 0.3:
            self._glance()
        if self._dice.random() < 0.05:
            self._look_back()
        is_alone = len(self._sessions) == 1 or line not in _ALONE
        return self._both(line if is_alone else "router list")

    def _both(self, line: str) -> str:
        """What a command prints here, and in one of the sessions, which may be a new one."""
        at = self._dice.randrange(len(self._sessions))
        if self._dice.random() < 0.2 and not self._sessions[at].context.change.is_open:
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
            self.run(look) if look in _ALONE else self._both(look)

    def _look_back(self) -> None:
        """Have a session that has not heard of others since see what there was then."""
        if self.context.change.is_open:
            return
        if self._dice.random() < 0.5:
            self._tried(self._late.run, self._dice.choice(_LOOKS[:20]))
            self._late.kept.refresh()
        else:
            assert self._listed(self._late) == self._there
            check(self._late.store)
            self._late.kept.close()
            self._late = self._opened()
        self._there = self._listed(self)

    @staticmethod
    def _listed(world: World) -> list[str]:
        """All objects, but for aliases that may have been given since."""
        return [re.sub(r"route\d*", "route", line) for line in listing(world)]

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
        with suppress(MidoError):
            self._both("commit")
        self._look_back()
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
@pytest.mark.parametrize("seed", range(2))
def test_sessions_print_what_one_in_memory_does(tmp_path: Path, seed: int, many: int) -> None:
    compare(tmp_path / "net.db", seed, many)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "net.db"


def filled(store: Path) -> Sharer:
    """A session that has filled a store."""
    session = Sharer(store)
    for line in (
        "chain create name c",
        *(f"chain c add rule type accept tos {number}" for number in range(1, 4)),
        *(f"bridge create name b{number} infilter chain0" for number in range(3)),
        *(f"bridge bridge{number} add port" for number in (0, 0, 1)),
        "router create name r",
        "router r add port address 10.0.0.1 net 10.0.0.0/24 peer bridge0:port0",
    ):
        session.run(line)
    return session


def read(session: Sharer) -> dict[str, int]:
    """How many rows of which collections a session has read."""
    return Counter(row.collection.path for row in session.store.rows_in_memory())


def test_no_more_is_read_than_is_looked_at(store: Path) -> None:
    filled(store)
    assert read(Sharer(store)) == {"system-state": 1}
    session = Sharer(store)
    session.run("bridge list")
    assert read(session) == {"system-state": 1, "bridge": 3, "chain": 1}
    session.run("bridge b1 list port")
    assert read(session)["bridge.port"] == 1
    session = Sharer(store)
    session.run("router r show state")
    assert read(session) == {"system-state": 1, "router": 1}
    assert session.store.count == 13
    session.run("port port2 show")
    assert read(session)["bridge.port"] == 1


def test_what_others_do_to_what_is_not_read_is_passed_over(store: Path) -> None:
    a, b = filled(store), Sharer(store)
    b.run("router list")
    for line in ("b0 set name b9", "b1 add port", "create", "b2 delete"):
        a.run(f"bridge {line}")
    assert b.kept.refresh() and read(b) == {"system-state": 1, "router": 1}
    assert b.store.count == a.store.count
    assert b.run("bridge list") == a.run("bridge list")
    assert b.run("port list") == a.run("port list")
    assert (a.run("bridge b1 add port"), b.run("bridge b1 add port")) == (
        "bridge1:port2",
        "bridge1:port3",
    )
    assert not is_unsound(str(store))


def test_a_command_sees_one_moment(store: Path) -> None:
    """What others commit while a session looks is not there before its next command."""
    for look in ("bridge list", "chain c list rule", "port list", "router r list port"):
        store.unlink(missing_ok=True)
        a, b = filled(store), Sharer(store)
        before = a.run(look)
        b.kept.refresh()
        for line in (
            "chain c rule rule0 set pos 3",
            "chain c add rule type drop pos 1",
            "chain c delete rule rule1",
            "bridge b1 set name x",
            "bridge b0 delete",
            "bridge create name b4",
            "router r add port address 10.0.1.1 net 10.0.1.0/24",
        ):
            a.run(line)
        command = grammar.parse(look)
        assert command is not None
        assert run(b.context, command).text().rstrip("\n") == before
        assert b.run(look) == a.run(look) != before
        check(b.store)
        assert not is_unsound(str(store))


def test_a_draft_stays_on_what_there_was(store: Path) -> None:
    a, b = filled(store), Sharer(store)
    before = a.run("chain c list rule")
    b.run("begin")
    b.run("bridge create name draft")
    a.run("chain c add rule type drop pos 1")
    assert b.run("chain c list rule") == before
    b.run("chain c set name d")
    b.run("commit")
    assert b.run("chain d list rule") == a.run("chain d list rule") != before
    assert not is_unsound(str(store))


def test_traffic_goes_by_what_others_plug_in(store: Path) -> None:
    """That nothing refers to a port was looked at, not what is read of who does."""
    a = Sharer(store)
    for line in (
        "host create name h addresses 10.9.0.1",
        "host create name far addresses 10.9.0.2",
        "tunnel-zone create name z type vxlan",
        "tunnel-zone z add member host h address 10.9.0.1",
        "tunnel-zone z add member host far address 10.9.0.2",
        "bridge create name lan",
        *["bridge lan add port"] * 3,
        "host h add binding port bridge0:port0 interface veth0",
        "guest create name one interface host0:veth0 address 10.0.0.1/24",
    ):
        a.run(line)
    b = Sharer(store)
    for number in (2, 3):
        ping = f"ping one 10.0.0.{number} count 1 capture none"
        assert "0 received" in b.run(ping)
        a.run(f"host far add binding port bridge0:port{number - 1} interface veth{number}")
        assert "0 received" in b.run(ping)
        a.run(f"guest create interface host1:veth{number} address 10.0.0.{number}/24")
        assert "1 received" in b.run(ping)


def test_a_server_reads_what_is_asked_for(store: Path) -> None:
    filled(store)
    served = Served()
    keep(served.context, str(store))
    assert [each["name"] for each in served("GET", "/routers").body] == ["r"]
    (bridge, *_) = served("GET", "/bridges").body
    assert len(served("GET", f"/bridges/{bridge['id']}/ports").body) == 2
    assert served.context.kept is not None
    served.context.kept.close()
    answer = served("GET", "/port_groups")
    assert answer.status == 503 and "cannot be used" in answer.body["message"]


if __name__ == "__main__":
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        with tempfile.TemporaryDirectory() as folder:
            try:
                compare(Path(folder, "net.db"), seed, 1 + seed % 3)
            except BaseException:
                print("seed", seed)
                raise
