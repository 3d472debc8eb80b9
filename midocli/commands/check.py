"""`check`: what is wrong in the topology, and which rules do nothing."""

from __future__ import annotations

from grammar.commands.check import Check
from grammar.errors import UnknownObjectError
from midocli.analysis.check import Findings, findings
from midocli.analysis.idle import idle
from midocli.analysis.remarks import remarks
from midocli.analysis.way_back import one_way
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Result


@carries_out(Check)
def check(context: Context, command: Check) -> Result:
    """All that is found."""
    topology = context.datapath.network.topology
    if not command.rules:
        store = context.store
        return Findings([*findings(store), *one_way(store, topology), *remarks(store, topology)])
    rows = list(context.store.rows("chain"))
    if command.chain is not None:
        row = context.named("chain", command.chain.text)
        if row is None:
            message = f"unknown chain {command.chain.text[:40]!r}"
            raise UnknownObjectError(message, command.chain.column)
        rows = [row]
    called = {
        rule.jump_to
        for each in context.store.rows("chain")
        if (chain := topology.chains[each.id]) is not None
        for rule in chain.rules
        if rule.type == "jump"
    }
    following = context.following("reading the rules", rows)
    return Findings([each for row in following for each in idle(topology, row.id, called)])
