"""Results as they are printed: text in the original's forms, or one JSON document."""

from __future__ import annotations

from typing import Any

from grammar.errors import MidoError
from grammar.schema import Collection
from midocli.results.values import (
    Created,
    Formatted,
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


def text(result: Result, display: Display) -> str:
    """What is printed for a result; empty where there is nothing to say."""
    match result:
        case Created(row=row):
            name = display.name(row) if row.collection.has_id else display.fields(row)
            return name + "\n"
        case Listing(rows=rows, collection=collection):
            return "".join(_list_line(row, display, collection) + "\n" for row in rows)
        case Shown(row=row, collection=collection):
            return _show_line(row, display, collection) + "\n"
        case ShownField(row=row, field=field):
            value = display.value(row, field)
            if isinstance(value, Row):
                return _show_line(value, display, value.collection) + "\n"
            return (display.field(row, field) or "") + "\n"
        case Table(fields=fields, rows=rows):
            return "".join(_table_line(fields, row) + "\n" for row in rows)
        case Message(text=words):
            return words + "\n" if words else ""
        case Report(text=words):
            return words
        case Formatted(result=inner, form=form):
            from midocli.results import forms

            return forms.shown(inner, form, display)
        case Stream(items=items, text_of=text_of):
            return "".join(map(text_of, items))
        case Watched(result=inner, text=words):
            return text(inner, display) + words
        case Spoilt(result=inner):
            return text(inner, display)
    return ""


def as_json(result: Result, display: Display) -> str:
    """The one line of JSON that stands for a result."""
    import json

    return json.dumps(document(result, display))


def error_as_json(error: MidoError, line: int | None) -> str:
    """The one line of JSON that stands in an error's place."""
    import json

    return json.dumps({"error": _error(error, line)})


def _error(error: MidoError, line: int | None) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": printable(error.message),
        "line": line,
        "column": error.column,
        "expected": list(error.expected),
    }


def printable(text: str) -> str:
    """Text on one line, without characters that a terminal would act on or cannot show."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )


def document(result: Result, display: Display) -> Any:
    """What the JSON form of a result holds."""
    match result:
        case Formatted(result=inner, form="json" | "yaml"):
            return document(inner, display)
        case Formatted():
            return {"text": text(result, display)}
        case Created(row=row) if row.collection.has_id:
            return {"created": row.full_alias, "id": row.uuid}
        case Created(row=row) | Shown(row=row):
            return display.json(row)
        case Listing(rows=rows):
            return [display.json(row) for row in rows]
        case ShownField(row=row, field=field):
            return {field.name: display.json_value(row, field)}
        case Table(fields=fields, rows=rows):
            return [
                {
                    field.name: None if value is None else field.type.to_json(value)
                    for field, value in zip(fields, row, strict=True)
                }
                for row in rows
            ]
        case Message(text=words):
            return {"text": words}
        case Report(data=data):
            return data()
        case Stream(head=head, items=items, data_of=data_of):
            return {**head, "frames": list(map(data_of, items))}
        case Watched(result=inner, captures=captures):
            whole = document(inner, display)
            return {**whole, "running": captures} if isinstance(whole, dict) else whole
        case Spoilt(result=inner, error=error):
            whole = document(inner, display)
            return {**whole, "error": _error(error, None)} if isinstance(whole, dict) else whole
    return {"ok": True}


def _list_line(row: Row, display: Display, collection: Collection) -> str:
    return display.line(row, collection) if row.collection.has_id else display.fields(row)


def _show_line(row: Row, display: Display, collection: Collection) -> str:
    if row.collection.has_id:
        return display.line(row, collection)
    return f"{row.collection.prefix} {display.fields(row)}".rstrip()


def _table_line(fields: tuple[Any, ...], row: tuple[Any, ...]) -> str:
    return " ".join(
        f"{field.name} {field.type.format(value)}"
        for field, value in zip(fields, row, strict=True)
        if value is not None
    )
