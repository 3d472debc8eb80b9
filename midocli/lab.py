"""A lab: a network for programs, driven by the lines of the language and by calls.

    from midocli import Lab, MidoError

    lab = Lab()
    lab.source("docs/labs/dnat-rev_snat.mido")
    ping = lab.ping("client", "192.168.79.119", count=3)
    assert ping.received == 3, ping.explain()

What the command line does with a line, a lab does: it is one session, whose results are returned
instead of printed, and whose errors are raised.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO, StringIO
from os import fsdecode
from typing import TYPE_CHECKING, Self, SupportsBytes, TypeVar

# Whole, before there are threads: its modules import each other in a circle, on which Python fails
# where several threads begin to load them.
import netaddr  # noqa: F401

import grammar
from grammar.commands.reach import KINDS, ReachDiff
from grammar.errors import InvalidValueError, MidoError, StoreError, shorten
from grammar.node import Node
from grammar.script import Line, read_lines
from grammar.times import Timestamp
from grammar.values import Flag
from grammar.words import as_bytes, quoted
from midocli.context.manner import Manner
from midocli.results.forms import Formatted
from midocli.results.probed import Arping, Connect, Dhcp, Inject, Ping, Probed, Traceroute
from midocli.results.values import Beside, Done, Message, Result
from midocli.session.session import Session, SessionEnd, Settings
from midocli.session.world import fixed_world
from midocli.simulator.clock import Clock

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike

    from grammar.tree import Argument
    from midocli.analysis.difference import Difference
    from midocli.analysis.matrix import MatrixShown
    from midocli.analysis.reach_report import Reached
    from midocli.context.context import Context
    from midocli.context.files import Files
    from midocli.store.store import Store

#: pytest leaves frames of this file out of tracebacks.
__tracebackhide__ = True

#: What options are given: a flag is True, what is counted or measured a number, the rest text.
Option = str | int | float
Kind = TypeVar("Kind", bound=Probed)
Shown = TypeVar("Shown", bound=Result)


class Guest(Node):
    """A machine that was made; in a line, or where a call takes a guest, it stands for itself.

    `alias` is what lines call it (`guest0`), `name` what it was called, `interface` the one it is
    behind (`host0:tap0`; None: it is plugged into nothing), `mac` its MAC, `addresses` what it has,
    with the lengths of their prefixes (`10.0.1.11/24`): as they were when it was made.
    """

    alias: str
    name: str
    interface: str | None
    mac: str
    addresses: tuple[str, ...]

    def __str__(self) -> str:
        return self.alias


class Lab:
    """A network of its own: in memory, or in a `store`.

    Nothing of it is the user's: no preferences are read, nothing is kept in folders, and files are
    read and written only where a line names them. What is drawn by chance follows from `seed`, as
    with `midocli --seed`; the clock begins with `clock` (a datetime, or ISO 8601; UTC where no zone
    is given; else 2026-01-05T09:00:00Z), and moves only as traffic takes time, or by
    `lab("clock advance 5m")`.
    `files` reads and writes what lines name, where that is not to be the file system
    (`midocli.context.files`).
    `store` is what `midocli --store` takes: a SQLite file, which is made if there is none, or
    `postgresql://…`. Then each line is committed before its result is returned, what others
    commit is seen by the next line, and `close` ends the connection; so does the end of a `with`.
    MidoError for a clock that is none; StoreError, a MidoError, for a store that cannot be
    opened, and by any line that cannot be read from or written to it.

    Any number of labs may live in a process, each used by one thread at a time.
    """

    def __init__(
        self,
        seed: int | str = 1,
        clock: str | datetime | None = None,
        *,
        store: str | PathLike[str] | None = None,
        files: Files | None = None,
    ) -> None:
        screen = StringIO()
        look = _stored if files is None else None
        context = fixed_world(_Asked(screen), seed, _clock(clock), files, stored=look)
        if store is not None:
            from midocli.session.stores import keep

            keep(context, fsdecode(store))
        #: The session behind it, for who builds on midocli itself; it may change any time.
        self.session = _Session(context, screen)

    def close(self) -> None:
        """End the connection with the store, if there is one.

        A change that has begun is rolled back, and lines are StoreErrors from here on. A lab in
        memory stays as it is.
        """
        if self.session.context.kept is None:
            return
        try:
            if self.session.context.change.is_open:
                self.session.context.change.roll_back()
        finally:
            self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __call__(self, text: str) -> Result:
        """Carry out a line of the language, or several as a script's; the last one's result.

        `str()` of a result is what a script prints for it, `document()` its JSON, and where it made
        traffic it is of the class that `ping` and kin return. MidoError for the first line that
        fails, with its `code`, and `line` and `column` in the text: those before it have been
        carried out, and nothing of itself.
        """
        self.session.begin_anew()
        try:
            self.session.run_script("", read_lines(BytesIO(as_bytes(text))))
        except SessionEnd:
            pass
        except MidoError as error:
            # How it was found out is of no use to whoever wrote the line.
            raise error.with_traceback(None) from error.__cause__
        return self.session.latest

    def source(self, file: str | PathLike[str]) -> Result:
        """Carry out the lines of a script; the result is all that it prints.

        MidoError for a file that cannot be read, and for the first line that fails, with its
        place in the file.
        """
        return self(f"source {quoted(fsdecode(file))}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes of the topology made inside, or none if anything is raised; one `undo`.

        It is what `begin` and `commit` or `rollback` are in lines, one at a time: traffic may be
        made inside and sees the changes, and neither time nor what the network learns is taken
        back. MidoError where one has begun already.
        """
        self("begin")
        try:
            yield
        except BaseException:
            if self.session.context.change.is_open:
                self("rollback")
            raise
        self("commit")

    def guest(
        self, name: str, address: str | None = None, bridge: str | None = None, **fields: Option
    ) -> Guest:
        """Make a machine: a guest with an address (`10.0.1.11/24`), plugged into a bridge.

        Port, interface and binding are made along with it, and its gateway is the bridge's router,
        as `guest create … bridge` has it; without a bridge it is plugged into nothing. `fields` are
        further ones of the guest, with `_` for `-`. MidoError where that cannot be made.
        """
        given = {"name": name, "address": address, "bridge": bridge}
        told: dict[str, Option] = {name: word for name, word in given.items() if word is not None}
        line = " ".join(["guest create", *_written(told | fields)])
        alias = self(line).document()["created"]
        made = self(f"{alias} show").document()
        addresses = tuple(made["address"] or ())
        return Guest(alias, made["name"], made["interface"], made["mac"], addresses)

    # -- traffic --------------------------------------------------------------------------

    def ping(self, source: str | Guest, destination: str | Guest, **options: Option) -> Ping:
        """Send echo requests from a guest, a router port or an interface to an address or guest.

        Options are those of the command, with `_` for `-`: `count=3`, `interval=0.2` (seconds),
        `df=True`, `src="10.0.0.1"`. One that stands alone in a line, like `quiet`, is True.
        MidoError where the command would be an error.
        """
        return self._probed(Ping, "ping", [source, destination], options)

    def connect(
        self,
        source: str | Guest,
        proto: str,
        destination: str | Guest,
        port: int | str,
        **options: Option,
    ) -> Connect:
        """Open a TCP connection (`tcp`), or send a datagram and wait for one back (`udp`)."""
        words = [source, proto, destination, str(port)]
        return self._probed(Connect, "connect", words, options)

    def traceroute(
        self, source: str | Guest, destination: str | Guest, **options: Option
    ) -> Traceroute:
        """Find the routers on the way, as traceroute does."""
        return self._probed(Traceroute, "traceroute", [source, destination], options)

    def arping(self, source: str | Guest, destination: str | Guest, **options: Option) -> Arping:
        """Ask by ARP who has an address."""
        return self._probed(Arping, "arping", [source, destination], options)

    def dhcp(self, guest: str | Guest, **options: Option) -> Dhcp:
        """Have a guest ask for a lease and take it, as dhclient does."""
        return self._probed(Dhcp, "dhcp", [guest], options)

    def inject(
        self, at: str, frame: SupportsBytes | str | None = None, **options: Option
    ) -> Inject:
        """Put a frame (bytes from the destination MAC on, or the same in hex), or a `file`, in."""
        if frame is not None:
            options["frame"] = frame if isinstance(frame, str) else bytes(frame).hex()
        return self._probed(Inject, "inject", [at], options)

    # -- who can talk to whom -------------------------------------------------------------

    def reach(
        self,
        source: str | Guest | None = None,
        destination: str | Guest | None = None,
        proto: str | None = None,
        port: int | None = None,
        *,
        some: bool = False,
    ) -> Reached:
        """Ask who can talk to whom, without traffic: all packets, those of a protocol, or a port.

        An end is a guest, bridge, router, group, address or network (`bridge lan` says which kind
        is meant), None all machines. The result has `succeeded` (all pairs can; with `some`, one),
        `failed` (it is certain that none can), and `pairs`. MidoError for an unknown name.
        """
        from midocli.analysis.reach_report import Reached

        given = {"from": source, "to": destination}
        ends = [f"{word} {_end(str(end))}" for word, end in given.items() if end is not None]
        words = ["reach", *["some"] * some, *ends, *_asked_for(proto, port)]
        return self._of_kind(Reached, " ".join(words))

    def matrix(
        self, by: str = "guest", proto: str | None = None, port: int | None = None
    ) -> MatrixShown:
        """Ask about all pairs of machines, or `by` `bridge` or `group` of sets of them."""
        from midocli.analysis.matrix import MatrixShown

        words = ["matrix by", quoted(by), *_asked_for(proto, port)]
        return self._of_kind(MatrixShown, " ".join(words))

    def reach_diff(
        self, other: Lab, proto: str | None = None, port: int | None = None
    ) -> Difference:
        """What has opened and closed compared with another lab; machines of one name are the same.

        The result's `changes` are empty where nothing has.
        """
        from midocli.analysis.difference import difference

        command = grammar.parse(" ".join(["reach diff other", *_asked_for(proto, port)]))
        assert isinstance(command, ReachDiff)
        for lab in (self, other):
            lab.session.catch_up()
        return difference(self.session.context, other.session.context, command.traffic)

    def _of_kind(self, kind: type[Shown], line: str) -> Shown:
        result: Result = self(line)
        while isinstance(result, Beside) and not isinstance(result, kind):
            result = result.result
        assert isinstance(result, kind)
        return result

    def _probed(
        self, kind: type[Kind], command: str, words: Iterable[object], options: dict[str, Option]
    ) -> Kind:
        fields = import_module(f"grammar.commands.{command}").OPTIONS
        alone = {field.name for field in fields if isinstance(field.type, Flag)}
        line = [command, *(quoted(str(word)) for word in words), *_written(options, alone)]
        return self._of_kind(kind, " ".join(line))


