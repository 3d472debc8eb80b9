"""Editing a line in vi's way, and in an editor that fails, at the prompt of a real terminal."""

from __future__ import annotations

from pathlib import Path

from terminal import Terminal, at_prompt

ESCAPE = "\x1b"


def in_vi(home: Path) -> Terminal:
    folder = home / ".config" / "midocli"
    folder.mkdir(parents=True)
    (folder / "prefs.toml").write_text('key-mode = "vi"\n')
    return at_prompt(home)


def test_enter_runs_the_line_in_vis_navigation_mode_too(tmp_path: Path) -> None:
    terminal = in_vi(tmp_path)
    terminal.type("xrouter create name edge")
    terminal.wait_for("midonet> xrouter create name edge")
    terminal.type(ESCAPE + "0")
    # Escape alone is told from an arrow key by what follows.
    terminal.type("x")
    terminal.wait_for("midonet> router create name edge")
    terminal.type("\r")
    terminal.wait_for("router0")
    terminal.wait_for_prompt()


def test_vis_search_in_history(tmp_path: Path) -> None:
    terminal = in_vi(tmp_path)
    for name in ("north", "south"):
        terminal.run(f"router create name {name}")
    terminal.wait_for("router1")
    terminal.wait_for_prompt()
    terminal.type(ESCAPE)
    terminal.type("/")
    terminal.wait_for("I-search backward:")
    terminal.type("nor")
    terminal.wait_for("I-search backward: nor")
    terminal.type("\r")
    terminal.wait_until(lambda text: "I-search" not in text)
    terminal.wait_until(
        lambda text: text.rpartition("midonet> ")[2].startswith("router create name north")
    )
    terminal.type("\r")
    terminal.wait_for("router2")


def test_an_editor_that_fails_leaves_the_line(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, environment={"EDITOR": "false"})
    terminal.type("router create name kept\x18\x05")
    terminal.wait_for("midonet> router create name kept")
    terminal.type("\r")
    terminal.wait_for("router0")
    terminal.run("router list")
    terminal.wait_for("router router0 name kept state up")
