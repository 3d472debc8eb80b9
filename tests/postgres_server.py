"""A PostgreSQL server of the tests' own, where its programs are installed."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import time
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest

from midocli.store.storage.database import Database

_NUMBERS = count()


def programs() -> Path | None:
    """The folder of the server's programs; None where they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    word = shutil.which("initdb") or (found and str(found[-1]))
    return Path(word).resolve().parent if word else None


class Server:
    """A server in a folder of its own; `url` is that of its databases, without the name of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binaries = programs()
        assert self._binaries is not None
        self._data = folder / "data"
        self._options: dict[str, object] = {"cwd": folder}
        if user := _user():
            shutil.chown(folder, user)
            group = pwd.getpwnam(user).pw_gid
            self._options |= {"user": user, "group": group, "extra_groups": []}
        self.url = f"postgresql://midocli@/{{}}?host={folder}"
        subprocess.run(
            [self._binaries / "initdb", "-D", self._data, "-U", "midocli", "-A", "trust", "-N",
             "--locale=C", "-E", "UTF8"],
            check=True,
            capture_output=True,
            **self._options,  # type: ignore[call-overload]
        )  # fmt: skip
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all secret scram-sha-256\n{rules.read_text()}")
        self.start()

    def start(self) -> None:
        """Have it run, and wait until it answers."""
        assert self._binaries is not None
        self._running = subprocess.Popen(
            [self._binaries / "postgres", "-D", self._data, "-k", self._folder,
             "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._options,  # type: ignore[call-overload]
        )  # fmt: skip
        _wait_for(self._folder / ".s.PGSQL.5432", self._running)

    def stop(self) -> None:
        """End it and all connections, as an administrator would."""
        self._running.send_signal(signal.SIGINT)
        self._running.wait(20)


@cache
def shared() -> Server:
    """The server of this process, which ends with it."""
    folder = Path(mkdtemp(prefix="midocli-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = Server(folder)
    atexit.register(server.stop)
    return server


def new_database() -> str:
    """The URL of a database with nothing in it; the test is skipped where there can be none."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: no PostgreSQL")
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    name = f"net{next(_NUMBERS)}"
    administer("postgres", f"CREATE DATABASE {name}")
    return shared().url.format(name)


def administer(database: str, *statements: str) -> list[tuple[object, ...]]:
    """Carry statements out, each by itself; what the last one finds."""
    import psycopg

    with psycopg.connect(shared().url.format(database), autocommit=True) as connection:
        for statement in statements:
            done = connection.execute(statement)
        return done.fetchall() if done.description else []


def forget(store: str) -> None:
    """Have a database hold nothing again."""
    administer(named_in(store), "DROP SCHEMA IF EXISTS midocli CASCADE")


def drop(database: Database) -> None:
    """Have a connection be lost."""
    process = database.process.partition(" ")[0]
    administer("postgres", f"SELECT pg_terminate_backend({process}, 5000)")


def named_in(store: str) -> str:
    """The name of the database in a URL."""
    return store.partition("?")[0].rpartition("/")[2]


def _user() -> str | None:
    """Who runs the server: it does not run as root."""
    if os.geteuid():
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait_for(socket: Path, running: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(1000):
        assert running.poll() is None, "the server ended"
        try:
            psycopg.connect(f"postgresql://midocli@/postgres?host={socket.parent}").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.03)
    raise AssertionError("the server does not answer")
