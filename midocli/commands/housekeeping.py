"""Carrying out commands about the session itself: time, output, preferences, undo, help."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from grammar import tree
from grammar.errors import InvalidValueError, MidoError, RefusedError
from grammar.resources import SCHEMA
from grammar.times import Instant, format_instant
from midocli.results.values import Done, Message, Report, Result, Table

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter


def keep_house(interpreter: Interpreter, command: tree.Command) -> Result:
    """Carry out one of these commands; MidoError where it cannot be."""
    return _RUN[type(command)](interpreter, command)


def _clock(interpreter: Interpreter, command: tree.Clock) -> Result:
    clock = interpreter.clock
    if command.action == "set":
        clock.set(command.value.time_ns, command.value.utc_offset)
        return Done()
    if command.action == "advance":
        interpreter.datapath.advance(command.value, partial(interpreter.progress, "clock advance"))
        return Done()
    return Message(format_instant(Instant(clock.now_ns, clock.utc_offset)))


def _echo(interpreter: Interpreter, command: tree.Echo) -> Result:
    words = " ".join(command.words)
    return Report(words + "\n", lambda: {"text": words}, succeeded=True)


def _prefs(interpreter: Interpreter, command: tree.Prefs) -> Result:
    from grammar.prefs import PREFERENCES

    preferences = interpreter.preferences
    if command.reset:
        preferences.reset()
    elif command.settings:
        for each in command.settings:
            if each.field.name == "flags":
                _check_flags(each)
        preferences.set({each.field.name: each.value for each in command.settings})
    else:
        return Table(PREFERENCES, [preferences.all()])
    return Done()


def _check_flags(setting: tree.Setting) -> None:
    """InvalidValueError where tcpdump's flags are wrong."""
    from midocli.trace.tcpdump.flags import parse_flags

    try:
        parse_flags(setting.value)
    except MidoError as error:
        raise InvalidValueError(error.message, setting.column, error.expected) from None


def _describe(interpreter: Interpreter, command: tree.Describe) -> Result:
    from midocli.help.pages import describe

    interpreter.resolver.path(command.path)
    if command.target is not None:
        return Message(describe(SCHEMA, command.target.collection))
    return Message(describe(SCHEMA, command.path[-1].collection if command.path else None))


def _choose_tenant(interpreter: Interpreter, command: tree.Tenant) -> Result:
    interpreter.tenant = command.name
    warning = ""
    if command.name is not None and not re.fullmatch("[0-9a-fA-F]{32}", command.name):
        warning = (
            f"WARNING!: tenant_id={command.name} is not a 32-char hex string, "
            "which is used in Keystone for project id format\n"
        )
    return Message(f"{warning}tenant_id: {command.name}")


def _debug(interpreter: Interpreter, command: tree.Debug) -> Result:
    return Message(f"turned {'on' if command.on else 'off'} debug mode")


def _undo(interpreter: Interpreter, command: tree.Undo) -> Result:
    journal = interpreter.store.journal
    there = journal.redoable if command.again else journal.undoable
    if there < command.steps:
        verb = "redo" if command.again else "undo"
        raise RefusedError(f"only {there} to {verb}" if there else f"nothing to {verb}")
    for _ in range(command.steps):
        if command.again:
            journal.redo()
        else:
            journal.undo()
        interpreter.committed()
    return Done()


def _save(interpreter: Interpreter, command: tree.Save) -> Result:
    from midocli.store.saving import script

    text = script(interpreter.store, partial(interpreter.progress, "save"))
    interpreter.files.write(command.file, text.encode("utf-8", "surrogateescape"))
    return Done()


def _demo(interpreter: Interpreter, command: tree.Demo) -> Result:
    from midocli.commands.demo import load

    return load(interpreter)


def _help(interpreter: Interpreter, command: tree.Help) -> Result:
    from midocli.help.pages import explain

    return Message(explain(SCHEMA, command.topic))


_RUN: dict[type, Callable[[Interpreter, Any], Result]] = {
    tree.Clock: _clock,
    tree.Echo: _echo,
    tree.Prefs: _prefs,
    tree.Describe: _describe,
    tree.Tenant: _choose_tenant,
    tree.Debug: _debug,
    tree.Undo: _undo,
    tree.Save: _save,
    tree.Help: _help,
    tree.Demo: _demo,
}
