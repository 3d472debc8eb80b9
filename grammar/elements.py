"""The terminals and combinators that the grammar is composed of, for pyparsing.

A word is what a POSIX shell takes for one. Three elements carry the language:
`Switch` reads a word and goes on with what its table names for that word, `Name`
takes any word, and `Pairs` reads `field value` pairs. They look words up instead
of trying alternatives in turn, which makes parsing several times faster than
Keyword alternatives, and they can say what they would have accepted, which is
what completion and error messages are made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyparsing as pp

from grammar.errors import (
    IncompleteError,
    InvalidValueError,
    MidoError,
    NotClearableError,
    ReadOnlyError,
)
from grammar.expectation import Expectation
from grammar.schema import Collection, Field
from grammar.tree import FieldName, Setting
from grammar.values import Flag, Negated

_BLANK = r"[ \t\r\n]"
WORD_PATTERN = (
    r"""(?:[^ \t\r\n'"\\]++|\\.|'[^']*+'|"(?:[^"\\]|\\.)*+")++"""  # as shlex splits
)
WORD = re.compile(f"(?!#){WORD_PATTERN}", re.DOTALL)
_PAIR = re.compile(
    f"{_BLANK}*+((?!#){WORD_PATTERN})(?:{_BLANK}++((?!#){WORD_PATTERN}))?", re.DOTALL
)
_TRAILING = re.compile(rf"{_BLANK}*+(?:#.*)?\Z", re.DOTALL)
WHOLE_LINE = re.compile(
    rf"(?:{_BLANK}++|(?!#){WORD_PATTERN}(?={_BLANK}|\Z))*+(?:#.*)?", re.DOTALL
)

Tokens = Any
Result = tuple[int, Tokens]


def unquote(word: str) -> str:
    """What a word means once its quotes and backslashes have done their work."""
    if "'" in word or '"' in word or "\\" in word:
        import shlex

        return "".join(shlex.split(word))
    return word


class Rejected(pp.ParseException):  # type: ignore[misc]
    """A position at which an element could not go on.

    `error` is set where the element knows better than "unexpected word" what is
    wrong.
    """

    def __init__(
        self, line: str, loc: int, element: pp.ParserElement, error: MidoError | None = None
    ) -> None:
        super().__init__(line, loc, "unexpected word", element)
        self.error = error


class Probe:
    """Collects what the elements that look at one position would accept there.

    The grammar's elements share one probe. It is idle (`at` is -1) unless someone
    asks what may stand at a position.
    """

    def __init__(self) -> None:
        self.at = -1
        self.found: list[Expectation] = []


class Element(pp.ParserElement):  # type: ignore[misc]
    """An element that can say what it would accept."""

    def __init__(self, probe: Probe, name: str) -> None:
        super().__init__()
        self.probe = probe
        self.set_name(name)

    def _generateDefaultName(self) -> str:
        return type(self).__name__

    def expectations(self) -> Sequence[Expectation]:
        """What may stand where this element looks for a word."""
        raise NotImplementedError

    def note(self, loc: int) -> None:
        """Tell the probe, if it asks about this position."""
        if loc == self.probe.at:
            self.probe.found.extend(self.expectations())


Entry = tuple[Callable[[int], Sequence[Tokens]], pp.ParserElement]
Table = Mapping[str, Entry]


