"""`show topology`: the virtual network as a picture."""

from __future__ import annotations

from functools import partial

from grammar.commands.topology import Topology
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.context.marks import style_of_picture
from midocli.pictures import model
from midocli.pictures.written import written
from midocli.results.values import Done, Report, Result


@carries_out(Topology)
def draw(context: Context, command: Topology) -> Result:
    """The picture as text, or in the form of the file it is written to."""
    if command.file is not None:
        context.files.check(command.file, command.force)
    drawing = partial(context.progress, "drawing")
    picture = model.picture_of(context.store, context.display, drawing)
    if command.file is None:
        from midocli.pictures.text import as_text

        return Report(
            as_text(picture, width=context.manner.columns), partial(model.data, picture), whole=True
        )
    name = command.file.text
    data = written(picture, name).encode()
    context.files.write(command.file, data, style_of_picture(name), command.force)
    return Done()
