"""Naming objects and saying what to do with them: paths and verbs, in any order.

A line about objects is a path (`router router0 port port0`) with one verb
somewhere in it. Reading goes from word to word: after the name of a collection,
and after an object, a `Switch` knows what may follow. What may follow depends on
the verb read so far, the *mode*; before the verb it is `free`. The tokens come
out flat, so that a command is the same tree in whatever order it was said:
`verbs.assemble` only sorts tokens by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pyparsing as pp

from grammar import programs
from grammar.command import LINE_END, Declaration, nothing
from grammar.commands import CommandWord, commands_behind, declared, meant
from grammar.elements import Element, Entry, Later, Made, Name, Switch, Table, Tokens, Unoffered
from grammar.expectation import Expectation
from grammar.filters import Filters
from grammar.pairs import FieldNames, Pairs
from grammar.schema import Collection, Schema, creation_fields
from grammar.tree import Selector, Target
from grammar.usage import behind_object, collection_verbs, leads_to
from grammar.values import a
from grammar.verbs import VERB_WORDS, VERBS, expectation, said

# The verbs that work on a collection, not on an object of it.
_ON_COLLECTIONS = ("list", "create", "describe")

# Alone, or behind an object only, these are mistakes rather than unfinished.
_NEED_COLLECTION = ("list", "create")


class Paths:
    """The part of the grammar that is about objects.

    Elements are made when first needed and kept.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._elements: dict[tuple[object, ...], pp.ParserElement] = {}

    def _once(self, key: tuple[object, ...], make: Callable[[], Element]) -> pp.ParserElement:
        element = self._elements.get(key)
        if element is None:
            element = self._elements[key] = make()
        return element

    # -- the first word -------------------------------------------------------

    def verb_entries(self) -> dict[str, Entry]:
        """Lines that begin with a verb: `list router`, `delete router router0`."""
        return {
            word: (partial(said, verb), Later(partial(self.after_verb, verb)))
            for word, verb in VERB_WORDS.items()
        }

    def collection_entries(self) -> dict[str, Entry]:
        """Lines that begin with a root collection: `router …`."""
        return {name: self._root_entry(name, "free") for name in self.schema.root}

    def _root_entry(self, name: str, mode: str) -> Entry:
        """A root collection; a single object needs no picking."""
        collection = self.schema[name]
        if collection.single:
            single = partial(_single, collection)
            return single, Later(partial(self.after_object, collection, mode))
        return nothing, Later(partial(self.after_collection, collection, mode))

    def after_verb(self, verb: str) -> pp.ParserElement:
        """A verb that opens the line: a root collection or a root object follows."""

        roots = [
            name
            for name in self.schema.root
            if not self.schema[name].single or verb in self._verbs_on(self.schema[name])
        ]

        def build() -> tuple[Table, Sequence[Element]]:
            table = {name: self._root_entry(name, verb) for name in roots}
            return table, (self.root_object(verb), _command_behind(verb))

        def expect() -> list[Expectation]:
            known = (self.schema[name] for name in roots)
            useful = (each for each in known if leads_to(self.schema, each, verb))
            found = [Expectation("collection", each.name, each.help) for each in useful]
            also = commands_behind(verb)
            return [*found, *(Expectation("verb", each.name, each.help) for each in also)]

        ends = verb == "describe"
        lone = verb in _NEED_COLLECTION
        return self._once(("verb", verb), lambda: Switch(verb, build, expect, ends, lone))

    def root_object(self, mode: str) -> Element:
        """An object by its alias alone (`router0`, `chain0:rule0`).

        The alias's own form tells the collection, without looking anything up.
        """

        def make(word: str, column: int) -> Selector | None:
            collection = self.schema.of_alias(word)
            return Selector(collection, word, (), column) if collection else None

        def follow(selector: Selector) -> pp.ParserElement:
            return self.after_object(selector.collection, mode)

        return Name(
            "alias", make, follow, lambda: [Expectation("object", "", "an alias", target="*")]
        )

    # -- behind the name of a collection --------------------------------------

    def after_collection(self, collection: Collection, mode: str) -> pp.ParserElement:
        """What may follow `router` (or `router router0 port`), in a mode."""
        key = ("collection", collection.path, mode)
        if mode in ("list", "create"):
            return self._once(key, lambda: self._target(collection, mode))
        return self._once(key, lambda: self._selection(collection, mode))

    def _selection(self, collection: Collection, mode: str) -> Element:
        """An object must be picked, or (in free mode) list or create comes."""

        def build() -> tuple[Table, Sequence[Element]]:
            table: dict[str, Entry] = {}
            if mode == "free":
                for word, verb in VERB_WORDS.items():
                    if verb in _ON_COLLECTIONS:
                        pairs = self._last_pairs(collection, verb, lead=False)
                        offered = verb in collection_verbs(collection)
                        table[word] = (
                            partial(_verb_and_target, verb, collection),
                            pairs if offered else Unoffered(pairs),
                        )
            here = [self._last_pairs(collection, mode, lead=True)] if mode == "describe" else []
            return table, (*here, *self._picked(collection, mode))

        def expect() -> list[Expectation]:
            verbs = collection_verbs(collection) if mode == "free" else ()
            return [expectation(verb) for verb in verbs]

        return Switch(f"{collection.name} {mode}", build, expect)

    def _target(self, collection: Collection, mode: str) -> Element:
        """`list` or `create` was read: this collection is its target, or a step."""

        def build() -> tuple[Table, Sequence[Element]]:
            here = self._last_pairs(collection, mode, lead=True)
            if not collection.children:
                return {}, (here,)
            return {}, (here, *self._picked(collection, mode))

        return Switch(f"{mode} {collection.name}", build, list, ends=False)

    def _last_pairs(self, collection: Collection, verb: str, lead: bool) -> Pairs:
        """The fields that end the line; `describe` takes none."""
        if verb == "list":
            return Filters(collection, lead=partial(Target, collection) if lead else None)
        fields = () if verb == "describe" else collection.fields
        return Pairs(
            f"{collection.name} fields",
            (*fields, *creation_fields(collection)) if verb == "create" else fields,
            "create" if verb == "create" else "filter",
            lead=partial(Target, collection) if lead else None,
            of="" if verb == "create" else collection.path,
        )

    def _picked(self, collection: Collection, mode: str) -> Sequence[Element]:
        """The ways to pick an object; what the datapath has learnt cannot be picked."""
        ways = (self._by_field(collection, mode), self._by_name(collection, mode))
        is_told = collection.live and collection.creatable
        return tuple(Unoffered(way) for way in ways) if collection.live and not is_told else ways

    def _by_field(self, collection: Collection, mode: str) -> Made:
        """An object picked by `field value` pairs.

        Behind `set`, only the first pair selects: the others are assignments.
        """
        pairs = Pairs(
            f"{collection.name} filter",
            collection.fields,
            "filter",
            least=1,
            most=1 if mode == "set" else None,
            closes=False,
            of=collection.path,
        )
        return Made(
            pairs,
            lambda tokens, column: Selector(collection, None, tuple(tokens), column),
            self.after_object(collection, mode),
            first_words=collection.by_name,
        )

    def _by_name(self, collection: Collection, mode: str) -> Element:
        """An object picked by alias, UUID or name."""
        follow = self.after_object(collection, mode)
        return Name(
            f"{collection.name} name",
            lambda word, column: Selector(collection, word, (), column),
            lambda selector: follow,
            lambda: [Expectation("object", "", a(collection.name), target=collection.path)],
        )

    # -- behind an object ------------------------------------------------------

    def after_object(self, collection: Collection, mode: str) -> pp.ParserElement:
        """What may follow an object of `collection`, in a mode."""
        key = ("object", collection.path, mode)

        def build() -> tuple[Table, Sequence[Element]]:
            table: dict[str, Entry] = {
                child.name: (nothing, Later(partial(self.after_collection, child, mode)))
                for child in self.schema.children(collection)
            }
            if mode == "free":
                table |= self._free_entries(collection)
                table |= programs.entries(collection)
            return table, self._fields(collection, mode)

        def expect() -> list[Expectation]:
            found = [
                Expectation("collection", child.name, child.help)
                for child in self.schema.children(collection)
                if mode == "free" or leads_to(self.schema, child, mode)
            ]
            if mode == "free":
                for verb in self._verbs_on(collection):
                    found += [expectation(verb)] * behind_object(self.schema, collection, verb)
                run = [each.name for each in commands_behind(collection.path)]
                run += programs.entries(collection)
                found += [Expectation("verb", word, "on this machine") for word in run]
            return found

        name = f"{collection.name} object"
        ends = mode in ("show", "delete", "describe")
        lone = mode in _NEED_COLLECTION
        return self._once(key, lambda: Switch(name, build, expect, ends, lone))

    def _free_entries(self, collection: Collection) -> dict[str, Entry]:
        """The verbs, and (for `P FIELD show`) the fields, behind a path."""
        verbs = self._verbs_on(collection)
        return {
            word: (partial(said, verb), self._behind_verb(collection, verb))
            for word, verb in VERB_WORDS.items()
            if verb in verbs
        }

    def _behind_verb(self, collection: Collection, verb: str) -> pp.ParserElement:
        follow = self.after_object(collection, verb)
        offered = behind_object(self.schema, collection, verb)
        return follow if offered else Unoffered(follow)

    def _verbs_on(self, collection: Collection) -> tuple[str, ...]:
        """The verbs that may follow an object: some need collections inside it."""
        without = {"delete"} if collection.single else set()
        if not collection.children:
            without |= {"list", "create"}
        return tuple(verb for verb in VERBS if verb not in without)

    def _fields(self, collection: Collection, mode: str) -> Sequence[Element]:
        """What a mode still needs behind its object."""
        if mode == "set":
            return (Pairs(f"{collection.name} fields", collection.fields, "set", least=1),)
        if mode == "clear":
            return (FieldNames("fields to clear", collection, True, LINE_END),)
        if mode == "show":
            return (FieldNames("field to show", collection, False, LINE_END),)
        if mode == "free":
            show = Switch("show", self._show_entries, lambda: [expectation("show")])
            field = FieldNames("field to show", collection, False, show)
            return (field, _command_behind(collection.path))
        return ()

    def _show_entries(self) -> tuple[Table, Sequence[Element]]:
        words = {word for word, verb in VERB_WORDS.items() if verb == "show"}
        return {word: (partial(said, "show"), LINE_END) for word in words}, ()


def _command_behind(word: str) -> CommandWord:
    """A command where it stands behind a verb, or an object of a collection."""

    def reading(declaration: Declaration) -> pp.ParserElement | None:
        make = declaration.behind.get(word)
        return make() if make else None

    return CommandWord(reading, lambda word: declared(word) or meant(word))


def _single(collection: Collection, column: int) -> Sequence[Tokens]:
    return (Selector(collection, "", (), column),)


def _verb_and_target(verb: str, collection: Collection, column: int) -> Sequence[Tokens]:
    return (*said(verb, column), Target(collection, column))
