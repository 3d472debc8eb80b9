"""Every kept session still prints what it printed."""

from pathlib import Path

import pytest
from sessions import named, scripts, transcript


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.stem)
def test_session_prints_what_is_kept(script: Path) -> None:
    kept = script.with_suffix(".out").read_text()
    assert transcript(script) == kept, (
        f"if this is what it is to print: python tests/sessions.py {script.stem}"
    )


def test_a_session_is_found_by_its_name() -> None:
    (script,) = named("why-not")
    assert script.name == "why-not.mido"
    assert named() == scripts()
    with pytest.raises(SystemExit, match="no session is called nothing"):
        named("why-not", "nothing")
