"""Names of files, completed as a shell does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from midocli.context.files import path_of
from midocli.shell.words import Candidate

#: So many names in a folder are looked at.
_MOST_LOOKED_AT = 5_000


def files(typed: str) -> Iterator[Candidate]:
    """The files in the folder that a name begins with, folders with a `/` behind them.

    Hidden ones only where a dot has been typed. None where the folder cannot be read.
    """
    if typed == "~":
        yield Candidate("~/", "the home directory", more=True)
        return
    folder, slash, begun = typed.rpartition("/")
    try:
        with os.scandir(path_of(folder + slash or ".")) as entries:
            found = sorted((entry.name, _is_folder(entry)) for entry in _some(entries))
    except (OSError, ValueError):
        return
    for name, is_folder in found:
        if begun.startswith(".") or not name.startswith("."):
            shown = f"{name}/" if is_folder else name
            yield Candidate(folder + slash + shown, "", shown, more=is_folder)


def _some(entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    return islice(entries, _MOST_LOOKED_AT)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
