"""Where the lines typed so far are kept: a file for each topology, without secrets."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from midocli.files import path_of

_SECRET = re.compile(r"(?<!\S)password(?!\S)")


def history_file(topology: str | None) -> Path:
    """`history` in the user's state directory, or a file named after the topology's file."""
    folder = user_state_path("midocli")
    if topology is None:
        return folder / "history"
    path = str(path_of(topology).resolve())
    digest = sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return folder / f"history-{Path(topology).stem[:40]}-{digest}"


def open_history(topology: str | None) -> History:
    """The persistent history, or one for this session where none can be written."""
    try:
        file = history_file(topology)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return _Discreet(str(file))


class _Discreet(FileHistory):
    """Keeps no line that holds a password, nor one that begins with a blank."""

    def store_string(self, string: str) -> None:
        """Write a line down, unless it is not to be kept."""
        if not string.startswith((" ", "\t")) and not _SECRET.search(string):
            super().store_string(string)
