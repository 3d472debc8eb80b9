"""Reading the ledger of parity, and what holds it.

The tables of `docs/parity.md` and `docs/parity/*.md` have the columns key, behaviour, oracle, held
by and outcome. What holds a row says so at the very place, by a mark with its key:

    # parity: bridge-group-source
    expect not inject p1 frame … capture none
    # prints: dropped at bridge0 (bad-source-mac): …
    # prints not: …

in a session, where the mark is for all lines that are expected or say what they print, up to any
other (what a line that can not be parsed prints is all that can be said of it); and

    # parity: bridge-group-source
    assert …

in a test. `...` in a line that is to be printed stands for any text; lines are printed in the order
given.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from sessions import ROOT, scripts

DATA = ROOT / "tests" / "data"
COLUMNS = ["Key", "Behaviour", "Oracle", "Held by", "Outcome"]
PROMPT = "midonet> "
CLAIM = re.compile(r"# prints(?P<never> not)?: (?P<text>.*)")
#: What decides besides MidoNet: which version of each, the page says once.
OTHERS = {"Linux", "iputils", "traceroute", "tcpdump", "libpcap", "haproxy", "RFC"}
OUTCOMES = ("same", "differs: ", "absent: ")


class Row(NamedTuple):
    """A line of the ledger; `where` says which."""

    where: str
    key: str
    behaviour: str
    oracle: str
    held_by: str
    outcome: str


class Mark(NamedTuple):
    """A place that holds rows; `fault` says why it does not, and is empty if it does."""

    holder: str
    line: int
    key: str
    fault: str


def pages() -> list[Path]:
    """The pages of the ledger."""
    return [ROOT / "docs" / "parity.md", *sorted((ROOT / "docs" / "parity").glob("*.md"))]


def rows_of(page: str, text: str) -> list[Row]:
    """The rows of a page's tables; ValueError for a table of another kind."""
    found, heading = [], None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("|"):
            heading = None
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if heading is None:
            heading = cells
            if cells != COLUMNS:
                raise ValueError(f"{page}:{number}: a table of the ledger has {COLUMNS}")
        elif set(line) - set("|- "):
            if len(cells) != len(COLUMNS):
                raise ValueError(f"{page}:{number}: {len(cells)} cells, not {len(COLUMNS)}")
            found.append(Row(f"{page}:{number}", *cells))
    return found


def marks_of_session(holder: str, script: str, printed: str) -> list[Mark]:
    """The marks of a session, of which `printed` is kept."""
    shown = iter(re.split(rf"^{PROMPT}", printed, flags=re.MULTILINE)[1:])
    lines = script.splitlines()
    # What a script that is read in prints stands between the session's own lines.
    output = {
        number: next((text for text in shown if text.partition("\n")[0] == line), "")
        for number, line in enumerate(lines)
        if line and not line.startswith("#")
    }
    return [
        Mark(holder, number + 1, key, _session_fault(lines, number, output))
        for number, line in enumerate(lines)
        for key in _keys(line)
    ]


def _session_fault(lines: list[str], at: int, output: dict[int, str]) -> str:
    """What is wrong with what follows a mark of a session."""
    stated = False
    shown: list[str] = []
    rest = iter(shown)
    for number, line in enumerate(lines[at + 1 :], start=at + 1):
        if claim := CLAIM.fullmatch(line):
            among = shown if claim["never"] else rest
            there = any(_like(text, claim["text"]) for text in among)
            if there is bool(claim["never"]):
                return f"line {number + 1} is not so"
            stated = stated or there
        elif line.startswith("expect ") or CLAIM.fullmatch("".join(lines[number + 1 : number + 2])):
            command, *shown = output.get(number, "").splitlines() or [""]
            rest = iter(shown)
            if command != line:
                return f"the output has {command!r} for {line!r}"
            stated = stated or line.startswith("expect ")
        elif stated or not _keys(line):
            break
    return "" if stated else "no `expect` follows"


def _like(text: str, pattern: str) -> bool:
    literal = re.sub(r"[][?*]", r"[\g<0>]", pattern)
    return fnmatchcase(text, literal.replace("...", "*"))


