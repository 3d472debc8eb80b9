"""The verbs, and how the tokens of a line about objects become its tree."""

from __future__ import annotations

from typing import Any, NamedTuple

from grammar.tree import (
    Clear,
    Command,
    Create,
    Delete,
    Describe,
    FieldName,
    List,
    Path,
    Selector,
    Set,
    Setting,
    Show,
    Target,
)


class Verb(NamedTuple):
    """A verb: its words, the shortest prefix that stands for it, and its help."""

    help: str
    usage: tuple[str, ...]
    example: str
    shortest: int | None = None
    synonyms: tuple[str, ...] = ()


VERBS = {
    "list": Verb(
        "shows the objects of a collection, or those whose fields have the values given",
        ("list [PATH] COLLECTION [FIELD VALUE]...", "[PATH] COLLECTION list [FIELD VALUE]..."),
        "router list name edge",
        shortest=1,
    ),
    "show": Verb(
        "shows one object, or one of its fields",
        ("show PATH [FIELD]", "PATH show [FIELD]", "PATH FIELD show", "show topology"),
        "router router0 show name",
        shortest=1,
    ),
    "create": Verb(
        "makes an object; add is the same word",
        (
            "create [PATH] COLLECTION [FIELD VALUE]...",
            "[PATH] create COLLECTION [FIELD VALUE]...",
            "[PATH] COLLECTION create [FIELD VALUE]...",
        ),
        "router create name edge",
        synonyms=("add",),
    ),
    "set": Verb(
        "gives fields of an object new values",
        ("set PATH FIELD VALUE [FIELD VALUE]...", "PATH set FIELD VALUE [FIELD VALUE]..."),
        "router router0 set name edge state down",
    ),
    "clear": Verb(
        "takes the values of fields away",
        ("clear PATH FIELD [FIELD]...", "PATH clear FIELD [FIELD]..."),
        "router router0 clear infilter outfilter",
    ),
    "describe": Verb(
        "shows what an object or a collection consists of",
        ("describe [PATH] [COLLECTION]", "PATH describe [COLLECTION]"),
        "describe chain",
        shortest=4,
    ),
    "delete": Verb(
        "deletes an object and all it holds",
        ("delete PATH", "PATH delete", "PATH delete COLLECTION NAME"),
        "router router0 port port0 delete",
        shortest=3,
    ),
}


def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for name, verb in VERBS.items():
        for word in (name, *verb.synonyms):
            words[word] = name
        if verb.shortest:
            words |= {name[:length]: name for length in range(verb.shortest, len(name))}
    return words


VERB_WORDS = _words()


class VerbWord(NamedTuple):
    """The verb as a token of the line."""

    verb: str
    column: int


def assemble(tokens: list[Any]) -> Command:
    """The tree of a line about objects, from its tokens in whatever order."""
    verb = ""
    path: list[Selector] = []
    settings: list[Setting] = []
    names: list[FieldName] = []
    target: Target | None = None
    for token in tokens:
        kind = type(token)
        if kind is Setting:
            settings.append(token)
        elif kind is Selector:
            path.append(token)
        elif kind is Target:
            target = token
        elif kind is FieldName:
            names.append(token)
        else:
            verb = token.verb
    return _command(verb, tuple(path), target, tuple(settings), tuple(names))


def _command(
    verb: str,
    path: Path,
    target: Target | None,
    settings: tuple[Setting, ...],
    names: tuple[FieldName, ...],
) -> Command:
    if verb == "create" and target is not None:
        return Create(path, target, settings)
    if verb == "list" and target is not None:
        return List(path, target, settings)
    if verb == "describe":
        return Describe(path, target)
    if verb == "set":
        return Set(path, settings)
    if verb == "clear":
        return Clear(path, names)
    if verb == "delete":
        return Delete(path)
    return Show(path, names[0] if names else None)
