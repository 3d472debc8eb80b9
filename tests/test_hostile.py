"""What no sane user types, and surroundings no sane user has: errors, never a crash."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from broken import LISTING, TOPOLOGY, lines
from handmade import Hands, session_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from netlab import PAIR
from sessions import ROOT, midocli

import grammar
from grammar.errors import MidoError
from grammar.resources import SCHEMA
from grammar.script import Line
from midocli.session.session import Session, SessionEnd

ERROR = re.compile(r"<stdin>:(\d+):(\d+): (.+)")
CRASH = re.compile("Traceback|internal error")


@pytest.fixture
def prepared(tmp_path: Path) -> tuple[str, str]:
    """A script that builds a topology, and one that prints all of it between two marks."""
    topology, listing = tmp_path / "topology.mido", tmp_path / "listing.mido"
    topology.write_text(TOPOLOGY)
    listing.write_text(f"echo BEGIN\n{LISTING}echo END\n")
    return str(topology), str(listing)


# -- two hundred broken lines -------------------------------------------------------------


def test_each_broken_line_is_one_error_and_changes_nothing(prepared: tuple[str, str]) -> None:
    topology, listing = prepared
    broken = lines()
    assert len(broken) >= 200
    done = midocli(
        "--keep-going", topology, listing, "-", listing, stdin=b"\n".join([*broken, b""])
    )
    assert done.returncode == 1
    errors = [ERROR.fullmatch(line) for line in done.stderr.splitlines()]
    assert [int(error[1]) if error else 0 for error in errors] == list(range(1, len(broken) + 1))
    for error, line in zip(errors, broken, strict=True):
        assert error is not None
        assert 1 <= int(error[2]) <= len(line.decode("utf-8", "surrogateescape")) + 1
        assert len(error[3]) < 600, error[3]
        assert not CRASH.search(error[3]), error[3]
    before, after = re.findall(r"(?s)BEGIN\n(.*?)END\n", done.stdout)
    assert "router router0 name edge" in before
    assert after == before


def test_each_broken_line_is_one_json_document(prepared: tuple[str, str]) -> None:
    topology, _ = prepared
    broken = lines()
    done = midocli(
        "--keep-going", "--format", "json", topology, "-", stdin=b"\n".join([*broken, b""])
    )
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    commands = len(TOPOLOGY.splitlines())
    assert not any("error" in document for document in documents[:commands])
    numbers = [document["error"]["line"] for document in documents[commands:]]
    # `format text` cannot be among the lines: it would be no error.
    assert numbers == list(range(1, len(broken) + 1))
    assert len(done.stderr.splitlines()) == len(broken)


@pytest.mark.parametrize(("first", "second"), [*pairwise(lines()[:40:5])])
def test_a_script_stops_at_its_first_error(first: bytes, second: bytes) -> None:
    script = b"router create\n" + first + b"\n" + second + b"\nrouter create\n"
    done = midocli(stdin=script)
    assert (done.returncode, done.stdout) == (1, "router0\n")
    assert [error[:10] for error in done.stderr.splitlines()] == ["<stdin>:2:"]


def test_an_error_is_placed_in_its_own_line_of_a_continued_command() -> None:
    done = midocli(stdin="# comment\n\nrouter create \\\n  name x \\\n  state maybe\n")
    assert done.stderr.startswith("<stdin>:5:9: ")


def test_an_error_is_one_line_even_about_words_with_line_breaks() -> None:
    done = midocli("--keep-going", stdin="router name 'a\\\nb' show\nrouter 'c\\\nd' show\n")
    assert [ERROR.fullmatch(line) is not None for line in done.stderr.splitlines()] == [True] * 2


# -- the program's surroundings -----------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("--format", "xml"),
        ("-e",),
        ("--seed",),
        ("no-such-file.mido",),
        ("/",),
        ("a\nb",),
    ],
)
def test_bad_options_and_unreadable_files_give_2(arguments: tuple[str, ...]) -> None:
    done = midocli(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "midocli: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_may_be_unreadable_after_others_ran(tmp_path: Path) -> None:
    script = tmp_path / "one.mido"
    script.write_text("router create\n")
    done = midocli(str(script), "no-such-file.mido")
    assert (done.returncode, done.stdout) == (2, "router0\n")


def test_no_input_is_no_output() -> None:
    done = midocli()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("stdin", ["\n\n", "   \n\t\n", "# only\n  # comments", "\r\n\r\n"])
def test_nothing_to_do_is_no_output(stdin: str) -> None:
    done = midocli("--format", "json", stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def in_shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command in which `midocli` is the program."""
    function = f'midocli() {{ "{sys.executable}" -m midocli "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", function + command], capture_output=True, text=True, cwd=ROOT, timeout=120
    )


