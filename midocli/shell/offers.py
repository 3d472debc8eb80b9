"""What may stand at the cursor: words of the language, and what there is in the topology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import grammar
from grammar.as_form import EXPECTED_AS
from grammar.claims import BECAUSE, HAS, IS
from grammar.expectation import Expectation
from grammar.language import synonyms
from grammar.pipe import EXPECTED_BAR
from grammar.values import Flag, ListOf
from midocli.context.context import Context
from midocli.shell.cursor import AtCursor
from midocli.shell.file_names import files
from midocli.shell.names import MOST, Names
from midocli.shell.ranking import meant, ranked
from midocli.shell.words import POINT_WORDS, Candidate, help_words, inner_words

_INNER = ("filter", "flags")
#: What is no object of the topology.
_ELSEWHERE = ("file", "help", "flags", "change")
#: So many changes of a log are offered.
_MOST_CHANGES = 50


class Slot(NamedTuple):
    """One thing that is expected, and what was typed of it: behind `head` the part `typed`.

    The head of a comma list are its other items, of a filter the words before the last.
    """

    expected: Expectation
    head: str
    typed: str


class Offers:
    """What may be typed, of the language and of a topology."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names = Names(context)

    def at(self, word: AtCursor, most: int = MOST) -> list[Candidate]:
        """The words that may stand at the cursor; of each kind of object so many names at most.

        What begins like the word there: words of the language, then what exists, then fields. Where
        nothing does, what was probably meant (`rotuer` for `router`), and then what has its
        letters in their order (`rtr`), the closest first.
        """
        slots = _slots(word)
        begun = _whole_words(
            (each, candidate)
            for each in slots
            for candidate in self._beginning(each, word.before, most)
        )
        return begun or _whole_words(self._near(slots, word.before))

    def begins(self, word: AtCursor) -> bool:
        """Whether there is anything that begins like the word at the cursor."""
        most = 1 + word.typed.count(",")
        pairs = (
            (each, candidate)
            for each in _slots(word)
            for candidate in self._beginning(each, word.before, most)
        )
        return bool(_whole_words(islice(pairs, most)))

    def _beginning(self, slot: Slot, before: str, most: int) -> Iterator[Candidate]:
        expected, _, typed = slot
        for each in _fixed(slot):
            if each.text.startswith(typed):
                yield each
        if _names_objects(slot):
            target = _target(slot)
            yield from self._names.beginning(target, before, typed, most)
        elif expected.target == "file":
            yield from (each for each in files(typed) if each.text.startswith(typed))
        elif expected.target == "change":
            yield from (each for each in self._changes() if each.text.startswith(typed))

    def _changes(self) -> Iterator[Candidate]:
        """The changes that a store's log has, the last first."""
        kept = self._context.kept
        for each in reversed(kept.log.listed(_MOST_CHANGES) if kept is not None else ()):
            yield Candidate(str(each.number), each.summary)

    def _near(self, slots: list[Slot], before: str) -> Iterator[tuple[Slot, Candidate]]:
        """What was meant, then what has the letters; nothing where no letters have been typed."""
        slots = [each for each in slots if each.typed]
        fixed = [(each, candidate) for each in slots for candidate in _fixed(each)]
        typed = slots[0].typed if slots else ""
        yield from meant(typed, fixed, lambda pair: pair[1].text)
        named = [
            (each, candidate)
            for each in slots
            if _names_objects(each)
            for candidate in self._names.near(_target(each), before, each.typed)
        ]
        yield from ranked(typed, [*fixed, *named], lambda pair: pair[1].text)
        for each in slots:
            name = each.typed.rpartition("/")[2]
            if each.expected.target == "file" and name:
                found = ranked(name, files(each.typed), lambda file: file.shown)
                yield from ((each, file) for file in found)


def _slots(word: AtCursor) -> list[Slot]:
    """All that is expected at the cursor, in the order in which it is offered."""
    expected = grammar.expected(word.before, len(word.before))
    return [_slot(each, word.typed) for each in sorted(expected, key=_order)]


def _slot(expected: Expectation, typed: str) -> Slot:
    """What was typed of the last item of a list, of a filter's last word, or behind a `!`."""
    if expected.target in _INNER:
        head, last, _ = inner_words(expected.target, typed)
        return Slot(expected, head, last)
    if isinstance(expected.type, ListOf) or expected.target in POINT_WORDS:
        head, comma, last = typed.rpartition(",")
        if comma:
            return Slot(expected, head + comma, last)
    if expected.invertible and typed.startswith("!"):
        return Slot(expected, "!", typed[1:])
    return Slot(expected, "", typed)


def _order(expected: Expectation) -> int:
    """Values first, then words, objects and fields; what ends a line is last, above all `as`."""
    if expected == EXPECTED_AS:
        return 5
    if expected in (BECAUSE, IS, HAS, EXPECTED_BAR):
        return 4
    if expected.kind in ("value", "field"):
        return 3 if expected.kind == "field" else 0
    return 1 if expected.text else 2


def _names_objects(slot: Slot) -> bool:
    """Whether what is expected is found in the topology."""
    expected = slot.expected
    if (
        expected.text
        or not expected.target
        or expected.target in ("file", "help", "flags", "change")
    ):
        return False
    return expected.target != "filter" or not inner_words("filter", slot.head)[2]


def _target(slot: Slot) -> str:
    return "address" if slot.expected.target == "filter" else slot.expected.target


def _fixed(slot: Slot) -> Iterator[Candidate]:
    """The words that are known without a store."""
    expected = slot.expected
    if expected.kind == "field":
        yield Candidate(expected.text, describe_field(expected))
    elif expected.target in _INNER:
        words = inner_words(expected.target, slot.head + slot.typed)[2]
        yield from (Candidate(*pair) for pair in words.items())
    elif expected.target in POINT_WORDS:
        words = {} if slot.head else POINT_WORDS[expected.target]
        yield from (Candidate(*pair) for pair in words.items())
    elif expected.target == "help":
        yield from (Candidate(*pair) for pair in help_words().items())
    elif not expected.target:
        yield from (Candidate(word, expected.help) for word in expected.words)
        others = synonyms(expected.text) if slot.typed else ()
        yield from (Candidate(word, expected.help) for word in others)


def describe_field(field: Expectation) -> str:
    """What a field is for, what it takes, and what it is if not given."""
    notes = ["required"] if field.required else []
    if field.type is not None and not isinstance(field.type, Flag):
        notes.append(field.type.expected)
    if field.default:
        notes.append(f"{field.default} if not given")
    return f"{field.help} ({'; '.join(notes)})" if notes else field.help


def _whole_words(pairs: Iterable[tuple[Slot, Candidate]]) -> list[Candidate]:
    """Candidates as the whole words that they make, each once; no item of a list again."""
    found: dict[str, Candidate] = {}
    for slot, candidate in pairs:
        text, head = candidate.text, slot.head
        if head:
            candidate = candidate._replace(text=head + text, shown=candidate.shown or text)
        if slot.expected.target in _INNER:
            candidate = candidate._replace(more=True, quote='"')
        if text not in head.removeprefix("!").split(","):
            found.setdefault(candidate.text, candidate)
    return list(found.values())
