"""Whether what a command names is there, found out without carrying it out."""

from __future__ import annotations

from grammar import tree
from grammar.as_form import As
from grammar.commands.expect import Expect
from grammar.commands.log import Log
from grammar.commands.tcpdump import Tcpdump
from grammar.errors import InvalidValueError, UnknownObjectError, shorten
from grammar.other import Other
from grammar.pipe import Piped
from grammar.resources import SCHEMA
from grammar.tree import Argument, Setting
from midocli.commands.topologies import check_change
from midocli.context.context import Context
from midocli.probes.points import UNDERLAY
from midocli.probes.targets import find_target
from midocli.shell.words import POINT_WORDS
from midocli.store.rows import Row

#: Where the objects of a reference live, if not at the root.
_INNER = {"interface": "host.interface"}
_POINTS = ("port", "host.interface")
_ANY_POINTS = frozenset(word for words in POINT_WORDS.values() for word in words)


def check(context: Context, command: tree.Command) -> None:
    """A MidoError, at its column, about the first name in a command that nothing has."""
    if isinstance(command, (As, Piped)):
        return check(context, command.command)
    if isinstance(command, Expect):
        return None if command.negated else check(context, command.command)
    path = getattr(command, "path", ())
    for given in (getattr(command, "source", None), getattr(command, "point", None)):
        if isinstance(given, Argument):
            _check_point(context, given.text, given.column, "source")
        elif given:
            path = given
    context.resolver.path(path)
    if isinstance(command, Tcpdump):
        _check_points(context, command.points.text, command.points.column)
    _check_change(context, command)
    destination = getattr(command, "destination", None)
    if destination is not None:
        find_target(context, destination)
    if not isinstance(command, tree.List):
        for each in (*getattr(command, "settings", ()), *getattr(command, "options", ())):
            _check_setting(context, each)
    return None


def _check_change(context: Context, command: tree.Command) -> None:
    """A change of the log that is asked about is there."""
    other = getattr(command, "other", None)
    if isinstance(command, Log) and command.action == "show":
        other = Other(None, command.number, command.column)
    if isinstance(other, Other) and other.change is not None:
        check_change(context, other.change, other.column)


def _check_setting(context: Context, setting: Setting) -> None:
    reference = setting.field.reference
    if getattr(setting.field.type, "names", "") == "points":
        _check_points(context, setting.text, setting.column)
    if reference is None or reference.own:  # own ones are looked for as it is tried
        return
    words = setting.text.removeprefix("!").split(",") if setting.text else []
    for word in map(str.strip, words):
        if reference.target == "interface":
            known = _interface(context, word) or _host_of(context, word)
        else:
            known = context.named(reference.target, word)
        if known is None:
            what = reference.target.rpartition(".")[2]
            path = _INNER.get(reference.target, reference.target)
            near = context.resolver.suggestion(word, path) if path in SCHEMA.collections else ""
            message = f"unknown {what} {shorten(word)} for {setting.field.name}{near}"
            raise InvalidValueError(message, setting.column)


def _check_points(context: Context, text: str, column: int) -> None:
    for word in map(str.strip, text.split(",")):
        if word not in _ANY_POINTS:
            _check_point(context, word, column, "point")


def _check_point(context: Context, word: str, column: int, what: str) -> None:
    known = (
        (context.named("guest", word) if what == "source" else None)
        or context.named("port", word)
        or _interface(context, word)
        or (_host_of(context, word) if word.endswith(f":{UNDERLAY}") else None)
    )
    if known is None:
        kinds = ("guest", *_POINTS) if what == "source" else _POINTS
        near = context.resolver.suggestion(word, *kinds)
        raise UnknownObjectError(f"unknown {what} {shorten(word)}{near}", column)


def _interface(context: Context, word: str) -> Row | None:
    try:
        return context.resolver.interface(word)
    except UnknownObjectError:
        return None


def _host_of(context: Context, word: str) -> Row | None:
    """The host that a word begins with."""
    owner, _, name = word.partition(":")
    return context.named("host", owner) if name else None
