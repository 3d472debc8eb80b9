"""The terminals and combinators that the grammar is composed of, for pyparsing.

Three elements carry the language:
`Switch` reads a word and goes on with what its table names for that word, `Name`
takes any word, and `Pairs` reads `field value` pairs. They look words up instead
of trying alternatives in turn, which makes parsing several times faster than
Keyword alternatives, and they can say what they would have accepted, which is
what completion and error messages are made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pyparsing as pp

from grammar.errors import MidoError
from grammar.expectation import END, Expectation
from grammar.words import TRAILING, WORD, unquote

Tokens = Any
Result = tuple[int, Tokens]


class Rejected(pp.ParseException):
    """A position at which an element could not go on.

    `error` is set where the element knows better than "unexpected word" what is
    wrong.
    """

    def __init__(
        self, line: str, loc: int, element: pp.ParserElement, error: MidoError | None = None
    ) -> None:
        super().__init__(line, loc, "unexpected word", element)
        self.error = error


def _tells(failure: pp.ParseException) -> tuple[bool, int]:
    """How much a failure says: a wrong value more than a missing word, then the furthest."""
    return isinstance(failure, Rejected) and failure.error is not None, failure.loc


class Question(str):
    """A line that asks what may stand at a position of it, `at`.

    It is parsed like any line, and the elements that look for a word there add to `found`
    what they would accept. Nothing is noted in the elements: whoever parses at the same
    time, in another thread, notices nothing of it.
    """

    __slots__ = ("at", "found")
    at: int
    found: list[Expectation]

    def __new__(cls, line: str, at: int) -> Question:
        question = super().__new__(cls, line)
        question.at = at
        question.found = []
        return question


class Element(pp.ParserElement):
    """An element that can say what it would accept.

    Parsing changes nothing in it, but for parts that are made when first needed, and these are
    alike whoever makes them: one grammar serves all threads.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.set_name(name)

    def _generateDefaultName(self) -> str:
        return type(self).__name__

    def expectations(self) -> Sequence[Expectation]:
        """What may stand where this element looks for a word; nothing if others look for it."""
        return ()

    def may_begin(self, word: str) -> bool:
        """Whether it is worth trying where this word stands."""
        return True

    def answer(self, question: Question, loc: int) -> None:
        """Say what may stand here, if that is the question."""
        if loc == question.at:
            question.found.extend(self.expectations())


class Later:
    """Stands for an element that is made when it is first used: most lines use few."""

    __slots__ = ("_element", "_make")

    def __init__(self, make: Callable[[], pp.ParserElement]) -> None:
        self._make = make
        self._element: pp.ParserElement | None = None

    def _parse(self, line: str, loc: int, do_actions: bool = True) -> Result:
        if self._element is None:
            self._element = self._make()
        end, tokens = self._element._parse(line, loc, do_actions)
        return end, tokens


Entry = tuple[Callable[[int], Sequence[Tokens]], pp.ParserElement | Later]
Table = Mapping[str, Entry]


class Switch(Element):
    """Reads one word and goes on with the elements its table has for it.

    `table` maps a word to a function from its column to the tokens it
    contributes, and to the element that follows; `otherwise` are elements tried,
    in order, when the word is not in the table or what follows it does not fit
    (they read the word themselves).
    With `ends` the line may also end here. `table` and `otherwise` come from
    `build`, called when the element is first used: most lines use few elements.
    """

    def __init__(
        self,
        name: str,
        build: Callable[[], tuple[Table, Sequence[Element]]],
        expect: Callable[[], Sequence[Expectation]],
        ends: bool = False,
        refuses_end: bool = False,
    ) -> None:
        super().__init__(name)
        self._build = build
        self._built = False
        self._table: Table = {}
        self._otherwise: Sequence[Element] = ()
        self._expect = expect
        self._ends = ends
        #: Whether it is no start of a command, but a mistake, to end the line here.
        self.refuses_end = refuses_end

    def expectations(self) -> Sequence[Expectation]:
        return [*self._expect(), *[END] * self._ends]

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        if not self._built:
            self._table, self._otherwise = self._build()
            self._built = True
        if type(line) is Question:
            self.answer(line, loc)
        word = WORD.match(line, loc)
        if word is None and self._ends and TRAILING.match(line, loc):
            if type(line) is Question:
                self._let_others_answer(line, loc)
            return loc, []
        entry = self._table.get(word[0]) if word else None
        return self._follow(line, loc, word, entry, do_actions)

    def _follow(
        self, line: str, loc: int, word: re.Match[str] | None, entry: Entry | None, do_actions: bool
    ) -> Result:
        """Try the table's element, then the others; the furthest failure tells."""
        furthest: pp.ParseException | None = None
        if word is not None and entry is not None:
            make, follower = entry
            try:
                end, tokens = follower._parse(line, word.end(), do_actions)
                return end, [*make(loc + 1), *tokens]
            except pp.ParseException as failure:
                if type(line) is Question:
                    raise  # a word of the table is not offered as a name as well
                furthest = failure
        for element in self._otherwise:
            if word is not None and not element.may_begin(word[0]):
                continue
            try:
                end, tokens = element._parse(line, loc, do_actions)
                return end, tokens
            except pp.ParseException as failure:
                if furthest is None or _tells(failure) > _tells(furthest):
                    furthest = failure
        if furthest is None or (word is None and self.refuses_end):
            raise Rejected(line, loc, self)
        raise furthest

    def _let_others_answer(self, line: str, loc: int) -> None:
        """Where the line may end, let the other elements tell what else might come."""
        for element in self._otherwise:
            with suppress(pp.ParseException):
                element._parse(line, loc)


