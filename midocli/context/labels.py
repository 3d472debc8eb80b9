"""What the topology says of aliases, for explanations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grammar.resources import SCHEMA
from grammar.resources.condition import CONDITION
from midocli.simulator.events import RouteChosen
from midocli.store.display import local_route_of
from midocli.trace.labels import Labels

if TYPE_CHECKING:
    from midocli.simulator.recorder import Step
    from midocli.store.catalog import Catalog
    from midocli.store.rows import Row

_NAMED = {"router": "router", "bridge": "bridge", "chain": "chain", "guest": "guest"}
# Every rule has a fragment policy; it is only worth a word where it was asked for.
_USUAL_POLICIES = (None, "any", "header", "unfragmented")


class TopologyLabels(Labels):
    """Names and conditions out of the store."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def name(self, alias: str) -> str:
        """The name of a device, chain or guest, where it has one that is not its alias."""
        path = _NAMED.get(re.sub(r"\d+$", "", alias))
        row = self._catalog.named(path, alias) if path else None
        name = row.get("name") if row is not None else None
        return str(name) if name and name != alias else ""

    def condition(self, rule: str) -> str:
        """The fields of a rule's condition that are given."""
        row = find_rule(self._catalog, rule)
        return condition_words(self._catalog, row) if row is not None else ""


def introduced(catalog: Catalog, step: Step) -> Step:
    """A step that is printed: the local route that was taken has an alias from now on."""
    event = step.event
    if not isinstance(event, RouteChosen) or event.type != "local":
        return step
    port = catalog.resolver.find(SCHEMA["port"], None, event.port or "")
    route = local_route_of(port) if port is not None else None
    if route is None:
        return step
    alias = catalog.display.introduced(route)
    return step._replace(event=RouteChosen(**{**vars(event), "route": alias}))


def find_rule(catalog: Catalog, alias: str) -> Row | None:
    """The rule of a full alias (None: it is gone, or made of something else)."""
    return catalog.resolver.find(SCHEMA["chain.rule"], None, alias)


def condition_words(catalog: Catalog, row: Row) -> str:
    """A rule's condition as it would be typed."""
    words = []
    for field in CONDITION:
        value = row.get(field.name)
        if value is None or value == field.default:
            continue
        if field.name == "fragment-policy" and value in _USUAL_POLICIES:
            continue
        words.append(f"{field.name} {catalog.display.word(field, value)}")
    return " ".join(words)
