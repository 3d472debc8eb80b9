"""Another distribution installs a package `grammar`, too (docs/decisions/the-name-grammar.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import ROOT


@pytest.mark.parametrize("content", ["", "import spacy_that_nobody_has"])
def test_another_grammar_is_one_clear_error(tmp_path: Path, content: str) -> None:
    """As its files overwrite ours: its `__init__.py` stands where ours stood."""
    (tmp_path / "grammar").mkdir()
    (tmp_path / "grammar" / "__init__.py").write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "-e", "router list"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "midocli: the package 'grammar' here is another distribution's, and there can be only "
        "one: install midocli into an environment of its own\n"
    )
