"""A PostgreSQL server of the tests' own, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


def programs() -> Path | None:
    """The folder of the server's programs; None where they are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    word = shutil.which("initdb") or (found and str(found[-1]))
    return Path(word).resolve().parent if word else None


@contextmanager
def server() -> Iterator[str]:
    """Inside, a server runs; gives the URL of its databases, without the name of one."""
    folder = Path(mkdtemp(prefix="midocli-postgres-"))
    user = _user()
    options = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    binaries = programs()
    assert binaries is not None
    data = folder / "data"
    if user:
        shutil.chown(folder, user)
    try:
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "midocli",
                "-A",
                "trust",
                "-N",
                "--locale=C",
                "-E",
                "UTF8",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **options,  # type: ignore[call-overload]
        )  # fmt: skip
        running = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "max_connections=40"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **options,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            _wait_for(folder / ".s.PGSQL.5432", running)
            yield f"postgresql://midocli@/{{}}?host={folder}"
        finally:
            running.send_signal(signal.SIGINT)  # ends its connections
            running.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    """Who runs the server: it does not run as root."""
    if os.geteuid():
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait_for(socket: Path, running: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(300):
        assert running.poll() is None, "the server ended"
        try:
            psycopg.connect(f"postgresql://midocli@/postgres?host={socket.parent}").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
