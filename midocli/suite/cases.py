"""Finding the tests below some paths, and what is loaded before each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from grammar.errors import FileError

#: What is loaded before all that is tested in a folder, and in those below it.
BEFORE = "before.mido"


class Case:
    """A file to test, as it is called in reports, and the scripts that come before it."""

    def __init__(self, file: Path, before: tuple[Path, ...]) -> None:
        self.file = file
        self.before = before

    @property
    def name(self) -> str:
        """Its path, as it was found."""
        return str(self.file)

    @property
    def expected(self) -> Path:
        """Where what it has to print is kept, if it is."""
        return self.file.with_suffix(".out")


def cases(paths: Iterable[str], word: str = "") -> list[Case]:
    """The tests in files, and in folders and those below them, whose names hold a word.

    They come in the order of the paths, below one in the order of names, each once. FileError
    where there is nothing at a path.
    """
    found = {case.name: case for path in paths for case in _below(Path(path))}
    return [case for name, case in found.items() if word in name]


def _below(path: Path) -> Iterator[Case]:
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.mido") if _is_test(file.relative_to(path)))
        yield from (Case(file, _before(path, file)) for file in files)
    elif path.exists():
        yield Case(path, _before(path.parent, path))
    else:
        raise FileError(f"cannot read {path}: No such file or directory", None)


def _is_test(file: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in file.parts)
    return file.name != BEFORE and not is_hidden


def below(top: Path, file: Path) -> Case:
    """The test in a file, with what is loaded before it from a folder down to its own."""
    return Case(file, _before(top if file.is_relative_to(top) else file.parent, file))


def _before(top: Path, file: Path) -> tuple[Path, ...]:
    """The scripts to load before a file, from the top folder down to its own."""
    folders = [file.parent, *file.parent.parents]
    down = reversed(folders[: folders.index(top) + 1])
    return tuple(each for folder in down if (each := folder / BEFORE) != file and each.is_file())
