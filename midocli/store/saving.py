"""A topology as the script that rebuilds it: one command a line, in dependency order.

Objects come back with the aliases they had: an alias is written down wherever
creation would not give it anyway. What an object refers to is created before it;
references that point the other way are set at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from grammar import canonical
from grammar.resources import SCHEMA
from grammar.schema import ALIAS, PORT_ALIAS, ROUTE_ALIAS, SHARED_ALIAS, Field
from grammar.tree import Argument, Create, Delete, Path, Selector, Set, Setting, Target
from grammar.values import Negated
from midocli.store.condition_policy import default_fragment_policy
from midocli.store.display import is_local_route, is_vxlan, local_route_of
from midocli.store.rows import Row, Siblings, referred
from midocli.store.store import Store
from midocli.store.told import Told, untold

# Each collection after those its required references are to. Ports of routers and
# bridges come together, because they share aliases.
_PHASES: tuple[tuple[str, ...], ...] = (
    ("tenant",),
    ("chain",),
    ("port-group",),
    ("ip-address-group",),
    ("ip-address-group.ip",),
    ("qos-policy",),
    ("qos-policy.dscp-rule",),
    ("qos-policy.bw-limit-rule",),
    ("tunnel-zone",),
    ("host",),
    ("host.interface",),
    ("tunnel-zone.member",),
    ("health-monitor",),
    ("load-balancer",),
    ("load-balancer.pool",),
    ("load-balancer.pool.member",),
    ("load-balancer.pool.vip",),
    ("pool-statistic",),
    ("router",),
    ("bridge",),
    ("router.port", "bridge.port"),
    ("vtep",),
    ("vtep.binding",),
    ("router.port.remote-peers",),
    ("router.route",),
    ("router.bgp-network",),
    ("router.bgp-peer",),
    ("bridge.dhcp",),
    ("bridge.dhcp.opt121-routes",),
    ("bridge.dhcp.host",),
    ("bridge.mac",),
    ("bridge.arp",),
    ("port-group.member",),
    ("host.binding",),
    ("mirror",),
    ("mirror.matches",),
    ("chain.rule",),
    ("l2insertion",),
    ("tracerequest",),
    ("container-group",),
    ("container",),
    ("guest",),
    ("guest.nic",),
    ("guest.route",),
    ("guest.service",),
)


def script(store: Store, told: Told = untold) -> str:
    """The commands that make the topology of a store out of nothing.

    `told` is told how many objects have been written down, and how many there are.
    """
    store.all_rows()  # all at once, if they are read from somewhere
    lines = ("# A topology saved by midocli.", *_Script(store, told=told).lines())
    return "".join(f"{line}\n" for line in lines)


def commands(store: Store, rows: Iterable[Row], explicit: bool = False) -> str:
    """The commands that make some objects, and what they hold, where the others are there.

    Where other objects may have been there, too, they are `explicit` about aliases, and about what
    is to be made: what the objects hold is not, if it is not among them.
    """
    wanted = frozenset(rows)
    captures = [row for row in store.rows("capture") if row in wanted]
    lines = (*_Script(store, wanted, explicit=explicit).lines(), *map(_capture, captures))
    return "".join(f"{line}\n" for line in lines)


def _capture(row: Row) -> str:
    """The command that starts a running capture; it is of the session and not saved."""
    from grammar.commands.tcpdump import OPTIONS, Tcpdump

    points = Argument(",".join(row.get("points")), 1)
    given = [
        _setting(field, row.get(field.name))
        for field in OPTIONS
        if field.name in row.collection.index and row.get(field.name)
    ]
    return canonical(Tcpdump(points, tuple(given)))


class _Script:
    """Writes down all rows of a store or, with `only`, these and what they hold."""

    def __init__(
        self,
        store: Store,
        only: frozenset[Row] | None = None,
        told: Told = untold,
        explicit: bool = False,
    ) -> None:
        self._store = store
        self._explicit = explicit
        self._told = told
        self._only = only
        self._written: set[Row] = set()
        self._later: list[tuple[Row, Field]] = []
        self._counters: dict[object, Siblings] = {}
        #: What stands in for a deleted chain that rules jump to still: its alias.
        self._stand_in = ""
        self._said = False

    def lines(self) -> Iterator[str]:
        for row in self._store.rows("system-state"):
            changed = [s for s in self._settings(row) if s.value != s.field.default]
            if changed and self._is_wanted(row):
                yield canonical(Set(_path(row), tuple(changed)))
        rules = filter(self._is_wanted, _everywhere(self._store, "chain.rule"))
        if any(map(_jumps_nowhere, rules)):
            yield self._made_stand_in()
        total = self._store.count
        for phase in _PHASES:
            for row in self._rows_of(phase):
                lines = list(self._create(row))
                if self._is_wanted(row):
                    yield from lines
                self._written.add(row)
                self._told(len(self._written), total)
        for row, field in self._later:
            if self._is_wanted(row):
                yield canonical(Set(_path(row), (_setting(field, row.get(field.name)),)))
        if self._stand_in:
            yield f"chain {self._stand_in} delete"

    def _is_wanted(self, row: Row | None) -> bool:
        if self._only is None:
            return True
        is_held = row is not None and not self._explicit and self._is_wanted(row.parent)
        return row in self._only or is_held

    def _made_stand_in(self) -> str:
        """A chain for rules that jump to a deleted one; it is deleted at the end."""
        collection = self._store.schema["chain"]
        siblings = self._store.counters(collection.path, None)
        free = siblings.free_number()
        number = free if self._explicit else next(n for n in count() if n not in siblings.by_number)
        self._stand_in = f"{collection.prefix}{number}"
        is_told = self._is_unexpected((collection.path, None), number)
        settings = (_setting(ALIAS, self._stand_in),) if is_told else ()
        return canonical(Create((), Target(collection, 1), settings))

    def _rows_of(self, phase: tuple[str, ...]) -> list[Row]:
        found = (row for path in phase for row in _everywhere(self._store, path))
        rows = [row for row in found if not is_vxlan(row)]
        if self._store.layout(self._store.schema[phase[0]]).gathered_by:
            rows.sort(key=lambda row: row.shared_number)
        return rows

    def _create(self, row: Row) -> Iterator[str]:
        if is_local_route(row):
            return
        settings = [*self._settings(row), *self._aliases(row)]
        if row.collection.path == "chain.rule" and _jumps_nowhere(row):
            settings.append(_setting(row.collection.by_name["jump-to"], self._stand_in))
        position = self._store.position(row)
        if position is not None:
            settings.append(_setting(row.collection.by_name["pos"], position))
        target = Target(row.collection, 1)
        yield from self._said_of(row)
        yield canonical(Create(_path(row.parent), target, tuple(settings)))
        yield from self._local_route(row)

    def _said_of(self, row: Row) -> Iterator[str]:
        """What a reader has to know of rules that MidoNet's clusters do not take, once."""
        if row.collection.path == "chain.rule" and row.get("type") == "redirect" and not self._said:
            self._said = True
            yield "# Clusters know no type redirect; they take l2-transform with action redirect."

    def _settings(self, row: Row) -> Iterator[Setting]:
        """The values that creation would not give it; references to what is there already."""
        for index, field in enumerate(row.collection.fields):
            value = row.values[index]
            if value is None or field.read_only or field.parent or field.computed:
                continue
            if value == field.default and not row.collection.single:
                continue
            if field.name == "fragment-policy" and value == default_fragment_policy(row):
                continue
            if all(map(self._is_there, referred(value))):
                yield _setting(field, self._portable(row, field, value))
            elif not self._is_told_by_peer(row, field):
                self._later.append((row, field))

    def _is_there(self, row: Row) -> bool:
        """Whether a row can be referred to: it is written by now, or not to be written at all."""
        return row in self._written or not self._is_wanted(row)

    def _is_told_by_peer(self, row: Row, field: Field) -> bool:
        """Whether the other end of a symmetric tie, written later, will set this one."""
        return field.name in ("peer", "load-balancer", "router") and field.reference is not None

    def _portable(self, row: Row, field: Field, value: Any) -> Any:
        """A value as it holds in a rebuilt topology, where UUIDs are others."""
        if field.name == "network-id":
            return _bridge_of(self._store, row).full_alias
        return value

    # -- aliases ------------------------------------------------------------------

    def _aliases(self, row: Row) -> Iterator[Setting]:
        if row.collection.path == "vtep.binding":
            yield from self._port_aliases(row)
        if not row.collection.has_id:
            return
        if self._is_unexpected((row.collection.path, row.parent), row.number):
            yield Setting(ALIAS, row.alias, 1, "")
        for view in self._store.layout(row.collection).gathered_by:
            holder = row.parent.parent if row.parent and view.parent else None
            if self._is_unexpected((view.path, holder), row.shared_number):
                yield Setting(SHARED_ALIAS, f"{view.prefix}{row.shared_number}", 1, "")
        if row.collection.path == "router.port":
            route = local_route_of(row)
            if route is not None:
                yield from self._companion(ROUTE_ALIAS, route)

    def _companion(self, field: Field, row: Row) -> Iterator[Setting]:
        """The alias of what comes along, if it has one: creation gives none."""
        if row.number >= 0:
            self._is_unexpected((row.collection.path, row.parent), row.number)
            yield Setting(field, row.alias, 1, "")

    def _port_aliases(self, binding: Row) -> Iterator[Setting]:
        """The aliases of the VXLAN port that comes with a VTEP's first binding of a bridge."""
        ports = _bridge_of(self._store, binding).siblings("bridge.port") or ()
        port = next(port for port in ports if port.get("vtep") is binding.parent)
        if port in self._written:
            return
        self._written.add(port)
        yield from self._companion(PORT_ALIAS, port)
        if port.shared_number >= 0:
            self._is_unexpected(("port", None), port.shared_number)
            yield Setting(SHARED_ALIAS, f"port{port.shared_number}", 1, "")

    def _is_unexpected(self, place: object, number: int) -> bool:
        """Whether creation would give another number; the counter goes on as it would."""
        counter = self._counters.setdefault(place, Siblings(False))
        unexpected = self._explicit or counter.free_number() != number
        counter.take(number)
        return unexpected

    def _local_route(self, port: Row) -> Iterator[str]:
        """What has become of the local route that comes with a router port's address."""
        if port.collection.path != "router.port" or port.get("address") is None:
            return
        route = local_route_of(port)
        if route is None:
            yield canonical(Delete(_path_of_local(port)))
            return
        self._written.update((port, route))
        changed = [s for s in self._settings(route) if s.field.name not in ("dst", "port")]
        if changed:
            yield canonical(Set(_path_of_local(port), tuple(changed)))


