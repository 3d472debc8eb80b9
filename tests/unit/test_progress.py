"""The bar that says how far a long command has got."""

from __future__ import annotations

from io import StringIO

import pytest

from midocli.shell.progress import Progress


def shown(monkeypatch: pytest.MonkeyPatch, what: str) -> str:
    """The last bar of work that has done 3000 of 4000 in two seconds."""
    monkeypatch.setenv("COLUMNS", "80")
    times = iter((10.0, 10.0, 11.0, 12.0))
    out = StringIO()
    progress = Progress(out, lambda: next(times))
    for done in (0, 1000, 3000):
        progress(what, done, 4000)
    return out.getvalue().rpartition("\r")[2].removesuffix("\x1b[K")


def test_pairs_are_counted_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, "asking") == "[###############-----]  75% asking, 1,500 pairs/s"


def test_other_work_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, "undoing") == "[###############-----]  75% undoing"
