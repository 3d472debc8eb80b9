"""Pictures of the virtual network: one model, and a renderer for each form.

Renderers know the model and nothing of the store; each is a function from a picture to text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grammar.tree import Topology
from midocli.pictures import model
from midocli.pictures.way import NO_WAY, Way
from midocli.results.values import Done, Report, Result
from midocli.store.saving import script

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter


def draw(interpreter: Interpreter, command: Topology) -> Result:
    """`show topology`: the picture as text, or in the form of the file it is written to."""
    if command.file is not None:
        interpreter.files.check(command.file)
    drawing = partial(interpreter.progress, "drawing")
    picture = model.picture_of(interpreter.store, interpreter.display, drawing)
    if command.file is None:
        from midocli.pictures.text import as_text

        return Report(
            as_text(picture, width=interpreter.columns()),
            lambda: model.data(picture),
            succeeded=True,
            script=lambda: script(interpreter.store),
        )
    interpreter.files.write(command.file, written(picture, command.file.text).encode())
    return Done()


def written(picture: model.Picture, name: str, way: Way = NO_WAY) -> str:
    """A picture, with the way that traffic took, in the form that a file's name asks for."""
    form = name.lower().rpartition(".")[2]
    if form == "svg":
        from midocli.pictures.svg import as_svg

        return as_svg(picture, way)
    if form == "dot":
        from midocli.pictures.dot import as_dot

        return as_dot(picture, way)
    from midocli.pictures.mermaid import as_mermaid

    return as_mermaid(picture, way)
