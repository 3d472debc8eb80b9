"""What commands result in: values, which stay what they are whatever becomes of the topology.

A result is made when its command is carried out, of what there is then. It knows itself how it
is text, a document (for JSON and YAML) and records (for columns and CSV); a kind of result is
one class, here or beside it in `objects.py` and `forms.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Literal

from grammar.errors import MidoError
from grammar.node import Node
from grammar.schema import Field
from midocli.results.errors import error_data

#: What stands in a row of columns: names of fields, and the words they display.
Record = Mapping[str, str]
#: The objects that a result shows, by their ids; None: it shows something else.
Objects = tuple[int, ...] | Literal["everything"] | None


class Result(Node):
    """The outcome of a command that was carried out."""

    @property
    def succeeded(self) -> bool:
        """Whether the command did what it was for, which `expect` asks.

        A probe without an answer is a result that did not succeed.
        """
        return True

    @property
    def failed(self) -> bool:
        """Whether the command did nothing of what it was for, which `expect not` asks."""
        return not self.succeeded

    @property
    def objects(self) -> Objects:
        """The objects it shows, which `as commands` recreates."""
        return None

    def commands(self, form: str) -> tuple[str, tuple[str, ...]] | None:
        """The commands it stands for, of midocli (`mido`) or of midonet-cli (`commands`).

        With them the names of what they leave out; None where they recreate its objects.
        """
        return None

    @property
    def complaint(self) -> MidoError | None:
        """What went wrong beside it."""
        return None

    @property
    def remark(self) -> str:
        """What is to be said about it where no result stands, on the standard error."""
        return ""

    @property
    def beside(self) -> str:
        """Text that stands behind it in every form but a document."""
        return ""

    def __str__(self) -> str:
        """What a script prints."""
        return self.text()

    def at_hand(self) -> Result:
        """The same with all it shows at hand; MidoError where some of it cannot be had."""
        return self

    def text(self) -> str:
        """What is printed; empty where there is nothing to say."""
        raise NotImplementedError

    def pieces(self) -> Iterable[str]:
        """The same, in pieces that need not all be there at once."""
        return (self.text(),)

    def document(self) -> Any:
        """What its JSON and YAML forms hold."""
        raise NotImplementedError

    def records(self) -> Sequence[Record]:
        """The rows of its columns."""
        raise NotImplementedError


class Done(Result):
    """Nothing to say: set, clear, delete and the like."""

    @property
    def objects(self) -> Objects:
        """It shows none, in no commands."""
        return ()

    def text(self) -> str:
        """Nothing."""
        return ""

    def document(self) -> dict[str, bool]:
        """That it went well."""
        return {"ok": True}

    def records(self) -> Sequence[Record]:
        """None."""
        return ()


class Message(Result):
    """Words that are the result themselves."""

    words: str

    def text(self) -> str:
        """The words, on a line of their own."""
        return self.words + "\n" if self.words else ""

    def document(self) -> dict[str, str]:
        """The words as a member."""
        return {"text": self.words}

    def records(self) -> Sequence[Record]:
        """The words as the only cell."""
        return [self.document()] if self.words else []


class Table(Result):
    """Things that are no objects, such as what the network has learnt: fields and values."""

    fields: tuple[Field, ...]
    rows: Sequence[tuple[Any, ...]]

    def choosing(self, names: Sequence[str]) -> Table:
        """The same with some fields only, in the order of their names; all where none is named."""
        if not names:
            return self
        at = {field.name: place for place, field in enumerate(self.fields)}
        places = [at[name] for name in names]
        rows = [tuple(row[place] for place in places) for row in self.rows]
        return Table(tuple(self.fields[place] for place in places), rows)

    def text(self) -> str:
        """A line for each, of the fields that have a value."""
        return "".join(
            " ".join(f"{name} {word}" for name, word in self._words(row) if word is not None) + "\n"
            for row in self.rows
        )

    def document(self) -> list[dict[str, Any]]:
        """A member for each field; None where it has no value."""
        return [
            {
                field.name: None if value is None else field.type.to_json(value)
                for field, value in zip(self.fields, row, strict=True)
            }
            for row in self.rows
        ]

    def records(self) -> Sequence[Record]:
        """A cell for each field."""
        return [{name: word or "" for name, word in self._words(row)} for row in self.rows]

    def _words(self, row: tuple[Any, ...]) -> list[tuple[str, str | None]]:
        return [
            (field.name, None if value is None else field.type.format(value))
            for field, value in zip(self.fields, row, strict=True)
        ]


class Report(Result):
    """What a probe found: the words as its programs print them, and the same as data.

    Where `words` are many they are made piece by piece when they are shown, and `data` may make
    the document when that is asked for: of what was taken when the report was made. A copy, and
    what is pickled, has both as they are. A report that shows the `whole` topology is recreated by
    the commands that make it.
    """

    words: str | Callable[[], Iterable[str]]
    data: Mapping[str, Any] | Callable[[], dict[str, Any]]
    answered: bool = True
    whole: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the probe was answered."""
        return self.answered

    @property
    def objects(self) -> Objects:
        """All there are, or none."""
        return "everything" if self.whole else None

    def text(self) -> str:
        """The words."""
        return "".join(self.pieces())

    def pieces(self) -> Iterable[str]:
        """The words."""
        return (self.words,) if isinstance(self.words, str) else self.words()

    def document(self) -> dict[str, Any]:
        """The data."""
        return self.data() if callable(self.data) else dict(self.data)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "words": self.text(), "data": self.document()}

    def records(self) -> Sequence[Record]:
        """What a probe sent, or what is in a picture, one by one; else the data as one row."""
        data = self.document()
        return [_cells(each) for each in data.get("probes", data.get("nodes")) or [data]]


