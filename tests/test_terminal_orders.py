"""No name and no text gives a terminal orders, wherever it is shown."""

from __future__ import annotations

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import midocli
from terminal import MIDOCLI, Terminal, at_prompt
from worlds import World

from grammar.words import quoted
from midocli.context.preferences import Preferences
from midocli.results.printable import PrintableOutput, printable_lines
from midocli.shell.paint import Painter
from midocli.shell.screen import Screen

#: Sets the title, clears the screen, colours (C1), turns around, hides, ends the line, rings.
ORDERS = "\x1b]0;title\x07\x1b[2J\x9b31m\u202etxt\u2066\u200b\r\x00\x7f"
#: The same, as short as an interface's name.
SHORT = "\x1b]0;t\x07\x9b1m\u202e"
#: What is wherever one of these was written as it is; none of midocli's own output has it.
ORDER = re.compile("\x1b\\]|\x07|[\x80-\x9f\u202e\u2066\u200b\x00\x7f]|\r(?![\r\n\x1b])")
OWN_ORDERS = re.compile(r"\x1b\[[0-9;]*m")

LAB = f"""\
bridge create name {quoted(ORDERS)}
router create name {quoted(ORDERS)} tenant {quoted(ORDERS)}
chain create name {quoted(ORDERS)}
bridge bridge0 add port
bridge bridge0 add port
host create name {quoted(ORDERS)}
host host0 add binding port bridge0:port0 interface {quoted(SHORT)}
host host0 add binding port bridge0:port1 interface b
guest create name {quoted(ORDERS)} interface {quoted(f"host0:{SHORT}")} address 10.0.0.1/24
guest create name b interface b address 10.0.0.2/24
"""
SHOWN = [
    f"echo {quoted(ORDERS)}",
    "bridge list",
    "bridge bridge0 show",
    "bridge bridge0 show name",
    *(f"bridge list as {form}" for form in ("csv", "table", "json", "yaml", "commands")),
    "host host0 interface list",
    "host host0 binding list",
    f"bridge {quoted(ORDERS)} port list",
    f"router {quoted('x' + ORDERS)} show",
    f"bridge bridge0 set {quoted(ORDERS)} x",
    f"{quoted(ORDERS)}",
    "guest0 show interface",
    'ping guest0 10.0.0.2 count 1 draw explain flags "-nvvv"',
    "ping guest0 10.0.0.3 timeout 1 count 1 draw explain",
    "show topology",
    "show topology as table",
    f"tcpdump {quoted(SHORT)} write {quoted(SHORT + '.pcap')}",
    "arping guest0 10.0.0.2",
    "capture list",
    "guest0 ip addr",
    f"source {quoted(ORDERS)}",
    f"save {quoted('no/' + ORDERS)}",
    f"tcpdump read {quoted(SHORT + '.pcap')}",
    f"tcpdump read {quoted('no' + SHORT)}",
    f"sett {quoted(ORDERS)}",
    "undo",
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the lab as a script, under an innocent name and another."""
    (tmp_path / "lab.mido").write_text(LAB)
    (tmp_path / f"{SHORT}.mido").write_text(LAB)
    (tmp_path / "shown.mido").write_text("\n".join(SHOWN))
    return tmp_path


def obeys(terminal: Terminal) -> list[str]:
    """The orders that were written."""
    return [
        terminal.written[max(at.start() - 40, 0) : at.end() + 20]
        for at in ORDER.finditer(terminal.written)
    ]


@pytest.mark.parametrize("options", [(), ("--echo",), ("--format", "json")])
def test_a_script_on_a_terminal(home: Path, options: tuple[str, ...]) -> None:
    terminal = Terminal(
        home,
        command=MIDOCLI,
        arguments=("--keep-going", *options, "lab.mido", "shown.mido", "no\x1b]0;file\x07"),
    )
    terminal.end()
    assert obeys(terminal) == []
    assert r"\x1b" in terminal.written or "\\u001b" in terminal.written


@pytest.mark.parametrize("line", SHOWN)
@pytest.mark.parametrize("colour", ["never", "always"])
def test_what_the_screen_is_given(
    line: str, colour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # for the files that it writes
    out = StringIO()
    painter = Painter()
    paint = painter.paint if colour == "always" else str
    screen = Screen(out, Preferences(Path("/dev/null")), paint)
    world = World(*LAB.splitlines())
    try:
        screen.write(world.run(line) + "\n")
    except Exception as error:  # its message is shown as well
        screen.write(f"{error}\n")
    left = OWN_ORDERS.sub("", out.getvalue())
    assert ORDER.search(left) is None
    assert "\x1b" not in left
    assert ("\x1b[" in out.getvalue()) <= (colour == "always")


def test_at_the_prompt(home: Path) -> None:
    terminal = at_prompt(home, "-i", f"{SHORT}.mido", columns=250)
    assert r"\x1b]0;t\x07" in terminal.text()  # the toolbar says what the topology is called
    for typed, wanted in (
        ("bridge list\r", r"bridge bridge0 name \x1b"),
        ("echo $'\\x1b]0;pwned\\x07'\r", r"\x1b]0;pwned\x07"),
        ("bridge bridge0 show name as commands\r", r"$'\x1b"),
        ("host host0 binding interface ?", "b"),
        ("\t\t", r"\x1b]0;t\x07"),
        ("\x03", "midonet>"),
        ("source \t\t", r"\x1b]0;t\x07"),
        ("\x03", "midonet>"),
        (f"bridge {quoted('nosuch' + SHORT)} show\r", "unknown bridge"),
        ("bridge nosuch\u202e", "<202e>"),
    ):
        terminal.type(typed)
        terminal.wait_for(wanted)
    assert re.findall("\x1b\\]|[\x80-\x9f\u202e]", terminal.written) == []
    terminal.hang_up()


def test_a_capture_file_is_printed_on_a_terminal(home: Path) -> None:
    midocli("-e", "source lab.mido", "-e", "ping guest0 10.0.0.2 count 1 write x.pcap", cwd=home)
    name = f"{SHORT}.pcap"
    (home / "x.pcap").rename(home / name)
    terminal = Terminal(home, command=(*MIDOCLI, "tcpdump"), arguments=("-r", name))
    terminal.end()
    assert "ICMP echo reply" in terminal.written
    assert obeys(terminal) == []


def test_files_and_pipes_get_every_character(home: Path) -> None:
    done = midocli("lab.mido", "-e", "bridge list", "-e", f"echo {quoted(ORDERS)}", cwd=home)
    assert f"bridge bridge0 name {ORDERS} state up\n" in done.stdout
    assert done.stdout.endswith(f"{ORDERS}\n")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_printed_as_printable_lines(text: str) -> None:
    out = StringIO()
    written = PrintableOutput(out)
    assert written.write(text) == len(text)
    shown = out.getvalue()
    assert shown.replace("\n", "").replace("\t", "").isprintable()
    assert (shown.count("\n"), shown.count("\t")) == (text.count("\n"), text.count("\t"))
    assert printable_lines(shown) == shown


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1+cmd", "'+1+cmd"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"),
        ("-1", "-1"),
        ("+1.50", "+1.50"),
        ("-", "-"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_no_cell_is_a_formula(name: str, cell: str) -> None:
    world = World(f"bridge create name {quoted(name)}", "router create asn -1")
    [row] = csv.DictReader(StringIO(world.run("bridge list as csv"), newline=""))
    assert row["name"] == cell
    assert world.run("router list as csv").endswith(",-1")
