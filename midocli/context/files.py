"""The files that commands read and write, handed to commands from the top."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from grammar.errors import FileError
from grammar.tree import Argument


def path_of(name: str) -> Path:
    """The file that a name in a command means: `~` is the home directory, as in a shell.

    Of a user nobody knows, `~user` is a name like any other.
    """
    return Path(os.path.expanduser(name))  # noqa: PTH111 (pathlib's fails for unknown users)


class Files:
    """Reads and writes files as a whole; FileError, at the name's column, where that fails."""

    def read(self, file: Argument) -> bytes:
        """All of a file."""
        with _explained("read", file):
            return path_of(file.text).read_bytes()

    def open(self, file: Argument) -> BinaryIO:
        """A file to read bit by bit."""
        with _explained("read", file):
            return path_of(file.text).open("rb")

    def check(self, file: Argument) -> None:
        """FileError where a file could not be written: to know before anything happens."""
        with _explained("write", file):
            _check(path_of(file.text).resolve())

    def write(self, file: Argument, data: bytes) -> None:
        """Write a file: an old one stays as it was until the new one is complete.

        What a link points at is written, and what is no plain file (a terminal, a
        pipe) is written to as it is.
        """
        with _explained("write", file):
            _write(path_of(file.text).resolve(), data).close()

    def grow(self, file: Argument, head: bytes) -> GrowingFile:
        """Write a file as `write` does, to which more will be added."""
        with _explained("write", file):
            return GrowingFile(file, _write(path_of(file.text).resolve(), head))


class GrowingFile:
    """A file that is open for more; it always ends behind something whole."""

    def __init__(self, file: Argument, stream: BinaryIO) -> None:
        self._file = file
        self._stream = stream
        self._pending = b""

    def add(self, data: bytes) -> None:
        """Add data, and what could not be added before; FileError where that fails."""
        self._pending += data
        with _explained("write", self._file):
            before = self._stream.tell() if self._stream.seekable() else None
            try:
                _write_whole(self._stream, self._pending)
            except OSError:
                if before is not None:
                    with suppress(OSError):
                        self._stream.truncate(before)
                        self._stream.seek(before)
                raise
        self._pending = b""


@contextmanager
def _explained(verb: str, file: Argument) -> Iterator[None]:
    """What the operating system says of a file, as an error at its column."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        message = f"cannot {verb} {file.text[:200]}: {why}"
        raise FileError(message, file.column) from None


def _check(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory")
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "No such file or directory")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise PermissionError(13, "Permission denied")


def _write(path: Path, data: bytes) -> BinaryIO:
    """Write a file, and leave it open."""
    import tempfile

    _check(path)
    if (path.exists() and not path.is_file()) or not os.access(path.parent, os.W_OK):
        plain = path.open("wb", buffering=0)
        _write_whole(plain, data)
        return plain
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    part = Path(name)
    try:
        stream = open(number, "wb", buffering=0)  # noqa: PTH123, SIM115 (it is open already)
        _write_whole(stream, data)
        part.chmod(mode)
        part.replace(path)
    except BaseException:  # Ctrl-C as well: no part of a file stays behind
        part.unlink(missing_ok=True)
        raise
    return stream


def _write_whole(stream: BinaryIO, data: bytes) -> None:
    """Write all of it to a stream without a buffer, which may take it in pieces."""
    left = memoryview(data)
    while left:
        left = left[stream.write(left) :]


def _umask() -> int:
    """The permissions that new files do not get; asking is by setting."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
