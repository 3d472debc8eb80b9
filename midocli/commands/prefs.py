"""`prefs`: the user's preferences, shown and changed."""

from __future__ import annotations

from grammar import tree
from grammar.commands.prefs import PREFERENCES, Prefs, Program
from grammar.errors import InvalidValueError, MidoError, RefusedError
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Done, Result, Table


@carries_out(Prefs)
def prefs(context: Context, command: Prefs) -> Result:
    """The preferences as they are, or nothing where some are changed."""
    preferences = context.preferences
    if command.reset:
        preferences.reset()
    elif command.settings:
        for each in command.settings:
            _check(context, each)
        preferences.set({each.field.name: each.value for each in command.settings})
    else:
        return Table(PREFERENCES, [preferences.all()])
    return Done()


def _check(context: Context, setting: tree.Setting) -> None:
    """A MidoError where a preference may not have a value, or not from here."""
    if isinstance(setting.field.type, Program) and not context.typed:
        raise RefusedError(
            f"{setting.field.name} names a program, and later sessions would run it: "
            "it is taken only from what is typed at the prompt",
            setting.field.name,
            setting.column,
        )
    if any("\ud800" <= character <= "\udfff" for character in setting.text):
        message = f"{setting.field.name} is kept in a file of UTF-8, and this is none"
        raise InvalidValueError(message, setting.column)
    if setting.field.name == "flags":
        _check_flags(setting)


def _check_flags(setting: tree.Setting) -> None:
    """InvalidValueError where tcpdump's flags are wrong."""
    from midocli.trace.tcpdump.flags import parse_flags

    try:
        parse_flags(setting.value)
    except MidoError as error:
        raise InvalidValueError(error.message, setting.column, error.expected) from None