class Switch(Element):
    """Reads one word and goes on with the elements its table has for it.

    `table` maps a word to a function from its column to the tokens it
    contributes, and to the element that follows; `otherwise` are elements tried, in order, when the word is not in
    the table or what follows it does not fit (they read the word themselves).
    With `ends` the line may also end here. `table` and `otherwise` come from
    `build`, called when the element is first used: most lines use few elements.
    """

    def __init__(
        self,
        probe: Probe,
        name: str,
        build: Callable[[], tuple[Table, Sequence[pp.ParserElement]]],
        expect: Callable[[], Sequence[Expectation]],
        ends: bool = False,
    ) -> None:
        super().__init__(probe, name)
        self._build = build
        self._built = False
        self._table: Table = {}
        self._otherwise: Sequence[pp.ParserElement] = ()
        self._expect = expect
        self._ends = ends

    def expectations(self) -> Sequence[Expectation]:
        return self._expect()

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        if not self._built:
            self._table, self._otherwise = self._build()
            self._built = True
        if self.probe.at >= 0:
            self.note(loc)
        word = WORD.match(line, loc)
        if word is None and self._ends and _TRAILING.match(line, loc):
            return loc, []
        entry = self._table.get(word[0]) if word else None
        return self._follow(line, loc, word, entry, do_actions)

    def _follow(
        self,
        line: str,
        loc: int,
        word: re.Match[str] | None,
        entry: Entry | None,
        do_actions: bool,
    ) -> Result:
        """Try the table's element, then the others; the furthest failure tells."""
        furthest: pp.ParseException | None = None
        if word is not None and entry is not None:
            make, follower = entry
            try:
                end, tokens = follower._parse(line, word.end(), do_actions)
                return end, [*make(loc + 1), *tokens]
            except pp.ParseException as failure:
                furthest = failure
        for element in self._otherwise:
            try:
                end, tokens = element._parse(line, loc, do_actions)
                return end, tokens
            except pp.ParseException as failure:
                if furthest is None or failure.loc > furthest.loc:
                    furthest = failure
        raise furthest or Rejected(line, loc, self)


class Name(Element):
    """Takes one word of any form; `make` turns it and its column into a token.

    `make` may refuse a word by returning None. `follow` gives the element that
    reads on, which may depend on the word.
    """

    def __init__(
        self,
        probe: Probe,
        name: str,
        make: Callable[[str, int], Tokens | None],
        follow: Callable[[Tokens], pp.ParserElement | None],
        expect: Callable[[], Sequence[Expectation]],
    ) -> None:
        super().__init__(probe, name)
        self._make = make
        self._follow = follow
        self._expect = expect

    def expectations(self) -> Sequence[Expectation]:
        return self._expect()

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        if self.probe.at >= 0:
            self.note(loc)
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
        return (Expectation("end", "", "the end of the line"),)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        if self.probe.at >= 0:
            self.note(loc)
        end = _TRAILING.match(line, loc)
        if end is None:
            raise Rejected(line, loc, self)
        return end.end(), []


class Rest(Element):
    """All words that are left, unquoted, as one token; none is fine too."""

    def expectations(self) -> Sequence[Expectation]:
        return (Expectation("text", "", "any words"),)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        words = []
        while word := WORD.match(line, self.preParse(line, loc)):
            words.append(unquote(word[0]))
            loc = word.end()
        return loc, [tuple(words)]


