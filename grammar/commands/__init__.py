"""The commands other than the verbs, a file each: `commands/ping.py` declares `PING`.

A command's module is imported when its word is met, so that a line pays for no other command.
All are found where help, completion or an error lists them. Nothing else lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module

import pyparsing as pp

from grammar.command import Declaration
from grammar.elements import Element, Rejected, Result
from grammar.groups import GROUPS
from grammar.words import WORD


@lru_cache(maxsize=256)  # most of all for words that are no command: the file system is asked
def declared(name: str) -> Declaration | None:
    """The command of that name, if there is one."""
    if not (name.isascii() and name.isalpha()):
        return None
    module = f"{__name__}.{name}"
    try:
        declaration: Declaration = getattr(import_module(module), name.upper())
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return declaration


@cache
def declarations() -> Mapping[str, Declaration]:
    """All commands by name: those that begin a line first, in the order in which help has them."""
    from pkgutil import iter_modules  # most lines look for no command but their own

    found = filter(None, (declared(module.name) for module in iter_modules(__path__)))
    return {each.name: each for each in sorted(found, key=_order)}


def _order(declaration: Declaration) -> tuple[bool, int, int, str]:
    group = list(GROUPS).index(declaration.group)
    return not declaration.begins_line, group, declaration.rank, declaration.name


def commands_behind(word: str) -> Iterator[Declaration]:
    """The commands that may stand behind a verb, or an object of a collection."""
    return (each for each in declarations().values() if word in each.behind)


def meant(word: str) -> Declaration | None:
    """The command that another word stands for, if there is one."""
    return _synonyms().get(word)


@cache
def _synonyms() -> Mapping[str, Declaration]:
    return {word: each for each in declarations().values() for word in each.synonyms}


class CommandWord(Element):
    """Reads the word of a command, and goes on with what may follow it there.

    `reading` tells what that is, None where the command cannot be said; `find` finds a command
    by its word.
    """

    def __init__(
        self,
        reading: Callable[[Declaration], pp.ParserElement | None],
        find: Callable[[str], Declaration | None],
    ) -> None:
        super().__init__("command")
        self._reading = reading
        self._find = find
        self._followers: dict[str, pp.ParserElement] = {}

    def may_begin(self, word: str) -> bool:
        return self._follower(word) is not None

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        word = WORD.match(line, loc)
        follower = self._follower(word[0]) if word else None
        if word is None or follower is None:
            raise Rejected(line, loc, self)
        end, tokens = follower._parse(line, word.end(), do_actions)
        return end, tokens

    def _follower(self, word: str) -> pp.ParserElement | None:
        follower = self._followers.get(word)
        declaration = None if follower else self._find(word)
        if declaration is not None and (follower := self._reading(declaration)):
            self._followers[word] = follower
        return follower
