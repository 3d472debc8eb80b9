"""Results in the forms that `as` names: columns, JSON, YAML, CSV, or commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from grammar.errors import RefusedError
from midocli.results.values import Beside, Record, Result
from midocli.store.store import Store


class Formatted(Beside):
    """A result that is to be shown in a form of its own: table, json, yaml or csv.

    On a screen of some `width` a table fits, and JSON is indented.
    """

    form: str
    width: int | None = None

    def text(self) -> str:
        """The result in this form."""
        if self.form in _DOCUMENTS:
            return _DOCUMENTS[self.form](self.result.document())
        return _COLUMNS[self.form](self.result.records()) + self.result.beside

    def pieces(self) -> Iterable[str]:
        """The same as it is shown on a screen."""
        if self.width is not None and self.form == "json":
            return (as_json(self.result, is_indented=True),)
        if self.width is not None and self.form == "table":
            return (_table(self.result.records(), self.width) + self.result.beside,)
        return (self.text(),)

    def document(self) -> Any:
        """That of the result, or the form as text."""
        return super().document() if self.form in _DOCUMENTS else {"text": self.text()}


class Recreated(Beside):
    """A result that is to be shown as the commands that recreate its objects.

    What these cannot recreate is `left_out`.
    """

    script: str
    left_out: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What is left out."""
        return f"left out: {', '.join(self.left_out)}\n" if self.left_out else ""

    def text(self) -> str:
        """The commands."""
        return self.script + self.result.beside

    def document(self) -> dict[str, Any]:
        """The commands as text, and what they leave out."""
        left_out = {"left_out": list(self.left_out)} if self.left_out else {}
        return {"text": self.text(), **left_out}


def in_form(result: Result, form: str, store: Store, width: int | None = None) -> Result:
    """A result to be shown in one of the forms; RefusedError where it has none of that kind.

    `width` is that of the screen it is to fit.
    """
    bare = result
    while isinstance(bare, Beside):
        bare = bare.result
    if form not in ("mido", "commands"):
        return Formatted(result, form, width)
    own = bare.commands(form)
    return Recreated(result, *(own or (_script(result, store), ())))


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


def as_json(result: Result, is_indented: bool = False) -> str:
    """The one line of JSON that stands for a result; many that are indented, to be read."""
    return _json(result.document(), 2 if is_indented else None)


def _json(document: Any, indent: int | None = None) -> str:
    import json

    return json.dumps(document, indent=indent) + "\n"


def _yaml(document: Any) -> str:
    import yaml

    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _csv(records: Sequence[Record]) -> str:
    from midocli.results.spreadsheet import csv_text

    return csv_text(*_columns(records))


def _table(records: Sequence[Record], width: int | None = None) -> str:
    """Columns as psql aligns them, without those that are empty."""
    from midocli.results.tables import table

    return table(*_columns(records), width)


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
