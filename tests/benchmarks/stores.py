"""What a store of 100,000 objects costs: to look at a few of them, a first frame, a change.

A hundred bridges with 36,000 ports stand among the rest of the topology of `scale`, and beside it
a network of two guests. Looking is measured as whole processes; the sync of a change by itself is
that of a bare SQLite database in the same folder.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median

from handmade import session_of
from measure import Ratio, compile_all, python, ratio, relative_spread
from scale import script

from grammar.script import Line
from midocli.context.manner import Manner
from midocli.session.session import Session
from midocli.session.stores import keep
from midocli.store.storage.sqlite import journal_mode

LAB = """\
host create name lab
bridge create name lan
bridge lan add port
bridge lan add port
host lab add binding port lan:port0 interface veth0
host lab add binding port lan:port1 interface veth1
guest create name one interface lab:veth0 address 192.168.0.1/24
guest create name two interface lab:veth1 address 192.168.0.2/24
"""
PING = "ping one 192.168.0.2 count 1 capture none"


def measure() -> Iterator[Ratio]:
    """Everything, of one store that is made once."""
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        topology, store = Path(folder, "net.mido"), Path(folder, "net.db")
        lines = [line for _, some in script(100, 360) for line in some]
        topology.write_text("\n".join(lines) + "\n" + LAB)
        python("-m", "midocli", "-s", str(store), str(topology))()
        yield ratio(
            "midocli -s net.db -e 'bridge list'",
            python("-m", "midocli", "-s", str(store), "-e", "bridge list"),
            "import pyparsing",
            python("-c", "import pyparsing"),
            1.5,
            rounds=15,
        )
        yield ratio(
            "the first frame in a store of 100,000 objects",
            python("-m", "midocli", "-s", str(store), "-e", PING),
            "sourcing their script",
            python("-m", "midocli", str(topology)),
            0.25,
            rounds=3,
        )
        yield _change(Path(folder, "new.db"))


def _change(path: Path) -> Ratio:
    """A `create` in a store, against one in memory and the sync that is its due."""
    stored, plain = _session(), _session()
    bare = sqlite3.connect(f"{path}.bare", isolation_level=None)
    path.touch()
    keep(stored.context, str(path))
    mode = journal_mode(sqlite3.sqlite_version_info)
    for statement in (f"PRAGMA journal_mode = {mode}", "PRAGMA synchronous = FULL"):
        bare.execute(statement)
    bare.execute("CREATE TABLE t (x)")
    names = count()

    def created(session: Session) -> None:
        number = next(names)
        session.run_script("create", [Line(f"bridge create name b{number}", number + 1)])

    def synced() -> None:
        bare.execute("BEGIN IMMEDIATE")
        bare.execute("INSERT INTO t VALUES ('a row')")
        bare.execute("COMMIT")

    times: list[tuple[float, float]] = []
    for _ in range(200):
        unit = _seconds(lambda: created(plain)) + _seconds(synced)
        times.append((_seconds(lambda: created(stored)), unit))
    # Syncs take so differently long that the very fastest of each kind say little.
    taken, units = (sorted(each) for each in zip(*times, strict=True))
    return Ratio(
        "a create in a store",
        "one in memory and a sync",
        taken[50] / units[50],
        median(taken) / median(units),
        taken[50],
        1.3,
        spread=relative_spread([one / unit for one, unit in times]),
    )


def _session() -> Session:
    nowhere = Path("/dev/null").open("w")  # noqa: SIM115 (what is printed is not to be kept)
    return session_of(Manner(nowhere), nowhere)


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
