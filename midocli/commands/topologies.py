"""Another topology beside the one that is worked on: what a file with commands makes."""

from __future__ import annotations

from io import BytesIO, StringIO
from random import Random

import grammar
from grammar.errors import FileError, MidoError
from grammar.script import read_lines
from grammar.tree import Argument
from midocli.context.changes import CHANGES, make
from midocli.context.context import Context
from midocli.context.manner import Manner


def topology_in(context: Context, file: Argument) -> Context:
    """The topology that the commands of a file make; FileError where they do not.

    Only what changes a topology is carried out, so that nothing is sent, written or shown.
    """
    with context.files.open(file) as stream:
        return _made(context, stream.read(), file)


def committed(context: Context) -> Context:
    """The topology before the change that has begun; RefusedError where none has."""
    from midocli.store.saving import script

    with context.manner.undisturbed(), context.change.set_aside():
        data = script(context.store).encode("utf-8", "surrogateescape")
    return _made(context, data, Argument("what is committed", 1))


def _made(context: Context, data: bytes, file: Argument) -> Context:
    clock = context.clock.stopped()
    other = Context(Random(0), clock, context.files, Manner(StringIO()))
    for line in read_lines(BytesIO(data)):
        try:
            if line.error is not None:
                raise line.error
            command = grammar.parse(line.text)
            if isinstance(command, CHANGES):
                with other.changing():
                    make(other, command)
        except MidoError as error:
            number, column = line.position(error.column or 1)
            message = f"{file.text}:{number}:{column}: {error.message}"
            raise FileError(message, file.column) from None
    return other
