"""The means of a script that is not trusted: files below one folder, and nobody's preferences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from grammar.errors import FileError, RefusedError
from grammar.tree import Argument
from midocli.context.files import Files, GrowingFile
from midocli.context.marks import Style
from midocli.context.preferences import Preferences


class ConfinedFiles(Files):
    """Files below a folder, links resolved, of which none is ever replaced."""

    is_confined = True

    def __init__(self) -> None:
        self._folder = Path.cwd()

    @contextmanager
    def beside(self, script: str) -> Iterator[None]:
        """Inside, only what is below the folder of a script is read or written."""
        before, self._folder = self._folder, Path(script).resolve().parent
        try:
            yield
        finally:
            self._folder = before

    def place(self, file: Argument) -> Path:
        try:
            path = super().place(file).resolve()
        except (OSError, ValueError, RuntimeError):
            path = Path("/")
        if not path.is_relative_to(self._folder):
            message = f"{file.text[:200]} is not below {self._folder}, and the script is untrusted"
            raise FileError(message, file.column)
        return path

    def check(self, file: Argument, force: bool = False) -> None:
        self._check_new(file)
        super().check(file, force)

    def write(
        self, file: Argument, data: bytes, style: Style | None = None, force: bool = False
    ) -> None:
        self._check_new(file)
        super().write(file, data, style, force)

    def grow(
        self, file: Argument, head: bytes, style: Style | None = None, force: bool = False
    ) -> GrowingFile:
        self._check_new(file)
        return super().grow(file, head, style, force)

    def _check_new(self, file: Argument) -> None:
        if self.place(file).exists():
            message = f"{file.text[:200]} is there, and an untrusted script replaces nothing"
            raise FileError(message, file.column)


class NoPreferences(Preferences):
    """The defaults, which stay."""

    def set(self, settings: Mapping[str, Any]) -> NoReturn:
        raise RefusedError("an untrusted script has no preferences")

    def reset(self) -> NoReturn:
        self.set({})

    def _values(self) -> dict[str, Any]:
        return {}
