"""Random sessions: lines, networks, captures and kills, until the time is up.

    python tests/fuzz.py [--seconds N] [--seed N] [SUBJECT ...]

Each subject gets the same share of the time. What goes wrong is printed with what it takes to see
it again, and the exit status is 1. A fixed seed draws the same cases in the same order; how many
there is time for depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cache
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from handmade import Hands, session_of  # noqa: E402 (the clone's own midocli, installed or not)
from random_sessions import Builder  # noqa: E402
from worlds import check  # noqa: E402

import grammar  # noqa: E402
from grammar.errors import MidoError  # noqa: E402
from grammar.script import Line  # noqa: E402
from midocli.app import tcpdump  # noqa: E402
from midocli.context.marks import is_unchanged  # noqa: E402
from midocli.context.preferences import Preferences  # noqa: E402
from midocli.session.session import SessionEnd  # noqa: E402

#: One case of a subject: what it takes to see it again, or nothing if all went well.
Case = Callable[[Random], str | None]

_ODD = ("'", '"', "\\", "$'", "#", "\x00", "\x1b", "é", "\u2028", "\ud800", "-1", "9" * 30, "!")
_FLAGS = ("-nn", "-nnn -vvv -X -e", "-q", "-tttt -e", "-A", "-XX -v", "-S -#")
_PROBES = (
    "ping {} {} count 2",
    "ping {} {} explain draw",
    "traceroute {} {} max-ttl 4",
    "arping {} {}",
    "connect {} tcp {} 80 explain",
)


@cache
def known_lines() -> tuple[str, ...]:
    """Every line of the kept sessions and labs."""
    folders = (ROOT / "tests" / "transcripts", ROOT / "docs" / "labs")
    scripts = sorted(script for folder in folders for script in folder.glob("*.mido"))
    lines = (line for script in scripts for line in script.read_text().splitlines())
    harmful = ("save", "write", "report", "draw", "source", "advance", "count 1000")
    return tuple(line for line in lines if not any(word in line for word in harmful))


def mutated(dice: Random, line: str) -> str:
    """A line with some of its words changed, doubled, cut, or taken from another."""
    words = line.split(" ")
    for _ in range(dice.randint(0, 3)):
        place = dice.randrange(len(words))
        other = dice.choice(dice.choice(known_lines()).split(" "))
        word = words[place]
        words[place] = dice.choice(
            (other, word[: dice.randint(0, 9)], word + dice.choice(_ODD), f"{word} {word}", "")
        )
    return " ".join(words)


def language(dice: Random) -> str | None:
    """A session of mutated lines, and what may come at any place of them."""
    err = StringIO()
    nobody = Preferences(Path(os.devnull))
    session = session_of(Hands(), err, keep_going=True, preferences=nobody)
    begin = dice.randrange(len(known_lines()))
    typed = []
    for line in known_lines()[begin : begin + 40]:
        typed.append(mutated(dice, line))
        with suppress(SessionEnd):
            session.run_line("fuzz", Line(typed[-1], len(typed)))
        if "internal error" in err.getvalue():
            return "\n".join([*typed, err.getvalue()])
        for expected in grammar.expected(typed[-1], dice.randint(0, len(typed[-1]))):
            assert expected.text or expected.help
    check(session.context.store)
    return None


def networks(dice: Random) -> str | None:
    """A network that may be senseless, and traffic in it."""
    builder = Builder(dice)
    builder.build()
    for _ in range(6):
        source, target = builder.any("guest", "point"), builder.any("guest")
        builder.type(dice.choice(_PROBES).format(source, dice.choice((target, builder.address()))))
    check(builder.world.store)
    return None


# BSD loopback, raw IP, Linux cooked v1 and v2.
_LINK_TYPES = (0, 12, 101, 108, 113, 228, 229, 276)


@cache
def captures_there_are() -> tuple[bytes, ...]:
    """The capture files of the tests."""
    files = sorted((ROOT / "tests" / "data").rglob("*.pcap*"))
    return tuple(file.read_bytes() for file in files)


def captures(dice: Random) -> str | None:
    """A damaged capture file, often of another link type, read with some flags."""
    data = bytearray(dice.choice(captures_there_are()))
    if dice.random() < 0.5 and data[:4] != b"\x0a\x0d\x0d\x0a":
        data[20:24] = dice.choice(_LINK_TYPES).to_bytes(4, "little")
    for _ in range(dice.randint(1, 12)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    del data[dice.randint(len(data) // 2, len(data) * 2) :]
    flags = dice.choice(_FLAGS).split()
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(data)
        file.flush()
        out = TextIOWrapper(BytesIO(), encoding="utf-8", errors="backslashreplace")
        with redirect_stdout(out), redirect_stderr(StringIO()):
            tcpdump.main([*flags, "-r", file.name])
    return None


def kills(dice: Random) -> str | None:
    """A session that is killed while it saves again and again: the file is always whole."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.mido"
        lines = [f"router create name r{number}\nsave {file}\n" for number in range(400)]
        process = subprocess.Popen(
            [sys.executable, "-m", "midocli"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdin is not None
        process.stdin.write("".join(lines).encode())
        process.stdin.flush()
        time.sleep(0.2 + dice.random())
        process.kill()
        process.communicate()
        if not file.exists():
            return None
        with file.open("rb") as stream:
            whole = is_unchanged(stream)
        done = subprocess.run(
            [sys.executable, "-m", "midocli", str(file)], capture_output=True, cwd=ROOT, text=True
        )
    return None if whole and not done.returncode else f"{file.name}: {whole}, {done.stderr}"


SUBJECTS: dict[str, Case] = {each.__name__: each for each in (language, networks, captures, kills)}


def failures(name: str, seed: int, seconds: float) -> Iterator[str]:
    """What goes wrong with a subject in that time; how many cases there were is printed."""
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
        try:
            found = SUBJECTS[name](Random(f"{name} {seed} {number}"))
        except MidoError as error:
            found = f"{type(error).__name__}: {error.message}"
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found is not None:
            yield f"{name}, seed {seed}, case {number}: {found}"
    print(f"{name}: {number} cases", flush=True)


def main() -> int:
    """Draw cases; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    given = parser.parse_args()
    names = given.subjects or list(SUBJECTS)
    sys.stdout = TextIOWrapper(sys.stdout.buffer, "utf-8", "backslashreplace")
    status = 0
    for name in names:
        for failure in failures(name, given.seed, given.seconds / len(names)):
            print(failure, flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
