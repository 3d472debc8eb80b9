"""How many instructions things take, where valgrind is installed to count them.

A count is the same to the last digit run after run, so that two of them tell a difference
that times would hide. All is reached by the command line or `grammar`, so that trees whose
modules have other names can be compared (`--root`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import NamedTuple

from cachegrind import Work, available, instructions
from commands import lines as rules
from measure import Count, compile_all
from pinged import TARGET, TOPOLOGY

CAPTURES = Path(__file__).parents[1] / "data" / "tcpdump"
LABS = ("docs/labs/dnat-rev_snat.mido", "docs/labs/why-not.mido")

_SESSION = ("-m", "midocli", "--seed", "1")
_PRINTER = ("-m", "midocli", "tcpdump", "-nnn", "-vvv", "-X", "-e", "-r", "-")
_PARSE = "import sys, grammar\nfor line in sys.stdin: grammar.parse(line.rstrip())"
_EXPECT = "import sys, grammar\nfor line in sys.stdin: grammar.expected(line[:-1], len(line) - 1)"
_BEGUN = (
    "router ",
    "router router0 ",
    "router router0 add port addr",
    "chain chain0 add rule proto 6 dst-p",
    "bridge bridge0 port port1 set ",
    "ping guest0 10.0.0.1 count 3 ",
    "guest create name one interface host0:veth0 ",
    "router list name edge as ",
)
_QUIET = "quiet capture none"
#: A network at a fixed time, whose neighbours know each other.
_NETWORK = (
    "clock set 2026-01-05T09:00:00+00:00",
    *TOPOLOGY.splitlines(),
    f"ping client {TARGET} count 3 quiet",
)
_LONG_CHAIN = tuple(
    f"chain chain0 add rule pos 1 src 172.{16 + n // 256}.{n % 256}.0/{24 + n % 5} type drop"
    for n in range(1_000)
)


class Subject(NamedTuple):
    """What is counted: a work, less what it takes `without` some things, for each of these."""

    what: str
    work: Work
    without: Work | None = None
    times: int = 1

    @property
    def works(self) -> Iterator[Work]:
        """The processes to count."""
        yield self.work
        if self.without:
            yield self.without

    def less(self, counted: Mapping[Work, int]) -> Count:
        """The instructions that one of the things takes."""
        rest = counted[self.without] if self.without else 0
        return Count(self.what, (counted[self.work] - rest) / self.times)


def _whole(what: str, *arguments: str) -> Subject:
    """A process from start to end."""
    return Subject(what, Work(arguments))


def _more(
    what: str,
    before: Sequence[str],
    more: Sequence[str],
    times: int = 0,
    arguments: tuple[str, ...] = _SESSION,
) -> Subject:
    """What a process takes for more lines; they make as many things, or so many `times`."""
    few = Work(arguments, _text(before))
    many = Work(arguments, _text((*before, *more)))
    return Subject(what, many, few, times or len(more))


def _text(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def subjects() -> Iterator[Subject]:
    """Everything that is counted."""
    yield _whole("import pyparsing", "-c", "import pyparsing")
    yield _whole("midocli --version", "-m", "midocli", "--version")
    yield _whole("midocli -e 'router list'", "-m", "midocli", "-e", "router list")
    yield from (_whole(lab, *_SESSION, lab) for lab in LABS)
    yield _more("a line parsed", rules(8), rules(2_000)[8:], arguments=("-c", _PARSE))
    yield _more("what may come next", _BEGUN, _BEGUN * 20, arguments=("-c", _EXPECT))
    yield from _sessions()
    yield from _pings()
    yield _printing()


def _sessions() -> Iterator[Subject]:
    """Commands that send nothing."""
    some = rules(500)
    yield _more("a rule added", rules(8), rules(2_000)[8:])
    yield _more("a rule listed", some, ["chain chain0 list rule"] * 4, 2_000)
    yield _more("a rule as JSON", some, ["chain chain0 list rule as json"] * 4, 2_000)
    yield _more("a rule changed", some, ["chain chain0 rule rule9 set src 10.9.9.9"] * 200)


def _pings() -> Iterator[Subject]:
    """Packets through two bridges and a router, with rules and NAT."""
    ping = f"ping client {TARGET} count"
    yield _more("a ping, quiet and not captured", _NETWORK, [f"{ping} 4000 {_QUIET}"], 4_000)
    yield _more("a ping with trace text", _NETWORK, [f"{ping} 1000"], 1_000)
    yield _more("a ping explained", _NETWORK, [f"{ping} 100 explain"], 100)
    yield _more("a ping command", _NETWORK, [f"{ping} 1 {_QUIET}"] * 200)
    known = (*_NETWORK, *_LONG_CHAIN, f"{ping} 3 {_QUIET}")
    yield _more("a ping command, 1,000 rules", known, [f"{ping} 1 {_QUIET}"] * 200)
    change = ("chain chain0 rule rule3 set type reject", f"{ping} 1 {_QUIET}")
    yield _more("a change of 1,000 rules, and a ping", known, change * 20, 20)


def _printing() -> Subject:
    """Frames of every kind, of the files that tests compare with tcpdump's."""
    header, frames = 24, [path.read_bytes() for path in sorted(CAPTURES.glob("[0-9]*.pcap"))]
    some = b"".join([frames[0][:header], *(each[header:] for each in frames)])
    number = 217
    few, many = Work(_PRINTER, some), Work(_PRINTER, some + some[header:] * 4)
    return Subject("a frame printed by midocli tcpdump", many, few, 4 * number)


def measure() -> list[Count]:
    """Each subject's count; nothing, said aloud, where instructions cannot be counted."""
    if not available():
        print("skipped: there is no valgrind to count instructions with", file=sys.stderr)
        return []
    compile_all()
    chosen = list(subjects())
    works = dict.fromkeys(work for one in chosen for work in one.works)
    with ThreadPoolExecutor(cpu_count()) as pool:
        counted = dict(zip(works, pool.map(instructions, works), strict=True))
    return [one.less(counted) for one in chosen]
