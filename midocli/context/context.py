"""What a command may use: the topology, the network behind it, and what comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from grammar.commands.prefs import DEFAULT_FLAGS
from grammar.errors import RefusedError, StoreError
from grammar.resources import SCHEMA
from midocli.context.captures import Captures
from midocli.context.change import Change
from midocli.context.preferences import Preferences
from midocli.context.working import Working
from midocli.results.values import Result, Spoilt
from midocli.simulator.clock import Clock
from midocli.store.catalog import Catalog
from midocli.store.rows import Row
from midocli.store.store import Store

if TYPE_CHECKING:
    import random
    from typing import Protocol

    from grammar.errors import MidoError
    from grammar.tree import Argument
    from midocli.context.files import Files
    from midocli.context.manner import Manner
    from midocli.datapath.datapath import Datapath
    from midocli.results.traffic import Traffic
    from midocli.store.editor import Editor
    from midocli.store.storage.kept import Kept

    class Standing(Protocol):
        """What was found out about a topology, and is kept while that changes."""

        def changed(self, rows: Sequence[Row]) -> None:
            """Take note of rows that are not as they were."""

    #: The topology that a store holds which a word names; None: the word names none.
    Stored = Callable[[Argument], Store | None]

Item = TypeVar("Item")

#: What the names of stores begin with that are in PostgreSQL.
DATABASES = ("postgresql://", "postgres://")

#: Python may crash where not even a frame of a function has room any more, so that much is to be
#: left for what ends a command, in bytes; looked at every so many times that work tells of itself.
_ROOM = 16 * 2**20
_LOOK_EVERY = 64
#: After so many of some items, how far they are is told.
_TELL_EVERY = 8


class Context(Catalog):
    """One topology, the network it describes, and the means that commands have.

    Chance, the clock, files, preferences and the manner of whoever types come from outside.
    """

    def __init__(
        self,
        chance: random.Random,
        clock: Clock,
        files: Files,
        manner: Manner,
        aliases: bool = True,
        preferences: Preferences | None = None,
        store: Store | None = None,
        stored: Stored | None = None,
        advises: bool = True,
    ) -> None:
        super().__init__(store or Store(SCHEMA, chance), aliases, self._live)
        self.chance = chance
        self.clock = clock
        self.files = files
        self.manner = manner
        self.preferences = preferences or Preferences()
        self.captures = Captures(self.store)
        self.change = Change(self.store)
        #: Where the topology stays; None where it ends with the session.
        self.kept: Kept | None = None
        #: The topology that a store holds which a word names; None: the word names none.
        self.stored = stored or _no_store
        self.working = Working()
        #: Whether it is tried what would make a failed probe succeed.
        self.advises = advises
        #: What was found out about the topology and is kept, by what was asked.
        self.standing: dict[object, Standing] = {}
        self._last_save: Callable[[], tuple[str, int]] = lambda: ("nothing", 0)
        self._typed = False
        self._carriers: dict[str, Callable[[Any], Result]] = {}
        self._tenant: str | None = None
        self._datapath: Datapath | None = None
        self._told = 0
        self._complaints: list[MidoError] = []
        self._traffic: Traffic | None = None
        #: Whether what probes see is kept for who asks later.
        self.keeps_traffic = manner.keeps_traffic

    # -- the topology -----------------------------------------------------------------

    @cached_property
    def editor(self) -> Editor:
        """Changes the store; loaded, with all policies, when something is first changed."""
        from midocli.store.editor import Editor
        from midocli.store.policies import POLICIES

        return Editor(self.store, self.display, self.resolver, POLICIES)

    @contextmanager
    def changing(self) -> Iterator[Editor]:
        """Change the topology as one command, which `undo` takes back as a whole."""
        with self.manner.undisturbed():
            with self.store.journal.transaction():
                yield self.editor
            if not self.store.journal.is_open:
                self.committed()

    def committed(self) -> None:
        """Let the datapath know what a transaction changed."""
        self.changed(self.store.journal.touched)

    def changed(self, rows: list[Row]) -> None:
        """Let the datapath know of rows that are not as they were."""
        if self._datapath is not None:
            self._datapath.changed(rows)
        for each in self.standing.values():
            each.changed(rows)

    def stay_in(self, kept: Kept) -> None:
        """Have the topology stay somewhere from here on."""
        self.kept = kept

    def saved_as(self, last_save: Callable[[], tuple[str, int]]) -> None:
        """Learn from whom to hear of `last_save`."""
        self._last_save = last_save

    def last_save(self) -> tuple[str, int]:
        """What the topology was saved as last, and its state then."""
        return self._last_save()

    def use_files(self, files: Files) -> None:
        """Reach other files than so far."""
        self.files = files

    @property
    def tenant(self) -> str | None:
        """The tenant of what is created and listed, None for any."""
        return self._tenant

    def choose_tenant(self, name: str | None) -> None:
        """Choose another tenant, or none."""
        self._tenant = name

    def beside(self, store: Store) -> Context:
        """Another topology beside this one, for who needs one to look at; its clock stands."""
        clock, preferences = self.clock.stopped(), self.preferences
        manner = self.manner
        return Context(
            store.chance, clock, self.files, manner, preferences=preferences, store=store
        )

    # -- the network behind it ----------------------------------------------------------

    @property
    def datapath(self) -> Datapath:
        """The network behind the topology, built when traffic is first made."""
        if self._datapath is None:
            from midocli.datapath.datapath import Datapath

            self._datapath = Datapath(self.store, self.clock, self.chance)
        return self._datapath

    def forked(self) -> Context:
        """The same topology, in front of a network, a clock and chance of its own.

        What is done there leaves no trace here, as long as changes are taken back.
        """
        from random import Random

        from midocli.datapath.fork import Fork

        other = copy(self)
        other._datapath = fork = Fork(self.datapath, self.store)
        other.clock = fork.clock
        # What is drawn is told apart from what is drawn here, even if the seed is known.
        other.chance = Random("what becomes of traffic in a fork")
        other.captures = Captures(self.store)
        other._complaints = []
        other.standing = {}
        other.keeps_traffic = False
        return other

    def have_time(self, span_ns: int, column: int | None = None) -> None:
        """RefusedError where the clock would go past the year 9999 if so much time passed."""
        if span_ns > self.clock.left_ns:
            message = "the clock ends with the year 9999, and this could last longer"
            raise RefusedError(f"{message}; clock set TIME takes it back", None, column)

    def set_ip_id(self, guest: Row, number: int) -> None:
        """Have a guest go on with an IP identification, if the network is running."""
        if self._datapath is not None:
            self._datapath.set_ip_id(guest, number)

    def interrupt(self) -> bool:
        """Stop the simulator between two actions; False where it is not running.

        For signal handlers.
        """
        return self._datapath is not None and self._datapath.engine.interrupt()

    def mend(self) -> bool:
        """Put the network in order if a command broke off in it; says whether it did."""
        return self._datapath is not None and self._datapath.mend()

    def _live(self, row: Row, field: str) -> Any:
        """The value of a field that moves on as the datapath works."""
        if row.collection.path == "capture":
            return self.captures.taken(row)
        if self._datapath is None:
            return row.get(field)
        if row.collection.path == "guest":
            return self._datapath.ip_id(row)
        return self._datapath.status(row)

    # -- whoever gives the commands -------------------------------------------------------

    @property
    def typed(self) -> bool:
        """Whether the command that is being carried out was typed at a prompt, not read."""
        return self._typed

    def begin(self, typed: bool) -> None:
        """A command begins, which was typed or read."""
        self._typed = typed
        self._traffic = None

    def leave_to(self, carrier: Callable[[Any], Result], word: str) -> None:
        """Have the commands of a word carried out by the session: those that are about itself."""
        self._carriers[word] = carrier

    def carrier_of(self, word: str) -> Callable[[Any], Result] | None:
        """Who in the session carries out the commands of a word; None: nobody there."""
        return self._carriers.get(word)

    @property
    def default_flags(self) -> str:
        """tcpdump's flags where a command gives none: the user's at the prompt only."""
        return self.preferences["flags"] if self.manner.interactive else DEFAULT_FLAGS

    def progress(self, what: str, done: int, total: int) -> None:
        """Tell how much of something is done, of how much.

        What may be stopped there raises; MemoryError while there is still room to deal with it.
        """
        self._told += 1
        if not self._told % _LOOK_EVERY:
            _look_for_room()
        self.manner.progress(what, done, total)

    def following(self, what: str, items: Sequence[Item]) -> Iterator[Item]:
        """Some items, telling now and then how many of them have been worked on."""
        for done, item in enumerate(items):
            if not done % _TELL_EVERY:
                self.progress(what, done, len(items))
            yield item

    def complain(self, error: MidoError) -> None:
        """Note what went wrong beside the command that is being carried out."""
        self._complaints.append(error)

    def keep(self, traffic: Traffic) -> None:
        """Keep what was seen of the traffic of the command that is being carried out."""
        self._traffic = traffic

    def observed(self, result: Result) -> Result:
        """A result with what running captures saw, and what is kept, beside it."""
        result = self.captures.beside(result)
        if self._traffic is None:
            return result
        from midocli.results.probed import probed

        traffic, self._traffic = self._traffic, None
        return probed(result, traffic)

    def told(self, result: Result) -> Result:
        """The same, and what went wrong beside the command."""
        result = self.observed(result)
        return Spoilt(result, self._complaints.pop()) if self._complaints else result


def _no_store(place: Argument) -> None:
    """StoreError for a store that cannot be reached from here."""
    if place.text.startswith(DATABASES):
        raise StoreError("there are no stores in databases here")


def _look_for_room() -> None:
    """MemoryError where there is not much room any more."""
    from mmap import mmap

    try:
        mmap(-1, _ROOM).close()
    except (OSError, OverflowError):
        raise MemoryError from None
