"""The pytest plugin: networks in tests, and scripts as tests.

    from midocli.testing import assert_dropped, assert_reaches

    def test_the_shop_is_open_and_nothing_else_is(lab):
        lab.source("shop.mido")
        assert_reaches(lab, "alice", "web", "tcp", 80)
        assert_dropped(lab, "alice", "web", "tcp", 22, code="rule-drop", by="chain0:rule1")

pytest finds it by its entry point (`pytest11`) and with it the fixture `lab`, a network of its own
for each test. Files that are called `test_*.mido` are tests as `midocli test` runs them, behind the
`before.mido` of each folder from pytest's root down to theirs.
"""

from __future__ import annotations

# Every project's tests load this file: nothing of midocli is loaded before a test needs it.
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from midocli.analysis.reach_report import Reached
    from midocli.lab import Guest, Lab, Option
    from midocli.results.probed import Probed

#: pytest leaves frames of this file out of tracebacks.
__tracebackhide__ = True


@pytest.fixture
def lab() -> Lab:
    """A network with nothing in it, the same for every test: seed and clock are fixed."""
    from midocli.lab import Lab

    return Lab()


def assert_reaches(
    lab: Lab,
    source: str | Guest,
    destination: str | Guest,
    proto: str = "icmp",
    port: int | None = None,
    **options: Option,
) -> Probed | Reached:
    """Assert that somebody is answered: by a ping, or on a port by `tcp` or `udp`.

    Where an end stands for several machines (a bridge, router, group or network), no traffic is
    made: all pairs have to reach each other, as `Lab.reach` has it, whose result is returned.

    `options` are those of `Lab.ping` and `Lab.connect`, whose result is returned. The failure says
    where it ended and why, tells the whole walk, and what would change it. MidoError where nothing
    can be sent, as for an unknown name.
    """
    if _is_many(lab, source) or _is_many(lab, destination):
        found = lab.reach(source, destination, proto, port)
        if not found.succeeded:
            raise AssertionError(f"expected all pairs to reach each other, but:\n\n{found}")
        return found
    probe = _probe(lab, source, destination, proto, port, options)
    if not probe.succeeded:
        raise AssertionError(_told(probe, f"expected an answer, but {_ended(probe)}"))
    return probe


def assert_dropped(
    lab: Lab,
    source: str | Guest,
    destination: str | Guest,
    proto: str = "icmp",
    port: int | None = None,
    *,
    code: str | None = None,
    at: str | None = None,
    by: str | None = None,
    **options: Option,
) -> Probed:
    """Assert that somebody is not answered and, as far as it is said, why, where and by which rule.

    `code`, `at` and `by` are compared with `code`, `at` and `rule` of a `Reason`; of several
    requests one has to have ended so. MidoError where nothing can be sent: that drops nothing.
    """
    probe = _probe(lab, source, destination, proto, port, options)
    wanted = {"code": code, "at": at, "rule": by}
    given = {name: word for name, word in wanted.items() if word is not None}
    expected = " ".join(["it to be dropped", *(f"({k} {word})" for k, word in given.items())])
    if probe.succeeded:
        raise AssertionError(_told(probe, f"expected {expected}, but it was answered"))
    if given and not any(given.items() <= vars(reason).items() for reason in probe.reasons):
        raise AssertionError(_told(probe, f"expected {expected}, but {_ended(probe)}"))
    return probe


def _is_many(lab: Lab, end: str | Guest) -> bool:
    """Whether an end may stand for several machines."""
    if not isinstance(end, str):
        return False
    from midocli.analysis.ends import is_many

    return is_many(lab.session.context, end)


def _probe(
    lab: Lab,
    source: str | Guest,
    destination: str | Guest,
    proto: str,
    port: int | None,
    options: dict[str, Option],
) -> Probed:
    if proto == "icmp":
        return lab.ping(source, destination, **options)
    return lab.connect(source, proto, destination, "" if port is None else port, **options)


def _ended(probe: Probed) -> str:
    return str(probe.reason or "no answer came, and nobody knows why")


def _told(probe: Probed, what: str) -> str:
    """A failure: what was done, what came of it, the walk and what would change it."""
    return f"{probe.traffic.line}: {what}\n\n{probe.explain()}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scripts that are called as tests are."""
    if file_path.suffix != ".mido" or not file_path.name.startswith("test_"):
        return None
    from midocli.suite.collected import ScriptFile

    return ScriptFile.from_parent(parent, path=file_path)
