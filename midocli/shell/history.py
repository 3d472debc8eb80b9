"""Where the lines typed so far are kept."""

from __future__ import annotations

import os
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history_file() -> Path:
    """`history` in the user's state directory (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "midocli" / "history"


def open_history() -> History:
    """The persistent history, or one for this session where none can be written."""
    try:
        file = history_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return FileHistory(str(file))