def all_rows(store: Store) -> Iterator[Row]:
    """All objects that a script makes, those before others that need them."""
    yield from store.rows("system-state")
    for phase in _PHASES:
        for path in phase:
            yield from _everywhere(store, path)


def path_of_row(row: Row) -> Path:
    """How an object is picked among all others, by what a rebuilt topology calls it."""
    if not is_local_route(row) or row.number >= 0:
        return _path(row)
    *router, route = _path_of_local(row.get("port"))
    dst = _picking(row.collection.by_name["dst"], row)
    return (*router, route._replace(filters=(*route.filters, dst)))


def _jumps_nowhere(rule: Row) -> bool:
    """Whether a rule is a jump whose chain was deleted."""
    return rule.get("type") == "jump" and rule.get("jump-to") is None


def _bridge_of(store: Store, binding: Row) -> Row:
    """The bridge that a VTEP's binding joins."""
    return next(row for row in store.rows("bridge") if row.uuid == binding.get("network-id"))


def _path_of_local(port: Row) -> Path:
    """How a port's local route is picked while it is the port's only one, whatever its alias."""
    routes = SCHEMA["router.route"]
    setting = Setting(routes.by_name["port"], port.full_alias, 1, port.full_alias)
    return (*_path(port.parent), Selector(routes, None, (setting,), 1))


