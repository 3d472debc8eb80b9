"""`prefs`: the user's preferences, shown and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree
from grammar.commands.prefs import PREFERENCES, Prefs
from grammar.errors import InvalidValueError, MidoError
from midocli.commands.dispatch import carries_out
from midocli.results.values import Done, Result, Table

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Prefs)
def prefs(context: Context, command: Prefs) -> Result:
    """The preferences as they are, or nothing where some are changed."""
    preferences = context.preferences
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
