"""A picture in the form that a file's name asks for."""

from __future__ import annotations

from midocli.pictures.model import Picture
from midocli.pictures.way import NO_WAY, Way


def written(picture: Picture, name: str, way: Way = NO_WAY) -> str:
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
