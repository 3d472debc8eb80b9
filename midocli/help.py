"""What `help` says, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grammar.errors import InvalidValueError
from grammar.examples import example
from grammar.language import COMMANDS, TOPICS
from grammar.nearest import nearest
from grammar.schema import Collection, Field, Schema
from grammar.suffix import HELP as AS
from grammar.tree import Argument
from grammar.verbs import VERB_WORDS, VERBS
from midocli import __version__
from midocli.topics import TOPICS as IDEAS

_SYNONYMS = {"exit": "quit", "?": "help"}
_INTRODUCTION = f"""\
midocli {__version__}: midonet-cli's language, with a simulated network behind it.

A command names an object and says what to do with it, in any order:
    router router0 port list        list router router0 port
    chain chain0 add rule src 10.0.0.0/8 type drop
    ping client 192.168.79.119 explain
"""


def explain(schema: Schema, topic: Argument | None) -> str:
    """The page on a verb, a command or a collection, or a map of all of them."""
    if topic is None:
        return _map(schema)
    word = topic.text.replace(" ", ".")
    name = _SYNONYMS.get(word, VERB_WORDS.get(word, word))
    if name in VERBS:
        verb = VERBS[name]
        return _page(name, verb.help, verb.usage, (verb.example,), ())
    pages = []
    if name in TOPICS or name == "as":
        command = TOPICS.get(name, AS)
        pages = [_page(name, command.help, command.usage, command.examples, command.options)]
    pages += [
        _collection(schema, collection)
        for collection in schema.collections.values()
        if collection.name == name or collection.path == name
    ]
    if name in IDEAS:
        idea = IDEAS[name]
        pages.append(f"{name}: {idea.help}\n\n{idea.text}\n\n{_examples(idea.examples)}")
    if pages:
        return "\n\n".join(pages)
    known = [*VERBS, *TOPICS, *IDEAS, "as", *(c.name for c in schema.collections.values())]
    near = nearest(word, known)
    hint = f"; did you mean {near}?" if near else "; help lists what there is"
    raise InvalidValueError(f"no help on {word[:40]!r}{hint}", topic.column, tuple(known))


def _map(schema: Schema) -> str:
    return "\n".join(
        (
            _INTRODUCTION,
            "Verbs:",
            *_entries((name, verb.help) for name, verb in VERBS.items()),
            "",
            "Collections:",
            *_entries((name, schema[name].help) for name in schema.root),
            "",
            "Commands:",
            *_entries((name, command.help) for name, command in COMMANDS.items()),
            *_entries([("show topology", TOPICS["topology"].help)]),
            "",
            "Behind any command:",
            *_entries([("as FORM", f"{AS.help}: {AS.usage[0].rpartition(' ')[2]}")]),
            "",
            "Ideas:",
            *_entries((name, idea.help) for name, idea in IDEAS.items()),
            "",
            "help WORD says more about any of these.",
        )
    )


def _page(
    name: str, help: str, usage: Iterable[str], examples: Sequence[str], options: Iterable[Field]
) -> str:
    lines = [f"{name}: {help}", "", "Usage:", *(f"    {line}" for line in usage)]
    shown = [(field.name, _described(field)) for field in options]
    if shown:
        lines += ["", "Options:", *_entries(shown)]
    return "\n".join([*lines, "", _examples(examples)])


def _examples(examples: Sequence[str]) -> str:
    heading = "Examples:" if len(examples) > 1 else "Example:"
    return "\n".join([heading, *(f"    {line}" for line in examples)])


def _collection(schema: Schema, collection: Collection) -> str:
    lines = [f"{collection.path.replace('.', ' ')}: {collection.help}", "", "Fields:"]
    lines += _entries((field.name, _described(field)) for field in collection.fields)
    children = schema.children(collection)
    if children:
        lines += ["", "Collections in it:"]
        lines += _entries((child.name, child.help) for child in children)
    return "\n".join([*lines, "", "Example:", f"    {example(schema, collection)}"])


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
            *(_entries((each.name, each.help) for each in inner) or ["    <NONE>"]),
            "Fields:",
            *(_entries((each.name, _described(each)) for each in fields) or ["    <NONE>"]),
            *(["Example:", f"    {example(schema, collection)}"] if collection else []),
        )
    )


def _described(field: Field) -> str:
    """Help, type, default and restrictions of a field, in one line."""
    text = f"{field.help}; {field.type.expected}"
    if field.default is not None:
        text += f"; {field.type.format(field.default)} if not given"
    marks = [
        word
        for word, holds in (
            ("read-only", field.read_only),
            ("required", field.required),
            ("can be cleared", field.clearable),
            ("! negates it", field.invertible),
            ("hidden", field.hidden),
        )
        if holds
    ]
    return text + (f" ({', '.join(marks)})" if marks else "")


def _entries(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"    {name:<24}{text}" for name, text in pairs]