class _Asked(Manner):
    """The manner of a program, which asks results what it wants to know, later perhaps."""

    @property
    def keeps_traffic(self) -> bool:
        return True


class _Session(Session):
    """Raises errors instead of telling them; `latest` is the result of the last line given."""

    def __init__(self, context: Context, screen: StringIO) -> None:
        super().__init__(Settings(), context, screen)
        self._screen = screen
        self._is_closed = False
        self.latest: Result = Done()

    def close(self) -> None:
        """End the connection with the store, once and for all."""
        self._is_closed = True
        super().close()

    def catch_up(self) -> None:
        """See what other sessions have changed; StoreError behind the end."""
        if self._is_closed:
            raise StoreError("the lab has been closed")
        super().catch_up()

    def begin_anew(self) -> None:
        """Nothing has come of anything yet."""
        self._printed()
        self.latest = Done()

    def run_line(self, name: str, line: Line) -> bool:
        """Run one line; its error, if any, with its place."""
        self._place = name, line
        try:
            result = self.perform(name, line) or Done()
            if result.complaint is not None:
                raise result.complaint
        except MidoError as error:
            raise _placed(error, name, line) from error.__cause__
        except SessionEnd:
            if not self._depth:
                self.latest = self._with_what_was_printed(Done())
            raise
        if self.settings.json:
            result = Formatted(result, "json")
        if self._depth:
            self.show(result)
        else:
            self.latest = self._with_what_was_printed(result)
        return self.release_when_due()

    def release(self) -> bool:
        """Commit what is held back; StoreError, with its place, where that cannot be."""
        try:
            if self._held is not None:
                self._write(self._held.released())
        except StoreError as error:
            raise _placed(error, *self._place) from None
        return True

    def _with_what_was_printed(self, result: Result) -> Result:
        """A result, or all that the scripts printed that it came of."""
        printed = self._printed()
        return Message((printed + result.text()).removesuffix("\n")) if printed else result

    def _printed(self) -> str:
        """What was printed since this was last asked."""
        printed = self._screen.getvalue()
        self._screen.seek(0)
        self._screen.truncate()
        return printed


