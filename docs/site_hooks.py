"""What MkDocs is told beyond `mkdocs.yml`: the reference's place in the navigation, and colours.

The pages of the reference are those of the declarations in `grammar/`, in their groups; what lives
inside an object stands below it, as in the index that `generate.py` writes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pygments.lexers

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import session_lexer  # noqa: E402 (siblings, wherever MkDocs is started)
from reference import command_page  # noqa: E402 (the same)

from grammar.commands import declarations  # noqa: E402
from grammar.groups import GROUPS  # noqa: E402
from grammar.resources import SCHEMA  # noqa: E402
from grammar.schema import Collection  # noqa: E402

_FOLDER = "commands"


def on_config(config: Any) -> Any:
    """Put the reference into the navigation, and have Pygments know sessions."""
    names = (session_lexer.__name__, "midocli session", ("midocli",), (), ())
    pygments.lexers.LEXERS["SessionLexer"] = names
    config["nav"] = [_with_reference(entry) for entry in config["nav"]]
    return config


def _with_reference(entry: Any) -> Any:
    return {"Commands": reference()} if "Commands" in entry else entry


def reference() -> list[Any]:
    """The reference in the navigation: its index, the verbs, the commands by group, the objects."""
    commands: dict[str, list[Any]] = {}
    for name, each in declarations().items():
        commands.setdefault(GROUPS[each.group], []).append({name: _page(command_page(name))})
    return [
        _page("README"),
        {"Verbs": _page("verbs")},
        *({title: commands[title]} for title in GROUPS.values() if title in commands),
        {"Objects": [_object(SCHEMA[name]) for name in SCHEMA.root]},
    ]


def _object(collection: Collection) -> Any:
    """A collection's page, with those of what lives inside it behind it."""
    page = {collection.name: _page(collection.path)}
    inside = [_object(child) for child in SCHEMA.children(collection)]
    return {collection.name: [page, *inside]} if inside else page


def _page(name: str) -> str:
    return f"{_FOLDER}/{name}.md"
