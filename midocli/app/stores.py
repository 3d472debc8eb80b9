"""Where topologies stay: what `--store` names, opened."""

from __future__ import annotations

import os
import time
from pathlib import Path

from grammar.errors import StoreError
from midocli.app.processes import this_process
from midocli.context.context import Context
from midocli.store.storage.database import Database
from midocli.store.storage.kept import Kept
from midocli.store.storage.log import Log
from midocli.store.storage.tables import prepare

#: File systems that other machines reach too, on which locks are not what they seem.
_NETWORK = ("nfs", "cifs", "smb", "afs", "ncp", "ceph", "lustre", "gluster", "gpfs", "gfs", "ocfs",
            "9p", "davfs", "fuse.sshfs", "fuse.gluster", "fuse.ceph", "fuse.rclone")  # fmt: skip


def keep(context: Context, where: str) -> None:
    """Have a context's topology stay in a store; StoreError, in one sentence, where it cannot."""
    database = opened(where)
    try:
        prepare(database)
        log = Log(database, os.urandom(8).hex(), this_process(), _now)
        context.kept = Kept(context.store, database, log, context.changed)
    except BaseException:
        database.close()
        raise


def opened(where: str) -> Database:
    """The database that a word names."""
    return _file(where)


def _file(name: str) -> Database:
    from midocli.store.storage.sqlite import Sqlite

    path = Path(name).expanduser().absolute()
    try:
        _check_place(path, name)
        # Nobody else may read it, from the beginning on. SQLite opens it behind this.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"the store {name} cannot be opened: {reason}") from None
    return Sqlite(str(path), f"the store {name}")


def _check_place(path: Path, name: str) -> None:
    """StoreError where a store would be on a file system of a network, or is no file."""
    if path.is_dir():
        raise StoreError(f"the store {name} cannot be opened: it is a folder")
    kind = _file_system(path)
    if kind.startswith(_NETWORK):
        raise StoreError(
            f"the store {name} is on a network file system ({kind}), where what several sessions "
            "write may be lost: keep it on a disk of this machine, or in PostgreSQL"
        )


def _file_system(path: Path) -> str:
    """The type of the file system that a path is on, empty where it is not known."""
    found = (0, "")
    try:
        folder = str(path.parent.resolve())
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            fields = line.split()
            point, kind = fields[4].encode().decode("unicode_escape"), fields[fields.index("-") + 1]
            if folder == point or folder.startswith(point.rstrip("/") + "/"):
                found = max(found, (len(point), kind), key=lambda each: each[0])
    except (OSError, ValueError, IndexError):
        return ""
    return found[1]


def _now() -> int:
    return int(time.time())
