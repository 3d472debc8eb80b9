"""`matrix`: who can talk to whom, of all machines."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Literal, NamedTuple, cast

import pyparsing as pp

from grammar.command import Declaration, build, forced, nothing, value
from grammar.commands.reach import Traffic, traffic, traffic_of
from grammar.elements import Name, Switch, Tokens
from grammar.errors import InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.tree import Argument, Command
from grammar.values import Integer
from grammar.words import quoted

By = Literal["guest", "bridge", "group"]
_BY: dict[By, str] = {
    "guest": "each machine for itself",
    "bridge": "the machines on a bridge together",
    "group": "the machines of a port group or address group together",
}
_PAGES = (".html", ".htm")
_EXPECTED = "a file name that ends in .html"
#: What Dask calls the address of a scheduler.
_SCHEDULER = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}")


class Scheduler(NamedTuple):
    """Where the scheduler of a Dask cluster is."""

    address: str
    column: int


class Matrix(Command):
    """All pairs of machines, or of sets of them, on a terminal or as a page."""

    word = "matrix"
    by: By
    traffic: Traffic
    workers: int | Scheduler = 1
    file: Argument | None = None
    force: bool = False

    def written(self) -> list[str]:
        by = ["by", self.by] if self.by != "guest" else []
        file = ["write", quoted(self.file.text)] if self.file is not None else []
        who = self.workers.address if isinstance(self.workers, Scheduler) else str(self.workers)
        workers = ["workers", who] if self.workers != 1 else []
        words = [*by, *self.traffic.written(), *workers, *file]
        return [self.word, *words, *["force"] * self.force]


class _Count(NamedTuple):
    workers: int | Scheduler


class _Workers(Integer):
    """A number of processes, or the address of a scheduler."""

    def __init__(self) -> None:
        super().__init__(1, 64)

    @property
    def expected(self) -> str:
        return f"{super().expected}, or tcp://HOST:PORT"

    def parse(self, text: str) -> Any:
        if "://" not in text:
            return _Count(super().parse(text))
        if not _SCHEDULER.fullmatch(text):
            raise ValueError("it is not where a Dask scheduler may be")
        return _Count(Scheduler(text, 1))


def _reading() -> pp.ParserElement:
    """`[by guest|bridge|group] [TRAFFIC] [workers N] [write FILE [force]]`."""
    write = Switch(
        "write",
        lambda: ({"write": (nothing, _file())}, ()),
        lambda: [Expectation("verb", "write", "into a page for a browser")],
        ends=True,
    )
    workers = Switch(
        "workers",
        lambda: ({"workers": (nothing, value("workers", _Workers(), write))}, (write,)),
        lambda: [Expectation("verb", "workers", "ask in so many processes, or on a cluster")],
        ends=True,
    )
    end = traffic(workers)
    kinds = Switch(
        "by",
        lambda: ({by: (partial(_by, by), end) for by in _BY}, ()),
        lambda: [Expectation("verb", by, help_) for by, help_ in _BY.items()],
    )
    whole = Switch(
        "matrix",
        lambda: ({"by": (nothing, kinds)}, (end,)),
        lambda: [Expectation("verb", "by", "what is a row")],
        ends=True,
    )
    return build(whole, _made)


def _by(by: By, column: int) -> tuple[Tokens, ...]:
    return (by,)


def _file() -> pp.ParserElement:
    return Name(
        "file",
        _page,
        lambda token: forced(),
        lambda: [Expectation("text", "", _EXPECTED, target="file")],
    )


def _page(word: str, column: int) -> Argument:
    if not word.lower().endswith(_PAGES):
        message = f"cannot tell from {shorten(word)} what to write: expected {_EXPECTED}"
        raise InvalidValueError(message, column, _PAGES)
    return Argument(word, column)


def _made(tokens: list[Tokens]) -> Matrix:
    by = next((each for each in tokens if isinstance(each, str)), "guest")
    file = next((each for each in tokens if isinstance(each, Argument)), None)
    workers = next((_placed(*each) for each in tokens if _is_count(each)), 1)
    forced_ = any(each is True for each in tokens)
    return Matrix(cast(By, by), traffic_of(tokens), workers, file, forced_)


def _is_count(token: Tokens) -> bool:
    return isinstance(token, tuple) and isinstance(token[0], _Count)


def _placed(count: _Count, column: int) -> int | Scheduler:
    """The workers, with the column of a scheduler."""
    workers = count.workers
    return workers if isinstance(workers, int) else workers._replace(column=column)


MATRIX = Declaration(
    "matrix",
    "tells of all machines who can talk to whom, equal rows as one",
    group="sending",
    rank=8,
    usage=(
        "matrix [by guest|bridge|group] [tcp|udp [PORT]|icmp|protocol N]",
        "matrix ... [workers N|tcp://SCHEDULER] [write FILE.html [force]]",
    ),
    examples=(
        "matrix",
        "matrix tcp 22",
        "matrix by bridge icmp",
        "matrix tcp 22 as csv  # a column for each target",
        "matrix workers 2  # in two processes, for many machines",
        "matrix write who.html  # a page with a picture",
    ),
    see=("reach", "topology"),
    follows=_reading,
)