class Pairs(Element):
    """`field value` pairs of one collection or command.

    `purpose` decides what a field is good for: `filter` takes any field and
    keeps the word for comparison, `create`, `set` and `option` read the value
    and take only fields that can be given. Reads at least `least` pairs, and at
    most `most` where that is given; the line must end behind them if `closes`,
    otherwise they stop before a word that is no field. `lead` makes a token that
    stands before the pairs.
    """

    def __init__(
        self,
        probe: Probe,
        name: str,
        fields: Sequence[Field],
        purpose: str,
        least: int = 0,
        most: int | None = None,
        closes: bool = True,
        lead: Callable[[int], Tokens] | None = None,
    ) -> None:
        super().__init__(probe, name)
        self._fields = {field.name: field for field in fields}
        self._purpose = purpose
        self._least = least
        self._most = most
        self._closes = closes
        self._lead = lead

    def expectations(self) -> Sequence[Expectation]:
        return [Expectation.of_field(field) for field in self._usable()]

    def _usable(self) -> list[Field]:
        fields = self._fields.values()
        if self._purpose == "set":
            return [f for f in fields if not f.read_only and not f.fixed]
        if self._purpose == "create":
            return [f for f in fields if not f.read_only]
        return list(fields)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        tokens: list[Tokens] = [] if self._lead is None else [self._lead(loc + 1)]
        least, most = len(tokens) + self._least, self._most
        while most is None or len(tokens) < most:
            pair = _PAIR.match(line, loc)
            if self.probe.at >= 0:
                self.note(pair.start(1) if pair else self.preParse(line, loc))
            if pair is None:
                break
            field = self._fields.get(pair[1])
            if field is None:
                break
            setting, loc = self._setting(line, pair, field)
            tokens.append(setting)
        if len(tokens) < least or (self._closes and not _TRAILING.match(line, loc)):
            raise Rejected(line, self.preParse(line, loc), self)
        return loc, tokens

    def _setting(self, line: str, pair: re.Match[str], field: Field) -> tuple[Setting, int]:
        """The value of one field; Rejected at the word that is wrong."""
        if self._purpose in ("create", "set") and (
            field.read_only or (field.fixed and self._purpose == "set")
        ):
            start = pair.start(1)
            error = ReadOnlyError(f"{field.name} is a read-only field", start + 1)
            raise Rejected(line, start, self, error)
        if type(field.type) is Flag:
            return Setting(field, True, pair.start(1) + 1, ""), pair.end(1)
        if pair[2] is None:
            end = self.preParse(line, pair.end(1))
            if end == self.probe.at:
                self.probe.found[:] = [Expectation.of_value(field)]
            incomplete = IncompleteError(
                f"{field.name} needs a value: {field.type.expected}", end + 1
            )
            raise Rejected(line, end, self, incomplete)
        start, end = pair.span(2)
        word = unquote(pair[2])
        if self._purpose == "filter":
            return Setting(field, word, start + 1, word), end
        if field.reference is not None:
            word, end = self._spelled_out(line, field, word, end)
        return Setting(field, self._value(line, field, word, start), start + 1, word), end

    def _value(self, line: str, field: Field, word: str, start: int) -> Any:
        try:
            if word[:1] == "!" and field.invertible:
                return Negated(field.type.parse(word[1:]))
            return field.type.parse(word)
        except ValueError as reason:
            error = InvalidValueError(
                f"invalid value {shorten(word)} for {field.name}: {reason}; "
                f"expected {field.type.expected}",
                start + 1,
                (field.type.expected,),
            )
            raise Rejected(line, start, self, error) from None

    def _spelled_out(self, line: str, field: Field, word: str, end: int) -> tuple[str, int]:
        """A reference spelled as a path (`router router0 port port0`) as its alias."""
        steps = _PATHS.get(field.reference.target if field.reference else "", {}).get(word)
        if steps is None:
            return word, end
        found = steps.match(line, end)
        if found is None or found[1] in self._fields:
            return word, end
        return ":".join(unquote(part) for part in found.groups()), found.end()


def _steps(*words: str) -> re.Pattern[str]:
    """`NAME word NAME …` after a path's first collection."""
    pattern = f"{_BLANK}++({WORD_PATTERN})"
    for word in words:
        pattern += f"{_BLANK}++{word}{_BLANK}++({WORD_PATTERN})"
    return re.compile(pattern, re.DOTALL)


# How a value that refers to an object may be spelled: first word -> what follows.
_PATHS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "port": {"router": _steps("port"), "bridge": _steps("port"), "port": _steps()},
    "interface": {"host": _steps("(?:interface|iface)")},
    **{
        name: {name: _steps()}
        for name in ("router", "bridge", "chain", "host", "port-group", "ip-address-group")
    },
}


class FieldNames(Element):
    """Names of fields without values, for `clear` and `show`."""

    def __init__(
        self, probe: Probe, name: str, collection: Collection, clearing: bool
    ) -> None:
        super().__init__(probe, name)
        self._collection = collection
        self._clearing = clearing

    def expectations(self) -> Sequence[Expectation]:
        return [
            Expectation("field", field.name, field.help)
            for field in self._collection.fields
            if field.clearable or not self._clearing
        ]

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:  # noqa: N802
        names: list[FieldName] = []
        while self._clearing or not names:
            loc = self.preParse(line, loc)
            if self.probe.at >= 0:
                self.note(loc)
            word = WORD.match(line, loc)
            field = self._collection.by_name.get(word[0]) if word else None
            if word is None or field is None:
                break
            if self._clearing and not field.clearable:
                error = NotClearableError(f"{field.name} cannot be cleared", loc + 1)
                raise Rejected(line, loc, self, error)
            names.append(FieldName(field, loc + 1))
            loc = word.end()
        if not names:
            raise Rejected(line, loc, self)
        return loc, names


def shorten(word: str, limit: int = 40) -> str:
    """A word as it is quoted in a message: printable, and not a page long."""
    text = word if len(word) <= limit else word[: limit - 1] + "…"
    return repr(text)
