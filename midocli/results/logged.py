"""What `log` tells: changes of a store that stays, and the objects of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grammar.times import Instant, format_instant
from grammar.words import quoted
from midocli.results.values import Record, Result
from midocli.store.storage.log import Listed
from midocli.store.storage.shown import Shown


class Log(Result):
    """Changes, the last one at the end."""

    changes: tuple[Listed, ...]

    def text(self) -> str:
        """A line for each."""
        return "".join(_line(each) for each in self.changes)

    def document(self) -> list[dict[str, Any]]:
        """Each as its members."""
        return [_data(each) for each in self.changes]

    def records(self) -> Sequence[Record]:
        """A row for each."""
        return [{name: str(value) for name, value in each.items()} for each in self.document()]


class Logged(Result):
    """One change with its objects, before and after it."""

    change: Listed
    shown: tuple[Shown, ...]

    def text(self) -> str:
        """Its line, and below it what its objects were (-) and are (+)."""
        return _line(self.change) + "".join(map(_object, self.shown))

    def document(self) -> dict[str, Any]:
        """Its members, with its objects."""
        return {**_data(self.change), "objects": [_object_data(each) for each in self.shown]}

    def records(self) -> Sequence[Record]:
        """A row for each object."""
        return [
            {"id": each.id, "name": each.name, "before": _fields(each.before),
             "after": _fields(each.after)}
            for each in self.shown
        ]  # fmt: skip


def _data(change: Listed) -> dict[str, Any]:
    return {
        "change": change.number,
        "at": format_instant(Instant(change.made * 10**9, 0)),
        "session": change.session,
        "undone": change.is_undone,
        "done": change.summary,
    }


def _line(change: Listed) -> str:
    data = _data(change)
    undone = " (undone)" if change.is_undone else ""
    return f"{change.number}  {data['at']}  {change.session}  {change.summary}{undone}\n"


def _object(shown: Shown) -> str:
    what = f"{shown.collection.prefix} {shown.name}".rstrip()
    return "".join(
        f"{mark} {what} {_fields(fields)}".rstrip() + "\n"
        for mark, fields in (("-", shown.before), ("+", shown.after))
        if fields is not None
    )


def _fields(fields: dict[str, str] | None) -> str:
    return " ".join(f"{name} {quoted(word)}" for name, word in (fields or {}).items())


def _object_data(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.id,
        "collection": shown.collection.path,
        "name": shown.name,
        "before": shown.before,
        "after": shown.after,
    }
