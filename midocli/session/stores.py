"""Where topologies stay: what `--store` names, opened."""

from __future__ import annotations

import os
import random
import re
import time
from functools import partial
from pathlib import Path

from grammar.errors import StoreError
from grammar.resources import SCHEMA
from grammar.tree import Argument
from midocli.context.context import DATABASES, Context
from midocli.context.files import path_of
from midocli.results.printable import printable
from midocli.session.processes import Processes
from midocli.store.storage.database import Database
from midocli.store.storage.kept import Kept
from midocli.store.storage.loading import Loading
from midocli.store.storage.log import Log
from midocli.store.storage.tables import prepare
from midocli.store.storage.values import Shapes
from midocli.store.store import Store

#: File systems that other machines reach too, on which locks are not what they seem.
_NETWORK = ("nfs", "cifs", "smb", "afs", "ncp", "ceph", "lustre", "gluster", "gpfs", "gfs", "ocfs",
            "9p", "davfs", "fuse.sshfs", "fuse.gluster", "fuse.ceph", "fuse.rclone")  # fmt: skip


def keep(context: Context, where: str) -> None:
    """Have a context's topology stay in a store; StoreError, in one sentence, where it cannot."""
    database = opened(where)
    try:
        prepare(database)
        log = Log(database, os.urandom(4).hex(), _now)
        context.stay_in(Kept(context.store, database, log, context.changed))
    except BaseException:
        database.close()
        raise


def stored(place: Argument) -> Store | None:
    """The topology that a store holds which a word names, to be looked at.

    None where it names none but, perhaps, a file with commands. StoreError: it cannot be read.
    """
    from midocli.store.storage.sqlite import is_database

    if not place.text.startswith(DATABASES):
        path = path_of(place.text).absolute()
        if not path.is_file() or not is_database(str(path)):
            return None
    database = opened(place.text, new=False)
    try:
        store = Store(SCHEMA, random.Random(0))
        if not database.is_empty:
            prepare(database)
            Loading(store, database, Shapes(SCHEMA)).all()
        return store
    finally:
        database.close()


def check(where: str) -> bool:
    """Tell whether a store is sound; whether something is wrong. StoreError: it cannot be read."""
    from midocli.store.storage.check import Check

    database = opened(where, new=False)
    try:
        prepare(database)
        checked = Check(SCHEMA, database)
        found = list(checked.findings())
    finally:
        database.close()
    for finding in found:
        print(printable(finding))
    if not found:
        print(f"{printable(where)} is sound: {checked.objects} objects, {checked.changes} changes")
    return bool(found)


def versions() -> list[str]:
    """What stores are kept by, a line each."""
    from importlib.metadata import PackageNotFoundError, version
    from platform import python_version

    from midocli.store.storage.sqlite import kind

    try:
        postgres = f"psycopg {version('psycopg')}"
    except PackageNotFoundError:
        postgres = "psycopg is not installed: no stores in PostgreSQL"
    return [f"Python {python_version()}", kind(), postgres]


def opened(where: str, new: bool = True) -> Database:
    """The database that a word names; a `new` one if there is none."""
    if where.startswith(DATABASES):
        from midocli.store.storage.postgres import Postgres

        return Postgres(where)
    return _file(where, new)


def _file(name: str, new: bool) -> Database:
    from midocli.store.storage.sqlite import Sqlite

    try:
        if not name:
            raise ValueError("it has no name")
        path = path_of(name).resolve()
        _check_place(path, name)
        # Nobody else may read it, from the beginning on. SQLite opens it behind this.
        if new:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"the store {name} cannot be opened: {reason}") from None
    return Sqlite(str(path), name, Processes(), partial(_identity, path))


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others that ever have its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_place(path: Path, name: str) -> None:
    """StoreError where a store would be on a file system of a network, or is no file."""
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no file"
        raise StoreError(f"the store {name} cannot be opened: it is {what}")
    kind = _file_system(path.parent)
    if kind.startswith(_NETWORK):
        raise StoreError(
            f"the store {name} is on a network file system ({kind}), where what several sessions "
            "write may be lost: keep it on a disk of this machine, or in PostgreSQL"
        )


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder is on, empty where it is not known."""
    found = (0, "")
    for line in _mounts():
        fields = line.split()
        point, kind = _plain(fields[4]), fields[fields.index("-") + 1]
        if f"{folder}/".startswith(point.rstrip("/") + "/") and len(point) >= found[0]:
            found = len(point), kind  # one that was mounted later hides those before
    return found[1]


def _mounts() -> list[str]:
    """The file systems that are mounted, a line each; none where that is not told."""
    try:
        return Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return []


def _plain(path: str) -> str:
    """A path without the escapes that the list of mounts has for blanks."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _now() -> int:
    return int(time.time())
