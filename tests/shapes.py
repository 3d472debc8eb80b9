"""Syntax trees as short text, so that a table of cases can be read.

`create router.port in router[router0]: state=down` is a Create of a router's port inside the
router named router0 with one setting; `router[name=edge]` is an object picked by field.
"""

from __future__ import annotations

import grammar
from grammar import tree
from grammar.commands.clock import Clock
from grammar.commands.echo import Echo
from grammar.commands.expect import Expect
from grammar.commands.format import Format
from grammar.commands.help import Help
from grammar.commands.ping import Ping
from grammar.commands.source import Source
from grammar.programs import Program
from grammar.tree import Command, Path, Setting


def shape(line: str) -> str:
    """The shape of the tree of a line."""
    command = grammar.parse(line)
    return "nothing" if command is None else of_command(command)


def of_command(command: Command) -> str:
    """The shape of a tree."""
    match command:
        case tree.Create(path, target, settings):
            return f"create {target.collection.path}{_inside(path)}{_pairs(settings)}"
        case tree.List(path, target, filters):
            return f"list {target.collection.path}{_inside(path)}{_pairs(filters)}"
        case tree.Show(path, field):
            return f"show {_path(path)}" + (f": {field.field.name}" if field else "")
        case tree.Set(path, settings):
            return f"set {_path(path)}{_pairs(settings)}"
        case tree.Clear(path, fields):
            return f"clear {_path(path)}: " + " ".join(name.field.name for name in fields)
        case tree.Delete(path):
            return f"delete {_path(path)}"
        case tree.Describe(path, target):
            what = target.collection.path if target else "all"
            return f"describe {what}{_inside(path)}"
        case Expect(inner, negated):
            return f"expect {'not ' if negated else ''}({of_command(inner)})"
        case Ping(source, destination, options):
            origin = source.text if isinstance(source, tree.Argument) else _path(source)
            return f"ping {origin} -> {destination.text}{_pairs(options)}"
        case Program(path, words):
            return f"run {_path(path)}: {'|'.join(words)}"
        case Echo(words):
            return f"echo {'|'.join(words)}"
        case Source(file, quiet):
            return f"source {file.text}{' quiet' * quiet}"
        case Format(name):
            return f"format {name}"
        case Clock(action, value):
            return f"clock {action} {value}" if action else "clock"
        case Help(topic):
            return f"help {topic.text}" if topic else "help"
    return type(command).__name__.lower()


def _inside(path: Path) -> str:
    return f" in {_path(path)}" if path else ""


def _path(path: Path) -> str:
    return " ".join(
        f"{step.collection.path}[{step.name if step.name is not None else _words(step.filters)}]"
        for step in path
    )


def _pairs(settings: tuple[Setting, ...]) -> str:
    return f": {_words(settings)}" if settings else ""


def _words(settings: tuple[Setting, ...]) -> str:
    return " ".join(f"{setting.field.name}={setting.text}" for setting in settings)
