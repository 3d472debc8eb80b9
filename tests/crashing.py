"""A store after any crash: every state that a session of some commands may leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from hashlib import sha256
from pathlib import Path
from random import Random

from proofs import Entry, prove, session
from recorded import MEMORY, WAYS, Disk, Step, put, record
from sharer import Sharer


class Recording:
    """The writes of a session that runs in a new folder, and what it was told is made."""

    def __init__(self, dice: Random, length: int, folder: Path, wal: bool = False) -> None:
        folder.mkdir()
        lines = list(session(dice, length))
        self._counts = [count for _, count in lines]
        alone = 2 * len(lines) // 3
        commands = [word for line, _ in lines[:alone] for word in ("-e", line)]
        rest = folder.with_suffix(".mido")
        rest.write_text("".join(f"{line}\n" for line, _ in lines[alone:]))
        options = ["-s", "net.db", "--echo"]
        self._steps = record([[*options, *commands], [*options, str(rest)]], folder, wal)
        self._check_whole(folder)
        self._log = prove(str(folder / "net.db"))
        assert len(list(_changes(self._log))) == sum(self._counts)

    def _check_whole(self, folder: Path) -> None:
        """All of the writes together have to be what is on the disk."""
        disk = Disk()
        for step in self._steps:
            disk.carry_out(step)
        files = {
            file.name: file.read_bytes()
            for file in folder.iterdir()
            if not file.name.endswith(MEMORY)
        }
        assert disk.after_crash("kept", Random(0)) == files, "something was not recorded"

    @property
    def size(self) -> int:
        """How many states `states` would give."""
        return len(self._steps) * len(WAYS)

    def unsynced(self) -> Recording:
        """The same session, had it never synced."""
        other = copy(self)
        other._steps = [step for step in self._steps if "sync" not in step.call]
        return other

    def states(
        self, dice: Random, chosen: Callable[[], bool]
    ) -> Iterator[tuple[str, dict[str, bytes], int]]:
        """What crashes leave: where they were, files, and how many changes were answered before.

        Those that are `chosen`; none twice.
        """
        disk, seen, echoes = Disk(), set[bytes](), 0
        for number, step in enumerate(self._steps):
            disk.carry_out(step)
            echoes += _echoes(step)
            answered = sum(self._counts[: max(echoes - 1, 0)])
            for way in WAYS:
                if not chosen():
                    continue
                files = disk.after_crash(way, dice)
                mark = sha256(repr((answered, sorted(files.items()))).encode()).digest()
                if mark not in seen:
                    seen.add(mark)
                    yield f"after write {number}, the unsynced {way}", files, answered

    def check(self, files: dict[str, bytes], answered: int, folder: Path) -> None:
        """What a crash left opens, is sound, has all that was answered, and goes on."""
        put(files, folder)
        store = folder / "net.db"
        if not store.exists():
            assert not answered, "the file is lost"
            return
        log = prove(str(store))
        assert log == self._log[: len(log)], "the log is not how it was"
        found = len(list(_changes(log)))
        assert found >= answered, f"{answered - found} changes are lost that were answered"
        sharer = Sharer(store)
        sharer.run("router create name after")
        sharer.kept.close()
        assert "name after" in Sharer(store).run("router list")
        assert len(prove(str(store))) == len(log) + 1


def _echoes(step: Step) -> int:
    """How many commands an answer shows, of which all but the last have been carried out."""
    lines = step.data.splitlines() if step.call == "answer" else []
    return sum(line.startswith((b"midonet>", b"midonet*>")) for line in lines)


def _changes(log: list[Entry]) -> Iterator[Entry]:
    return (entry for entry in log if entry.kind != "name")
