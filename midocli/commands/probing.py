"""Probes: traffic is made, what would make it succeed is tried, and both are told."""

from __future__ import annotations

from grammar.tree import Command
from midocli.advice.failure import NOTHING
from midocli.commands.dispatch import carries_out
from midocli.commands.ways import advised
from midocli.context.context import Context
from midocli.probes.probe import Probe
from midocli.results.values import Report


def probes(kind: type[Command], probe_kind: type[Probe]) -> None:
    """Register that commands of a kind are carried out by a probe."""

    @carries_out(kind)
    def reported(context: Context, command: Command) -> Report:
        """Make the traffic, and report on it."""
        probe = probe_kind(context, command)
        probe.drive()
        advice = NOTHING
        context.working.note(command, probe_kind, probe.succeeded)
        if not probe.succeeded and probe.failures and context.advises:
            advice = advised(context, command, probe_kind, probe.failures)
        return probe.sum_up(advice)
