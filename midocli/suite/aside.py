"""The files of a run that is to leave no trace, and of processes that come of it."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path
from typing import BinaryIO, cast

from grammar.tree import Argument
from midocli.context.files import Files


class _Whole(io.BytesIO):
    """All that a stream held, so that processes that come of this one share no place in it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream.read())
        self._stream = stream

    def fileno(self) -> int:
        return self._stream.fileno()

    def close(self) -> None:
        self._stream.close()
        super().close()


class AsideFiles(Files):
    """Copies of files, in a folder: they are read and written in the place of the files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def move(self, folder: Path) -> None:
        """Go on in another folder, with all that is in this one."""
        shutil.copytree(self._folder, folder)
        self._folder = folder

    def place(self, file: Argument) -> Path:
        path = super().place(file).absolute()
        if not path.parent.is_dir() or (path.exists() and not path.is_file()):
            return path
        aside = self._folder / hashlib.sha256(str(path).encode()).hexdigest()
        if path.exists() and not aside.exists():
            shutil.copy2(path, aside)
        return aside

    def open(self, file: Argument) -> BinaryIO:
        return cast("BinaryIO", _Whole(super().open(file)))