def _stored(place: Argument) -> Store | None:
    """The topology that a store holds which a line names."""
    from midocli.session.stores import stored

    return stored(place)


def _placed(error: MidoError, name: str, line: Line) -> MidoError:
    """An error with its place in the script."""
    if error.line is None:
        error.line, column = line.position(error.column or 1)
        error.column = error.column and column
        if name:
            error.add_note(f"{name}:{error.line}:{column}")
    return error


def _asked_for(proto: str | None, port: int | None) -> list[str]:
    """The words for the packets that are asked about: `protocol 47` for a number."""
    if proto is None:
        return []
    name = f"protocol {proto}" if proto.isdecimal() else quoted(proto)
    return [name, *([str(port)] if port is not None else [])]


def _end(word: str) -> str:
    """An end as it stands in a line, behind its kind where that is said."""
    kind, _, name = word.partition(" ")
    return f"{kind} {quoted(name)}" if kind in KINDS and name else quoted(word)


def _clock(given: str | datetime | None) -> Clock | None:
    """The clock that begins at a time; InvalidValueError where that is none."""
    if given is None:
        return None
    try:
        return Clock(*Timestamp().parse(str(given)))
    except ValueError as error:
        raise InvalidValueError(f"invalid clock {shorten(str(given))}: {error}") from None


def _written(options: dict[str, Option], alone: Container[str] = ()) -> Iterator[str]:
    """Options as the words of a line, of which some stand `alone`."""
    for given, value in options.items():
        name = given.replace("_", "-")
        if not isinstance(value, bool):
            yield f"{name} {quoted(_number(value) if isinstance(value, float) else str(value))}"
        elif name not in alone:
            yield f"{name} {'yes' if value else 'no'}"
        elif value:
            yield name


def _number(value: float) -> str:
    """A number in digits, to the billionth."""
    return f"{value:.9f}".rstrip("0").rstrip(".")
