"""`expect`: a check that a command succeeds, or fails."""

from __future__ import annotations

import pyparsing as pp

from grammar.claims import BECAUSE, HAS, IS, Because, Claim
from grammar.command import Declaration, leading, one_of
from grammar.elements import Made
from grammar.errors import LineSyntaxError
from grammar.expectation import Expectation
from grammar.sending import Sending
from grammar.tree import Command


class Expect(Command):
    """Check that a command succeeds or, with `negated`, that it fails; and what `claim` says."""

    word = "expect"
    command: Command
    negated: bool
    column: int
    claim: Claim | None = None

    def written(self) -> list[str]:
        claim = self.claim.written() if self.claim else []
        return [self.word, *(["not"] if self.negated else []), *self.command.written(), *claim]

    @property
    def innermost(self) -> Command:
        return self.command.innermost

    @property
    def claims(self) -> list[Expectation]:
        """What may be claimed of the command, behind it."""
        if self.claim is not None:
            return []
        if not isinstance(self.command, Sending):
            return [IS, HAS]
        return [BECAUSE] if self.negated else []

    def claiming(self, claim: Claim, column: int) -> Expect:
        """The same with a claim, whose words begin at a column; LineSyntaxError if none fits."""
        if isinstance(claim, Because) and not (self.negated and isinstance(self.command, Sending)):
            message = "because belongs behind expect not, and a command that sends"
            raise LineSyntaxError(message, column)
        return Expect(self.command, self.negated, self.column, claim)


def _around(command: pp.ParserElement) -> pp.ParserElement:
    """`[not] COMMAND`."""

    def holding(negated: bool) -> Made:
        return Made(command, lambda tokens, column: Expect(tokens[0], negated, column))

    negated = leading("not", "the command must fail", holding(True))
    return one_of(negated, otherwise=(holding(False),))


EXPECT = Declaration(
    "expect",
    "fails unless a command succeeds or, with not, unless it fails",
    group="session",
    rank=5,
    usage=(
        "expect COMMAND",
        "expect not COMMAND",
        "expect not PROBE because [CODE] [at PLACE] [by RULE]",
        "expect COMMAND is WORD|empty",
        "expect COMMAND has N",
    ),
    examples=(
        "expect ping client vm quiet capture none",
        "expect not ping client 192.168.77.9 quiet capture none  # nobody is there",
        "expect not ping client 192.168.77.9 because arp-timeout at router0",
        "expect router router0 show state is up",
        "expect bridge list has 2",
        "expect not router nosuch show  # errors are failures, too",
    ),
    see=("source", "scripts"),
    around=_around,
)
