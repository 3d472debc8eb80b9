"""`undo` and `redo`: changes taken back, and made again, and which these were."""

from __future__ import annotations

from functools import partial

from grammar.commands.undo import Undo
from grammar.errors import RefusedError
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Report, Result
from midocli.store.summary import in_words, summary


@carries_out(Undo)
def undo(context: Context, command: Undo) -> Result:
    """Take so many changes back, or make them again; RefusedError where there are fewer."""
    journal = context.store.journal
    there = journal.redoable if command.again else journal.undoable
    if there < command.steps:
        verb = "redo" if command.again else "undo"
        why = "" if command.again or journal.is_whole else "; what was before is kept no more"
        raise RefusedError(f"only {there} to {verb}{why}" if there else f"nothing to {verb}{why}")
    word, step = ("redo", journal.redo) if command.again else ("undo", journal.undo)
    step(command.steps, partial(context.progress, word), command.force)
    context.committed()
    done = [summary(each, context.display) for each in journal.stepped]
    what = "redone" if command.again else "undone"
    text = "".join(f"{what}: {in_words(each)}\n" for each in done)
    return Report(text, {"ok": True, what: done})
