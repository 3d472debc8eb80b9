"""Stores that are damaged somehow, and what is told of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from proofs import session
from sharer import Sharer
from test_stored import run

COMMANDS = ("router list", "chain c list rule", "log", "log 3 show", "router create", "undo",
            "redo", "router router0 set asn 7", "chain c add rule type accept pos 1",
            "log prune last 5", "router list")  # fmt: skip
WORDS = ("", "x", "nonsense:1", "99", -1, 10**18, "{}", "[]", "null", '{"name":5}', '{"no":1}',
         '[["put"]]', '[["attach","x"]]', '{"x":', "0" * 32, b"\xff\xfe", 1.5)  # fmt: skip


def damaged(dice: Random, content: bytes, file: Path) -> str:
    """Write a store's content with some of it changed, cut off, wiped out, or put wrongly."""
    data = bytearray(content)
    place = dice.randrange(len(data))
    kind = dice.choice(("changed", "cut off", "wiped out", "put wrongly"))
    if kind == "changed":
        data[place : place + 200] = dice.randbytes(dice.randint(1, 200))
        del data[len(content) :]
    elif kind == "cut off":
        del data[place:]
    elif kind == "wiped out":
        page = place // 4096 * 4096
        data[page : page + 4096] = bytes(4096)
    file.write_bytes(data)
    return f"{kind} at {place}" if kind != "put wrongly" else _put_wrongly(dice, file)


def _put_wrongly(dice: Random, file: Path) -> str:
    connection = sqlite3.connect(file)
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE sql > '' AND type = 'table' ORDER BY name"
        )
    ]
    table = dice.choice(tables)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    column, word = dice.choice(columns), dice.choice(WORDS)
    ids = [id for (id,) in connection.execute(f"SELECT rowid FROM {table}")]
    with suppress(sqlite3.IntegrityError), connection:
        statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
        connection.execute(statement, (word, dice.choice(ids)))
    connection.close()
    return f"{table}.{column} = {word!r}"


def mishaps(seed: int, content: bytes, file: Path) -> Iterator[str]:
    """What goes wrong in another way than by sentences, with a store that is damaged somehow."""
    what = damaged(Random(seed), content, file)
    for arguments in (
        ["--keep-going", *(word for command in COMMANDS for word in ("-e", command))],
        ["--check"],
    ):
        status, _, err = run(file, *arguments)
        if "internal error" in err or status not in (0, 1, 2) or err.count("\n") > len(COMMANDS):
            yield f"seed {seed}, {what}: exit status {status}: {err}"


def a_store_to_damage(file: Path) -> bytes:
    sharer = Sharer(file)
    for line, _ in session(Random(5), 60):
        sharer.run(line)
    sharer.kept.close()
    return file.read_bytes()
