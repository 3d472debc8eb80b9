"""`expect`: a command has to succeed or, with `not`, to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.expect import Expect
from grammar.errors import MidoError
from midocli.commands.dispatch import carries_out, carry_out
from midocli.results.values import Done, ExpectationError, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Expect)
def expect(context: Context, command: Expect) -> Result:
    """The result of what is expected; ExpectationError where it ended otherwise."""
    try:
        result = carry_out(context, command.command)
    except MidoError as error:
        if command.negated:
            return Done()
        raise ExpectationError(
            f"expected to succeed, but: {error.message}", error.column or command.column, None
        ) from None
    if result.succeeded is command.negated:
        wanted = "fail, but it succeeded" if command.negated else "succeed, but it failed"
        raise ExpectationError(f"expected to {wanted}", command.column, result)
    return result
