"""`clock`: the simulated time, shown, set, or let pass."""

from __future__ import annotations

from functools import partial

from grammar.commands.clock import Clock
from grammar.times import Instant, format_instant
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Done, Message, Result


@carries_out(Clock)
def clock(context: Context, command: Clock) -> Result:
    """What the clock shows, once it was set or time has passed."""
    if command.action == "set":
        context.clock.set(command.value.time_ns, command.value.utc_offset)
        return Done()
    if command.action == "advance":
        context.have_time(command.value, command.column)
        progress = partial(context.progress, "clock advance")
        context.datapath.advance(command.value, progress)
        return Done()
    return Message(format_instant(Instant(context.clock.now_ns, context.clock.utc_offset)))
