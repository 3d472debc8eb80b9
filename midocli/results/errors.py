"""Errors as data."""

from __future__ import annotations

from typing import Any

from grammar.errors import MidoError
from midocli.results.printable import printable


def error_as_json(error: MidoError, line: int | None, document: Any = None) -> str:
    """The one line of JSON that stands in an error's place.

    Where it is about a result whose `document` has members, `error` is one more of them.
    """
    import json

    found = document if isinstance(document, dict) else {}
    return json.dumps({**found, "error": error_data(error, line)})


def error_data(error: MidoError, line: int | None) -> dict[str, Any]:
    """An error's code, message, place, and what would have been right there."""
    return {
        "code": error.code,
        "message": printable(error.message),
        "line": line,
        "column": error.column,
        "expected": list(error.expected),
    }
