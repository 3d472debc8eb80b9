"""Sessions on a store in this process, and processes that all live."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from worlds import World

import grammar
from grammar.errors import MidoError
from midocli.commands.dispatch import run
from midocli.session import stores
from midocli.session.stores import keep


class Sharer(World):
    """A session on a store, in which commands are carried out as a session does."""

    def __init__(self, store: Path | str, process: str = "") -> None:
        super().__init__()
        self.context.store.chance = self.context.chance = random.Random()
        with pytest.MonkeyPatch.context() as patch:
            if process:
                patch.setattr(stores, "Processes", lambda: Alive(process))
            keep(self.context, str(store))
        assert self.context.kept is not None
        self.kept = self.context.kept

    def run(self, line: str) -> str:
        self.kept.refresh()
        command = grammar.parse(line)
        assert command is not None
        text = run(self.context, command).text().rstrip("\n")
        self.kept.commit_names()
        return text

    def refused(self, line: str) -> str:
        """Why a command is refused."""
        with pytest.raises(MidoError) as caught:
            self.run(line)
        return caught.value.message


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: syncing takes no time there."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


class Alive:
    """Processes that all live."""

    def __init__(self, own: str) -> None:
        self.own = own

    def lives(self, process: str) -> bool:
        return True