class Made(Element):
    """Reads what an element reads, and makes one token of its tokens and column.

    With `follow` others read on behind it; with `first_words` it is only worth trying where one
    of these stands. (A parse action of pyparsing's finds out how to be called while it is
    called, which two threads must not do at once.)
    """

    def __init__(
        self,
        element: pp.ParserElement | Later,
        make: Callable[[list[Tokens], int], Tokens],
        follow: pp.ParserElement | None = None,
        first_words: Collection[str] | None = None,
    ) -> None:
        super().__init__("what something is made of")
        self._element = element
        self._make = make
        self._follow = follow
        self._first_words = first_words

    def may_begin(self, word: str) -> bool:
        return self._first_words is None or word in self._first_words

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        end, tokens = self._element._parse(line, loc, do_actions)
        made = self._make(list(tokens), loc + 1)
        if self._follow is None:
            return end, [made]
        end, others = self._follow._parse(line, end, do_actions)
        return end, [made, *others]


class Unoffered(Element):
    """Reads what an element reads, but names nothing: what is refused with a good reason."""

    def __init__(self, element: pp.ParserElement | Later) -> None:
        super().__init__("what is refused")
        self._element = element

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        if type(line) is Question:
            line = str(line)  # it is not asked
        end, tokens = self._element._parse(line, loc, do_actions)
        return end, tokens


class Name(Element):
    """Takes one word of any form; `make` turns it and its column into a token.

    `make` may refuse a word by returning None. `follow` gives the element that
    reads on, which may depend on the word.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[str, int], Tokens | None],
        follow: Callable[[Tokens], pp.ParserElement | None],
        expect: Callable[[], Sequence[Expectation]],
    ) -> None:
        super().__init__(name)
        self._make = make
        self._follow = follow
        self._expect = expect

    def expectations(self) -> Sequence[Expectation]:
        return self._expect()

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        if type(line) is Question:
            self.answer(line, loc)
        word = WORD.match(line, loc)
        token = None if word is None else self._make(unquote(word[0]), loc + 1)
        if word is None or token is None:
            raise Rejected(line, loc, self)
        follower = self._follow(token)
        if follower is None:
            return word.end(), [token]
        end, tokens = follower._parse(line, word.end(), do_actions)
        return end, [token, *tokens]


class End(Element):
    """The end of the line, or a comment."""

    def expectations(self) -> Sequence[Expectation]:
        return (END,)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        if type(line) is Question:
            self.answer(line, loc)
        end = TRAILING.match(line, loc)
        if end is None:
            raise Rejected(line, loc, self)
        return end.end(), []


class Rest(Element):
    """All words that are left, unquoted, as one token; none is fine too.

    `first` are words that the first of them may be.
    """

    def __init__(
        self, name: str, *expected: Expectation, first: Sequence[Expectation] = ()
    ) -> None:
        super().__init__(name)
        self._expected = expected
        self._first = first

    def expectations(self) -> Sequence[Expectation]:
        return (*self._expected, END)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        words = []
        while word := WORD.match(line, at := self.preParse(line, loc)):
            words.append(unquote(word[0]))
            loc = word.end()
        if type(line) is Question and at == line.at:
            line.found += () if words else self._first
            self.answer(line, at)
        return loc, [tuple(words)]
