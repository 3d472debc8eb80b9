"""The files that commands read and write, handed to commands from the top.

Nothing is replaced by surprise: what is there is replaced if midocli wrote it and nobody changed
it since (`marks`), or where `force` says so. Pipes and devices are simply written to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from io import BufferedReader, FileIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from grammar.errors import FileError
from grammar.tree import Argument

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from midocli.context.marks import Marked, Style

_NOT_OURS = "it is there, and not as midocli wrote it: force as the last word replaces it"
#: Names of what is open already: `/dev/stdout`, and bash's `>(…)`.
_OPEN_ALREADY = ("/dev/", "/proc/")


def path_of(name: str) -> Path:
    """The file that a name in a command means: `~` is the home directory, as in a shell.

    Of a user nobody knows, `~user` is a name like any other.
    """
    return Path(os.path.expanduser(name))  # noqa: PTH111 (pathlib's fails for unknown users)


class Files:
    """Reads and writes files; FileError, at the name's column, where that fails."""

    #: Whether commands have no more than files of a folder: no processes, and no other machines.
    is_confined = False

    def beside(self, script: str) -> AbstractContextManager[None]:
        """What is entered while a script named on the command line is read and run."""
        return nullcontext()

    def place(self, file: Argument) -> Path:
        """Where a file is that a command names."""
        return path_of(file.text)

    def open(self, file: Argument) -> BinaryIO:
        """A file to read bit by bit, as long as it is now; devices never end, and are refused."""
        with _explained("read", file):
            path = self.place(file)
            kind = path.stat().st_mode
            if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
                raise ValueError("it is a device, not a file")
            return BufferedReader(_Reading(path.open("rb", buffering=0), file))

    def check(self, file: Argument, force: bool = False) -> None:
        """FileError where a file could not be written: to know before anything happens."""
        with _explained("write", file):
            _check(self.place(file), force)

    def write(
        self, file: Argument, data: bytes, style: Style | None = None, force: bool = False
    ) -> None:
        """Write a file: an old one stays as it was until the new one is complete.

        What a link points at is written.
        """
        from midocli.context.marks import Marked

        with _explained("write", file):
            _write(self.place(file), Marked(data, style).content, force).close()

    def grow(
        self, file: Argument, head: bytes, style: Style | None = None, force: bool = False
    ) -> GrowingFile:
        """Write a file as `write` does, to which more will be added."""
        from midocli.context.marks import Marked

        with _explained("write", file):
            path, marked = self.place(file), Marked(head, style)
            return GrowingFile(file, path, _write(path, marked.content, force), marked)


class _Reading(RawIOBase):
    """What a file holds when it is opened; what cannot be read is a FileError."""

    def __init__(self, stream: FileIO, file: Argument) -> None:
        super().__init__()
        self._file = file
        self._stream = stream
        about = os.fstat(self._stream.fileno())
        #: How much of it is still to be read; a pipe's end is where it ends.
        self._left = about.st_size if stat.S_ISREG(about.st_mode) and about.st_size else None

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        with _explained("read", self._file):
            view = memoryview(buffer)
            read = self._stream.readinto(view if self._left is None else view[: self._left])
        if self._left is not None:
            self._left -= read or 0
        return read

    def close(self) -> None:
        self._stream.close()
        super().close()


