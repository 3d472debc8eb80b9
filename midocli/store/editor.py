"""Creating, changing and deleting objects, with all that follows from it.

The editor resolves what values refer to, asks the collection's policy whether
the result is sound, and carries out what else has to change. Callers run it
inside a transaction: whatever is raised, nothing of the command remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grammar.errors import (
    ConflictError,
    InvalidValueError,
    MissingError,
    RefusedError,
    UnknownObjectError,
)
from grammar.schema import ALIAS, COMPANIONS, SHARED_ALIAS, Collection, Field
from grammar.tree import FieldName, Setting
from grammar.values import ListOf, Negated, a
from midocli.store.deletion import Deletion
from midocli.store.display import Display
from midocli.store.policy import Policy
from midocli.store.resolve import Resolver
from midocli.store.rows import Row, Siblings, Value, above
from midocli.store.store import Store
from midocli.store.told import Told, untold

#: The policy of collections that have none of their own.
_NO_POLICY = Policy()


class Editor:
    """Changes a store as commands ask.

    `policies` holds those of collections, by their paths.
    """

    def __init__(
        self,
        store: Store,
        display: Display,
        resolver: Resolver,
        policies: Mapping[str, Policy],
    ) -> None:
        self.store = store
        self.display = display
        self.resolver = resolver
        self._policies = policies

    def create(
        self,
        collection: Collection,
        parent: Row | None,
        settings: Sequence[Setting],
        column: int | None = None,
    ) -> Row:
        """A new object; RefusedError where it would not be sound."""
        if not collection.creatable:
            raise RefusedError(f"{a(collection.name)} cannot be created by hand", None, column)
        try:
            if collection.gathers:
                return self._create_in_view(collection, parent, settings)
            return self._create(collection, parent, settings, {})
        except RefusedError as error:
            raise _located(error, settings, column) from None

    def _create_in_view(
        self, view: Collection, parent: Row | None, settings: Sequence[Setting]
    ) -> Row:
        """An object of the collection a view gathers, placed where the view says."""
        real = self.store.schema[view.gathers[0]]
        if not view.through:
            return self._create(real, parent, settings, {})
        holder = None
        for setting in settings:
            reference = setting.field.reference
            if reference is not None and reference.target == real.parent:
                holder = self.resolved(setting, parent)
        if real.parent and holder is None:
            raise RefusedError(f"{a(real.name)} needs {real.parent}: where it belongs")
        return self._create(real, holder, settings, {view.through: parent})

    def _create(
        self,
        collection: Collection,
        parent: Row | None,
        settings: Sequence[Setting],
        given: dict[str, Value],
    ) -> Row:
        row = self.store.new_row(collection, parent)
        number = shared = position = None
        companions = []
        for name, value in given.items():
            row.values[collection.index[name]] = value
        for setting in settings:
            if setting.field in COMPANIONS or (
                setting.field is SHARED_ALIAS and not collection.has_id
            ):
                companions.append(setting)
            elif setting.field is ALIAS:
                number = self._number(setting, collection, parent)
            elif setting.field is SHARED_ALIAS:
                shared = self._shared_number(setting, row)
            elif setting.field.computed:
                position = setting.value
            else:
                row.values[collection.index[setting.field.name]] = self.resolved(setting, parent)
        return self._added(row, number, position, shared, companions)

    def make(
        self,
        collection: Collection,
        parent: Row | None,
        values: Mapping[str, Value],
        id: int | None = None,
    ) -> Row:
        """A new object of stored values, under a UUID of its own or a chosen one.

        As `create`, for those who have no words but values, with the place in an order as the field
        that shows it; what is None has the default. ConflictError where the UUID is taken.
        """
        row = self.store.new_row(collection, parent)
        if id is not None:
            if self.store.by_id(id) is not None:
                raise ConflictError("there is an object with that UUID already", "id")
            row.id = id
        position = None
        for name, value in values.items():
            if collection.by_name[name].computed:
                position = value
            elif value is not None:
                row.values[collection.index[name]] = value
        return self._added(row, None, position, None, [])

    def replace(self, row: Row, values: Mapping[str, Value]) -> None:
        """Give fields of an object other stored values all at once; what is None has the default.

        As `set` and `clear` together, for those who have no words but values.
        """
        changed = []
        for name, value in values.items():
            wanted = row.collection.by_name[name].default if value is None else value
            if row.get(name) != wanted:
                self._change(row, name, wanted)
                changed.append(name)
        if changed:
            self._check_key(row)
            self._settle(row, changed)

    def _added(
        self,
        row: Row,
        number: int | None,
        position: int | None,
        shared: int | None,
        companions: Sequence[Setting],
    ) -> Row:
        """A new object with its values, put where it belongs with all that follows from it."""
        self._fill_parents(row)
        self._check_required(row)
        self._check_key(row)
        if row.collection.ordered_by:
            position = self._checked_position(row, position or 1, 1)
        policy = self._policy(row)
        policy.before_create(self, row)
        policy.check(self, row)
        self.store.attach(row, number, position, shared)
        policy.created(self, row, companions)
        return row

    def new(
        self,
        path: str,
        parent: Row,
        beside: Row | None = None,
        aliases: Sequence[Setting] = (),
        **values: Any,
    ) -> Row:
        """An object that follows from another change; one `beside` another has no alias of itself.

        Of those `aliases` are given that are asked for; others when they are first printed.
        """
        row = self.store.new_row(self.store.schema[path], parent)
        number, shared = None if beside is None else -1 - beside.number, None
        for name, value in values.items():
            row.values[row.collection.index[name]] = value
        self._fill_parents(row)
        for setting in aliases:
            if setting.field is SHARED_ALIAS:
                shared = self._shared_number(setting, row)
            else:
                number = self._number(setting, row.collection, parent)
        self.store.attach(row, number, None, shared, named=beside is None)
        return row

    def set(self, row: Row, settings: Sequence[Setting]) -> None:
        """New values for fields of an object, the last one of a field counting."""
        given = {setting.field.name: setting for setting in settings}
        try:
            for name, setting in given.items():
                if name not in row.collection.index:
                    raise InvalidValueError(f"{row.full_alias} has no field {name}", setting.column)
                if setting.field.computed:
                    self.store.move(row, self._checked_position(row, setting.value, 0))
                else:
                    self._change(row, name, self.resolved(setting, row.parent))
            self._check_key(row)
            self._settle(row, given)
        except RefusedError as error:
            raise _located(error, settings, settings[0].column) from None

    def clear(self, row: Row, fields: Sequence[FieldName]) -> None:
        """Take the values of fields away."""
        name = fields[0]
        try:
            for name in fields:
                if name.field.name not in row.collection.index:
                    raise InvalidValueError(
                        f"{row.full_alias} has no field {name.field.name}", name.column
                    )
                self._change(row, name.field.name, None)
            self._settle(row, [name.field.name for name in fields])
        except RefusedError as error:
            raise RefusedError(error.message, error.field, name.column) from None

    def put(self, row: Row, field: str, value: Value) -> None:
        """A change that follows from another one: no policy is asked."""
        self.store.put(row, row.collection.index[field], value)

    def delete(self, row: Row, told: Told = untold) -> None:
        """Delete an object with what it holds; what named it is cleared or goes along."""
        Deletion(self.store, self, self._policy, told).run(row)

    def resolved(self, setting: Setting, parent: Row | None = None) -> Value:
        """A value with the objects its words name in their place; InvalidValueError for none.

        The field is of an object inside `parent`, where own ones are looked for first.
        """
        field, value = setting.field, setting.value
        if field.reference is None:
            return value
        if type(value) is Negated:
            return Negated(self._objects(setting, value.value, parent))
        return self._objects(setting, value, parent)

    # -- helpers ----------------------------------------------------------------

    def _policy(self, row: Row) -> Policy:
        return self._policies.get(row.collection.path, _NO_POLICY)

    def _settle(self, row: Row, given: Iterable[str]) -> None:
        """Let fields follow those that were given, then judge the outcome."""
        policy = self._policy(row)
        policy.complete(self, row, frozenset(given))
        policy.check(self, row)

    def _change(self, row: Row, name: str, value: Value) -> None:
        index = row.collection.index[name]
        old = row.values[index]
        if row.collection.fields[index].parent and value is not old:
            raise RefusedError(_settled(row.collection.fields[index], old), name)
        self.store.put(row, index, value)
        self._policy(row).changed(self, row, name, old)

    def _fill_parents(self, row: Row) -> None:
        """The fields that show what holds the object; they can be given, but not chosen."""
        for index, field in self.store.layout(row.collection).parents:
            holder = above(row.parent, field)
            if row.values[index] not in (None, holder):
                raise RefusedError(_settled(field, holder), field.name)
            row.values[index] = holder

    def _check_required(self, row: Row) -> None:
        for index, field in self.store.layout(row.collection).required:
            if row.values[index] is None:
                raise MissingError(
                    f"{a(row.collection.name)} needs {field.name}: {field.type.expected}"
                )

    def _check_key(self, row: Row) -> None:
        """No two siblings may share the values of the key fields."""
        collection = row.collection
        if not collection.key:
            return
        key = row.get(collection.key[0])
        if any(other is not row for other in self.store.keyed(collection, row.parent, key)):
            owner = row.parent.full_alias if row.parent else "the topology"
            word = self.display.field(row, collection.by_name[collection.key[0]])
            name = collection.key[0]
            message = f"{owner} already has {a(collection.name)} with {name} {word}"
            raise ConflictError(message, name)

    def _checked_position(self, row: Row, position: int, room: int) -> int:
        siblings = self.store.siblings(row.collection, row.parent)
        last = (len(siblings) if siblings else 0) + room
        if position > last:
            raise RefusedError(
                f"pos {position} is beyond the end of the chain: it can be 1 to {last}", "pos"
            )
        return position

    def _number(self, setting: Setting, collection: Collection, parent: Row | None) -> int:
        """The counter of an alias that is asked for, if it was never given."""
        return _free_number(setting, collection, self.store.siblings(collection, parent))

    def _shared_number(self, setting: Setting, row: Row) -> int:
        view = self.store.layout(row.collection).gathered_by[0]
        return _free_number(setting, view, self.store.shared_siblings(view, row))

    def _objects(self, setting: Setting, value: Any, parent: Row | None) -> Value:
        if isinstance(setting.field.type, ListOf):
            rows = [self._object(setting, word, parent) for word in value]
            return tuple(dict.fromkeys(rows))
        return self._object(setting, value, parent)

    def _object(self, setting: Setting, word: str, parent: Row | None) -> Row:
        reference = setting.field.reference
        assert reference is not None
        try:
            if reference.target == "interface":
                return self._interface(word)
            if reference.target not in self.store.schema.collections:
                raise UnknownObjectError(f"unknown {reference.target}: {word[:40]!r}")
            target = self.store.schema[reference.target]
            own = self._inner(target, parent) if reference.own and ":" not in word else None
            row = own and (
                self.resolver.find(own, parent, word) or self.resolver.find(target, None, word)
            )
            row = row or self.resolver.named(own or target, parent if own else None, word)
            self.store.introduce(row, row.collection)
            return row
        except UnknownObjectError as error:
            near = ""
            is_told = "; did you mean " in error.message or self.resolver.interfaces(word)
            if reference.target == "interface" and not is_told:
                near = self.resolver.suggestion(word, "host.interface")
            raise InvalidValueError(
                f"invalid value for {setting.field.name}: {error.message}{near}",
                setting.column,
                (reference.expected,),
            ) from None

    def _inner(self, target: Collection, parent: Row | None) -> Collection | None:
        """The collection inside `parent` that `target` gathers."""
        if parent is None:
            return None
        kinds = (self.store.schema[path] for path in target.gathers)
        return next((kind for kind in kinds if kind.parent == parent.collection.path), None)

    def _interface(self, word: str) -> Row:
        """The interface a word names.

        One that is written with its host is made if the host lacks it, as
        binding a port to it would.
        """
        if not self.resolver.interfaces(word):
            for host, name in self.resolver.on_hosts(word):
                if 0 < len(name) <= 15:
                    return self.new("host.interface", host, iface=name)
        return self.resolver.interface(word)


def _free_number(setting: Setting, collection: Collection, siblings: Siblings | None) -> int:
    match = re.fullmatch(r"(.+?)(0|[1-9]\d{0,8})", str(setting.value))
    form = f"{collection.prefix}N"
    if match is None or match[1] != collection.prefix:
        raise InvalidValueError(
            f"invalid value {setting.text[:40]!r} for {setting.field.name}: expected {form}",
            setting.column,
            (form,),
        )
    if siblings is not None and not siblings.is_free(int(match[2])):
        raise RefusedError(
            f"alias {setting.text} was given before, and aliases are never reused",
            setting.field.name,
            setting.column,
        )
    return int(match[2])


def _settled(field: Field, holder: Row | None) -> str:
    where = holder.full_alias if holder else "nowhere"
    return f"{field.name} is settled: this belongs to {where}"


def _located(error: RefusedError, settings: Sequence[Setting], column: int | None) -> RefusedError:
    """A refusal with the column of the value that is at fault."""
    if error.column is None:
        for setting in settings:
            if setting.field.name == error.field:
                return type(error)(error.message, error.field, setting.column)
        return type(error)(error.message, error.field, column)
    return error
