"""What a crash may leave of a store's files: every write is recorded, and any of them the last.

A crash leaves what was synced, and of the rest all, nothing, or a part: files and folders alike.
strace records; what is rebuilt of all writes is what is on the disk, byte by byte, or the recording
is worth nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from sessions import ROOT

#: What of the writes that were not synced is there after the crash.
WAYS = ("kept", "dropped", "torn", "some")

_CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename"
_IN_WAL_MODE = """
from midocli.app.cli import entry_point
from midocli.store.storage import sqlite
sqlite.journal_mode = lambda version: "wal"
entry_point()
"""
#: What WAL mode shares among processes is made anew after a crash.
MEMORY = "-shm"
_LINE = re.compile(r"\d+ +(\w+)\((.*)\) += (\d+)")
_FILE = re.compile(r"(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x..)*)"')


class Step(NamedTuple):
    """A call: its name, the file's path, what was written, and a place or a size."""

    call: str
    path: str
    data: bytes = b""
    number: int = 0


def record(commands: list[list[str]], folder: Path, wal: bool = False) -> list[Step]:
    """Run midocli with some arguments after others in a folder, and record its writes there.

    `wal`: have it write as it would with a SQLite whose WAL mode is safe.

    A call `answer` is what was printed. RuntimeError where strace may not trace.
    """
    log = folder.with_suffix(".strace")
    program = ["-c", _IN_WAL_MODE] if wal else ["-m", "midocli"]
    for arguments in commands:
        done = subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-qq", "-A", "-o", log, "-xx", "-y", "-s", "10000000",
             "-e", f"trace={_CALLS}", "-e", "signal=none",
             sys.executable, *program, *arguments],
            cwd=folder,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
    with log.open() as lines:
        steps = _steps(lines, str(folder.resolve()))
        return [step for step in steps if not step.path.endswith(MEMORY)]


def _steps(lines: Iterator[str], folder: str) -> Iterator[Step]:
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue  # it failed
        call, arguments, result = found.groups()
        files = [(int(number), _plain(path).decode()) for number, path in _FILE.findall(arguments)]
        texts = [_plain(text) for text in _TEXT.findall(arguments)]
        if call in ("openat", "unlink", "rename"):
            path = texts[0].decode()
            made = call != "openat" or "O_CREAT" in arguments
            if made and path.startswith(folder + "/"):
                yield Step(call, path)
        elif call == "write" and files[0][0] == 1 and texts[0]:
            yield Step("answer", "", texts[0])
        elif files and (files[0][1] + "/").startswith(folder + "/"):
            last = arguments.rpartition(", ")[2]
            number = int(last) if call in ("pwrite64", "ftruncate") else 0
            data = texts[0][: int(result)] if texts else b""
            yield Step(call, files[0][1], data, number)


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


class _File:
    """A file's content as it is seen, as it was synced, and the steps between them."""

    def __init__(self) -> None:
        self.seen = bytearray()
        self.synced = bytearray()
        self.pending: list[Step] = []

    def carry_out(self, step: Step) -> None:
        _carry_out(self.seen, step)
        self.pending.append(step)

    def sync(self) -> None:
        for step in self.pending:
            _carry_out(self.synced, step)
        self.pending.clear()

    def after_crash(self, way: str, dice: Random, newest: Step) -> bytes:
        """What a crash leaves after the `newest` step; `dice` choose where the way is `some`."""
        if way == "kept" or not self.pending:
            return bytes(self.seen)
        content = bytearray(self.synced)
        for step in self.pending if way != "dropped" else ():
            torn = step is newest if way == "torn" else dice.random() < 0.3
            if torn:
                _carry_out(content, _half(step))
            elif way == "torn" or dice.random() < 0.5:
                _carry_out(content, step)
        return bytes(content)


def _carry_out(content: bytearray, step: Step) -> None:
    if step.call == "ftruncate":
        missing = step.number - len(content)
        content[step.number :] = bytes(max(missing, 0))
        return
    missing = step.number - len(content)
    content += bytes(max(missing, 0))
    content[step.number : step.number + len(step.data)] = step.data


def _half(step: Step) -> Step:
    return step._replace(data=step.data[: len(step.data) // 2])


class Disk:
    """A folder to which recorded steps happen, and what crashes leave of it."""

    def __init__(self) -> None:
        self._there: dict[str, _File] = {}
        self._synced: dict[str, _File] = {}
        self._newest = Step("", "")

    def carry_out(self, step: Step) -> None:
        """A step happens."""
        self._newest = step
        match step.call:
            case "answer":
                pass
            case "openat":
                self._there.setdefault(step.path, _File())
            case "unlink":
                del self._there[step.path]
            case "pwrite64" | "ftruncate":
                self._there[step.path].carry_out(step)
            case "fsync" | "fdatasync" if step.path in self._there:
                self._there[step.path].sync()
            case "fsync" | "fdatasync":  # of the folder
                self._synced = dict(self._there)
            case _:
                raise ValueError(f"no way is known to {step.call}")

    def after_crash(self, way: str, dice: Random) -> dict[str, bytes]:
        """The files that a crash leaves, by their names."""
        seen = way in ("kept", "torn") or (way == "some" and dice.random() < 0.5)
        found = self._there if seen else self._synced
        return {
            Path(path).name: file.after_crash(way, dice, self._newest)
            for path, file in found.items()
        }


def put(files: dict[str, bytes], folder: Path) -> None:
    """Have a folder hold these files, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
