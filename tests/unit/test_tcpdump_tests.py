"""The page about tcpdump's own tests: true where those are at hand, and in itself everywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tcpdump_tests import NEEDS, PAGE, comes_out_right, listed, need, page, wrong_on_the_page

FOLDER = os.environ.get("MIDOCLI_TCPDUMP_TESTS")
LEAST = 150


def test_the_page_says_what_it_counts() -> None:
    found = re.search(r"Right: (\d+) of (\d+)\.", PAGE.read_text())
    assert found is not None
    right, total = map(int, found.groups())
    wrong = wrong_on_the_page()
    assert total - right == len(wrong) == len(set(wrong))
    assert right >= LEAST
    # parity: tcpdump-own-tests, tcpdump-undissected
    assert page(right, wrong) == PAGE.read_text()


def test_what_is_said_to_be_missing_is_missing() -> None:
    needed = {need(name) for name in wrong_on_the_page()}
    # parity: tcpdump-undissected
    assert needed == {text for _, text in NEEDS}


@pytest.mark.skipif(FOLDER is None, reason="MIDOCLI_TCPDUMP_TESTS names no tests of tcpdump")
def test_the_others_come_out_right(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    assert FOLDER is not None
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    folder = Path(FOLDER).resolve()
    wrong = [test.name for test in listed(folder) if not comes_out_right(folder, test)]
    assert sorted(wrong) == sorted(wrong_on_the_page())
