"""The verbs, and how the tokens of a line about objects become its tree."""

from __future__ import annotations

from typing import Any, NamedTuple

from grammar.expectation import Expectation
from grammar.groups import Group
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
    """A verb: what `help` says of it, its synonyms, and its shortest prefix that will do.

    The examples work in the network of `demo`; a comment behind one says what it is for.
    """

    help: str
    group: Group
    usage: tuple[str, ...]
    examples: tuple[str, ...]
    see: tuple[str, ...] = ()
    shortest: int | None = None
    synonyms: tuple[str, ...] = ()


VERBS = {
    "list": Verb(
        "shows the objects of a collection, or those whose fields have the values given",
        "looking",
        (
            "list [PATH] COLLECTION [FIELD [not|contains|in] VALUE]... [columns FIELD,...]",
            "[PATH] COLLECTION list [FIELD [not|contains|in] VALUE]... [columns FIELD,...]",
        ),
        (
            "router list",
            "router router0 port list as table  # in columns",
            "chain chain21 rule list type accept  # only rules that accept",
            "host list alive not true columns name,alive",
            "router router0 route list dst in 192.168.0.0/16 as table",
            "list host host0 binding  # the verb may stand first",
        ),
        see=("show", "filters", "as"),
        shortest=1,
    ),
    "show": Verb(
        "shows one object, or one of its fields",
        "looking",
        ("show PATH [FIELD]", "PATH show [FIELD]", "PATH FIELD show", "show topology"),
        (
            "router router0 show",
            "router tr show infilter  # one field; tr is the router's name",
            "router0:port0 show address",
            "show topology  # a picture of the whole network",
        ),
        see=("list", "aliases", "topology"),
        shortest=1,
    ),
    "create": Verb(
        "makes an object; add is the same word",
        "changing",
        (
            "create [PATH] COLLECTION [FIELD VALUE]...",
            "[PATH] create COLLECTION [FIELD VALUE]...",
            "[PATH] COLLECTION create [FIELD VALUE]...",
        ),
        (
            "router create name edge  # prints the new router's alias",
            "bridge bridge0 add port  # an object inside another",
            "chain chain0 add rule src 10.0.0.0/8 type drop",
        ),
        see=("delete", "undo", "aliases"),
        synonyms=("add",),
    ),
    "set": Verb(
        "gives fields of an object new values",
        "changing",
        ("set PATH FIELD VALUE [FIELD VALUE]...", "PATH set FIELD VALUE [FIELD VALUE]..."),
        (
            "router router0 set name edge state down",
            "bridge test set infilter chain3  # test is the bridge's name",
            "chain0:rule1 set pos 1  # moves a rule to the front",
        ),
        see=("clear", "describe", "undo"),
    ),
    "clear": Verb(
        "takes the values of fields away",
        "changing",
        ("clear PATH FIELD [FIELD]...", "PATH clear FIELD [FIELD]..."),
        (
            "router router0 clear infilter outfilter",
            "bridge0:port10 clear outfilter  # no filter on that port any more",
        ),
        see=("set", "undo"),
    ),
    "describe": Verb(
        "shows what an object or a collection consists of",
        "looking",
        ("describe [PATH] [COLLECTION]", "PATH describe [COLLECTION]"),
        (
            "describe chain",
            "router router0 describe route  # what a route consists of",
            "describe  # all collections at the root",
        ),
        see=("help", "show"),
        shortest=4,
    ),
    "delete": Verb(
        "deletes an object and all it holds",
        "changing",
        ("delete PATH", "PATH delete", "PATH delete COLLECTION NAME"),
        (
            "chain0:rule1 delete",
            "host host0 binding interface veth0 delete  # picked by a field: it has no alias",
            "delete bridge test  # with its ports, and what is bound to them",
        ),
        see=("create", "undo"),
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


def expectation(verb: str) -> Expectation:
    """A verb that may come, with what it does."""
    return Expectation("verb", verb, VERBS[verb].help)


class VerbWord(NamedTuple):
    """The verb as a token of the line."""

    verb: str
    column: int


def said(verb: str, column: int) -> tuple[VerbWord]:
    """The tokens of a verb."""
    return (VerbWord(verb, column),)


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
        filters = tuple(each for each in settings if each.field.name != "columns")
        columns = [each.value for each in settings if each.field.name == "columns"]
        return List(path, target, filters, columns[-1] if columns else ())
    if verb == "describe":
        return Describe(path, target)
    if verb == "set":
        return Set(path, settings)
    if verb == "clear":
        return Clear(path, names)
    if verb == "delete":
        return Delete(path)
    return Show(path, names[0] if names else None)
