"""`expect`: a check that a command succeeds, or fails."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, nothing
from grammar.elements import Made, Switch
from grammar.expectation import Expectation
from grammar.tree import Command


class Expect(Command):
    """Check that a command succeeds or, with `negated`, that it fails."""

    word = "expect"
    command: Command
    negated: bool
    column: int

    def written(self) -> list[str]:
        return [self.word, *(["not"] if self.negated else []), *self.command.written()]


def _around(command: pp.ParserElement) -> pp.ParserElement:
    """`[not] COMMAND`."""

    def holding(negated: bool) -> Made:
        return Made(command, lambda tokens, column: Expect(tokens[0], negated, column))

    return Switch(
        "expect",
        lambda: ({"not": (nothing, holding(True))}, (holding(False),)),
        lambda: [Expectation("verb", "not", "the command must fail")],
    )


EXPECT = Declaration(
    "expect",
    "fails unless a command succeeds or, with not, unless it fails",
    group="session",
    rank=5,
    usage=("expect COMMAND", "expect not COMMAND"),
    examples=(
        "expect ping client vm quiet capture none",
        "expect not ping client 192.168.77.9 quiet capture none  # nobody is there",
        "expect not router nosuch show  # errors are failures, too",
    ),
    see=("source", "scripts"),
    around=_around,
)
