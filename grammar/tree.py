"""The syntax tree: what was said, as frozen values, before anything is looked up.

Columns count characters of the line from 1. They say where something stood, not
what was said: trees that differ only in columns are equal. The nodes a line has many
of are named tuples, commands are `Node`s. Here are the commands about objects, one a verb;
all others stand beside their declarations in `commands/`.

Each knows the one way of saying it that midocli itself writes: `parse(canonical(tree)) == tree`
for every tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from grammar.node import PLACES, Node
from grammar.schema import Collection, Field
from grammar.values import Flag
from grammar.words import quoted


def _equal(one: object, other: object) -> bool:
    """Equality of nodes, wherever they stood and however their values were spelled."""
    if type(one) is not type(other):
        return False
    names: tuple[str, ...] = getattr(one, "_fields", ())
    return all(getattr(one, n) == getattr(other, n) for n in names if n not in PLACES)


class Setting(NamedTuple):
    """A field and the value given to it; `column` is the value's.

    `how` is the word of a filter that lies between them: `not`, `contains`, `in`, or none.
    """

    field: Field
    value: Any
    column: int
    text: str
    how: str = ""

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    def written(self) -> list[str]:
        """The words that give the field the value; those of a flag may be one."""
        if isinstance(self.field.type, Flag) and not self.text:
            return [self.field.name]
        return [self.field.name, quoted(self.field.word(self.value))]


class FieldName(NamedTuple):
    """A field that is named without a value, as show and clear do."""

    field: Field
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


class Selector(NamedTuple):
    """One step of a path: an object by alias, UUID or name, or by its fields."""

    collection: Collection
    name: str | None
    filters: tuple[Setting, ...]
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    def written(self) -> list[str]:
        """The words that pick the object, behind the name of its collection."""
        if self.name is None:
            return written_filters(self.filters)
        return [quoted(self.name)] if self.name else []


class Target(NamedTuple):
    """The collection that list and create work on."""

    collection: Collection
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


Path = tuple[Selector, ...]

#: The words that make another test of a filter.
_TESTS = ("not", "contains", "in")


class Argument(NamedTuple):
    """A word given to a command, with where it stood."""

    text: str
    column: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Argument) and self.text == other.text


def written_path(path: Path) -> list[str]:
    """The words of a path."""
    words: list[str] = []
    for place, selector in enumerate(path):
        if place or not selector.collection.parent:
            words.append(selector.collection.name)
        words += selector.written()
    return words


def written_filters(filters: Iterable[Setting]) -> list[str]:
    """The words that select objects by their fields."""
    words: list[str] = []
    for each in filters:
        # In quotes no word is taken for that of a test, or for another field.
        value = quoted(each.value)
        bare = value == each.value and value.replace("-", "").isalpha()
        words += [each.field.name, *([each.how] if each.how else [])]
        words.append(f"'{value}'" if bare and (each.how or value in _TESTS) else value)
    return words


def written_settings(settings: Iterable[Setting]) -> list[str]:
    """The words of fields, or of a command's options, with their values."""
    return [word for each in settings for word in each.written()]


class Command(Node):
    """What a line says.

    `word` is what it is known by: its verb, or the name of its declaration. What comes of it can
    be shown in another form (`as`) if it `has_form`; as commands, too, where it `shows_objects`,
    and in `own_forms` of its kind. A probe `sends`.
    """

    word: ClassVar[str]
    has_form: ClassVar[bool] = True
    shows_objects: ClassVar[bool] = True
    own_forms: ClassVar[tuple[str, ...]] = ()
    sends: ClassVar[bool] = False

    @property
    def innermost(self) -> Command:
        """The command that a check of another one is about; else itself."""
        return self

    def written(self) -> list[str]:
        """The words of the line, in the order PATH VERB … or PATH COLLECTION VERB …"""
        return [self.word]


class Create(Command):
    """Make a new object of `target` inside the object at `path`."""

    word = "create"
    path: Path
    target: Target
    settings: tuple[Setting, ...]

    def written(self) -> list[str]:
        where = [*written_path(self.path), self.target.collection.name]
        return [*where, "create", *written_settings(self.settings)]


class List(Command):
    """Show the objects of `target` inside `path` that pass the filters.

    Of each the fields named by `columns` are shown; all, where it is empty.
    """

    word = "list"
    path: Path
    target: Target
    filters: tuple[Setting, ...]
    columns: tuple[str, ...] = ()

    def written(self) -> list[str]:
        where = [*written_path(self.path), self.target.collection.name]
        columns = ["columns", ",".join(self.columns)] if self.columns else []
        return [*where, "list", *written_filters(self.filters), *columns]


class Show(Command):
    """Show one object, or one of its fields."""

    word = "show"
    path: Path
    field: FieldName | None

    def written(self) -> list[str]:
        return [*written_path(self.path), "show", *([self.field.field.name] if self.field else [])]


class Set(Command):
    """Give fields of an object new values."""

    word = "set"
    path: Path
    settings: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [*written_path(self.path), "set", *written_settings(self.settings)]


class Clear(Command):
    """Take the values of an object's fields away."""

    word = "clear"
    path: Path
    fields: tuple[FieldName, ...]

    def written(self) -> list[str]:
        return [*written_path(self.path), "clear", *(name.field.name for name in self.fields)]


class Delete(Command):
    """Delete an object and all it holds."""

    word = "delete"
    path: Path

    def written(self) -> list[str]:
        return [*written_path(self.path), "delete"]


class Describe(Command):
    """Show what an object, a collection's objects or the root consist of."""

    word = "describe"
    path: Path
    target: Target | None

    def written(self) -> list[str]:
        target = [self.target.collection.name] if self.target else []
        return [*written_path(self.path), "describe", *target]
