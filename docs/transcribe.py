"""Sessions in the documentation: read from a page, run, and written back.

A page shows three kinds of sessions, as fenced blocks:

- `midocli`: what is typed at midocli's prompt, and what it prints. The blocks of a
  page are one session, run in process with a fixed seed and start time.
- `console`: commands of a POSIX shell behind `$ `, with lines behind `> ` that
  continue them. The blocks of a page share a folder that holds nothing but the
  scripts under `docs/`, so that they read as typed at the top of a clone.
- `pycon`: statements at Python's prompt, and what they print, in that folder as well.

`<!-- begins with FILE -->` in a page says that its session at the prompt is one of
`midocli -i FILE`: the script is run first, and what it prints is not shown.
`<!-- needs PROGRAM -->` says that the blocks are run only where that is installed.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import chdir, contextmanager, suppress
from pathlib import Path

from python_prompt import MORE, Python
from python_prompt import PROMPT as PYTHON

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [] if str(ROOT) in sys.path else [str(ROOT)]

from grammar.errors import MidoError  # noqa: E402 (the clone's own midocli, installed or not)
from grammar.script import Line  # noqa: E402
from midocli.context.manner import PROMPT, Manner  # noqa: E402
from midocli.session.session import Session, SessionEnd, Settings  # noqa: E402
from midocli.session.world import fixed_world  # noqa: E402
from midocli.shell.terminal import pointed_out  # noqa: E402

SEED = "1"
_MORE = "... ".rjust(len(PROMPT))
_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NEEDS = re.compile(r"^<!-- needs (\S+) -->$", re.MULTILINE)
_BEGINS = re.compile(r"^<!-- begins with (\S+) -->$", re.MULTILINE)
_MARK = "\x1d"
#: The prompt while a change is open, or has failed.
_MARKED = re.compile(r"^midonet[*!]> ", re.MULTILINE)


class _Typed(Manner):
    """The manner of a prompt that is kept as text."""

    @property
    def interactive(self) -> bool:
        return True

    def worded(self, name: str, line: Line, error: MidoError, prompt: str = PROMPT) -> str:
        return pointed_out(line, error)


class Terminal:
    """A session at midocli's prompt, kept as text; `failed` once a command has failed."""

    def __init__(self) -> None:
        self._screen = io.StringIO()
        self._session = Session(Settings(), fixed_world(_Typed(self._screen)), self._screen)
        self._number = 0

    @property
    def failed(self) -> bool:
        """Whether a command has failed so far."""
        return self._session.failed

    def type(self, lines: Sequence[str]) -> str:
        """What the screen shows for one command, which may go over several lines."""
        self._screen.seek(0)
        self._screen.truncate()
        for number, line in enumerate(lines):
            self._screen.write(f"{_MORE if number else self._session.prompt}{line}\n")
        joined = "\n".join([*(line[:-1] + " " for line in lines[:-1]), lines[-1]])
        self._number += 1
        with suppress(SessionEnd):
            self._session.run_line("", Line(joined, self._number))
        return self._screen.getvalue()


def fences(page: str, info: str) -> Iterator[str]:
    """The contents of a page's fenced blocks that are marked with `info`."""
    return (found[2] for found in _FENCE.finditer(page) if found[1] == info)


def commands(block: str, prompt: str, more: str) -> list[list[str]]:
    """The commands typed in a block, each as its lines without their prompts."""
    typed: list[list[str]] = []
    for line in block.splitlines():
        if line.startswith(prompt):
            typed.append([line[len(prompt) :]])
        elif typed and line.startswith(more):
            typed[-1].append(line[len(more) :])
    return typed


def joined_lines(lines: Sequence[str]) -> Iterator[list[str]]:
    """The commands of a script: lines, with those that a backslash continues."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if not line.endswith("\\"):
            yield held
            held = []
    if held:
        yield held


def run_in_shell(block: str) -> str:
    """A console block with what its commands print in the current folder."""
    typed = commands(block, "$ ", "> ")
    script = "".join(
        "\n".join(lines) + f"\nstatus=$?; printf '{_MARK}'; (exit $status)\n" for lines in typed
    )
    python = shlex.quote(sys.executable)
    names = (
        f'python3() {{ {python} "$@"; }}\nmidocli() {{ {python} -m midocli "$@"; }}\n'
        'tshark() { command tshark "$@" 2>/dev/null; }\n'  # it warns when root runs it
    )
    done = subprocess.run(
        ["bash", "-c", names + script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TZ": "UTC"},
        timeout=120,
        check=False,
    )
    printed = done.stdout.decode().split(_MARK)
    shown = ("$ " + "\n> ".join(lines) + "\n" for lines in typed)
    return "".join(f"{command}{output}" for command, output in zip(shown, printed, strict=False))


def missing_programs(page: str) -> list[str]:
    """Programs that a page's sessions need and that are not installed here."""
    return [name for name in _NEEDS.findall(page) if shutil.which(name) is None]


def refreshed(page: str) -> str:
    """A page with its sessions run anew, in a folder of their own, if that can be done here."""
    if missing_programs(page):
        return page
    terminal = Terminal()

    def at_prompt(block: str) -> str:
        return "".join(map(terminal.type, commands(_MARKED.sub(PROMPT, block), PROMPT, _MORE)))

    python = Python()

    def in_python(block: str) -> str:
        return "".join(map(python.type, commands(block, PYTHON, MORE)))

    run: dict[str, Callable[[str], str]] = {
        "midocli": at_prompt,
        "console": run_in_shell,
        "pycon": in_python,
    }

    def rerun(found: re.Match[str]) -> str:
        block = run[found[1]](found[2]) if found[1] in run else found[2]
        return f"```{found[1]}\n{block}```"

    with empty_folder():
        _copy_scripts()
        for begun in _BEGINS.finditer(page):
            printed = terminal.type([f"source {begun[1]}"])
            if terminal.failed:
                raise ValueError(f"the page cannot begin: {printed}")
        return _FENCE.sub(rerun, page)


def replay(page: str) -> None:
    """Run a page's session at the prompt in the current folder, for what it leaves there."""
    terminal = Terminal()
    for block in fences(page, "midocli"):
        for typed in commands(_MARKED.sub(PROMPT, block), PROMPT, _MORE):
            terminal.type(typed)


def _copy_scripts() -> None:
    """Put the scripts of `docs/guide` and `docs/labs` where they are in a clone."""
    for script in (ROOT / "docs").glob("[gl]*/*.mido"):
        copy = script.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(script.read_bytes())


@contextmanager
def empty_folder(files: Iterable[Path] = ()) -> Iterator[None]:
    """Work in a new folder, gone afterwards, that holds nothing but copies of `files`."""
    copies = {file.name: file.read_bytes() for file in files}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for name, content in copies.items():
            Path(name).write_bytes(content)
        yield