class GrowingFile:
    """A file that is open for more; it always ends behind something whole."""

    def __init__(self, file: Argument, path: Path, stream: BinaryIO, marked: Marked) -> None:
        self._file = file
        self._path = path
        self._stream = stream
        self._marked = marked
        self._pending = self._tail = b""
        self._is_lost = False
        #: What is a stream, under whatever name, takes nothing back.
        self.is_file = stream.seekable() and not _is_open_already(path)

    def add(self, data: bytes, tail: bytes = b"") -> None:
        """Add data, and what could not be added before; FileError where that fails.

        A `tail` stands behind it in a file until more is added, which takes its place. If the
        file was replaced or removed meanwhile, that is told once.
        """
        self._pending += data
        with _explained("write", self._file):
            if self.is_file:
                self._add_to_file(tail)
            else:
                _write_whole(self._stream, self._pending)
        self._pending = b""

    def _add_to_file(self, tail: bytes) -> None:
        if self._is_lost:
            return
        if not _is_same(self._path, self._stream):
            self._is_lost = True
            raise ValueError("it was replaced or removed, so what comes is not kept")
        before = self._stream.tell() - len(self._tail)
        try:
            self._end_with(before, self._pending + tail)
            marked = self._marked.grown(self._pending)
            self._mark(marked.grown(tail))
        except OSError:
            with suppress(OSError):
                self._end_with(before, self._tail)
            raise
        self._marked, self._tail = marked, tail

    def _end_with(self, place: int, data: bytes) -> None:
        """Let the file end with data at a place."""
        self._stream.seek(place)
        _write_whole(self._stream, data)
        self._stream.truncate()

    def _mark(self, marked: Marked) -> None:
        if marked.place is not None:
            end = self._stream.tell()
            self._stream.seek(marked.place)
            _write_whole(self._stream, marked.digest)
            self._stream.seek(end)


def write_file(path: Path, data: bytes) -> None:
    """Write a file of midocli's own, which is replaced as a whole; OSError or ValueError if not."""
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    _write(path, data, force=True).close()


def reason(error: Exception) -> str:
    """Why a file operation failed, in the operating system's words."""
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def _explained(verb: str, file: Argument) -> Iterator[None]:
    """What the operating system says of a file, as an error at its column."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        message = f"cannot {verb} {file.text[:200]}: {reason(error)}"
        raise FileError(message, file.column) from None


def _check(path: Path, force: bool) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory")
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "No such file or directory")
    if not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        raise PermissionError(13, "Permission denied")
    if not force and path.is_file() and not _is_open_already(path):
        from midocli.context.marks import is_unchanged

        with path.open("rb") as stream:
            if not is_unchanged(stream):
                raise ValueError(_NOT_OURS)


def _is_open_already(path: Path) -> bool:
    """Whether a name is that of a stream of this process, whatever that leads to."""
    return os.path.abspath(path).startswith(_OPEN_ALREADY)  # noqa: PTH100 (links stay)


def _is_same(path: Path, stream: BinaryIO) -> bool:
    """Whether a name still leads to the file that is open."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream.fileno()))
    except OSError:
        return False


def _write(path: Path, data: bytes, force: bool) -> BinaryIO:
    """Write a file, and leave it open."""
    _check(path, force)
    if _is_open_already(path):
        return _written(path.open("ab", buffering=0), data)
    path = path.resolve()
    about = path.stat() if path.exists() else None
    if about is not None and not stat.S_ISREG(about.st_mode):
        return _written(path.open("wb", buffering=0), data)
    if about is not None and (about.st_nlink > 1 or not os.access(path.parent, os.W_OK)):
        return _overwritten(path, data)
    return _replaced(path, data, about)


def _written(stream: BinaryIO, data: bytes) -> BinaryIO:
    _write_whole(stream, data)
    return stream


def _overwritten(path: Path, data: bytes) -> BinaryIO:
    """Write into a file that has other names, or whose folder takes no new one."""
    stream = path.open("r+b", buffering=0)
    old = stream.read()
    try:
        _fill(stream, data)
    except BaseException:
        with suppress(OSError):
            _fill(stream, old)
        raise
    return stream


def _fill(stream: BinaryIO, data: bytes) -> None:
    stream.seek(0)
    _write_whole(stream, data)
    stream.truncate()


def _replaced(path: Path, data: bytes, about: os.stat_result | None) -> BinaryIO:
    """Put a new file in the place of one, or of none, with what may be done with the old one."""
    import tempfile

    number, name = tempfile.mkstemp(prefix=".midocli-", dir=path.parent)
    part = Path(name)
    try:
        stream = open(number, "wb", buffering=0)  # noqa: PTH123, SIM115 (it is open already)
        _write_whole(stream, data)
        if about is not None:
            with suppress(OSError):
                os.chown(number, about.st_uid, about.st_gid)
        part.chmod(stat.S_IMODE(about.st_mode) if about is not None else 0o666 & ~_umask())
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
