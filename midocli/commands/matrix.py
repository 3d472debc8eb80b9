"""`matrix`: who can talk to whom, of all machines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grammar.commands.matrix import Matrix, Scheduler
from grammar.errors import RefusedError
from midocli.analysis.matrix import MatrixShown, table
from midocli.commands.dispatch import carries_out
from midocli.context.marks import MARKUP
from midocli.results.values import Done, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Matrix)
def matrix(context: Context, command: Matrix) -> Result:
    """The table, or nothing to say where it is written to a file."""
    workers = _workers(context, command)
    if command.file is None:
        return MatrixShown(table(context, command.by, command.traffic, workers))
    from midocli.analysis.matrix_page import as_page
    from midocli.pictures.model import picture_of
    from midocli.pictures.svg import as_svg

    context.files.check(command.file, command.force)
    found = table(context, command.by, command.traffic, workers)
    drawn = picture_of(context.store, context.display, partial(context.progress, "drawing"))
    words = " ".join(Matrix(command.by, command.traffic).written())
    page = as_page(found, words, as_svg(drawn, within_page=True))
    context.files.write(command.file, page.encode(), MARKUP, command.force)
    return Done()


def _workers(context: Context, command: Matrix) -> int | Scheduler:
    """Who asks: an untrusted script gets this process alone, and no cluster (RefusedError)."""
    workers = command.workers
    if not context.files.is_confined:
        return workers
    if isinstance(workers, Scheduler):
        message = "an untrusted script reaches no other machines"
        raise RefusedError(message, None, workers.column)
    return 1
