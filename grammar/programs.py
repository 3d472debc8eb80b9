"""A guest's own programs, as if typed on that machine: `guest guest0 ip addr`."""

from __future__ import annotations

from functools import partial

from grammar.command import OnGuest, build, nothing
from grammar.elements import Entry, Rest, Tokens
from grammar.expectation import Expectation
from grammar.schema import Collection
from grammar.tree import Command, Path, written_path
from grammar.words import quoted

#: What each shows, by the first word behind it.
_PROGRAMS = {
    "ip": {"addr": "its devices and addresses", "route": "its routes", "neigh": "its ARP cache"},
    "brctl": {"show": "its bridge and the ports of it"},
}


class Program(Command):
    """A program and its arguments, run on a guest."""

    word = "program"
    shows_objects = False
    path: Path
    words: tuple[str, ...]

    def written(self) -> list[str]:
        return [*written_path(self.path), *map(quoted, self.words)]


def entries(collection: Collection) -> dict[str, Entry]:
    """The programs that may stand behind an object of a collection."""
    if collection.path != "guest":
        return {}
    return {
        name: (nothing, build(Rest("words", first=_first(words)), partial(_run, name)))
        for name, words in _PROGRAMS.items()
    }


def _run(name: str, tokens: list[Tokens]) -> OnGuest:
    return OnGuest(lambda path: Program(path, (name, *tokens[0])))


def _first(words: dict[str, str]) -> list[Expectation]:
    return [Expectation("verb", word, help) for word, help in words.items()]
