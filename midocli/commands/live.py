"""Single things of what the network has learnt: `router router0 arp ip 10.0.0.1 show`."""

from __future__ import annotations

from copy import copy
from typing import Any

from grammar.errors import UnknownObjectError
from grammar.tree import Show
from midocli.context.context import Context
from midocli.context.labels import TopologyLabels, introduced
from midocli.datapath.learnt_tables import table, word_of
from midocli.datapath.trace_walks import outcome, trails
from midocli.results.values import Message, Report, Result, Table
from midocli.store.rows import Row
from midocli.trace.explain import explain, numbered, steps_of
from midocli.trace.journey import by_origin, journey_of


def show_live(context: Context, command: Show) -> Result:
    """One thing of a live collection, or one of its fields; UnknownObjectError where none is."""
    selector, field = command.path[-1], command.field
    datapath, collection = context.datapath, selector.collection
    parent = context.resolver.path(command.path[:-1])
    rows = table(datapath, collection, parent, selector.filters).rows
    if selector.name is not None:
        first = collection.fields[0]
        rows = [row for row in rows if word_of(first, row[0]) == selector.name]
    if len(rows) != 1:
        what = f"{collection.name} of {parent.full_alias}" if parent else collection.name
        word = "" if selector.name is None else f": {selector.name[:40]!r}"
        why = f"{len(rows)} are like that; give more fields" if rows else f"unknown {what}{word}"
        raise UnknownObjectError(why, selector.column)
    if field is not None:
        value = rows[0][collection.index[field.field.name]]
        return Message(word_of(field.field, value) or "")
    if parent is not None and collection.path == "tracerequest.walk":
        return _walk(context, parent, rows[0][0])
    return Table(collection.fields, rows)


def _walk(context: Context, request: Row, name: str) -> Report:
    """One walk as `explain` prints it, with names and conditions as they are now."""
    datapath = context.datapath
    trail = trails(datapath, request)[int(name.removeprefix("walk"))]
    steps = numbered([introduced(context, step._replace(depth=0)) for step in trail.steps])
    end = outcome(steps)

    clock = copy(datapath.clock)

    def data() -> dict[str, Any]:
        return {"walk": name, "outcome": end, "steps": steps_of(steps, clock)}

    labels = TopologyLabels(context)
    journeys = [journey_of(ours, labels) for ours in by_origin(steps)]
    text = explain(steps, journeys, [f"{name}: {end}"])
    return Report(text, data)
