"""What `help WORD` says, made from the declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grammar.as_form import AS
from grammar.commands import declarations
from grammar.errors import InvalidValueError, shorten
from grammar.examples import example, examples
from grammar.nearest import nearest
from grammar.schema import Collection, Field, Schema
from grammar.times import Seconds
from grammar.tree import Argument
from grammar.usage import ways
from grammar.values import Choice, Flag, Integer, ListOf, Reference, ValueType, a
from grammar.verbs import VERB_WORDS, VERBS
from midocli.help.overview import LISTS, overview, title
from midocli.help.paragraphs import WIDTH, entries, paragraph
from midocli.help.tasks import TASKS
from midocli.help.topics import TOPICS

_COMMANDS = {**declarations(), "as": AS}
_TOPICS = {**TOPICS, **TASKS}
_SYNONYMS = {
    **{word: name for name, each in _COMMANDS.items() for word in each.synonyms},
    **{word: name for name, each in _TOPICS.items() for word in each.synonyms},
}
#: The most words to read on with that a page names.
_MOST_SEE = 8


def explain(schema: Schema, topic: Argument | None) -> str:
    """The page on a word (or on `chain rule`, `show topology`), or a map of all words."""
    if topic is None:
        return overview(schema)
    word = topic.text.replace(".", " ")
    name = _SYNONYMS.get(word, VERB_WORDS.get(word, word))
    if name in LISTS:
        return LISTS[name](schema)
    pages = list(_pages(schema, name.removeprefix("show ")) or _mentions(schema, name))
    if not pages:
        raise _unknown(schema, topic)
    return "\n\n".join("\n".join(page) for page in pages)


def words(schema: Schema) -> dict[str, str]:
    """Every word that has a page, with a line on it; of two that are called the same, the first."""
    found: dict[str, str] = {}
    outermost_first = sorted(schema.collections.values(), key=lambda each: each.path.count("."))
    for name, line in (
        *((name, verb.help) for name, verb in VERBS.items()),
        *((name, command.help) for name, command in _COMMANDS.items()),
        *((each.name, each.help) for each in outermost_first),
        *((name, topic.help) for name, topic in _TOPICS.items()),
        *((name, page.__doc__ or "") for name, page in LISTS.items()),
    ):
        found.setdefault(name, line)
    return found


def _unknown(schema: Schema, topic: Argument) -> InvalidValueError:
    """The error for a word without a page: the nearest that has one."""
    known = words(schema)
    parts = [part for part in topic.text.split() if part in known]
    near = nearest(topic.text, [*known, *(title(c) for c in schema.collections.values())])
    if parts:
        hint = f"; try help {' or help '.join(dict.fromkeys(parts))}"
    elif near:
        hint = f"; did you mean {near}?"
    else:
        hint = "; help lists what there is"
    return InvalidValueError(
        f"no help on {shorten(topic.text)}{hint}", topic.column, tuple(dict.fromkeys(known))
    )


# -- pages -----------------------------------------------------------------------------


def _pages(schema: Schema, name: str) -> list[list[str]]:
    """The pages on a word: a command and collections may be called the same."""
    pages = []
    if name in VERBS:
        verb = VERBS[name]
        pages.append(
            [*_head(name, verb.help), *_usage(verb.usage), *_foot(verb.examples, verb.see)]
        )
    if name in _COMMANDS:
        command = _COMMANDS[name]
        page = [*_head(name, command.help), *_usage(command.usage)]
        page += _section("Options:", command.options)
        pages.append([*page, *_foot(command.examples, command.see)])
    if name in _TOPICS:
        topic = _TOPICS[name]
        page = [*_head(name, topic.help)]
        for each in topic.text:
            page += [*paragraph(each), ""]
        page += [*entries(topic.table), ""] if topic.table else []
        pages.append([*page, *_foot(topic.examples, topic.see)])
    return pages + [_collection(schema, each) for each in _named(schema, name)]


def _named(schema: Schema, name: str) -> list[Collection]:
    """The collections of that name, or whose path ends in those names."""
    found = [each for each in schema.collections.values() if title(each) == name]
    return found + [
        each
        for each in schema.collections.values()
        if each not in found and f" {title(each)}".endswith(f" {name}")
    ]


def _collection(schema: Schema, collection: Collection) -> list[str]:
    page = [*_head(title(collection), collection.help), *_usage(ways(schema, collection))]
    page += _section("Fields:", collection.fields)
    children = schema.children(collection)
    if children:
        page += ["Collections in it:", *entries((child.name, child.help) for child in children), ""]
    return page + _foot(examples(schema, collection), _see(schema, collection))


def _see(schema: Schema, collection: Collection) -> Sequence[str]:
    """What is declared, whose objects hold it, and what its fields refer to and it."""
    names = [*collection.see]
    names += [title(schema[collection.parent])] if collection.parent else []
    names += [title(schema[path]) for path in collection.gathers]
    names += [f.reference.target.replace(".", " ") for f in collection.fields if f.reference]
    names += [
        title(each)
        for each in schema.collections.values()
        for field in each.fields
        if field.reference and field.reference.target == collection.path and not each.gathers
    ]
    return [name for name in dict.fromkeys(names) if name != title(collection)][:_MOST_SEE]


# -- parts of a page ---------------------------------------------------------------------


def _head(name: str, help: str) -> list[str]:
    return [*paragraph(f"{name}: {help}"), ""]


def _usage(usage: Iterable[str]) -> list[str]:
    lines = [line for each in usage for line in paragraph(each, 4, 8)]
    return ["Usage:", *lines, ""]


def _section(heading: str, fields: Sequence[Field]) -> list[str]:
    shown = ((field.name, _described(field)) for field in fields)
    return [heading, *entries(shown), ""] if fields else []


def _foot(commands: Sequence[str], see: Sequence[str]) -> list[str]:
    """Examples, each under the comment that says what it is for, and words to read on with."""
    lines = ["Example:" if len(commands) == 1 else "Examples:"]
    for each in commands:
        command, _, comment = each.partition("  # ")
        lines += [f"    # {comment}"] if comment else []
        *begun, last = paragraph(command, 4, 8, WIDTH - 2)
        lines += [*(f"{line} \\" for line in begun), last]
    return [*lines, "", *paragraph(f"See also: {', '.join(see)}", 0, 10)] if see else lines


def _described(field: Field) -> str:
    """Help, and in brackets type, default and restrictions of a field."""
    kind = "a number" if _is_count(field) else _kind(field.type)
    said = isinstance(field.type, Flag) or kind.partition(" ")[2] in field.help
    notes = [] if said else [kind]
    if field.default not in (None, ""):
        notes.append(f"{field.type.format(field.default)} if not given")
    marks = {
        "read-only": field.read_only,
        "given at creation only": field.fixed,
        "required": field.required,
        "can be cleared": field.clearable,
        "may be negated by !": field.invertible,
        "hidden": field.hidden,
    }
    notes += [mark for mark, holds in marks.items() if holds]
    return f"{field.help} ({'; '.join(notes)})" if notes else field.help


def _is_count(field: Field) -> bool:
    """A number that is only read: between what bounds does not matter."""
    return field.read_only and isinstance(field.type, (Integer, Seconds))


def _kind(type: ValueType) -> str:
    """What may stand as a value; how objects are called need not be said each time."""
    if isinstance(type, ListOf):
        return f"a comma list, each {_kind(type.item)}"
    if isinstance(type, Reference) and type.target != "interface":
        return a(type.target.rpartition(".")[2])
    return type.expected


def _mentions(schema: Schema, name: str) -> list[list[str]]:
    """Where a word that has no page of its own is a field, an option or a value."""
    fields = [
        *((title(each), field) for each in schema.collections.values() for field in each.fields),
        *((name, field) for name, each in _COMMANDS.items() for field in each.options),
    ]
    named = [(owner, _described(field)) for owner, field in fields if field.name == name]
    values = [
        (owner, f"{field.name} {name}: {field.help}")
        for owner, field in fields
        if isinstance(field.type, Choice) and name in field.type.words
    ]
    said = [
        (title(each), line)
        for each in schema.collections.values()
        for line in each.usage
        if re.search(rf"\b{re.escape(name)}\b", line)
    ]
    pages = []
    if said:
        pages.append([f"{name} is said of these:", "", *entries(said)])
    if named:
        pages.append([f"{name} is a field or option of these:", "", *entries(named)])
    if values:
        pages.append([f"{name} is a value in these:", "", *entries(values)])
    return pages


# -- describe ------------------------------------------------------------------------------


def describe(schema: Schema, collection: Collection | None) -> str:
    """What an object of a collection (None: the root) consists of."""
    if collection is None:
        inner = [schema[name] for name in schema.root]
        fields: tuple[Field, ...] = ()
    else:
        inner = list(schema.children(collection))
        fields = collection.fields
    return "\n".join(
        (
            "Object collections:",
            *(_lines((each.name, each.help) for each in inner) or ["    <NONE>"]),
            "Fields:",
            *(_lines((each.name, _described(each)) for each in fields) or ["    <NONE>"]),
            *(["Example:", f"    {example(schema, collection)}"] if collection else []),
        )
    )


def _lines(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """One line each, however long, for who looks for a word in them."""
    return [f"    {name:<24}{text}" for name, text in pairs]
