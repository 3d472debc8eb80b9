"""`check`: what is wrong in the topology, or which rules do nothing."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, argument, build, leading, one_of
from grammar.elements import Tokens
from grammar.tree import Argument, Command
from grammar.words import quoted


class Check(Command):
    """Look for mistakes; of `rules` alone, those that do nothing, of one `chain` or all."""

    word = "check"
    rules: bool = False
    chain: Argument | None = None

    def written(self) -> list[str]:
        chain = ["chain", quoted(self.chain.text)] if self.chain is not None else []
        return [self.word, *["rules"] * self.rules, *chain]


def _reading() -> pp.ParserElement:
    """`[rules [chain CHAIN]]`."""
    chain = leading("chain", "of one chain alone", argument("a chain", "chain"))
    rules = leading("rules", "rules that do nothing", one_of(chain, ends=True), True)
    return build(one_of(rules, ends=True), _made)


def _made(tokens: list[Tokens]) -> Check:
    chain = next((each for each in tokens if isinstance(each, Argument)), None)
    return Check(True in tokens, chain)


CHECK = Declaration(
    "check",
    "looks for mistakes in the topology, and for rules that do nothing",
    group="looking",
    rank=2,
    usage=("check", "check rules [chain CHAIN]"),
    examples=(
        "check  # errors, and what is worth a look",
        "check rules  # rules that no packet reaches, or that change nothing",
        "check rules chain dnat-test",
    ),
    see=("reach", "topology"),
    follows=_reading,
)
