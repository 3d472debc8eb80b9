"""`expect`: a command has to succeed or, with `not`, to fail.

What was to fail and did not has changed nothing: it is taken back.
"""

from __future__ import annotations

from grammar import canonical
from grammar.claims import Because, Claim
from grammar.commands.expect import Expect
from grammar.commands.source import Source
from grammar.commands.undo import Undo
from grammar.errors import MidoError, RefusedError
from grammar.sending import Sending
from midocli.commands.claims import reasons_of, unmet
from midocli.commands.dispatch import carries_out, carry_out
from midocli.context.context import Context
from midocli.results.values import Done, ExpectationError, Result


@carries_out(Expect)
def expect(context: Context, command: Expect) -> Result:
    """The result of what is expected; ExpectationError where it ended otherwise."""
    return _failing(context, command) if command.negated else _succeeding(context, command)


def _succeeding(context: Context, command: Expect) -> Result:
    try:
        result = carry_out(context, command.command).at_hand()
    except MidoError as error:
        message = f"expected to succeed, but: {error.message}"
        raise ExpectationError(message, error.column or command.column, None) from None
    if not result.succeeded:
        message = f"expected to succeed, but it failed: {canonical(command.command)}{_why(result)}"
        raise _unexpected(command, message, result)
    _check(command, result)
    return result


def _why(result: Result) -> str:
    """Why a probe failed: what would claim it; empty where nobody knows."""
    reasons = ", ".join(reasons_of(result))
    return f": {reasons}" if reasons else ""


def _failing(context: Context, command: Expect) -> Result:
    # Scripts and `undo` are transactions of their own, to be taken back one by one.
    carried = _apart if isinstance(command.command, (Source, Undo)) else _within
    try:
        return carried(context, command)
    except ExpectationError:
        raise
    except MidoError as error:
        if isinstance(command.command, Sending) and not isinstance(error, RefusedError):
            message = f"expected to fail on the way, but nothing was sent: {error.message}"
            raise ExpectationError(message, error.column or command.column, None) from None
        return Done()


def _within(context: Context, command: Expect) -> Result:
    """The result of a command, of which nothing remains if that succeeded."""
    journal = context.store.journal
    with journal.transaction():
        result = _failed(command, carry_out(context, command.command).at_hand())
    if journal.touched and not journal.is_open:
        context.committed()
    return result


def _apart(context: Context, command: Expect) -> Result:
    """The same of what is no part of a transaction."""
    journal = context.store.journal
    before = journal.last
    try:
        return _failed(command, carry_out(context, command.command).at_hand())
    except ExpectationError:
        while journal.last > before and journal.undoable:
            journal.undo()
            context.committed()
        while journal.last < before and journal.redoable:
            journal.redo()
            context.committed()
        raise


def _failed(command: Expect, result: Result) -> Result:
    """A result that is as bad as expected; ExpectationError if it is not.

    Where something is claimed of what a command shows, that has to be wrong.
    """
    claim = command.claim
    if claim is not None and not isinstance(claim, Because):
        if not unmet(claim, result):
            message = f"expected {_said(claim, negated=True)}, but so it is"
            raise _unexpected(command, message, result)
        return result
    if not result.failed:
        instead = "it succeeded" if result.succeeded else "not all of it did for certain"
        message = f"expected to fail, but {instead}: {canonical(command.command)}"
        raise _unexpected(command, message, result)
    _check(command, result)
    return result


def _unexpected(command: Expect, message: str, result: Result) -> ExpectationError:
    probe = isinstance(command.command, Sending)
    return ExpectationError(message, command.column, result, probe)


def _check(command: Expect, result: Result) -> None:
    """ExpectationError where a result is not what is claimed of it."""
    claim = command.claim
    instead = unmet(claim, result) if claim is not None else ""
    if claim is not None and instead:
        message = f"expected {_said(claim, command.negated)}, but {instead}"
        raise _unexpected(command, message, result)


def _said(claim: Claim, negated: bool) -> str:
    """A claim as what is expected."""
    words = " ".join(claim.written())
    if isinstance(claim, Because):
        return f"to fail {words}"
    return f"that it {words}" if not negated else f"not that it {words}"
