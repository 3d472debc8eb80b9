"""The command reference's pages, made from the declarations in `grammar/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import rooms
from markdown_text import article, bullets, code, names, page, sentence, table

from grammar.command import Declaration
from grammar.commands import declarations
from grammar.resources import SCHEMA
from grammar.schema import Collection, Field
from grammar.times import Seconds
from grammar.usage import pick, place
from grammar.values import Choice, Flag, Integer, Limit, ListOf, Reference, Text, Truth, ValueType
from grammar.verbs import VERBS, Verb
from midocli.help.topics import REASONS

NOTICE = "<!-- Written by docs/generate.py from the declarations in grammar/. -->\n"
_INDEX = "README"
_VERBS = "verbs"

Play = Callable[[str, bool], str]


def pages(play: Play) -> dict[str, str]:
    """All pages by name.

    `play` gives the example session of a page, and is told whether the page needs one:
    those of the verbs, of commands, and of what can be created do.
    """
    written = {
        _INDEX: _index(),
        _VERBS: _verbs(play(_VERBS, True)),
        **{
            command_page(name): _command(name, entry, play(command_page(name), True))
            for name, entry in declarations().items()
        },
        **{
            path: _collection(collection, play(path, collection.creatable))
            for path, collection in SCHEMA.collections.items()
        },
    }
    return {name: f"{NOTICE}\n{text}" for name, text in written.items()}


def command_page(name: str) -> str:
    """The name of a command's page, apart from that of a collection called the same."""
    return f"{name}-command" if name in SCHEMA.collections else name


def with_tables(text: str) -> str:
    """A hand-written page with the tables made that stand between two comments in it."""
    for name, make in (("reasons", _reasons), ("rooms", rooms.table)):
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        if begin:
            text = f"{before}{begin}{make()}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return text


def _reasons() -> str:
    rows = ((f"`{code.value}`", meaning) for code, meaning in REASONS.items())
    return table(("Code", "Means"), rows)


# -- index ------------------------------------------------------------------------


def _index() -> str:
    return page(
        "# Command reference",
        "Every word of the language, from the same declarations that the program parses, "
        "completes and explains with (`help WORD`). How they are put together is in "
        "[the language](../language.md).",
        "## Verbs",
        bullets(f"[{name}]({_VERBS}.md#{name}): {verb.help}" for name, verb in VERBS.items()),
        "## Commands",
        bullets(
            f"[{name}]({command_page(name)}.md): {entry.help}"
            for name, entry in declarations().items()
        ),
        "## Collections",
        "What is indented lives inside the object above it.",
        "\n".join(line for name in SCHEMA.root for line in _tree(SCHEMA[name], 0)),
    )


def _tree(collection: Collection, depth: int) -> list[str]:
    lines = [f"{'  ' * depth}- {_link(collection, collection.name)}: {collection.help}"]
    for child in SCHEMA.children(collection):
        lines += _tree(child, depth + 1)
    return lines


# -- verbs and commands -------------------------------------------------------------


def _verbs(example: str) -> str:
    return page(
        "# Verbs",
        "`PATH` picks an object, `COLLECTION` is one of the [collections](README.md#collections). "
        "All usages of a verb mean the same.",
        *(part for name, verb in VERBS.items() for part in _verb(name, verb)),
        *_example(example),
    )


def _verb(name: str, verb: Verb) -> Iterable[str]:
    yield f"## {name}"
    yield sentence(verb.help)
    if verb.shortest:
        yield f"May be shortened, to `{name[: verb.shortest]}` at the least."
    yield code(verb.usage)
    yield from _to_try(verb.examples)


def _command(name: str, command: Declaration, example: str) -> str:
    return page(
        f"# {name}",
        sentence(command.help),
        "## Usage",
        code(command.usage),
        *_options(command.options),
        *_to_try(command.examples),
        *_example(example),
    )


def _to_try(examples: Sequence[str]) -> Iterable[str]:
    yield "To try in the network of `demo`:"
    yield code(examples)


def _options(options: Sequence[Field]) -> Iterable[str]:
    if options:
        yield "## Options"
        rows = (
            (f"`{option.name}`", _value(option.type), _default(option), sentence(option.help))
            for option in options
        )
        yield table(("Option", "Value", "Default", "Meaning"), rows)


# -- collections ----------------------------------------------------------------------


def _collection(collection: Collection, example: str) -> str:
    return page(
        f"# {collection.path.replace('.', ' ')}",
        sentence(collection.help),
        bullets(_facts(collection)),
        "## Fields",
        table(
            ("Field", "Meaning", "Value", "Default", "Notes"),
            (_field_row(field) for field in collection.fields),
        ),
        *_children(collection),
        *_example(example),
    )


def _facts(collection: Collection) -> Iterable[str]:
    """Where objects live, what they are called, and how one comes by them."""
    yield f"Path: `{place(SCHEMA, collection)}`" + _owner(collection)
    yield _how_shown(collection)
    if collection.single:
        yield f"There is one: `{place(SCHEMA, collection)}` picks it"
        return
    if collection.gathers:
        yield _what_it_gathers(collection)
    yield _how_created(collection)
    if not collection.live or collection.creatable:
        yield f"Picked by {_how_picked(collection)}"
    if collection.key:
        yield f"No two beside each other have the same {names(collection.key)}"
    if collection.ordered_by:
        yield f"Listed in the order of `{collection.ordered_by}`"


def _owner(collection: Collection) -> str:
    if not collection.parent:
        return ""
    owner = SCHEMA[collection.parent]
    return f", in {article(owner.name)} {_link(owner)}"


