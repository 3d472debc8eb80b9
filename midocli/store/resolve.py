"""Finding objects by what a user calls them: alias, UUID, name, or field values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from grammar.errors import RefusedError, UnknownObjectError
from grammar.schema import Collection, Field
from grammar.tree import Path, Selector, Setting
from midocli.store.display import Display
from midocli.store.filters import passes
from midocli.store.rows import Row, Siblings, Value, rank
from midocli.store.store import Store

_ALIAS = re.compile(r"(.+?)(0|[1-9]\d{0,8})", re.DOTALL)
#: Among so many objects a name like another is looked for.
_MOST_NEAR = 300
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Resolver:
    """Looks names up in a store."""

    def __init__(self, store: Store, display: Display) -> None:
        self._store = store
        self._display = display

    def path(self, path: Path) -> Row | None:
        """The object a path leads to, None for the empty path; UnknownObjectError if none."""
        row: Row | None = None
        for selector in path:
            row = self.select(selector, row)
        return row

    def object(self, path: Path) -> Row:
        """The row that a path names; for paths that name one, as the grammar knows."""
        row = self.path(path)
        assert row is not None, "the grammar lets no empty path through"
        return row

    def select(self, selector: Selector, parent: Row | None) -> Row:
        """The object that one step of a path picks inside `parent`."""
        collection = selector.collection
        if collection.single:
            return next(self._store.rows(collection.path))
        if collection.live and not collection.creatable:
            why = f"a {collection.name} comes of the traffic; only reset changes it"
            raise RefusedError(why, None, selector.column)
        if selector.name is not None:
            return self.named(collection, parent, selector.name, selector.column)
        found = list(self.filtered(collection, parent, selector.filters))
        if len(found) == 1:
            return found[0]
        wanted = " ".join(f"{s.field.name} {s.text}" for s in selector.filters)
        if collection.live and not found:
            why = f"no static {collection.name} has {wanted[:80]}; what was learnt goes with reset"
            raise UnknownObjectError(why, selector.column)
        many = f"{len(found)} of them have" if found else "none has"
        raise UnknownObjectError(
            f"no single {collection.name} to pick: {many} {wanted[:80]}", selector.column
        )

    def named(
        self, collection: Collection, parent: Row | None, word: str, column: int | None = None
    ) -> Row:
        """The object that a word names: by alias, UUID, composed alias or unique name."""
        row = self.find(collection, parent, word)
        if row is None:
            raise UnknownObjectError(self._unknown(collection, parent, word), column)
        return row

    def find(self, collection: Collection, parent: Row | None, word: str) -> Row | None:
        """As `named`, but None where nothing (or more than one name) fits."""
        return (
            self._by_alias(collection, parent, word)
            or self._by_uuid(collection, parent, word)
            or (self._composed(collection, parent, word) if ":" in word else None)
            or self._by_key(collection, parent, word)
        )

    def interface(self, word: str) -> Row:
        """The interface written `host0:veth0`, or `veth0` where one host has it."""
        found = self.interfaces(word)
        if len(found) != 1:
            owner = word.rpartition(":")[0]
            if owner and not found:
                self.named(self._store.schema["host"], None, owner)
            names = [f"{row.parent.full_alias}:{word}" for row in found[:3] if row.parent]
            why = f"{len(found)} hosts have it: {', '.join(names)}" if found else "no host has it"
            raise UnknownObjectError(f"unknown interface {_shown(word)}: {why}")
        return found[0]

    def interfaces(self, word: str) -> list[Row]:
        """The interfaces that a word means: one of a host or, written without one, of any."""
        for host, name in self.on_hosts(word):
            found = _interfaces(host, name)
            if found:
                return found
        return [row for host in self._store.rows("host") for row in _interfaces(host, word)]

    def on_hosts(self, word: str) -> Iterator[tuple[Row, str]]:
        """`HOST:NAME` as a host and what an interface may be called; either may hold colons."""
        parts = word.split(":")
        for place in range(1, len(parts)):
            host = self.find(self._store.schema["host"], None, ":".join(parts[:place]))
            if host is not None:
                yield host, ":".join(parts[place:])

    def filtered(
        self, collection: Collection, parent: Row | None, filters: Iterable[Setting]
    ) -> Iterator[Row]:
        """The objects that show, for each field, the word given (or refer to it)."""
        filters = tuple(filters)
        for row in self._candidates(collection, parent, filters):
            if _belongs(row, collection) and all(self._passes(row, each) for each in filters):
                yield row

    def _candidates(
        self, collection: Collection, parent: Row | None, filters: tuple[Setting, ...]
    ) -> Iterable[Row]:
        """All rows, or those an index finds for a filter on the key field or on a reference."""
        siblings = self._store.siblings
        key = self._store.layout(collection).key
        for setting in filters:
            if setting.how:
                continue
            if setting.field.reference:
                found = self._referring(collection, siblings(collection, parent), setting)
                if found is not None:
                    return found
            elif key is not None and collection.fields[key] is setting.field:
                try:
                    value = setting.field.type.parse(setting.text)
                except ValueError:
                    return ()
                return self._store.keyed(collection, parent, value)
        return siblings(collection, parent) or ()

    def _referring(
        self, collection: Collection, siblings: Siblings | None, setting: Setting
    ) -> list[Row] | None:
        """The rows that may refer to what a word means; None where to look at all is no worse."""
        if not siblings or collection.gathers or collection.ordered_by or setting.field.parent:
            return None
        target = self._in_full(setting)
        if target is None or len(target.referrers or ()) >= len(siblings):
            return None
        by_number = siblings.by_number
        rows = [row for row, _ in target.referrers or () if by_number.get(row.number) is row]
        return sorted(dict.fromkeys(rows), key=lambda row: rank(row.number))

    def _in_full(self, setting: Setting) -> Row | None:
        """The one object that can be meant by a word: a full alias, or a UUID."""
        assert setting.field.reference is not None
        target = self._store.schema.collections.get(setting.field.reference.target)
        row = self.find(target, None, setting.text) if target is not None else None
        return row if row is not None and setting.text in (row.full_alias, row.uuid) else None

    def _passes(self, row: Row, setting: Setting) -> bool:
        field = row.collection.by_name.get(setting.field.name)
        if field is None:
            return setting.how == "not"
        if setting.how not in ("", "not"):
            return passes(setting, self._display.field(row, field))
        shows = self._shows(row, field, setting.text)
        return not shows if setting.how else shows

    def _shows(self, row: Row, field: Field, word: str) -> bool:
        """Whether a field displays a word, or refers to the object it stands for."""
        if self._display.field(row, field) == word:
            return True
        value = row.values[row.collection.index[field.name]]
        if type(value) is not Row or field.reference is None:
            return False
        return word in (value.alias, value.full_alias, value.uuid)

    def _by_alias(self, collection: Collection, parent: Row | None, word: str) -> Row | None:
        match = _ALIAS.fullmatch(word)
        if match is None or match[1] != collection.prefix or not collection.has_id:
            return None
        if collection.through:
            shown = self._store.siblings(collection, parent) or ()
            found = [row for row in shown if row.alias == word]
            return found[0] if len(found) == 1 else None
        return self._store.numbered(collection, parent, int(match[2]))

    def _by_uuid(self, collection: Collection, parent: Row | None, word: str) -> Row | None:
        if len(word) != 36 or not _UUID.fullmatch(word):
            return None
        row = self._store.by_id(int(word.replace("-", ""), 16))
        if row is None or not collection.has_id:
            return None
        if row.collection.path in collection.gathers:
            siblings = self._store.siblings(collection, parent)
            return row if parent is None or (siblings and row in siblings) else None
        inside = parent is None or row.parent is parent
        return row if row.collection is collection and inside else None

    def _by_key(self, collection: Collection, parent: Row | None, word: str) -> Row | None:
        """By name or, where objects have none, by what tells them from their siblings."""
        index = self._store.layout(collection).key
        if index is None:
            return None
        rows = self._store.keyed(collection, parent, self._key(collection.fields[index], word))
        if not rows and collection.key and "name" in collection.index:
            siblings = self._store.siblings(collection, parent)
            rows = [row for row in siblings or () if row.get("name") == word]
        return rows[0] if len(rows) == 1 else None

    def _key(self, field: Field, word: str) -> Value:
        """What a word means as the value of a key field, None if nothing."""
        if field.reference is not None:
            target = self._store.schema.collections.get(field.reference.target)
            return self.find(target, None, word) if target else None
        try:
            return field.type.parse(word)
        except ValueError:
            return None

    def _composed(self, collection: Collection, parent: Row | None, word: str) -> Row | None:
        """`router0:port1`: each part by alias or name, the last of `collection`."""
        *outer, last = word.split(":")
        for kind in self._kinds(collection):
            chain = _lineage(self._store, kind)
            if 1 < len(chain) <= len(outer):
                found = self._in_full_inside(kind, word, len(chain))
                if found is not None and (parent is None or found.parent is parent):
                    return found
            if len(chain) != len(outer) + 1:
                continue
            row: Row | None = None
            for step, part in zip(chain, [*outer, last], strict=True):
                row = self.find(step, row, part)
                if row is None:
                    break
            if row is not None and (parent is None or row.parent is parent):
                return row
        return None

    def _in_full_inside(self, kind: Collection, word: str, depth: int) -> Row | None:
        """`router0:router0:port1`: a path whose last step is an alias in full, of that owner."""
        parts = word.split(":")
        found = self._composed(kind, None, ":".join(parts[-depth:]))
        owner = self.find(self._store.schema[kind.parent], None, ":".join(parts[:-depth]))
        return found if found is not None and found.parent is owner else None

    def _kinds(self, collection: Collection) -> tuple[Collection, ...]:
        if collection.gathers:
            return tuple(self._store.schema[path] for path in collection.gathers)
        return (collection,)

    def _unknown(self, collection: Collection, parent: Row | None, word: str) -> str:
        inside = f" of {parent.full_alias}" if parent else ""
        message = f"unknown {collection.name}{inside}: {_shown(word)}"
        if len(self._store.keyed(collection, parent, word)) > 1:
            return f"{message} names more than one; use its alias or UUID"
        return message + _meant(self._near(collection, parent, word))

    def suggestion(self, word: str, *paths: str) -> str:
        """`; did you mean …?` out of the objects of some collections; empty where none is near.

        Where several objects are called so, that is said instead.
        """
        from grammar.nearest import nearest

        kinds = [self._store.schema[path] for path in paths]
        for kind in kinds:
            if not kind.parent and len(self._store.keyed(kind, None, word)) > 1:
                return f"; more than one {kind.name} is called so: use an alias or UUID"
        if ":" in word:
            for kind in kinds:
                if near := next(filter(None, self._near_composed(kind, word)), None):
                    return _meant(near)
        return _meant(nearest(word, [each for kind in kinds for each in self._anywhere(kind)]))

    def _anywhere(self, collection: Collection) -> Iterable[str]:
        """What the objects of a collection are called, of an inner one by themselves."""
        if not collection.parent:
            return self._called(collection, None)
        owners = self._store.rows(collection.parent)
        return islice(
            (word for owner in owners for word in self._called(collection, owner)), _MOST_NEAR
        )

    def _near(self, collection: Collection, parent: Row | None, word: str) -> str | None:
        """A name or alias like the word."""
        from grammar.nearest import nearest

        if ":" in word:
            near = next(filter(None, self._near_composed(collection, word)), None)
            if near is not None:
                return near
        return nearest(word, self._called(collection, parent))

    def _called(self, collection: Collection, parent: Row | None) -> list[str]:
        """The names and aliases of some siblings; none where there are more than a few hundred."""
        siblings = self._store.siblings(collection, parent)
        if siblings is None or len(siblings) > _MOST_NEAR:
            return []
        fields = [field for field in collection.fields if field.name in ("name", *collection.key)]
        words = [self._display.field(row, field) for row in siblings for field in fields]
        if collection.has_id:
            shared = bool(collection.gathers)
            named = (row for row in siblings if row.number >= 0)
            words += [row.full_alias if shared else row.alias for row in named]
        return [each for each in words if each]

    def _near_composed(self, collection: Collection, word: str) -> Iterator[str | None]:
        """Composed aliases like a word, of objects that are there."""
        owner, _, last = word.rpartition(":")
        for kind in self._kinds(collection):
            if not kind.parent:
                continue
            above = self._store.schema[kind.parent]
            holder = self.find(above, None, owner)
            if holder is not None:
                near = self._near(kind, holder, last)
                yield near and f"{holder.full_alias}:{near}"
            else:
                meant = f"{self._near(above, None, owner)}:{last}"
                yield meant if self._composed(kind, None, meant) else None


def _meant(near: str | None) -> str:
    return f"; did you mean {near}?" if near else ""


def _interfaces(host: Row, name: str) -> list[Row]:
    siblings = host.siblings("host.interface")
    return list(siblings.by_key.get(name, ())) if siblings is not None else []


def _belongs(row: Row, collection: Collection) -> bool:
    """Whether a view that is narrower than what it gathers shows a row."""
    if row.collection is collection or collection.fields[0].type is row.collection.fields[0].type:
        return True
    try:
        collection.fields[0].type.parse(str(row.values[0]))
    except ValueError:
        return False
    return True


def _lineage(store: Store, collection: Collection) -> list[Collection]:
    """The collections from the root down to `collection`."""
    chain = [collection]
    while chain[0].parent:
        chain.insert(0, store.schema[chain[0].parent])
    return chain


def _shown(word: str) -> str:
    return repr(word if len(word) <= 40 else word[:39] + "…")
