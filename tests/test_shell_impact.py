"""What the prompt says of a change, where that is wished."""

from __future__ import annotations

from pathlib import Path

from terminal import Terminal

_LAB = """\
bridge create name lan
guest create name a bridge lan address 10.0.0.1/24
guest create name b bridge lan address 10.0.0.2/24
guest create name web bridge lan address 10.0.0.3/24
chain create name c
bridge0:port2 set outfilter c
"""
_RULE = "chain c add rule proto 6 dst-port 80 type drop"


def test_a_line_says_what_a_change_closed_and_none_that_nothing_did(tmp_path: Path) -> None:
    (tmp_path / "lab.mido").write_text(_LAB)
    terminal = Terminal(tmp_path, arguments=["lab.mido", "-i"])
    terminal.wait_for("midonet>")
    terminal.type("prefs impact on\r")
    terminal.type(f"{_RULE}\r")
    terminal.wait_for("closes 2 pairs: web <- lan tcp 80")
    terminal.type("prefs impact off\r")
    terminal.type("undo\r")
    terminal.wait_for("undone")
    terminal.type("echo over\r")
    text = terminal.wait_until(lambda text: text.count("over") > 1)
    assert "opens" not in text
