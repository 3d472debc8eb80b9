"""Lines typed before, at the prompt of a real terminal: each topology has its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import at_prompt

UP = "\x1b[A"
RIGHT = "\x1b[C"


@pytest.fixture
def nets(tmp_path: Path) -> Path:
    """A home with the files of two topologies."""
    (tmp_path / "red.mido").write_text("router create name red\n")
    (tmp_path / "blue.mido").write_text("router create name blue\n")
    return tmp_path


def test_each_topology_has_its_own_lines(nets: Path) -> None:
    for name in ("red", "blue"):
        terminal = at_prompt(nets, "-i", f"{name}.mido")
        terminal.run(f"router create name {name}-edge")
        terminal.wait_for("router1")
        terminal.run("quit")
        assert terminal.end() == 0
    terminal = at_prompt(nets, "-i", "red.mido")
    terminal.type(UP + UP)
    terminal.wait_for("midonet> router create name red-edge")
    terminal = at_prompt(nets)
    terminal.type(UP)
    terminal.wait_until(lambda text: "Tab completes" in text and "edge" not in text)


def test_lines_go_to_the_topology_that_is_worked_on(nets: Path) -> None:
    terminal = at_prompt(nets)
    terminal.run("source red.mido")
    terminal.wait_for("red.mido | 1 object")
    terminal.type(UP)
    terminal.wait_for("midonet> source red.mido\n")
    terminal.type("\x15")
    terminal.run("router create name second")
    terminal.wait_for("router1")
    terminal.run("save blue.mido force")
    terminal.wait_for("blue.mido | 2 objects")
    terminal.run("bridge create name third")
    terminal.wait_for("bridge0")
    terminal.type(UP + UP + UP)
    terminal.wait_for("midonet> router create name second\n")
    terminal.type("\x15\x04")
    terminal.type("\x04")
    terminal.end()

    folder = nets / ".local" / "state" / "midocli"
    plain, red, blue = (
        [line[1:] for line in file.read_text().splitlines() if line.startswith("+")]
        for name in ("history", "history-red-*", "history-blue-*")
        for file in folder.glob(name)
    )
    assert plain == ["source red.mido"]
    assert red == ["router create name second", "save blue.mido force"]
    assert blue == ["bridge create name third"]


def test_the_demo_is_no_file(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run("demo")
    terminal.wait_for("demo | ")
    terminal.run("quit")
    terminal.end()
    assert [file.name for file in (tmp_path / ".local/state/midocli").iterdir()] == ["history"]


def test_a_demo_that_is_undone_leaves_nothing_unsaved(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run("demo")
    terminal.wait_for("demo | ")
    terminal.run("undo")
    terminal.wait_for("unsaved | 0 objects | ")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_a_history_that_cannot_be_written_any_more_ends_nothing(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    folder = tmp_path / ".local" / "state" / "midocli"
    (folder / "history").unlink()
    folder.rmdir()
    terminal.run("router create name kept")
    terminal.wait_for("router0")
    terminal.type(UP)
    terminal.wait_for("midonet> router create name kept\n")


def test_ctrl_r_searches(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    for name in ("north", "south", "east"):
        terminal.run(f"router create name {name}")
    terminal.wait_for("router2")
    terminal.type("\x12nor")
    text = terminal.wait_for("I-search backward: nor")
    assert text.count("router create name north") == 2
    assert "unexpected" not in text, "what is searched for is no command"
    terminal.type("\r")
    terminal.wait_until(lambda text: "I-search" not in text)
    terminal.type("far-\r")
    terminal.wait_for("router3")
    terminal.run("router router3 show")
    terminal.wait_for("router router3 name far-north ")


def test_right_takes_what_history_suggests(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run("router create name north asn 64512")
    terminal.wait_for("router0")
    terminal.type("router cr")
    terminal.wait_for("midonet> router create name north asn 64512\n")
    assert terminal.colour("eate name north asn 64512") == "brightblack"
    terminal.type(RIGHT)
    terminal.type(" state down\r")
    terminal.wait_for("router1")
    terminal.run("router router1 show")
    terminal.wait_for("router router1 name north state down asn 64512")


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run(" router create name blank")
    terminal.run("echo password hunter2")
    terminal.run("router create name plain")
    terminal.wait_for("router1")
    terminal.run("quit")
    terminal.end()
    kept = (tmp_path / ".local/state/midocli/history").read_text()
    assert "name plain" in kept
    assert "hunter2" not in kept
    assert "name blank" not in kept
