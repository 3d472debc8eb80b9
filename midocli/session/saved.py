"""What the topology is called, and whether it is still what was saved or read under that name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from grammar import tree
from midocli.store.store import Store

if TYPE_CHECKING:
    from grammar.commands.save import Save

#: What the topology is called that the command `demo` made; it is no file.
DEMO = "demo"


class Saved:
    """The name and the state under which a topology was saved last.

    `name` is the file it was last saved to or, into nothing, read from; DEMO after that
    command, until it is undone; None before any. A topology that stays is called as its store;
    how far its log has got then is told by `position`.
    """

    def __init__(
        self, store: Store, stays_in: str | None = None, position: Callable[[], int] | None = None
    ) -> None:
        self._store = store
        self._stays_in = stays_in
        self.name = stays_in
        self._position = position
        #: What it was saved as last, and where its log had got to then.
        self._saved_as: str | None = None
        self._saved_at = 0
        #: The states of the store in which the topology is as it was saved.
        self._same = {store.journal.last}
        self._last = store.journal.last
        self._demo: int | None = None

    @property
    def state(self) -> int:
        """The last state of the store in which the topology was as it was saved."""
        return max(self._same)

    @property
    def last(self) -> tuple[str, int]:
        """What it was saved as last, and its state or, if it stays, how far the log was then."""
        return self._saved_as or "nothing", self._saved_at if self._position else self.state

    @property
    def is_changed(self) -> bool:
        """Whether the topology is another than the one saved; what stays needs no saving."""
        return self._stays_in is None and self._store.journal.last not in self._same

    @property
    def file(self) -> str | None:
        """The name, where it is a script's."""
        return None if self._is_demo or self._stays_in is not None else self.name

    @property
    def _is_demo(self) -> bool:
        return self.name is not None and self._demo is not None

    def keep(self, file: str) -> None:
        """The topology as it is now is in a file."""
        self._demo = None
        self._call(file)

    def note(self, command: tree.Command) -> None:
        """Note what a command that was carried out means for the name."""
        before, last = self._last, self._store.journal.last
        self._last = last
        if _is_about_a_capture(command) and before in self._same:
            self._same.add(last)
        match command.word:
            case "save":
                self.keep(cast("Save", command).file.text)
            case "demo":
                self._demo = last
                self._call(DEMO)
            case "undo" if self._is_demo and not self._store.count:
                self._call(None)
            case "undo" if self.name is None and last == self._demo:
                self._call(DEMO)

    def _call(self, name: str | None) -> None:
        if self._stays_in is None:
            self.name = name
        self._saved_as = name
        self._saved_at = self._position() if self._position is not None else 0
        self._same = {self._store.journal.last}


def _is_about_a_capture(command: tree.Command) -> bool:
    """Whether a command begins or ends a capture, which is of the session."""
    if isinstance(command, tree.Delete):
        return [step.collection.path for step in command.path] == ["capture"]
    return command.word == "tcpdump"
