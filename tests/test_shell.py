"""The prompt in a real terminal: what the screen shows."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.wait_for("midonet>")
    return terminal


def test_commands_run_and_objects_complete(terminal: Terminal) -> None:
    terminal.type("router create name edge\r")
    terminal.wait_for("router0")
    terminal.type("router ed\t")
    terminal.wait_for("midonet> router edge")
    terminal.type(" show\r")
    terminal.wait_for("router router0 name edge state up asn 0")
    terminal.type("router create state \t")
    screen = terminal.wait_for("down")
    assert "up" in screen


def test_verbs_collections_and_fields_complete(terminal: Terminal) -> None:
    terminal.type("rou\t")
    terminal.wait_for("midonet> router")
    terminal.type("\x15bridge create na\t")
    terminal.wait_for("midonet> bridge create name")


def test_an_error_points_at_its_column(terminal: Terminal) -> None:
    terminal.type("router create nam x\r")
    screen = terminal.wait_for("did you mean name?")
    lines = screen.splitlines()
    caret = next(line for line in lines if line.strip() == "^")
    typed = next(line for line in lines if "router create nam x" in line)
    assert caret.index("^") == typed.index("nam")


def test_a_wrapped_line_goes_on_at_the_edge_and_its_error_stands_below(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, columns=24)
    terminal.wait_for("midonet>")
    terminal.type("router create nmae edge\r")
    shown = terminal.wait_for("unexpected 'nmae'")
    assert "midonet> router create n\nmae edge\nunexpected 'nmae'" in shown
    terminal.type("router create name e stat\r")
    shown = terminal.wait_for("unexpected 'stat'")
    assert "midonet> router create n\name e stat\n      ^\nunexpected 'stat'" in shown


def test_interrupt_keeps_the_session(terminal: Terminal) -> None:
    terminal.type("router create name a\r")
    terminal.wait_for("router0")
    terminal.type("half a line\x03")
    terminal.type("router list\r")
    terminal.wait_for("router router0 name a state up asn 0")
    terminal.type("ping x 1.2.3.4 \x03")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_a_signal_at_the_prompt_forgets_the_line(terminal: Terminal) -> None:
    terminal.type("half a line")
    terminal.wait_for("half a line")
    terminal.process.kill(signal.SIGINT)
    terminal.wait_for("^C")
    terminal.type("echo whole\r")
    assert "half a line" not in terminal.wait_for("\nwhole\n").rpartition("^C")[2]


def test_history_lasts(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("midonet>")
    first.type("router create name kept\r")
    first.wait_for("router0")
    first.type("quit\r")
    first.end()
    second = Terminal(tmp_path)
    second.wait_for("midonet>")
    second.type("\x1b[A\x1b[A")
    second.wait_for("midonet> router create name kept")


def test_a_backslash_continues_the_line(terminal: Terminal) -> None:
    terminal.type("router create \\\rname split\r")
    terminal.wait_for("router0")
    terminal.type("router list\r")
    terminal.wait_for("name split")


def test_a_hint_says_what_comes_and_what_is_wrong_before_enter(terminal: Terminal) -> None:
    terminal.type("ping ")
    terminal.wait_for("a source: a guest, a router port or a point")
    terminal.type("\x15router create nam x")
    terminal.wait_for("unexpected 'nam'; did you mean name?")
    terminal.type("\x15router nowhere show")
    terminal.wait_for("unknown router: 'nowhere'")


def test_the_toolbar_shows_the_state_of_the_session(terminal: Terminal) -> None:
    terminal.wait_for("unsaved | 0 objects | ")
    terminal.type("router create\r")
    assert terminal.wait_for("unsaved | 1 object | ").endswith("ok")
    terminal.type("router create nam\r")
    assert "failed" in terminal.wait_for("failed")
    terminal.type("save net.mido\r")
    terminal.wait_for("net.mido | 1 object | ")
    terminal.type("router create\r")
    terminal.wait_for("net.mido* | 2 objects | ")


def test_the_toolbar_has_a_file_by_its_name_and_the_time_of_day(terminal: Terminal) -> None:
    terminal.type("clock set 2026-01-05T09:08:07+00:00\r")
    terminal.wait_for("unsaved | 0 objects | 09:08:07")
    terminal.type("save ./net.mido\r")
    terminal.wait_for("\n net.mido | 0 objects | 09:08:07 ")


def test_a_running_capture_is_no_change_of_the_topology(terminal: Terminal) -> None:
    terminal.type("router create\rsave net.mido\r")
    terminal.wait_for("net.mido | 1 object | ")
    terminal.type("tcpdump any quiet\r")
    assert "net.mido | 1 object | " in terminal.wait_for("1 capture running")
    terminal.type("capture capture0 delete\rundo\r")
    assert "net.mido | 1 object | " in terminal.wait_for("1 capture running")
    terminal.type("router create\r")
    terminal.wait_for("net.mido* | 2 objects | ")


def test_a_question_mark_lists_what_may_follow_and_keeps_the_line(terminal: Terminal) -> None:
    terminal.type("clock ?")
    terminal.wait_for("let simulated time pass")
    terminal.type("advance 1s\r")
    assert "midonet> clock advance 1s" in terminal.wait_for(" ok")
    terminal.type("router create name 'is it ?'\r")
    terminal.wait_for("router0")


def test_a_pasted_script_stops_at_the_first_error(terminal: Terminal) -> None:
    script = "router create name a\nrouter create nam b\nrouter create name c\nrouter list\n"
    terminal.type(f"\x1b[200~{script}\x1b[201~")
    terminal.wait_for("4 lines; Enter runs them up to the first error")
    terminal.type("\r")
    screen = terminal.wait_for("2 pasted lines left undone:")
    assert "did you mean name?" in screen
    terminal.type("router list\r")
    terminal.wait_for("router router0 name a state up asn 0")
    assert "name c state" not in terminal.text()


def test_letters_in_their_order_find_a_word(terminal: Terminal) -> None:
    terminal.type("router create name south\r")
    terminal.wait_for("router0")
    terminal.type("router suth\t")
    terminal.wait_for("midonet> router south")


def test_an_unsaved_topology_is_not_left_by_one_key(terminal: Terminal) -> None:
    for _ in range(6):
        terminal.type("router create\r")
    terminal.wait_for("router5")
    terminal.type("\x04")
    terminal.wait_for("Ctrl-D again leaves")
    terminal.type("\x04")
    terminal.end()


def test_a_closed_terminal_keeps_the_topology(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("midonet>")
    first.type("router create name precious\r")
    first.wait_for("router0")
    first.hang_up()
    second = Terminal(tmp_path)
    second.wait_for("An ended session left a topology: source")
    kept = tmp_path / ".local" / "state" / "midocli" / "recovered.mido"
    assert "router create name precious" in kept.read_text()


def test_preferences_are_kept(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("unsaved | 0 objects")
    first.type("prefs toolbar off hint off\r")
    first.wait_for("midonet> prefs toolbar off hint off\nmidonet>")
    second = Terminal(tmp_path)
    second.wait_for("midonet>")
    second.type("prefs\r")
    second.wait_for("hint off toolbar off")
    assert "unsaved |" not in second.text()


def test_the_prompt_shows_an_open_change_and_one_that_has_failed(tmp_path: Path) -> None:
    (tmp_path / "bad.mido").write_text("bridge create name b\nbridge crate\n")
    terminal = Terminal(tmp_path)
    terminal.wait_for("midonet>")
    terminal.run("begin")
    terminal.run("bridge crate")
    lines = terminal.wait_for("did you mean create").splitlines()
    at = next(number for number, line in enumerate(lines) if "bridge crate" in line)
    typed, caret = lines[at], lines[at + 1]
    assert typed == "midonet*> bridge crate"
    assert caret.index("^") == typed.index("crate") + len("crate")
    terminal.run("source bad.mido")
    terminal.wait_for("midonet!>")
    terminal.run("commit")
    terminal.wait_for("rolled back: a command of the change has failed")
    terminal.wait_for_prompt()


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (140, 40), (40, 24)])
def test_what_is_shown_fits_the_terminal(tmp_path: Path, columns: int, lines: int) -> None:
    terminal = Terminal(tmp_path, columns=columns, lines=lines)
    terminal.wait_for("midonet>")
    for line in ("bridge create name lan", "guest create name alice bridge lan"):
        terminal.run(line)
    terminal.wait_for("guest0")
    terminal.run("guest list as table")
    shown = terminal.wait_for("host0:tap0")
    assert ("-[ 1 ]" in shown) == (columns < 100)
    terminal.run("guest alice show")
    words = terminal.wait_for("dev eth0").rpartition("guest alice show")[2].split()
    assert {"interface", "host0:tap0", "forwarding", "reply-df", "ip-id"} <= {*words}
    terminal.run("bridge lan show as json")
    terminal.wait_for('  "name": "lan",')
    assert terminal.colour('"name"') == "blue"
