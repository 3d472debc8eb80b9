"""Probes: traffic is made, what would make it succeed is tried, and both are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.advice.failure import NOTHING
from midocli.commands.ways import advised
from midocli.probes.probe import Probe
from midocli.results.values import Report

if TYPE_CHECKING:
    from grammar.tree import Command
    from midocli.context.context import Context


def reported(context: Context, command: Command, kind: type[Probe]) -> Report:
    """Make the traffic, and report on it."""
    probe = kind(context, command)
    probe.drive()
    advice = NOTHING
    context.working.note(command, kind, probe.succeeded)
    if not probe.succeeded and probe.failures and context.advises:
        advice = advised(context, command, kind, probe.failures)
    return probe.sum_up(advice)
