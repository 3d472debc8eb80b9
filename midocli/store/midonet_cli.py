"""Commands for a midonet-cli (5.2.0) that has just been started at a terminal.

There is less that it can say than in midocli's own language. It calls objects by UUID or by the
aliases that its session gives: to what a command makes or prints, to what holds that, and to
ports that a command names, with their devices. Who follows its commands knows these aliases.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import count

from grammar.addresses import Cidr
from grammar.errors import RefusedError
from grammar.schema import Collection, Field
from grammar.tree import Clear, Command, Create, Set
from grammar.values import ListOf, Negated
from midocli.store.condition_policy import default_fragment_policy
from midocli.store.display import Display
from midocli.store.leading import Language
from midocli.store.rows import Row, Value, referred
from midocli.store.store import Store

_NO_TENANT = "cleart"
#: What tells the bindings of a VTEP apart, which have no key of one field.
_VTEP_BINDING = ("physical-port", "vlan")

#: What it makes and deletes.
_MAKES = frozenset(
    (
        *("chain", "chain.rule", "mirror", "mirror.matches", "l2insertion", "tracerequest"),
        *("port-group", "port-group.member", "ip-address-group", "ip-address-group.ip"),
        *("tunnel-zone", "tunnel-zone.member", "host.binding", "vtep", "vtep.binding"),
        *("load-balancer", "load-balancer.pool", "load-balancer.pool.member"),
        *("load-balancer.pool.vip", "health-monitor", "container", "container-group"),
        *("router", "router.port", "router.port.remote-peers", "router.route"),
        *("router.bgp-network", "router.bgp-peer"),
        *("bridge", "bridge.port", "bridge.dhcp", "bridge.dhcp.host"),
    )
)
#: What it cannot give to a new object, or only later, when the object is there.
_NOT_GIVEN = {
    "router": "load-balancer",
    "router.port": "peer addresses vni vxlan-off-ramp",
    "router.route": "learned",
    "bridge": "qos-policy",
    "bridge.port": "peer qos-policy",
    "bridge.dhcp": "enabled",
    "load-balancer": "router",
    "load-balancer.pool.member": "state status",
    "health-monitor": "state",
    "container": "host",
}
#: What the API asks for, be it what a new object has anyway.
_ASKED = {
    "chain.rule": "type",
    "router.route": "type src",
    "ip-address-group": "name",
    "bridge.dhcp.host": "name address",
    "load-balancer.pool": "lb-method",
    "health-monitor": "type",
    "tracerequest": "name",
    "container": "type",
}
_FILTERS = "infilter outfilter in-mirrors out-mirrors"
_PORT = f"state {_FILTERS} peer post-in-filter-mirrors pre-out-filter-mirrors"
#: What it can change of an object that is there, where the API takes that.
_SETS = {
    "router": f"tenant name state {_FILTERS} load-balancer asn local-redirect-chain forward-chain",
    "router.port": f"{_PORT} mac address net",
    "router.bgp-peer": "asn address keep-alive hold-time connect-retry",
    "bridge": f"tenant name state {_FILTERS}",
    "bridge.port": f"{_PORT} vlan",
    "bridge.dhcp": "gw server dns-servers interface-mtu",
    "bridge.dhcp.host": "name address",
    "host": "flooding-proxy-weight container-weight container-limit enforce-container-limit",
    "port-group": "tenant name stateful",
    "tunnel-zone": "name",
    "load-balancer": "state",
    "load-balancer.pool": "health-monitor lb-method state",
    "load-balancer.pool.member": "weight state",
    "load-balancer.pool.vip": "address protocol-port persistence state",
    "health-monitor": "delay timeout max-retries state type",
    "mirror": "to-port",
    "l2insertion": "port srv-port vlan pos fail-open mac",
    "tracerequest": "name limit enabled",
    "container": "host",
    "container-group": "policy port-group",
}


def _fields(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {path: frozenset(words.split()) for path, words in table.items()}


#: A condition that it lacks; without it, a rule would be another.
_REWRITTEN = "match-nw-dst-rewritten"
_LATER, _REQUIRED, _SETTABLE = _fields(_NOT_GIVEN), _fields(_ASKED), _fields(_SETS)


class MidonetCli(Language):
    """What midonet-cli can say of a topology, and in which words: `lines` are its commands."""

    moves = False
    tells_all = False

    def __init__(self, old: Store, unknown: AbstractSet[int] = frozenset()) -> None:
        """`unknown` are the ids of old objects whose UUIDs nobody knows."""
        self.lines: list[str] = []
        self._aliases = _Aliases(old, unknown)
        self._path: list[str] = []
        self._here = old

    def makes(self, row: Row) -> bool:
        path = row.collection.path
        asked = _REQUIRED.get(path, ())
        return (
            path in _MAKES
            and all(row.get(name) is not None for name in asked)
            and (path != "chain.rule" or _is_rule_of_clusters(row))
            and (path != "load-balancer.pool.member" or row.get("weight") > 0)
            and not (_REWRITTEN in row.collection.index and row.get(_REWRITTEN))
        )

    def gives(self, collection: Collection, field: Field) -> bool:
        known = not (field.secret or field.read_only or field.parent)
        return known and field.name not in _LATER.get(collection.path, ())

    def sets(self, collection: Collection, field: Field) -> bool:
        return field.name in _SETTABLE.get(collection.path, ())

    def deletes(self, row: Row) -> bool:
        return row.collection.path != "mirror.matches"  # no field tells one from another for sure

    def alone(self, field: Field) -> bool:
        return field.name == "peer"

    def needs(self, command: Command, store: Store, holder: Row | None) -> Iterator[str]:
        if isinstance(command, Create) and holder is not None:
            match command.target.collection.path:
                case "host.binding":
                    yield from _zone_for(holder, store)
                case "vtep.binding":
                    self._check_bridge(command, store)

    def _check_bridge(self, command: Create, store: Store) -> None:
        """RefusedError for the bridge of a VTEP's binding whose UUID nobody knows yet."""
        words = [each.value for each in command.settings if each.field.name == "network-id"]
        bridges = [row for row in store.rows("bridge") if words[0] in (row.full_alias, row.uuid)]
        if not bridges or self._aliases.is_new(bridges[0]):
            raise RefusedError("the bridge has no UUID yet")

    def begin(self, row: Row | None, store: Store) -> None:
        self._here = store
        self._path = self._picked(row)

    def carried_out(self, command: Command, row: Row, display: Display) -> None:
        match command:
            case Create():
                place = display.store.position(row)
                pos = ["pos", str(place)] if place is not None else []
                given = self._given(row)
                what = [row.collection.name, "create" if row.parent is None else "add"]
                words = [*(what if row.parent is None else reversed(what)), *given, *pos]
            case Set(settings=settings):
                words = ["set", *self._words(row, [each.field for each in settings])]
            case Clear(fields=fields):
                words = ["clear", *(each.field.name for each in fields)]
            case _:
                words = ["delete"]
        self.lines.append(" ".join([*self._path, *words]))
        if isinstance(command, Create):
            self._aliases.created(row)
            if row.collection.of_tenant and row.get("tenant") is None:
                self._clear_tenant()
        elif isinstance(command, Set):
            self._aliases.named(row.get(each.field.name) for each in command.settings)
        settings = command.settings if isinstance(command, (Create, Set)) else ()
        if any(each.field.name == "address" for each in settings) and _is_off_its_network(row):
            # Given with its address the API takes that for the network, too.
            net = self._words(row, [row.collection.by_name["net"]])
            self.lines.append(" ".join([*self._picked(row), "set", *net]))

    def _clear_tenant(self) -> None:
        """Have no tenant given to what is not given any: a session has an empty one, at least."""
        if self.lines[0] != _NO_TENANT:
            self.lines.insert(0, _NO_TENANT)

    # -- words -------------------------------------------------------------------------------

    def _given(self, row: Row) -> list[str]:
        """What a new object is given: what it would not have anyway, or the API asks for."""
        fields = [field for field in row.collection.fields if self._is_given(row, field)]
        return self._words(row, fields)

    def _is_given(self, row: Row, field: Field) -> bool:
        value = row.get(field.name)
        if field.computed or not self.gives(row.collection, field):
            return False
        if field.name == "fragment-policy":
            return bool(value != default_fragment_policy(row))
        asked = _REQUIRED.get(row.collection.path, ())
        return value not in (None, (), field.default) or field.name in asked

    def _words(self, row: Row, fields: Sequence[Field]) -> list[str]:
        """The values of fields, each behind its name."""
        pairs = ((field.name, self._word(field, row.get(field.name))) for field in fields)
        return [word for pair in pairs for word in pair]

    def _word(self, field: Field, value: Value) -> str:
        if type(value) is Negated:
            return shlex.quote(f"!{self._plain(field, value.value)}")
        return shlex.quote(self._plain(field, value))

    def _plain(self, field: Field, value: Value) -> str:
        if field.reference is not None:
            return ",".join(map(self._aliases.of, referred(value)))
        text: str = field.word(value)
        return text

    def _picked(self, row: Row | None) -> list[str]:
        """How an object is picked: by UUID or alias, or by its fields where it has neither."""
        if row is None:
            return []
        collection = row.collection
        if collection.single:
            return [collection.name]
        path = [*self._picked(row.parent), collection.name]
        if collection.has_id and self._aliases.knows(row):
            return [*path, self._aliases.own(row)]
        if collection.has_id:
            return [*path, *self._shown(row)]
        names = collection.key[:1] or _VTEP_BINDING
        return [*path, *self._words(row, [collection.by_name[name] for name in names])]

    def _shown(self, row: Row) -> list[str]:
        """What an object shows, if none beside it shows the same; else RefusedError."""
        fields = [
            field
            for field in row.collection.fields
            if not (field.hidden or field.computed or field.parent or field.read_only)
            and row.get(field.name) is not None
            and not (field.reference is not None and isinstance(field.type, ListOf))
        ]
        words = self._words(row, fields)
        for other in self._here.rows(row.collection.path, row.parent):
            if other is not row and self._is_like(row, other, fields):
                raise RefusedError("nothing tells it apart")
        return words

    def _is_like(self, row: Row, other: Row, fields: Sequence[Field]) -> bool:
        return all(row.get(field.name) == other.get(field.name) for field in fields)


