"""Carrying commands out: from a syntax tree to a result.

The interpreter knows the store, the datapath and the probes, and decides
nothing about packets. Commands that change something run in a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from grammar import tree
from grammar.errors import MidoError, UnknownObjectError
from grammar.prefs import DEFAULT_FLAGS
from grammar.resources import SCHEMA
from midocli.commands import objects as object_commands
from midocli.context.preferences import Preferences
from midocli.results.values import Done, Formatted, Interrupted, Message, Result, Spoilt
from midocli.simulator.clock import Clock
from midocli.store.display import Display
from midocli.store.resolve import Resolver
from midocli.store.rows import Row
from midocli.store.store import Store

if TYPE_CHECKING:
    import random

    from midocli.context.files import Files
    from midocli.datapath.datapath import Datapath
    from midocli.probes.running import RunningCaptures
    from midocli.store.editor import Editor


Item = TypeVar("Item")

#: Is told what goes on, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]


def _usual_columns() -> int:
    """The columns of output that is no terminal."""
    return 80


def _untold(what: str, done: int, total: int) -> None:
    """Tell nobody how far a command has got."""


class ExpectationError(MidoError):
    """A command that `expect` holds did not end as expected; `result` is what it gave."""

    code = "expect"

    def __init__(self, message: str, column: int, result: Result | None) -> None:
        super().__init__(message, column)
        self.result = result


class Interpreter:
    """Runs commands against one topology and the network it describes.

    Random choices, the time and files come from outside.
    """

    def __init__(
        self,
        chance: random.Random,
        clock: Clock,
        files: Files,
        aliases: bool = True,
        interactive: bool = False,
        preferences: Preferences | None = None,
    ) -> None:
        self.store = Store(SCHEMA, chance)
        self.display = Display(self.store, aliases, self._live)
        self.resolver = Resolver(self.store, self.display)
        self.chance = chance
        self.clock = clock
        self.interactive = interactive
        self.files = files
        self.preferences = preferences or Preferences()
        #: What signals wait for while it is entered; told how far a long command has got, which
        #: is where signals stop it.
        self.undisturbed: AbstractContextManager[object] = nullcontext()
        self.progress: Progress = _untold
        #: How wide a picture in text may be.
        self.columns = _usual_columns
        self.tenant: str | None = None
        self._datapath: Datapath | None = None
        #: Captures that run, once there was one.
        self.captures: RunningCaptures | None = None
        #: What went wrong beside the command that is being carried out.
        self.complaints: list[MidoError] = []
        self._run: dict[type, Callable[[Any], Result]] = {
            tree.Create: partial(object_commands.create, self),
            tree.List: partial(object_commands.list_, self),
            tree.Show: partial(object_commands.show, self),
            tree.Set: partial(object_commands.set_, self),
            tree.Clear: partial(object_commands.clear, self),
            tree.Delete: partial(object_commands.delete, self),
            tree.Clock: self._keep_house,
            tree.Echo: self._keep_house,
            tree.Expect: self._expect,
            tree.Help: self._keep_house,
            tree.Reset: self._reset,
            tree.Program: self._program,
            tree.Ping: self._probe,
            tree.Traceroute: self._probe,
            tree.Arping: self._probe,
            tree.Connect: self._probe,
            tree.Dhcp: self._probe,
            tree.Inject: self._probe,
            tree.Tcpdump: self._probe,
            tree.ReadCapture: self._probe,
            tree.Describe: self._keep_house,
            tree.Tenant: self._keep_house,
            tree.Debug: self._keep_house,
            tree.Undo: self._keep_house,
            tree.Save: self._keep_house,
            tree.As: self._as,
            tree.Prefs: self._keep_house,
            tree.Demo: self._keep_house,
            tree.Topology: self._draw,
        }

    @cached_property
    def editor(self) -> Editor:
        """Changes the store; loaded, with all policies, when something is first changed."""
        from midocli.store.editor import Editor
        from midocli.store.policies import POLICIES

        return Editor(self.store, self.display, self.resolver, POLICIES)

    @property
    def datapath(self) -> Datapath:
        """The network behind the topology, built when traffic is first made."""
        if self._datapath is None:
            from midocli.datapath.datapath import Datapath

            self._datapath = Datapath(self.store, self.clock, self.chance)
        return self._datapath

    @contextmanager
    def changing(self) -> Iterator[Editor]:
        """Change the topology as one command, which `undo` takes back as a whole."""
        with self.undisturbed:
            with self.store.journal.transaction():
                yield self.editor
            if not self.store.journal.is_open:
                self.committed()

    def run(self, command: tree.Command) -> Result:
        """Carry a command out; MidoError where it cannot be, with nothing changed."""
        try:
            return self._told(self._carry_out(command))
        except ExpectationError as error:
            if self.captures is not None and error.result is not None:
                error.result = self.captures.beside(error.result)
            raise
        except Interrupted as stop:
            stop.result = self._told(stop.result)
            raise

    def _told(self, result: Result) -> Result:
        """A result with what running captures saw, and what went wrong, beside it."""
        if self.captures is not None:
            result = self.captures.beside(result)
        return Spoilt(result, self.complaints.pop()) if self.complaints else result

    def _carry_out(self, command: tree.Command) -> Result:
        return self._run[type(command)](command)

    def following(self, what: str, items: Sequence[Item]) -> Iterator[Item]:
        """Some items, telling how many of them have been worked on."""
        for done, item in enumerate(items):
            self.progress(what, done, len(items))
            yield item

    def interrupt(self) -> bool:
        """Stop the simulator between two actions; False where it is not running.

        For signal handlers.
        """
        return self._datapath is not None and self._datapath.engine.interrupt()

    @property
    def default_flags(self) -> str:
        """tcpdump's flags where a command gives none: the user's at the prompt only."""
        return self.preferences["flags"] if self.interactive else DEFAULT_FLAGS

    def committed(self) -> None:
        """Let the datapath know what a transaction changed."""
        if self._datapath is not None:
            self._datapath.changed(self.store.journal.touched)

    def set_ip_id(self, guest: Row, number: int) -> None:
        """Have a guest go on with an IP identification, if the network is running."""
        if self._datapath is not None:
            self._datapath.set_ip_id(guest, number)

    def _live(self, row: Row, field: str) -> Any:
        """The value of a field that moves on as the datapath works."""
        if row.collection.path == "capture":
            return self.captures.taken(row) if self.captures else 0
        if self._datapath is not None:
            return self._datapath.ip_id(row)
        return row.get(field)

    # -- the session's own --------------------------------------------------------

    def _keep_house(self, command: tree.Command) -> Result:
        from midocli.commands.housekeeping import keep_house

        return keep_house(self, command)

    def _expect(self, command: tree.Expect) -> Result:
        try:
            result = self._carry_out(command.command)
        except MidoError as error:
            if command.negated:
                return Done()
            raise ExpectationError(
                f"expected to succeed, but: {error.message}", error.column or command.column, None
            ) from None
        if result.succeeded is command.negated:
            wanted = "fail, but it succeeded" if command.negated else "succeed, but it failed"
            raise ExpectationError(f"expected to {wanted}", command.column, result)
        return result

    def _as(self, command: tree.As) -> Result:
        try:
            return Formatted(self.run(command.command), command.form)
        except ExpectationError as error:
            if error.result is not None:
                error.result = Formatted(error.result, command.form)
            raise

    def _draw(self, command: tree.Topology) -> Result:
        from midocli.pictures import draw

        return draw(self, command)

    def _reset(self, command: tree.Reset) -> Result:
        self.datapath.reset()
        return Done()

    # -- traffic --------------------------------------------------------------------

    def _probe(self, command: tree.Probe) -> Result:
        from midocli.probes import run_probe

        return run_probe(self, command)

    def _program(self, command: tree.Program) -> Result:
        from midocli.probes.programs import run_program

        return Message(
            run_program(self.datapath, self.resolver.object(command.path), command.words)
        )

    def named(self, path: str, word: str) -> Row | None:
        """The root object of a collection that a word names, None where there is none."""
        try:
            return self.resolver.find(SCHEMA[path], None, word)
        except UnknownObjectError:
            return None
