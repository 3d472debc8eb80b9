"""What other sessions change in the store, told above a prompt that waits."""

from __future__ import annotations

import asyncio
from functools import partial

from prompt_toolkit.application import run_in_terminal

from grammar.errors import StoreError
from midocli.results.printable import printable
from midocli.store.storage.kept import Kept

#: How often the store is asked, in seconds.
_EVERY = 0.3


async def told_of_others(kept: Kept) -> None:
    """Tell of changes as they come, until the task is cancelled."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            told = kept.overheard()
        except StoreError:
            continue  # the next command says what is wrong
        if told:
            await run_in_terminal(partial(print, printable(summed_up(told))))


def summed_up(told: list[str]) -> str:
    """Some changes in a line, such as `(2 changes: bridge3 created …)`."""
    changes = f"{len(told)} change{'s' if len(told) > 1 else ''}"
    return f"({changes}: {told[0]}{' …' if len(told) > 1 else ''})"