@pytest.mark.parametrize(
    "command",
    [
        "midocli long.mido | head -n 1",
        "midocli -e 'source long.mido' | head -n 1",
        "midocli --format json long.mido | head -n 1",
        "midocli --keep-going --format json wrong.mido 2>/dev/null | head -n 1",
        "midocli --keep-going wrong.mido 2>&1 >/dev/null | head -n 1",
    ],
)
def test_a_reader_that_goes_away_is_no_error(command: str, tmp_path: Path) -> None:
    (tmp_path / "long.mido").write_text("echo a line that is repeated\n" * 50_000)
    (tmp_path / "wrong.mido").write_text("no command\n" * 5_000)
    done = in_shell(
        command.replace(".mido", "")
        .replace("long", f"{tmp_path}/long.mido")
        .replace("wrong", f"{tmp_path}/wrong.mido")
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams(closed: str) -> None:
    done = in_shell(f"midocli -e 'router create' -e 'no command' {closed}; echo status $?; exit")
    assert done.stdout.endswith("status 1\n")
    assert "Traceback" not in done.stderr


def test_closed_standard_input_reads_as_empty() -> None:
    done = in_shell("midocli <&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_is_told() -> None:
    done = in_shell("midocli -e 'echo words' >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "midocli: cannot write the output: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_beside_a_result_is_a_part_of_its_document() -> None:
    done = midocli(stdin=f"{PAIR}ping one 10.0.0.2 write /dev/full as json\n")
    document = json.loads(done.stdout.splitlines()[-1])
    assert document["received"] == 1
    assert "No space left" in document["error"]["message"]
    assert done.returncode == 1
    assert "No space left" in done.stderr


@pytest.mark.parametrize("options", [(), ("--keep-going",), ("--format", "json")])
def test_a_script_that_reads_itself_ends_with_an_error(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    script = tmp_path / "self.mido"
    script.write_text(f"source {script}\n")
    done = midocli(*options, str(script))
    assert done.returncode == 1
    assert f"{script}:1:1: source is nested more than" in done.stderr
    assert "Traceback" not in done.stderr


# -- endless input ------------------------------------------------------------------------

_PEAK = """
import sys
from midocli.app.cli import main
status = main(["--keep-going", "-"])
peak, = (line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(peak.split()[1])
sys.exit(status)
"""


def peak_kib(stdin: bytes) -> tuple[int, list[str]]:
    """The most memory that midocli had in use, and its errors."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK], input=stdin, capture_output=True, cwd=ROOT, timeout=120
    )
    return int(done.stdout.splitlines()[-1]), done.stderr.decode().splitlines()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory use is not told")
@pytest.mark.parametrize(
    "endless",
    [
        b"x" * (20 << 20),
        b"'" + b"many words " * (2 << 20),
        b"\\\n" * (3 << 20),
        b"router \\\n" * (1 << 20),
    ],
    ids=["a word", "words", "lines", "lines with words"],
)
def test_an_endless_command_is_refused_in_bounded_memory(endless: bytes) -> None:
    usual, _ = peak_kib(b"no command\n")
    peak, errors = peak_kib(endless + b"\nno command\n")
    last = endless.count(b"\n") + 2
    assert errors[0].startswith("<stdin>:1:1: command longer than ")
    assert errors[1].startswith(f"<stdin>:{last}:1: unexpected 'no'")
    assert peak - usual < 128 << 10, "that is more than a command may be long"


# -- anything at all ----------------------------------------------------------------------

COMMON = """
list show create add set clear delete l sh del expect not clock echo help format ping source
reset ip addr route count 1 quiet explain capture none filter icmp router0 bridge0 router0:port0
bridge0:port0 bridge0:port1 chain0 chain0:rule0 host0 host0:veth0 guest0 pgroup0 ipg0 port0 rule0
route0 edge vm 0 -1 80 yes no true false up down accept drop 10.0.0.1 10.0.0.0/24 '' 'a b' # "
"""
WORDS = sorted(
    {
        *COMMON.split(),
        *(collection.name for collection in SCHEMA.collections.values()),
        *(name for collection in SCHEMA.collections.values() for name in collection.by_name),
    }
    - {"write", "save"}  # these would leave files behind
)

any_line = st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
known_words = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
spoiled = st.builds(
    lambda line, at, noise: line[:at] + noise + line[at:],
    known_words,
    st.integers(0, 80),
    st.text(max_size=3),
)


@settings(deadline=None, max_examples=400)
@given(any_line | known_words | spoiled)
@example("\0")
@example("'" * 3)
@example("\\")
@example("router \udcff show")
@example("expect not expect")
def test_every_line_is_parsed_or_refused(line: str) -> None:
    try:
        grammar.parse(line)
    except MidoError as error:
        assert error.message
        assert error.column is None or 1 <= error.column <= len(line) + 1


@settings(deadline=None, max_examples=200)
@given(any_line | known_words | spoiled, st.integers(0, 100))
def test_what_may_come_is_known_anywhere_in_any_line(line: str, cursor: int) -> None:
    for expected in grammar.expected(line, min(cursor, len(line))):
        assert expected.text or expected.help


def session() -> tuple[Session, StringIO, StringIO]:
    """A session with the topology, its output and its errors."""
    out, err = StringIO(), StringIO()
    made = session_of(Hands(out), err, keep_going=True)
    for text in TOPOLOGY.splitlines():
        made.run_line("topology", Line(text, 1))
    assert err.getvalue() == ""
    return made, out, err


@settings(deadline=None, max_examples=300)
@given(st.lists(known_words | spoiled, min_size=1, max_size=8), st.booleans())
def test_no_commands_in_any_order_break_a_session(commands: list[str], as_json: bool) -> None:
    made, out, err = session()
    made.settings.json = as_json
    out.truncate(out.seek(0))
    for command in commands:
        printed, told = out.tell(), err.tell()
        try:
            succeeded = made.run_line("fuzz", Line(command, 1))
        except SessionEnd:
            return
        assert succeeded is (err.tell() == told)
        assert not CRASH.search(err.getvalue()), err.getvalue()
        if made.settings.json and succeeded and "format" not in command and command.strip():
            for document in out.getvalue()[printed:].splitlines():
                json.loads(document)


def test_the_fuzz_does_reach_commands_that_succeed() -> None:
    made, _, err = session()
    for command in ("router router0 set name other", "chain0:rule0 show", "ping vm 10.0.0.1 quiet"):
        assert made.run_line("fuzz", Line(command, 1)), err.getvalue()


def test_nothing_here_depends_on_the_folder_it_runs_in(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "-e", "router list"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
    )
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (0, b"", [])
