"""What is left of sessions that were ended from outside: scripts of their topologies.

While a session lives its file is a copy of what is not saved, a few seconds old (`backup.py`).
Each such session leaves a file of its own. A file that was sourced (or named at the start)
is *taken up*: once the topology is saved elsewhere, or left behind again in a newer file, it is
renamed to `NAME~`, so that later sessions do not tell of it and nothing is lost at once.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import count
from pathlib import Path

from platformdirs import user_state_path

from grammar import tree
from grammar.commands.save import Save
from grammar.commands.source import Source
from grammar.errors import MidoError
from grammar.words import quoted
from midocli.context.files import path_of
from midocli.context.marks import SCRIPT, Marked
from midocli.session.backup import Backup, is_locked
from midocli.session.session import Session
from midocli.store.saving import script

_NAME = re.compile(r"recovered(?:-([0-9]+))?\.mido")


class Ended(SystemExit):
    """The session was ended by a signal; `number` is which.

    What catches errors, as sessions and event loops do, lets it through.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


class Recovery:
    """Tells of what ended sessions left, follows what becomes of it, and keeps this one's."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder = user_state_path("midocli")
        self._taken_up: set[Path] = set()
        self._backup = Backup(self._state, self._content, self._is_whole, self._claimed)

    def start(self) -> None:
        """Keep a copy of what is not saved, in case that the session dies."""
        self._backup.start()
        self._backup.note()

    def end(self) -> None:
        """The session was left: what is not saved is not wanted."""
        self._backup.discard()

    def begin(self) -> list[str]:
        """Lines that tell how to get at what was left, without what was read at the start."""
        if self._session.saved.file is not None:
            self._take_up(self._session.saved.file)
        left = [file for file in self._left() if file not in self._taken_up]
        if not left:
            return []
        what = (
            "An ended session left a topology"
            if len(left) == 1
            else "Ended sessions left topologies"
        )
        lines = [f"{what}: source {quoted(str(file))}" for file in left]
        files = "it" if len(left) == 1 else "them"
        return [*lines, f"Save {files} to a file of yours, or delete {files}."]

    def keep(self) -> Path | None:
        """Write an unsaved topology down; None where there is nothing to keep, or no place."""
        if self._state() is None:
            self._backup.discard()
            return None
        self._backup.stop()
        try:
            file = self._written(_script(self._session))
        except (MidoError, OSError):
            return self._backup.file
        self._put_aside(file)
        return file

    def _written(self, data: bytes) -> Path:
        """A file that holds some data: that of the copy or, whole or not at all, a new one."""
        file = self._backup.file or self._claimed()
        try:
            argument = tree.Argument(str(file), 1)
            self._session.context.files.write(argument, data, SCRIPT, force=True)
        except BaseException:
            if file != self._backup.file:
                file.unlink(missing_ok=True)
            raise
        return file

    def _state(self) -> int | None:
        """What tells states of the topology apart; None where there is nothing to keep."""
        store = self._session.context.store
        return store.journal.last if self._session.saved.is_changed and store.count else None

    def _content(self) -> bytes:
        """What is written down of the topology, with the mark that all files of ours have."""
        return Marked(_script(self._session), SCRIPT).content

    def _is_whole(self) -> bool:
        """Whether no command is changing the topology just now."""
        return not self._session.context.store.journal.is_open

    def _left(self) -> list[Path]:
        """The files that ended sessions left, in the order of their numbers.

        An empty one holds nothing: its session was killed before it could write, or has not yet.
        """
        with suppress(OSError):
            names = [_NAME.fullmatch(file.name) for file in self._folder.iterdir()]
            found = sorted((int(name[1] or 1), name[0]) for name in names if name)
            files = [self._folder / name for _, name in found]
            written = [file for file in files if file.is_file() and file.stat().st_size]
            return [file for file in written if not is_locked(file)]
        return []

    def _claimed(self) -> Path:
        """A new file: sessions that are ended together, as by a closed window, get one each."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            file = self._folder / f"recovered{f'-{number}' if number > 1 else ''}.mido"
            with suppress(FileExistsError):
                file.open("xb").close()
                return file
        raise AssertionError("some number is free")

    def follow(self, command: tree.Command) -> None:
        """Note what a command that was carried out means for the files."""
        self._backup.note()
        if isinstance(command, Source):
            self._take_up(command.file.text)
        elif isinstance(command, Save):
            self._put_aside(path_of(command.file.text).resolve())

    def _take_up(self, name: str) -> None:
        file = path_of(name).resolve()
        if file.parent == self._folder.resolve() and _NAME.fullmatch(file.name):
            self._taken_up.add(self._folder / file.name)

    def _put_aside(self, keeper: Path) -> None:
        """Rename what was taken up, whose topology `keeper` has now, unless that is the file."""
        for file in self._taken_up:
            if file.resolve() != keeper.resolve():
                with suppress(OSError):
                    file.replace(file.with_name(file.name + "~"))
        self._taken_up.clear()


def _script(session: Session) -> bytes:
    """The commands that make a session's topology anew."""
    return script(session.context.store).encode("utf-8", "surrogateescape")
