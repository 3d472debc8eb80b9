"""Telling of tests: a line each and a summary, TAP (version 13), or JUnit's XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

from midocli.results.printable import printable
from midocli.suite.world import Outcome, Verdict

_VERDICTS: tuple[Verdict, ...] = ("passed", "failed", "error")


def line(outcome: Outcome) -> str:
    """A test in a line, with what went wrong below it."""
    told = "".join(f"    {each}\n" for each in outcome.message.splitlines())
    return f"{outcome.verdict:6}  {printable(outcome.name)}\n{told}"


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many ended how."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    words = [f"{counts[each]} {each}" for each in _VERDICTS if counts[each]]
    if counts["error"] > 1:
        words[-1] += "s"
    return f"{', '.join(words) or 'nothing was found'}\n"


def tap(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """The lines of the Test Anything Protocol (testanything.org), with diagnostics."""
    yield f"TAP version 13\n1..{len(outcomes)}\n"
    for number, outcome in enumerate(outcomes, 1):
        name = printable(outcome.name).replace("#", "\\#")
        yield f"{'' if outcome.verdict == 'passed' else 'not '}ok {number} - {name}\n"
        yield from (f"# {each}\n" for each in outcome.message.splitlines())


def write_junit(outcomes: Sequence[Outcome], file: Path, remarks: Sequence[str] = ()) -> None:
    """Write a report as CI systems read it; OSError where that fails.

    What is to be remarked of all tests together is the suite's standard output.
    """
    counts = Counter(outcome.verdict for outcome in outcomes)
    numbers = {
        "name": "midocli",
        "tests": str(len(outcomes)),
        "failures": str(counts["failed"]),
        "errors": str(counts["error"]),
        "time": f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    }
    top = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(top, "testsuite", numbers)
    for outcome in outcomes:
        suite.append(_case(outcome))
    if remarks:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(remarks)
    ElementTree.indent(top)
    ElementTree.ElementTree(top).write(file, encoding="utf-8", xml_declaration=True)


def _case(outcome: Outcome) -> ElementTree.Element:
    path = Path(outcome.name)
    about = {
        "classname": printable(str(path.parent)),
        "name": printable(path.name),
        "file": printable(outcome.name),
        "time": f"{outcome.seconds:.3f}",
    }
    case = ElementTree.Element("testcase", about)
    if outcome.verdict != "passed":
        kind = "failure" if outcome.verdict == "failed" else "error"
        text = "\n".join(map(printable, outcome.message.splitlines()))
        last = text.rpartition("\n")[2]
        ElementTree.SubElement(case, kind, message=last).text = text
    return case
