"""Scripts as pytest collects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from midocli.suite.cases import below
from midocli.suite.world import run


class ScriptFile(pytest.File):
    """A script that is a test."""

    def collect(self) -> Iterator[Script]:
        yield Script.from_parent(self, name=self.path.stem)


class Script(pytest.Item):
    """The test that a script is."""

    def runtest(self) -> None:
        outcome = run(below(self.config.rootpath, self.path))
        if outcome.verdict != "passed":
            raise _NotPassed(outcome.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: object) -> str:
        """What is told of a failure: that of the script, and no traceback."""
        if isinstance(excinfo.value, (_NotPassed, pytest.fail.Exception)):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class _NotPassed(Exception):  # noqa: N818 (how a test ends, no error of the program)
    """A script did not pass; it says why."""
