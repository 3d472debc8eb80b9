"""MidoNet's own midonet-cli 5.2.0 at a pseudo terminal, where it can run.

It is Python 2 and comes from PyPI: `python tests/real_client.py` installs it with what it needs
into `build/midonetclient`, for tests to find. They are skipped where it is not, or no Python 2.7.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sessions import ROOT

PROMPT = "midonet> "
FOLDER = Path(os.environ.get("MIDONETCLIENT", ROOT / "build" / "midonetclient"))
_PACKAGES = ("httplib2", "webob<1.9")
_CLIENT = "midonetclient==5.2.0"
_ESCAPE = re.compile("\x1b\\[[^a-zA-Z]*[a-zA-Z]")


def python2() -> str | None:
    """A Python 2.7 that runs, None where there is none."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [str(each) for each in sorted(kept.glob("2.7*/bin/python2.7"))]
    for program in [*found, shutil.which("python2.7")]:
        if program and subprocess.run([program, "-c", ""], capture_output=True).returncode == 0:
            return program
    return None


def missing() -> str | None:
    """Why the client cannot run, None where it can."""
    if python2() is None:
        return "there is no Python 2.7"
    if not (FOLDER / "bin" / "midonet-cli").exists():
        return f"midonet-cli is not in {FOLDER}: python tests/real_client.py installs it"
    return None


def install() -> None:
    """Install the client; SystemExit where that cannot be."""
    program = python2()
    if program is None:
        raise SystemExit("there is no Python 2.7")
    pip = [program, "-m", "pip", "install", "-q", "--target", str(FOLDER)]
    subprocess.run([*pip, *_PACKAGES], check=True)
    subprocess.run([*pip, "--no-deps", _CLIENT], check=True)


class Client:
    """A client at its prompt."""

    def __init__(self, url: str, home: Path, project: str = "admin") -> None:
        import pexpect

        program = python2()
        assert program is not None
        environment: Any = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(FOLDER), "HOME": str(home),
            "TERM": "dumb", "MIDO_API_URL": url, "MIDO_USER": "admin", "MIDO_PASSWORD": "secret",
            "MIDO_PROJECT_ID": project,
        }  # fmt: skip
        script = str(FOLDER / "bin" / "midonet-cli")
        self._child = pexpect.spawn(
            program, [script], env=environment, encoding="utf-8", timeout=30, echo=False,
            dimensions=(50, 4000),
        )  # fmt: skip
        self._child.expect(PROMPT)

    def __call__(self, line: str) -> str:
        """What a line prints."""
        self._child.sendline(line)
        self._child.expect(PROMPT)
        printed = _ESCAPE.sub("", self._child.before).replace("\r\n", "\n").split("\n")
        lines = printed[1:] if printed[0].strip() == line.strip() else printed
        return "\n".join(each.rstrip() for each in lines).strip("\n")

    def close(self) -> None:
        self._child.close(force=True)


@contextmanager
def serving(home: Path, *words: str) -> Iterator[str]:
    """`midocli serve` with these words, on a port of its own; the address of the API."""
    environment = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home)}
    program = [sys.executable, "-m", "midocli", "serve", "--listen", "127.0.0.1:0", *words]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as server:
        assert server.stdout is not None
        try:
            lines = iter(server.stdout)
            yield next(line.split()[1] for line in lines if line.startswith("serving "))
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    install()