def _everywhere(store: Store, path: str) -> Iterator[Row]:
    """The rows of a collection, parent by parent."""
    parent = store.schema[path].parent
    if not parent:
        yield from store.rows(path)
        return
    for holder in _everywhere(store, parent):
        yield from store.rows(path, holder)


def _path(row: Row | None) -> Path:
    """How a row is picked in a rebuilt topology: by alias, or by its key."""
    if row is None:
        return ()
    collection = row.collection
    if collection.single:
        return (Selector(collection, "", (), 1),)
    if collection.has_id:
        return (*_path(row.parent), Selector(collection, row.alias, (), 1))
    fields = [collection.by_name[name] for name in collection.key[:1]] or [
        # Bridges get other UUIDs, and a VTEP's port and VLAN are enough.
        field
        for field in collection.fields
        if not (field.parent or field.read_only or field.name == "network-id")
    ]
    picked = tuple(_picking(field, row) for field in fields if row.get(field.name) is not None)
    return (*_path(row.parent), Selector(collection, None, picked, 1))


def _picking(field: Field, row: Row) -> Setting:
    """A field as it picks an object without an id."""
    word = _plain(row.get(field.name))
    word = field.word(word) if not isinstance(word, str) else word
    return Setting(field, word, 1, word)


def _setting(field: Field, value: Any) -> Setting:
    return Setting(field, _plain(value), 1, "")


def _plain(value: Any) -> Any:
    """A value with the names of objects in their place."""
    if isinstance(value, Negated):
        return Negated(_plain(value.value))
    if type(value) is tuple and value and isinstance(value[0], Row):
        return tuple(_plain(item) for item in value)
    if not isinstance(value, Row):
        return value
    if value.collection.has_id:
        return value.full_alias
    owner = f"{value.parent.full_alias}:" if value.parent else ""
    return f"{owner}{value.get(value.collection.key[0])}"