def marks_of_test(holder: str, source: str) -> list[Mark]:
    """The marks of a file of tests."""
    lines = source.splitlines()
    return [
        Mark(holder, number + 1, key, _test_fault(lines[number + 1 :]))
        for number, line in enumerate(lines)
        for key in _keys(line.strip())
    ]


def _test_fault(following: list[str]) -> str:
    code = next((line.strip() for line in following if not line.strip().startswith("#")), "")
    held = re.match(r"assert\b|with pytest\.raises\(", code)
    return "" if held else "no assertion follows"


def _keys(line: str) -> list[str]:
    return line.removeprefix("# parity: ").split(", ") if line.startswith("# parity: ") else []


def marks() -> list[Mark]:
    """All marks of sessions and tests."""
    found = []
    for script in scripts():
        kept = script.with_suffix(".out").read_text()
        found += marks_of_session(script.stem, script.read_text(), kept)
    for source in sorted((ROOT / "tests").rglob("test_*.py")):
        if source.name != "test_parity.py":
            found += marks_of_test(source.stem, source.read_text())
    return found


def midonet_files() -> dict[str, int]:
    """MidoNet's files and how many lines they have, at the commit that the page names."""
    lines = (DATA / "midonet-files.txt").read_text().splitlines()
    return {path: int(count) for path, count in (line.split() for line in lines if line[0] != "#")}


def faults(rows: list[Row], found: list[Mark], midonet: dict[str, int]) -> list[str]:
    """Everything for which the ledger is refused."""
    wrong = [f"{mark.holder}:{mark.line}: {mark.key}: {mark.fault}" for mark in found if mark.fault]
    holds = {(mark.key, mark.holder) for mark in found}
    seen: set[str] = set()
    for row in rows:
        wrong += [f"{row.where}: {row.key}: {fault}" for fault in _row_faults(row, holds, midonet)]
        if row.key in seen:
            wrong.append(f"{row.where}: {row.key} is a second row's key")
        seen.add(row.key)
    named = {(row.key, holder) for row in rows for holder in _quoted(row.held_by)}
    return wrong + [f"{holder}: no row {key} names it" for key, holder in sorted(holds - named)]


def _row_faults(row: Row, holds: set[tuple[str, str]], midonet: dict[str, int]) -> list[str]:
    wrong = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.key):
        wrong.append("its key is no kebab-case word")
    if not row.behaviour:
        wrong.append("it states no behaviour")
    if not _quoted(row.held_by):
        wrong.append("nothing holds it")
    for holder in _quoted(row.held_by):
        if (row.key, holder) not in holds:
            wrong.append(f"{holder} has no mark of it")
    if row.outcome != "same" and not row.outcome.startswith(("same; ", *OUTCOMES[1:])):
        wrong.append(f"its outcome begins with none of {OUTCOMES}")
    return wrong + _oracle_faults(row.oracle, midonet)


def _oracle_faults(oracle: str, midonet: dict[str, int]) -> list[str]:
    """What is wrong with `KIND: `NAME`, `NAME`; KIND: …`."""
    wrong = []
    for part in oracle.split("; "):
        kind, _, rest = part.partition(": ")
        names = _quoted(rest)
        if not names:
            wrong.append(f"the oracle {part!r} names nothing")
        if kind == "MidoNet":
            wrong += [fault for name in names if (fault := _midonet_fault(name, midonet))]
        elif kind == "recording":
            wrong += [f"no recording {name}" for name in names if not _recorded(name)]
        elif kind not in OTHERS:
            wrong.append(f"{kind!r} is no kind of oracle")
    return wrong


def _midonet_fault(name: str, midonet: dict[str, int]) -> str:
    place = re.fullmatch(r"([\w./-]+):(\d+)(?:-(\d+))?", name)
    if not place:
        return f"{name} is not FILE:LINE or FILE:LINE-LINE"
    path, first, last = place[1], int(place[2]), int(place[3] or place[2])
    files = [file for file in midonet if f"/{file}".endswith(f"/{path}")]
    if len(files) != 1:
        return f"MidoNet has {len(files)} files {path}"
    return "" if 0 < first <= last <= midonet[files[0]] else f"{path} has no line {last}"


def _recorded(name: str) -> bool:
    return any(DATA.glob(f"{name}*"))


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
