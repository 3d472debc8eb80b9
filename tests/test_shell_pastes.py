"""What is pasted at the prompt of a real terminal: scripts, much of it, and what is no text."""

from __future__ import annotations

from pathlib import Path

from terminal import at_prompt


def test_a_script_runs_to_its_first_error_and_says_what_was_left(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    lines = [f"bridge create name b{number}" for number in range(40)]
    lines[20] = "bridge create nam b20"
    terminal.paste("\n".join([*lines, "", "# the end", ""]))
    terminal.wait_for("Enter runs them up to the first error")
    terminal.type("\r")
    text = terminal.wait_for(" failed")
    failing = "midonet> bridge create nam b20\n" + " " * len("midonet> bridge create ") + "^\n"
    assert failing in text
    assert "did you mean name?" in text
    assert "20 pasted lines left undone:\n  bridge create name b21\n" in text
    assert "  bridge create name b30\n  … and 10 more; Up brings all of the paste back" in text
    terminal.type("\x1b[A")
    terminal.wait_for("bridge create name b39")
    terminal.type("\x03")
    terminal.run("bridge b19 show")
    terminal.wait_for("bridge bridge19 name b19 state up")
    terminal.run("bridge b21 show")
    terminal.wait_for("unknown bridge: 'b21'")


def test_of_a_session_with_its_prompts_only_what_was_typed(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.paste(
        "midonet> bridge create name lan\nbridge0\n"
        "midonet> bridge lan \\\n     ... add port\nbridge0:port0\nmidonet> "
    )
    terminal.wait_for("2 lines; Enter runs them")
    terminal.type("\r")
    terminal.wait_for("bridge0\nbridge0:port0\n")
    terminal.wait_for("2 objects")


def test_ten_thousand_lines(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.paste("router create\n" * 10_000)
    terminal.wait_for("10000 lines; Enter runs them")
    terminal.type("\r")
    terminal.wait_for("10000 objects")
    terminal.run("router router9999 show")
    terminal.wait_for("router router9999 state up")


def test_a_megabyte_in_one_line(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.paste("x" * 1_000_000)
    terminal.wait_for("a line of 1000000 characters; Enter runs it")
    terminal.type("\r")
    terminal.wait_for(" failed")
    terminal.run("router create")
    terminal.wait_for("router0")


def test_what_is_no_text(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    garbage = "".join(map(chr, range(1, 256))) * 20
    terminal.paste(f"{garbage}\n\0\x1b[2J\x1b[200~")
    terminal.wait_for("Enter runs them")
    terminal.type("\r")
    text = terminal.wait_for(" failed")
    assert "pasted lines left undone:" in terminal.written
    assert "Traceback" not in text
    assert "\\x1b[2J" in text or "more; Up brings" in text
    terminal.run("router create")
    terminal.wait_for("router0")
