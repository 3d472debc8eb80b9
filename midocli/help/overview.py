"""`help` as a map of all words, and the lists with a line on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from grammar.as_form import AS
from grammar.commands import declarations
from grammar.groups import GROUPS, Group
from grammar.schema import Collection, Schema
from grammar.verbs import VERBS
from midocli.help.paragraphs import entries, paragraph
from midocli.help.tasks import TASKS
from midocli.help.topics import TOPICS
from midocli.help.version import VERSION

_INTRODUCTION = f"midocli {VERSION}: name an object, say what to do with it: router edge port list"
_MORE = "help WORD explains it; lists: help verbs|collections|commands|ideas. Try: demo"
_LABELS = 11
#: Stands for a blank where no line may break.
_TIE = "\0"


def overview(schema: Schema) -> str:
    """All words in their groups, on one screen."""
    lines = [_INTRODUCTION, ""]
    for group, label in GROUPS.items():
        lines += _line(label, _words(schema, group))
    return "\n".join([*lines, *_line("Ideas", TOPICS), *_line("How to", TASKS), "", _MORE])


def _line(label: str, words: Iterable[str]) -> list[str]:
    text = " ".join(word.replace(" ", _TIE) for word in words)
    first, *others = paragraph(text, _LABELS, _LABELS)
    lines = [f"{label:<{_LABELS}}{first.lstrip()}", *others]
    return [line.replace(_TIE, " ") for line in lines]


def _words(schema: Schema, group: Group) -> Iterator[str]:
    """The words of a group; what lives inside a collection stands behind it in brackets."""
    yield from (name for name, verb in VERBS.items() if verb.group == group)
    for name in schema.root:
        if schema[name].group == group:
            inner = dict.fromkeys(each.name for each in _inside(schema, schema[name]))
            yield f"{name} ({' '.join(inner)})" if inner else name
    yield from (name for name, command in declarations().items() if command.group == group)
    yield from ("as",) if AS.group == group else ()


def _inside(schema: Schema, collection: Collection) -> Iterator[Collection]:
    for child in schema.children(collection):
        yield child
        yield from _inside(schema, child)


def title(collection: Collection) -> str:
    """A collection's path as it is said."""
    return collection.path.replace(".", " ")


# -- lists -------------------------------------------------------------------------------


def _verbs(schema: Schema) -> str:
    """what can be done with objects"""
    return "\n".join(entries((name, verb.help) for name, verb in VERBS.items()))


def _collections(schema: Schema) -> str:
    """the kinds of objects, with what lives inside them"""
    return "\n".join(line for name in schema.root for line in _tree(schema, schema[name], 0))


def _tree(schema: Schema, collection: Collection, depth: int) -> Iterator[str]:
    name = "  " * depth + collection.name
    yield from entries([(name, collection.help)])
    for child in schema.children(collection):
        yield from _tree(schema, child, depth + 1)


def _commands(schema: Schema) -> str:
    """what is no verb: traffic, captures, and the session itself"""
    listed = [(each.title, each.help) for each in declarations().values()]
    listed.insert(-1, ("COMMAND as FORM", AS.help))
    return "\n".join(entries(listed))


def _ideas(schema: Schema) -> str:
    """what is behind the words: names, filters, points, reasons; and common tasks"""
    listed = (*TOPICS.items(), *TASKS.items())
    return "\n".join(entries((name, topic.help) for name, topic in listed))


LISTS: dict[str, Callable[[Schema], str]] = {
    "verbs": _verbs,
    "collections": _collections,
    "commands": _commands,
    "ideas": _ideas,
}
