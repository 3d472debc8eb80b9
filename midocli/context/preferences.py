"""Preferences: how the prompt behaves, kept in a file of the user's configuration directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grammar.commands.prefs import PREFERENCES
from grammar.errors import FileError
from midocli.context.files import reason, write_file

_BY_NAME = {field.name: field for field in PREFERENCES}


class Preferences:
    """The user's preferences, read when one is first asked for.

    A file that cannot be read, or a value in it that is none, counts as not given: no typing
    mistake there may keep the prompt from starting.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._given: dict[str, Any] | None = None

    @property
    def file(self) -> Path:
        """Where they are kept: `prefs.toml` (XDG Base Directory Specification)."""
        if self._file is None:
            from platformdirs import user_config_path

            self._file = user_config_path("midocli") / "prefs.toml"
        return self._file

    def __getitem__(self, name: str) -> Any:
        """The value of a preference, given or default."""
        return self._values().get(name, _BY_NAME[name].default)

    def all(self) -> tuple[Any, ...]:
        """The values of all preferences, in the order they are declared in."""
        return tuple(self[field.name] for field in PREFERENCES)

    def set(self, settings: Mapping[str, Any]) -> None:
        """Change some and keep them; FileError where the file cannot be written."""
        self._write({**self._values(), **settings})

    def reset(self) -> None:
        """Go back to the defaults."""
        self._write({})

    def _values(self) -> dict[str, Any]:
        if self._given is None:
            self._given = _read(self.file)
        return self._given

    def _write(self, values: dict[str, Any]) -> None:
        """A line `name = "word"` for each that is not the default."""
        self._given = {
            name: value for name, value in values.items() if value != _BY_NAME[name].default
        }
        lines = [
            f'{name} = "{_escaped(_BY_NAME[name].type.format(value))}"\n'
            for name, value in self._given.items()
        ]
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_file(self.file, "".join(lines).encode())
        except (OSError, ValueError) as error:
            message = f"cannot keep preferences in {self.file}: {reason(error)}"
            raise FileError(f"{message}; they hold for this session") from None


def _read(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        words = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError, RuntimeError):
        return {}
    values = {}
    for name, word in words.items():
        if name in _BY_NAME:
            try:
                values[name] = _BY_NAME[name].type.parse(str(word))
            except ValueError:
                continue
    return values


def _escaped(word: str) -> str:
    """A word inside a TOML basic string."""
    return "".join(
        char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in word
    )
