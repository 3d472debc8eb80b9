"""One grammar serves all threads: what one asks, another's parse notices nothing of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from grammar import canonical
from grammar.errors import MidoError
from grammar.filter.language import read, standard_filters
from grammar.language import Language

LINES = (
    "router router0 port port0 set address 10.0.0.1",
    "chain chain0 add rule dst 198.51.100.7 in-ports router0:port1 type dnat target 10.0.0.1:10-60",
    "host name hv interface veth0 show",
    "router name nosuch port list admin-state-up",
    "guest guest0 ping 10.0.0.1 count 3 explain draw way.svg",
    "ping veth0 10.0.0.1 cuont 3",
    "mac-table",
    "show topology write net.svg",
    "expect not clock advance 90s",
    "undo 2",
    "help chain rule",
    "router router0 shw",
)
FILTERS = ("icmp and not host 10.0.0.1", "tcp[13] & 2 != 0 and (port 80 or 443)", "vlan 3 or")


def outcome(language: Language, line: str) -> str:
    """What a line is read as, or what is said against it."""
    try:
        command = language.parse(line)
    except MidoError as error:
        return f"{error.column}: {error.message}"
    return canonical(command) if command else ""


def offered(language: Language, line: str) -> list[str]:
    """What is offered at each place of a line."""
    return [repr(language.expected(line, at)) for at in range(0, len(line) + 1, 5)]


@contextmanager
def switching_often() -> Iterator[None]:
    """Threads take turns as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def together(*works: Callable[[], None]) -> None:
    """Do all works at the same time, each in a thread of its own; their first error is raised."""
    start = Barrier(len(works))

    def begin(work: Callable[[], None]) -> None:
        start.wait()
        work()

    with switching_often(), ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begin, work) for work in works]:
            done.result()


def test_parsing_does_not_depend_on_who_asks_for_completions_meanwhile() -> None:
    language = Language()
    right = [outcome(language, line) for line in LINES]
    wanted = [offered(language, line) for line in LINES]

    def parse() -> None:
        for _ in range(30):
            assert [outcome(language, line) for line in LINES] == right

    def complete() -> None:
        for _ in range(3):
            assert [offered(language, line) for line in LINES] == wanted

    together(parse, complete, parse, complete)


def test_a_grammar_may_be_used_by_several_threads_from_the_first_line_on() -> None:
    whole = Language()
    right = [outcome(whole, line) for line in LINES]
    for _ in range(5):
        language = Language()

        def use(language: Language = language) -> None:
            assert [outcome(language, line) for line in LINES] == right

        together(*[use] * 4)


def test_filters_may_be_read_by_several_threads_from_the_first_on() -> None:
    def said(expression: str) -> str:
        try:
            return repr(read(expression))
        except MidoError as error:
            return error.message

    right = [said(each) for each in FILTERS]

    def use() -> None:
        assert [said(each) for each in FILTERS] == right

    for _ in range(5):
        standard_filters.cache_clear()
        together(*[use] * 4)
