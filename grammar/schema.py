"""How a resource is declared: collections and their fields.

From one declaration come parsing, validation, defaults, display, completion,
`help`, the JSON names and the reference docs. Declarations are data: they know
no store and no grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from grammar.groups import Group
from grammar.values import ListOf, Negated, Reference, Text, ValueType

OnDelete = Literal["clear", "cascade"]

_ALIAS = re.compile(r"([a-z][a-z0-9-]*?)(\d+)(?::(.+))?", re.DOTALL)


class Field(NamedTuple):
    """One field of a collection.

    `default` is what create stores when the field is not given. A `computed`
    field is worked out by the store whenever it is read; a `fixed`
    one is given at creation and read-only afterwards; a `live` one moves on as the
    datapath works; a `parent` one shows the object that holds this one. `on_delete` says what
    becomes of this object when the object it refers to is deleted: the field is
    cleared, or the object goes too. A `secret` one stands in no log.
    """

    name: str
    type: ValueType
    help: str
    default: Any = None
    hidden: bool = False
    read_only: bool = False
    computed: bool = False
    clearable: bool = False
    invertible: bool = False
    required: bool = False
    fixed: bool = False
    live: bool = False
    parent: bool = False
    on_delete: OnDelete = "clear"
    secret: bool = False

    def __repr__(self) -> str:
        return f"<field {self.name}>"

    @property
    def reference(self) -> Reference | None:
        """The reference this field holds (alone or as list items), if it does."""
        kind = self.type
        if type(kind) is ListOf:
            kind = kind.item
        return kind if type(kind) is Reference else None

    def word(self, value: Any) -> str:
        """The word that gives the field a value, before quoting."""
        if isinstance(value, Negated):
            return "!" + self.word(value.value)
        if isinstance(self.type, ListOf) and not value:
            return ""
        word: str = self.type.format(value)
        return word


@dataclass(eq=False, repr=False)
class Collection:
    """A kind of object, and where it lives.

    `path` is its place from the root (`router.port`): the path of its `parent`
    (empty at the root) and its own `name`, the word that stands for it in a
    command. `prefix` is the word that
    begins its lines and stems its aliases. Objects of a collection without an
    id have no alias and are picked by field; `key` names the fields no two
    siblings may share. `ordered_by` is the field that numbers siblings. A
    collection that `gathers` others holds nothing itself: it shows their objects under one
    name, all of those below its parent or, with `through`, those whose field of that name
    refers to its parent. A `live` one shows what the datapath has learnt and, where it is
    `creatable`, what it was told beside it. A `single` one is one object, addressed by its name
    alone. Objects of a `settled` one are made and deleted, but do not change.
    An `embedded` one is part of its parent as MidoNet stores it: create shows what was given.
    Lists of an `of_tenant` one show what belongs to the session's tenant.
    `example` gives the fields of a typical object, where those that are required
    do not make one, and `more` are further commands to try, in the network of `demo`.
    `usage` is what else may be said of an object. `group` is where `help` shows it, for
    those at the root; `see` are words to read on with, beside those its fields refer to.
    """

    path: str
    prefix: str
    help: str
    fields: tuple[Field, ...]
    children: tuple[str, ...] = ()
    has_id: bool = True
    embedded: bool = False
    creatable: bool = True
    ordered_by: str | None = None
    key: tuple[str, ...] = ()
    gathers: tuple[str, ...] = ()
    through: str | None = None
    live: bool = False
    single: bool = False
    settled: bool = False
    of_tenant: bool = False
    example: str = ""
    more: tuple[str, ...] = ()
    usage: tuple[str, ...] = ()
    group: Group | None = None
    see: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.parent, _, self.name = self.path.rpartition(".")
        self.index = {field.name: number for number, field in enumerate(self.fields)}
        self.by_name = {field.name: field for field in self.fields}

    def __repr__(self) -> str:
        return f"<collection {self.path}>"


ALIAS = Field(
    "alias",
    Text("an alias of the collection's form that was never given", "router7"),
    "the alias to give it, instead of the next one",
)


SHARED_ALIAS = Field(
    "shared-alias",
    Text("an alias of the gathering collection that was never given", "port7"),
    "the alias to give it where it is gathered (a port at the root), instead of the next one",
)
ROUTE_ALIAS = Field(
    "route-alias",
    Text("an alias of the router's routes that was never given", "route7"),
    "the alias of its local route, which has none until that is printed",
)
PORT_ALIAS = Field(
    "port-alias",
    Text("an alias of the bridge's ports that was never given", "port7"),
    "the alias of the bridge's VXLAN port, which has none until that is printed",
)
#: The aliases of what comes along with an object.
COMPANIONS = (ROUTE_ALIAS, PORT_ALIAS)

BRIDGE = Field(
    "bridge",
    Reference("bridge"),
    "the bridge to plug it into: port, binding, interface and gateway are made up as needed",
)
HOST = Field(
    "host",
    Reference("host"),
    "with bridge, the host it runs on, instead of the first one that is alive",
)
#: What create may be told of where a machine is to be, of which it makes what that takes.
PLACES = (BRIDGE, HOST)


def creation_fields(collection: Collection) -> tuple[Field, ...]:
    """The fields that only create takes: places, and aliases for a saved topology to get back."""
    if collection.path in ("guest", "guest.nic"):
        return (ALIAS, *PLACES)
    if collection.path == "router.port":
        return (ALIAS, SHARED_ALIAS, ROUTE_ALIAS)
    if collection.path in ("bridge.port", "load-balancer.pool.vip"):
        return (ALIAS, SHARED_ALIAS)
    if collection.path == "vtep.binding":
        return (PORT_ALIAS, SHARED_ALIAS)
    return (ALIAS,) if collection.has_id else ()


class Schema:
    """All collections of a language, by path."""

    def __init__(self, collections: tuple[Collection, ...], root: tuple[str, ...]) -> None:
        self.collections = {collection.path: collection for collection in collections}
        self.root = root
        self.views = tuple(each for each in collections if each.gathers)
        self._by_prefix = {
            (collection.parent, collection.prefix): collection
            for collection in collections
            if collection.has_id and not collection.gathers
        }

    def __getitem__(self, path: str) -> Collection:
        """The collection at `path`; KeyError where none is declared."""
        return self.collections[path]

    def child(self, parent: Collection | None, name: str) -> Collection | None:
        """The collection called `name` inside `parent`'s objects, or at the root."""
        if parent is None:
            return self.collections.get(name) if name in self.root else None
        return self.collections.get(f"{parent.path}.{name}")

    def children(self, parent: Collection) -> tuple[Collection, ...]:
        """The collections inside each of `parent`'s objects."""
        return tuple(self.collections[f"{parent.path}.{name}"] for name in parent.children)

    def by_prefix(self, parent: Collection | None, prefix: str) -> Collection | None:
        """The collection whose aliases in this scope begin with `prefix`."""
        return self._by_prefix.get((parent.path if parent else "", prefix))

    def of_alias(self, alias: str) -> Collection | None:
        """The collection an alias belongs to by its form, None if it has none."""
        collection: Collection | None = None
        rest: str | None = alias
        while rest:
            match = _ALIAS.fullmatch(rest)
            collection = match and self.by_prefix(collection, match[1])
            if match is None or collection is None:
                return None
            rest = match[3]
        return collection
