"""`show topology`: the virtual network as a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grammar.commands.topology import Topology
from midocli.commands.dispatch import carries_out
from midocli.pictures import model
from midocli.pictures.written import written
from midocli.results.values import Done, Report, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Topology)
def draw(context: Context, command: Topology) -> Result:
    """The picture as text, or in the form of the file it is written to."""
    if command.file is not None:
        context.files.check(command.file)
    drawing = partial(context.manner.progress, "drawing")
    picture = model.picture_of(context.store, context.display, drawing)
    if command.file is None:
        from midocli.pictures.text import as_text

        return Report(
            as_text(picture, width=context.manner.columns),
            partial(model.data, picture),
            whole=True,
        )
    context.files.write(command.file, written(picture, command.file.text).encode())
    return Done()
