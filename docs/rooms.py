"""The map of rooms in docs/architecture.md, made from the contracts and from what each room says.

The floors are the layers that import-linter checks (pyproject.toml), in that order; what a room
is for is the first sentence of its package.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import markdown_text

ROOT = Path(__file__).resolve().parent.parent


def floors() -> list[tuple[str, ...]]:
    """The floors of midocli from the top, each the rooms that stand beside each other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == ["midocli"])
    return [tuple(layer.split(" | ")) for layer in layers if layer != "__main__"]


def table() -> str:
    """A row a room: where it is, and what it is for."""
    return markdown_text.table(("Room", "What lives there"), _rows())


def _rows() -> Iterator[tuple[str, str]]:
    for rooms in floors():
        for room in rooms:
            yield _row("midocli", room)
    yield "`grammar/`", _purpose(ROOT / "grammar" / "__init__.py")


def _row(package: str, room: str) -> tuple[str, str]:
    """A room's row; a room may be one file."""
    file = ROOT / package / f"{room}.py"
    if file.exists():
        return f"`{package}/{file.name}`", _purpose(file)
    return f"`{package}/{room}/`", _purpose(ROOT / package / room / "__init__.py")


def _purpose(room: Path) -> str:
    """The first line of what a room says of itself."""
    said = ast.get_docstring(ast.parse(room.read_text()))
    assert said, f"{room} does not say what it is for"
    return said.partition("\n")[0]