class Stream(Result):
    """Things that are shown one by one, as they are read, however many there are.

    `header` is told apart from them, on the standard error; `head` is its data. They can be
    read once; that may raise a MidoError, behind those that were shown. What is pickled are their
    texts and data.
    """

    header: str
    head: dict[str, Any]
    items: Iterable[Any]
    text_of: Callable[[Any], str]
    data_of: Callable[[Any], dict[str, Any]]

    def at_hand(self) -> Result:
        """The same with all of them read."""
        return Stream(self.header, self.head, list(self.items), self.text_of, self.data_of)

    def __getstate__(self) -> dict[str, Any]:
        items = [(self.text_of(item), self.data_of(item)) for item in self.items]
        made = {"items": items, "text_of": itemgetter(0), "data_of": itemgetter(1)}
        return {**vars(self), **made}

    def pieces(self) -> Iterable[str]:
        """The text of each, as they come."""
        return map(self.text_of, self.items)

    def text(self) -> str:
        """All of them as text, without the header."""
        return "".join(self.pieces())

    def document(self) -> dict[str, Any]:
        """The header's data, and that of each."""
        return {**self.head, "frames": list(map(self.data_of, self.items))}

    def records(self) -> Sequence[Record]:
        """A row for each."""
        return [_cells(self.data_of(item)) for item in self.items]


class Beside(Result):
    """Another result, with something beside it."""

    result: Result

    def at_hand(self) -> Result:
        """The same around a result that is."""
        result = self.result.at_hand()
        return self if result is self.result else type(self)(**{**vars(self), "result": result})

    @property
    def succeeded(self) -> bool:
        """Whether the command itself succeeded."""
        return self.result.succeeded

    @property
    def failed(self) -> bool:
        """Whether the command itself failed."""
        return self.result.failed

    @property
    def objects(self) -> Objects:
        """Those of the result."""
        return self.result.objects

    @property
    def complaint(self) -> MidoError | None:
        """That of the result."""
        return self.result.complaint

    @property
    def remark(self) -> str:
        """That of the result."""
        return self.result.remark

    @property
    def beside(self) -> str:
        """That of the result."""
        return self.result.beside

    def text(self) -> str:
        """That of the result."""
        return self.result.text()

    def document(self) -> Any:
        """That of the result."""
        return self.result.document()

    def records(self) -> Sequence[Record]:
        """Those of the result."""
        return self.result.records()

    def _with(self, **members: Any) -> Any:
        """The result's document with further members, where it can have any."""
        document = self.result.document()
        return {**document, **members} if isinstance(document, dict) else document


class Watched(Beside):
    """A result, and what running captures saw of the traffic behind it."""

    words: str
    captures: dict[str, Any]

    @property
    def beside(self) -> str:
        """What was seen."""
        return self.result.beside + self.words

    def text(self) -> str:
        """What was seen, behind the result."""
        return "".join(self.pieces())

    def pieces(self) -> Iterable[str]:
        """What was seen, behind the result."""
        yield from self.result.pieces()
        yield self.words

    def document(self) -> Any:
        """The frames of each capture as a member of the result's."""
        return self._with(running=self.captures)


class Spoilt(Beside):
    """A result, and what went wrong beside it when it was there already, as a full disk."""

    error: MidoError

    @property
    def complaint(self) -> MidoError | None:
        """What went wrong."""
        return self.error

    def pieces(self) -> Iterable[str]:
        """Those of the result."""
        return self.result.pieces()

    def document(self) -> Any:
        """The error as a member of the result's."""
        return self._with(error=error_data(self.error, None))


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, behind what the command had found by then: `result` is to be shown, as ping does."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class ExpectationError(MidoError):
    """A command that `expect` holds did not end as expected; `result` is what it gave, if any.

    That of a `probe` is told beside the error in JSON, too.
    """

    code = "expect"

    def __init__(
        self,
        message: str,
        column: int | None = None,
        result: Result | None = None,
        probe: bool = False,
    ) -> None:
        super().__init__(message, column)
        self.result = result
        self.probe = probe

    def document(self) -> Any:
        """What a probe found, for programs; None for other commands."""
        return self.result.document() if self.probe and self.result is not None else None

    def showing(self, change: Callable[[Result], Result]) -> ExpectationError:
        """The same error with its result changed, where it has one."""
        if self.result is None:
            return self
        return ExpectationError(self.message, self.column, change(self.result), self.probe)


def _cells(data: Mapping[str, Any]) -> Record:
    """What of a document fits into cells: all but what is nested deeper than a list of words."""
    words = {}
    for name, value in data.items():
        if isinstance(value, list) and not any(map(_is_no_word, value)):
            words[name] = " ".join(map(str, value))
        elif value is None or isinstance(value, (str, int, float)):
            words[name] = "" if value is None else str(value)
    return words


def _is_no_word(item: Any) -> bool:
    return isinstance(item, (list, dict)) or " " in str(item)
