"""What the topology says of aliases, for explanations."""

from __future__ import annotations

import re

from grammar.resources import SCHEMA
from grammar.resources.condition import CONDITION
from midocli.simulator.events import RouteChosen
from midocli.simulator.recorder import Step
from midocli.store.catalog import Catalog
from midocli.store.display import local_route_of
from midocli.store.rows import Row
from midocli.trace.labels import Labels

#: The collections whose objects people name, by what their aliases begin with.
_NAMED = {
    "bridge": "bridge",
    "chain": "chain",
    "guest": "guest",
    "host": "host",
    "ipg": "ip-address-group",
    "pgroup": "port-group",
    "qos-policy": "qos-policy",
    "router": "router",
    "tzone": "tunnel-zone",
    "vtep": "vtep",
}
#: An alias, with what is part of it: `router0:port1`.
_ALIAS = re.compile(rf"(?<![\w.:/-])({'|'.join(_NAMED)})(\d+)((?::[a-z][a-z-]*\d+)*)(?![\w:])")
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

    def beside(self, text: str, seen: set[str] | None = None) -> str:
        """A text with the name of each object behind its alias, or that of what it is part of.

        Each is named once; `seen` are the aliases of those that have been.
        """
        known = set() if seen is None else seen

        def named(found: re.Match[str]) -> str:
            kind, number, part = found.groups()
            alias = f"{kind}{number}"
            if alias in known or (kind == "host" and part):
                return found[0]
            known.add(alias)
            name = self.name(alias)
            is_there = not name or text.startswith(f" ({name})", found.end())
            return found[0] if is_there else f"{found[0]} ({name})"

        return _ALIAS.sub(named, text)

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
