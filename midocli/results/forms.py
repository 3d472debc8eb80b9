"""Results in the forms that `as` names: columns, JSON, YAML, CSV, or commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any

from grammar.errors import RefusedError
from midocli.results import render
from midocli.results.values import (
    Created,
    Listing,
    Message,
    Report,
    Result,
    Shown,
    ShownField,
    Spoilt,
    Stream,
    Table,
    Watched,
)
from midocli.store.display import Display
from midocli.store.rows import Row

Record = Mapping[str, str]


def shown(result: Result, form: str, display: Display) -> str:
    """A result in one of the forms; RefusedError where it has none of that kind."""
    match result:
        case Watched(result=inner, text=words) if form not in ("json", "yaml"):
            return shown(inner, form, display) + words
        case Spoilt(result=inner) if form not in ("json", "yaml"):
            return shown(inner, form, display)
    return _FORMS[form](result, display)


def _json(result: Result, display: Display) -> str:
    return render.as_json(result, display) + "\n"


def _yaml(result: Result, display: Display) -> str:
    import yaml

    document = render.document(result, display)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _csv(result: Result, display: Display) -> str:
    """As `psql --csv` writes: a line of names, then a line for each row."""
    import csv

    out = StringIO()
    names, rows = _columns(_records(result, display))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([names, *rows] if names else [])
    return out.getvalue()


def _table(result: Result, display: Display) -> str:
    """Columns as psql aligns them, without those that are empty; mere text as it is."""
    from wcwidth import wcswidth

    names, rows = _columns(_records(result, display))
    if names == ["text"]:
        return rows[0][0] + "\n"
    rows = [[render.printable(cell) for cell in row] for row in rows]
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


def _commands(result: Result, display: Display) -> str:
    from midocli.store.saving import commands

    match result:
        case Listing(rows=rows):
            return commands(display.store, rows)
        case Created(row=row) | Shown(row=row) | ShownField(row=row):
            return commands(display.store, [row])
        case Report(script=script) if script is not None:
            return script()
        case Table() | Message() | Report() | Stream():
            raise RefusedError("only objects can be shown as the commands that recreate them")
    return ""


_FORMS: dict[str, Callable[[Result, Display], str]] = {
    "table": _table,
    "json": _json,
    "yaml": _yaml,
    "csv": _csv,
    "commands": _commands,
}


def _records(result: Result, display: Display) -> list[Record]:
    """The rows of a result, each a mapping from field names to the words they display."""
    match result:
        case Listing(rows=rows, collection=collection):
            return [_named(row, display.short_name(row, collection), display) for row in rows]
        case Shown(row=row, collection=collection):
            return [_named(row, display.short_name(row, collection), display)]
        case Created(row=row):
            return [_named(row, display.name(row), display)]
        case ShownField(row=row, field=field):
            return [{field.name: display.field(row, field) or ""}]
        case Table(fields=fields, rows=rows):
            return [
                {
                    field.name: "" if value is None else field.type.format(value)
                    for field, value in zip(fields, row, strict=True)
                }
                for row in rows
            ]
        case Message(text=words):
            return [{"text": words}] if words else []
        case Stream(items=items, data_of=data_of):
            return [_plain(data_of(item)) for item in items]
        case Report(data=data):
            whole = data()
            return [_plain(each) for each in whole.get("probes", whole.get("nodes")) or [whole]]
    return []


def _named(row: Row, name: str, display: Display) -> Record:
    named = {"alias" if display.aliases else "id": name} if row.collection.has_id else {}
    return {**named, **dict(display.pairs(row))}


def _plain(data: Mapping[str, Any]) -> Record:
    """What of a document fits into cells: all but what is nested deeper than a list of words."""
    words = {}
    for name, value in data.items():
        if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
            words[name] = " ".join(map(str, value))
        elif value is None or isinstance(value, (str, int, float)):
            words[name] = "" if value is None else str(value)
    return words


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
