"""A matrix as a page for a browser: the picture of the network, and a table in colours."""

from __future__ import annotations

from midocli.analysis.matrix import Cell, Table, cell_words, left_out_words
from midocli.help.version import VERSION
from midocli.pictures.markup import Markup, join, tag
from midocli.pictures.page_style import STYLE

_COLOURS = {
    "yes": "background: #2da44e33",
    "no": "background: #cf222e33",
    "some": "background: #bf870033",
    "unknown": "background: #8883",
}
_TABLE = """
table { border-collapse: collapse } th, td { border: 1px solid #8886; padding: .2em .6em }
th { text-align: left; font-weight: 600 }
"""


def as_page(table: Table, command: str, picture: Markup) -> Markup:
    """The page; it needs nothing beside itself, and all in it is escaped."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", command),
        tag("style", Markup(STYLE + _TABLE)),
    )
    names = [tag("th", "from \\ to"), *(tag("th", name) for name in table.columns)]
    body = [
        tag("tr", tag("th", ", ".join(row.names)), *(_cell(table, cell) for cell in row.cells))
        for row in table.rows
    ]
    page = tag(
        "body",
        tag("h1", command),
        picture,
        tag("table", tag("tr", *names), *body),
        *(tag("p", line) for line in left_out_words(table)),
        tag("p", f"midocli {VERSION}"),
    )
    return join(Markup("<!DOCTYPE html>"), tag("html", head, page, lang="en"), Markup(""))


def _cell(table: Table, cell: Cell | None) -> Markup:
    if cell is None:
        return tag("td", "-")
    return tag("td", cell_words(table, cell), style=_COLOURS[cell.verdict])
