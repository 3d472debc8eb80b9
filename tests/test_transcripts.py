"""Every kept session still prints what it printed."""

from pathlib import Path

import pytest
from sessions import scripts, transcript


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.stem)
def test_session_prints_what_is_kept(script: Path) -> None:
    assert transcript(script) == script.with_suffix(".out").read_text()