def _is_rule_of_clusters(rule: Row) -> bool:
    """Whether a cluster knows a type of rule."""
    kind = rule.get("type")
    return kind not in ("redirect", "continue") and (kind != "trace" or rule.get("traceid"))


def _is_off_its_network(row: Row) -> bool:
    """Whether a router's port has an address outside the network that it is said to be on."""
    if row.collection.path != "router.port" or row.get("address") is None:
        return False
    net: Cidr | None = row.get("net")
    return net is not None and Cidr(row.get("address"), net.length).network != net.network


def _zone_for(host: Row, store: Store) -> Iterator[str]:
    """The commands that put a host into a tunnel zone, if it is in none, to be taken out later."""
    users = {source.collection.path for source, _ in host.referrers or ()}
    if "tunnel-zone.member" not in users:
        number = store.counters("tunnel-zone", None).free_number()
        names = {zone.get("name") for zone in store.rows("tunnel-zone")}
        name = next(name for name in (f"zone{i}" for i in count()) if name not in names)
        yield f"tunnel-zone create name {name} type gre alias tzone{number}"
        member = f"member create host {host.full_alias} address 127.0.0.1"
        yield f"tunnel-zone tzone{number} {member}"


class _Aliases:
    """What a session calls objects; those of the `old` topology it knows by their UUIDs as well."""

    def __init__(self, old: Store, unknown: AbstractSet[int]) -> None:
        self._old = old
        self._unknown = unknown
        self._names: dict[Row, str] = {}
        self._numbers: Counter[tuple[Row | None, str]] = Counter()

    def is_new(self, row: Row) -> bool:
        """Whether an object was not there when the session began."""
        return self._old.by_id(row.id) is None

    def knows(self, row: Row) -> bool:
        """Whether an object can be called at all."""
        return row in self._names or not (self.is_new(row) or row.id in self._unknown)

    def own(self, row: Row) -> str:
        """What an object is called where what holds it is said before."""
        return self._names[row] if self.is_new(row) else row.uuid

    def of(self, row: Row) -> str:
        """What an object is called where nothing is said before."""
        return self._full(row) if self.is_new(row) and row in self._names else row.uuid

    def _full(self, row: Row) -> str:
        above = f"{self._full(row.parent)}:" if row.parent is not None else ""
        return above + self._names[row]

    def show(self, row: Row) -> None:
        """An object is printed, and gets its alias behind what holds it."""
        if row.parent is not None:
            self.show(row.parent)
        if row not in self._names:
            place = row.parent, row.collection.prefix
            self._names[row] = f"{row.collection.prefix}{self._numbers[place]}"
            self._numbers[place] += 1

    def named(self, values: Iterable[Value]) -> None:
        """A command gives values: the ports among them, and their devices, get aliases."""
        for value in values:
            for row in referred(value):
                if row.collection.path in ("router.port", "bridge.port"):
                    self.show(row)

    def created(self, row: Row) -> None:
        """An object is created and printed, those without an id with the objects that they name."""
        fields = zip(row.collection.fields, row.values, strict=True)
        references = [(field, value) for field, value in fields if field.reference is not None]
        if row.collection.path != "container":
            self.named(value for field, value in references if not field.parent)
        if row.collection.has_id:
            self.show(row)
            return
        for _, value in references:
            for target in referred(value):
                self.show(target)
