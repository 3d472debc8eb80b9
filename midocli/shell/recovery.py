"""What is left of a session that is ended from outside: a script of its topology."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_state_path

from grammar.errors import MidoError
from grammar.tree import Argument
from midocli.saving import script
from midocli.session import Session


class Ended(SystemExit):
    """The session was ended by a signal; `number` is which.

    What catches errors, as sessions and event loops do, lets it through.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


def recovered_file() -> Path:
    """Where an unsaved topology is kept when its session is ended."""
    return user_state_path("midocli") / "recovered.mido"


def keep(session: Session) -> Path | None:
    """Write an unsaved topology down; None where there is nothing to keep, or no place."""
    if not session.is_changed:
        return None
    file = recovered_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        data = script(session.interpreter.store).encode("utf-8", "surrogateescape")
        session.interpreter.files.write(Argument(str(file), 1), data)
    except (MidoError, OSError):
        return None
    return file
