"""Results in the forms that `as` names: columns, JSON, YAML, CSV, or commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grammar.errors import RefusedError
from midocli.results.printable import printable
from midocli.results.values import Beside, Record, Result
from midocli.store.store import Store


class Formatted(Beside):
    """A result that is to be shown in a form of its own: table, json, yaml or csv."""

    result: Result
    form: str

    def text(self) -> str:
        """The result in this form."""
        if self.form in _DOCUMENTS:
            return _DOCUMENTS[self.form](self.result.document())
        return _COLUMNS[self.form](self.result.records()) + self.result.beside

    def document(self) -> Any:
        """That of the result, or the form as text."""
        return super().document() if self.form in _DOCUMENTS else {"text": self.text()}


class Recreated(Beside):
    """A result that is to be shown as the commands that recreate its objects."""

    result: Result
    script: str

    def text(self) -> str:
        """The commands."""
        return self.script + self.result.beside

    def document(self) -> dict[str, str]:
        """The commands as text."""
        return {"text": self.text()}


def in_form(result: Result, form: str, store: Store) -> Result:
    """A result to be shown in one of the forms; RefusedError where it has none of that kind."""
    if form == "commands":
        return Recreated(result, _script(result, store))
    return Formatted(result, form)


def no_objects() -> RefusedError:
    """The error where what is shown are no objects, and no commands recreate it."""
    return RefusedError("only objects can be shown as the commands that recreate them")


def _script(result: Result, store: Store) -> str:
    """The commands that recreate what a result shows, which must be there still."""
    from midocli.store.saving import commands, script

    match result.objects:
        case None:
            raise no_objects()
        case "everything":
            return script(store)
        case ids:
            rows = map(store.by_id, ids)
            return commands(store, [row for row in rows if row is not None]) if ids else ""


def as_json(result: Result) -> str:
    """The one line of JSON that stands for a result."""
    return _json(result.document())


def _json(document: Any) -> str:
    import json

    return json.dumps(document) + "\n"


def _yaml(document: Any) -> str:
    import yaml

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _csv(records: Sequence[Record]) -> str:
    from midocli.results.spreadsheet import csv_text

    return csv_text(*_columns(records))


def _table(records: Sequence[Record]) -> str:
    """Columns as psql aligns them, without those that are empty; mere text as it is."""
    from wcwidth import wcswidth

    names, rows = _columns(records)
    if names == ["text"]:
        return rows[0][0] + "\n"
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(wcswidth, column)) for column in zip(names, *rows, strict=True)]

    def line(cells: Sequence[str], gap: str = " | ", fill: str = " ") -> str:
        padded = (
            cell + fill * (width - wcswidth(cell))
            for cell, width in zip(cells, widths, strict=True)
        )
        return gap.join(padded)

    if not names:
        return ""
    rule = line([""] * len(names), "-+-", "-")
    body = [f" {line(row)}".rstrip() for row in [names, *rows]]
    return "\n".join([body[0], f"-{rule}-", *body[1:]]) + "\n"


_DOCUMENTS: dict[str, Callable[[Any], str]] = {"json": _json, "yaml": _yaml}
_COLUMNS: dict[str, Callable[[Sequence[Record]], str]] = {"csv": _csv, "table": _table}


def _columns(records: Sequence[Record]) -> tuple[list[str], list[list[str]]]:
    """The names of all columns that are not empty, and the cells of each row."""
    filled = dict.fromkeys(name for each in records for name, word in each.items() if word)
    names = [name for name in _in_order(records) if name in filled]
    return names, [[each.get(name, "") for name in names] for each in records]


def _in_order(records: Sequence[Record]) -> list[str]:
    """All names, in an order that keeps that of each record as far as they agree."""
    order: list[str] = []
    for each in records:
        place = 0
        for name in each:
            if name in order:
                place = order.index(name) + 1
            else:
                order.insert(place, name)
                place += 1
    return order
