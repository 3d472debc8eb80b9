"""What a terminal sends, with text that comes all at once in one piece.

A terminal that does not bracket what is pasted sends it as keys. Each key costs a look at the whole
line, so a long line would take a time that grows with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from itertools import groupby

from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

#: So many keys in one reading have not been typed by hand.
_TYPED = 64
#: What is no text, but may come with it.
_ENTER = (Keys.ControlM, Keys.ControlJ)


class Keyboard(Input):
    """An input like another one, but for such text."""

    def __init__(self, input: Input) -> None:
        self._input = input

    def read_keys(self) -> list[KeyPress]:
        return gathered(self._input.read_keys())

    def flush_keys(self) -> list[KeyPress]:
        return self._input.flush_keys()

    def flush(self) -> None:
        self._input.flush()

    def fileno(self) -> int:
        return self._input.fileno()

    def typeahead_hash(self) -> str:
        return self._input.typeahead_hash()

    @property
    def closed(self) -> bool:
        return self._input.closed

    def close(self) -> None:
        self._input.close()

    def raw_mode(self) -> AbstractContextManager[None]:
        return self._input.raw_mode()

    def cooked_mode(self) -> AbstractContextManager[None]:
        return self._input.cooked_mode()

    def attach(self, input_ready_callback: Callable[[], None]) -> AbstractContextManager[None]:
        return self._input.attach(input_ready_callback)

    def detach(self) -> AbstractContextManager[None]:
        return self._input.detach()


def gathered(keys: list[KeyPress]) -> list[KeyPress]:
    """Keys that were read at once, in which the characters of a text are one key.

    Text is what holds no keys but characters and Enter, for other keys may give the character
    behind them a meaning. A `?` stays a key of its own, which asks a question.
    """
    if len(keys) < _TYPED or not all(_is_text(each) or each.key in _ENTER for each in keys):
        return keys
    found: list[KeyPress] = []
    for is_inserted, group in groupby(keys, lambda each: _is_text(each) and each.data != "?"):
        some = list(group)
        found += [_joined(some)] if is_inserted else some
    return found


def _is_text(key: KeyPress) -> bool:
    return len(key.key) == 1 and key.data.isprintable()


def _joined(keys: Iterable[KeyPress]) -> KeyPress:
    """Some characters as one key that inserts them all."""
    text = "".join(each.data for each in keys)
    return KeyPress(text[0], text)