def _how_shown(collection: Collection) -> str:
    if collection.gathers:
        return (
            f"Lines about one begin with `{collection.prefix}` and its alias here, "
            f"such as `{collection.prefix}0`"
        )
    if collection.has_id:
        return (
            f"Lines about one begin with `{collection.prefix}` and its alias; "
            f"in full that is `{_alias(collection)}`, and so on"
        )
    if collection.live:
        return "Without aliases: a line has the fields alone"
    if collection.single:
        return f"Its line begins with `{collection.prefix}`"
    return (
        f"Without aliases: `list` shows the fields alone, `show` puts `{collection.prefix}` first"
    )


def _what_it_gathers(collection: Collection) -> str:
    gathered = ", ".join(_link(SCHEMA[path]) for path in collection.gathers)
    if collection.through:
        return f"Shows what lives in {gathered} and has this as its `{collection.through}`"
    return f"Shows what lives in {gathered}"


def _how_created(collection: Collection) -> str:
    if collection.live and not collection.creatable:
        return "Shows what the datapath has learnt: `list` and `show` only, and gone after `reset`"
    if not collection.creatable:
        return "Not created here" if collection.gathers else "Not created by command"
    given = [f" {f.name} {_placeholder(f.name)}" for f in collection.fields if f.required]
    rest = "".join([*given, " [FIELD VALUE]..."])
    if not collection.parent:
        return f"Created by `{collection.name} create{rest}`"
    created = f"Created by `{_outside(collection)}add {collection.name}{rest}`"
    learnt = "; beside those, what the datapath has learnt, which is gone after `reset`"
    return created + (learnt if collection.live else "")


def _how_picked(collection: Collection) -> str:
    there = place(SCHEMA, collection)
    by_field = f"field values: `{there} {pick(collection, by_field=True)}`"
    if not collection.has_id:
        return by_field
    spelled_out = f"{_outside(collection, 0)}{collection.name} {collection.prefix}0"
    nested = collection.parent and not collection.gathers
    in_full = f" or `{_alias(collection)}`" if nested else ""
    ways = [f"alias (`{spelled_out}`{in_full})", "UUID"]
    if "name" in collection.index:
        ways.append("name (where only one has it)")
    return f"{', '.join(ways)} or {by_field}"


def _outside(collection: Collection, number: int | None = None) -> str:
    """What stands before a collection's name: its parents, picked (as number N)."""
    if not collection.parent:
        return ""
    parent = SCHEMA[collection.parent]
    picked = pick(parent) if number is None or not parent.has_id else f"{parent.prefix}{number}"
    return f"{_outside(parent, number)}{parent.name} {picked} "


def _alias(collection: Collection) -> str:
    """The alias of the first object, from the root."""
    own = f"{collection.prefix}0"
    return f"{_alias(SCHEMA[collection.parent])}:{own}" if collection.parent else own


def _placeholder(name: str) -> str:
    return name.upper()


def _field_row(field: Field) -> tuple[str, ...]:
    return (
        f"`{field.name}`",
        field.help,
        _value(field.type),
        _default(field),
        ", ".join(_notes(field)),
    )


def _notes(field: Field) -> Iterable[str]:
    marks = (
        ("required", field.required),
        ("read-only", field.read_only),
        ("given at creation only", field.fixed),
        ("moves on with the traffic", field.live),
        ("can be cleared", field.clearable),
        ("`!` negates it", field.invertible),
        ("hidden", field.hidden),
        ("deleting what it names deletes this too", field.on_delete == "cascade"),
    )
    return (words for words, holds in marks if holds)


def _children(collection: Collection) -> Iterable[str]:
    children = SCHEMA.children(collection)
    if children:
        yield "## Inside it"
        yield bullets(f"{_link(child, child.name)}: {child.help}" for child in children)


def _example(example: str) -> Iterable[str]:
    if example:
        yield "## Example"
        yield example


def _link(collection: Collection, text: str = "") -> str:
    return f"[{text or collection.path.replace('.', ' ')}]({collection.path}.md)"


# -- values -----------------------------------------------------------------------------


def _value(kind: ValueType) -> str:
    """What may stand as a value, with an example where the words alone leave one in doubt."""
    if isinstance(kind, (Choice, Truth)):
        return ", ".join(f"`{word}`" for word in kind.words)
    if isinstance(kind, ListOf):
        return f"a comma list, each {_value(kind.item)}"
    if isinstance(kind, Flag):
        return ""
    if isinstance(kind, Reference):
        return _reference(kind)
    if isinstance(kind, Integer):
        return kind.expected + (", or `0x` and hex digits" if kind.hexadecimal else "")
    if isinstance(kind, Limit) or kind.expected == Text().expected or kind.example in kind.expected:
        return kind.expected
    return f"{kind.expected}, such as `{kind.example}`"


def _reference(kind: Reference) -> str:
    """What a reference takes, linked to the page of what it refers to, where that exists."""
    known = SCHEMA.collections.values()
    found = [c for c in known if c.path == kind.target] or [
        c for c in known if c.name == kind.target
    ]
    if len(found) != 1:
        return kind.expected
    return kind.expected.replace(kind.target, _link(found[0], kind.target), 1)


def _default(field: Field) -> str:
    if field.default is None:
        return ""
    unit = f" {_unit(field.type)}" if _unit(field.type) else ""
    return f"`{field.type.format(field.default)}`{unit}"


def _unit(kind: ValueType) -> str:
    if isinstance(kind, Integer):
        return kind.unit
    return "s" if isinstance(kind, Seconds) else ""
