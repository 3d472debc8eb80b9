"""The commands that lead from one topology to another, found by carrying them out on a copy.

What tells the two apart is deleted, changed and created, and looked at again until nothing is
left: so what follows from a command, and what is refused just then, is seen to. What cannot
become what it is to be is deleted, and created again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import grammar
from grammar import canonical
from grammar.errors import MidoError, RefusedError
from grammar.schema import Collection, Field
from grammar.tree import Clear, Command, Create, Delete, FieldName, Path, Set, Setting
from grammar.values import Negated
from midocli.store.copying import copied
from midocli.store.difference import Change, Difference, Thing, difference, things, words
from midocli.store.display import Display, is_local_route, local_route_of
from midocli.store.editor import Editor
from midocli.store.machine import make
from midocli.store.policies import POLICIES
from midocli.store.resolve import Resolver
from midocli.store.rows import Row, Siblings
from midocli.store.saving import commands, path_of_row
from midocli.store.store import Store

#: What does not go along with its holder, which is not deleted while it is there.
_IN_THE_WAY = ("host.binding", "vtep.binding")
#: How often it is looked again; a few times are enough, if nothing leads in a circle.
_MOST_ROUNDS = 50


class Language:
    """What can be said of objects: all that midocli takes, but no secrets; others take less.

    What cannot be said of an object is left as it is.
    """

    #: Whether an object can be given another place among its siblings, and whether it is said, too,
    #: what follows from a deletion: it does no harm, and tells what becomes of whom.
    moves = True
    tells_all = True

    def makes(self, row: Row) -> bool:
        """Whether such an object can be created and deleted."""
        return True

    def deletes(self, row: Row) -> bool:
        """Whether it can be deleted by itself, not only with what holds it."""
        return True

    def gives(self, collection: Collection, field: Field) -> bool:
        """Whether a field can be given a value when an object is created."""
        return not field.secret

    def sets(self, collection: Collection, field: Field) -> bool:
        """Whether a field of an object that is there can be given a value."""
        return not (field.secret or field.fixed or collection.settled)

    def clears(self, collection: Collection, field: Field) -> bool:
        """Whether the value of a field can be taken away."""
        return field.clearable and self.sets(collection, field)

    def alone(self, field: Field) -> bool:
        """Whether a field has to be given, or taken away, by a command of its own."""
        return False

    def needs(self, command: Command, store: Store, holder: Row | None) -> Iterable[str]:
        """Commands that have to be carried out before one; RefusedError: that cannot be said.

        `holder` is to hold what the command creates.
        """
        return ()

    def begin(self, row: Row | None, store: Store) -> None:
        """A command is about to be carried out on an object, or to create one inside it.

        RefusedError where nothing picks that.
        """

    def carried_out(self, command: Command, row: Row, display: Display) -> None:
        """It has been carried out, on an object, or has made it."""


class Leading:
    """Leads from an old topology to a new one: `lines` are the commands for midocli.

    `left_out` names the objects, and fields of them, about which nothing can be said.
    """

    def __init__(self, old: Store, new: Store, language: Language | None = None) -> None:
        self._here = copied(old)
        self._there = copied(new)
        self._language = language or Language()
        self._display = Display(self._here)
        self._resolver = Resolver(self._here, self._display)
        self._editor = Editor(self._here, self._display, self._resolver, POLICIES)
        self._touched: set[Row] = set()
        #: What is to be there and was made anew already: that is of no use a second time.
        self._remade: set[Row] = set()
        self.lines: list[str] = []
        self.left_out: dict[str, None] = {}
        self._lead()

    def _lead(self) -> None:
        """Carry commands out until the topologies are the same, or nothing more can be done."""
        doomed: dict[str, None] = {}
        for again in range(_MOST_ROUNDS, -1, -1):
            before, after = things(self._here), things(self._there)
            found = self._sayable(difference(before, after))
            doomed.update(dict.fromkeys(self._unchangeable(found)))
            done = len(self.lines)
            going = {**found.deleted, **doomed}
            left = self._delete({name: each for name, each in before.items() if name in going})
            doomed = {name: None for name in left if name in doomed}
            if len(self.lines) == done or self._language.tells_all:
                self._change(found)
                self._create(found)
                self._move(found)
            if len(self.lines) == done:
                stuck = dict.fromkeys(self._stuck(found, before, left))
                if not (again and stuck.keys() - doomed.keys()):
                    self.left_out.update(dict.fromkeys(name for each in found for name in each))
                    return
                doomed.update(stuck)

    def _sayable(self, found: Difference) -> Difference:
        """A difference without what nothing can be said about, which is left out."""
        created, changed, deleted = found
        unmade = [
            name
            for each in (created, deleted)
            for name, thing in each.items()
            if not self._language.makes(thing.row)
        ]
        self.left_out = dict.fromkeys(unmade)
        if not self._language.moves:
            changed = _in_order(found)
        changes = {name: self._changeable(name, change) for name, change in changed.items()}
        return Difference(
            {name: thing for name, thing in created.items() if name not in self.left_out},
            {name: change for name, change in changes.items() if change.fields},
            {name: thing for name, thing in deleted.items() if name not in self.left_out},
        )

    def _changeable(self, name: str, change: Change) -> Change:
        """A change, but for fields that nothing can be said about."""
        row, language = change.new.row, self._language
        may_be_made = language.makes(row) and not is_local_route(row) and row not in self._remade
        fields = {}
        for each, pair in change.fields.items():
            field = row.collection.by_name[each]
            is_given = may_be_made and language.gives(row.collection, field)
            if is_given or language.sets(row.collection, field):
                fields[each] = pair
            else:
                self.left_out[f"{each} of {name}"] = None
        return change._replace(fields=fields)

    def _stuck(
        self, found: Difference, before: Mapping[str, Thing], left: list[str]
    ) -> Iterator[str]:
        """What has to be created anew because nothing else leads on."""
        makes = self._language.makes
        yield from (name for name in found.changed if makes(before[name].row))
        names = {thing.row: name for name, thing in before.items()}
        for name in left:
            row = before[name].row
            users = [source for source, _ in row.referrers or ()]
            holder = [row.parent] if row.parent is not None and not row.collection.has_id else []
            for each in (*users, *holder):
                if each in names and makes(each):
                    yield names[each]

    # -- what has to go -------------------------------------------------------------------

    def _unchangeable(self, found: Difference) -> Iterator[str]:
        """The objects that cannot become what they are to be."""
        for name, change in found.changed.items():
            if not self._can(change) and self._is_first(change.new.row):
                yield name
        for thing in found.created.values():
            if is_local_route(thing.row) and thing.holder not in found.created:
                assert thing.holder is not None, "it belongs to a port"
                if self._is_first(thing.row.get("port")):
                    yield thing.holder
        if not self._language.moves:
            yield from _out_of_order(found)

    def _is_first(self, row: Row) -> bool:
        """Whether an object can be made anew, and has not been yet."""
        if row in self._remade or not self._language.makes(row):
            return False
        self._remade.add(row)
        return True

    def _can(self, change: Change) -> bool:
        """Whether an object can be given what changes of its fields."""
        collection, language = change.new.row.collection, self._language
        changed = [(collection.by_name[name], now) for name, (_, now) in change.fields.items()]
        return all(
            language.clears(collection, field) if now is None else language.sets(collection, field)
            for field, now in changed
            if not field.computed
        )

    def _delete(self, going: Mapping[str, Thing]) -> list[str]:
        """Delete objects, the innermost first; those that could not be."""
        left = []
        for name, thing in reversed(list(going.items())):
            row = thing.row
            if thing.holder in going and row.collection.path not in _IN_THE_WAY:
                continue
            if not self._here.is_live(row):
                continue  # it went along with another one
            if not self._language.deletes(row):
                left.append(name)
                continue
            if row.collection.path == "host" and row.get("alive"):
                alive = _setting(row.collection.by_name["alive"], "false")
                self._carry_out(Set(path_of_row(row), (alive,)))
            if self._carry_out(Delete(path_of_row(row))) is not None:
                left.append(name)
        return left

    # -- what becomes another -----------------------------------------------------------------

    def _change(self, found: Difference) -> None:
        """Give fields their values, but for those that follow from others."""
        self._touched = set()
        for change in found.changed.values():
            row = change.old.row
            if self._here.is_live(row):
                follows = row in self._touched
                shown = dict(words(self._here, row, self._display)) if follows else {}
                fields = {
                    row.collection.by_name[name]: now
                    for name, (_, now) in change.fields.items()
                    if not (follows and shown.get(name) == now)
                    and name != row.collection.ordered_by
                }
                self._give(row, fields)

    def _give(self, row: Row, fields: Mapping[Field, str | None]) -> None:
        """Give fields of an object values, or take them away, also where others are in the way."""
        path = path_of_row(row)
        for part in self._parts(field for field, now in fields.items() if now is None):
            self._clear(path, part)
        for part in self._parts(field for field, now in fields.items() if now is not None):
            given = tuple(_setting(field, fields[field] or "") for field in part)
            if isinstance(self._carry_out(Set(path, given)), RefusedError):
                self._clear(path, [field for field in part if self._is_in_the_way(row, field)])

    def _parts(self, fields: Iterable[Field]) -> list[list[Field]]:
        """Fields that are given at once, and each that has to be given alone."""
        together: list[Field] = []
        parts = [together]
        for field in fields:
            if self._language.alone(field):
                parts.append([field])
            else:
                together.append(field)
        return [part for part in parts if part]

    def _clear(self, path: Path, fields: Sequence[Field]) -> None:
        if fields:
            self._carry_out(Clear(path, tuple(FieldName(field, 1) for field in fields)))

    def _is_in_the_way(self, row: Row, field: Field) -> bool:
        """Whether a field has a value that can be taken away."""
        return row.get(field.name) is not None and self._language.clears(row.collection, field)

    def _move(self, found: Difference) -> None:
        """Put objects where they belong among their siblings, from the first one on."""
        if not self._language.moves:
            return
        moved = (change.new.row for _, change in _moved(found))
        for path, holder in dict.fromkeys((row.collection.path, row.parent) for row in moved):
            for place, row in enumerate(self._there.rows(path, holder), 1):
                twin = self._twin(row)
                if twin is not None and self._here.position(twin) != place:
                    settings = (_setting(row.collection.by_name["pos"], str(place)),)
                    self._carry_out(Set(path_of_row(row), settings))

    # -- what is new ------------------------------------------------------------------------------

    def _create(self, found: Difference) -> None:
        """Create what is not there."""
        made = [each.row for each in found.created.values() if not is_local_route(each.row)]
        for row in made:
            for each in (row, *_companions(row, self._there)):
                self._call(each)
        # A chain may have to stand in for one that is gone.
        self._there.counters("chain", None).next_number = _free_in(
            self._here.counters("chain", None), self._there.counters("chain", None)
        )
        lines = commands(self._there, made, explicit=True) if made else ""
        for line in lines.splitlines():
            if not line.startswith("#"):
                self._carry_out(_parsed(line))

    def _call(self, row: Row) -> None:
        """Have an object that is to be created called by an alias that was never given."""
        if not row.collection.has_id:
            return
        numbers = {}
        for path, holder, there in self._there.places(row):
            is_own = path == row.collection.path
            number = row.number if is_own else row.shared_number
            here = self._siblings(path, holder)
            if number >= 0 and here is not None and not here.is_free(number):
                number = _free_in(here, there)
            numbers[is_own] = number
        self._there.rename(row, numbers[True], numbers.get(False, row.shared_number))

    def _siblings(self, path: str, holder: Row | None) -> Siblings | None:
        """The siblings that there are where some are to be; None: there are none yet."""
        twin = self._twin(holder) if holder is not None else None
        if holder is not None and twin is None:
            return None
        return self._here.siblings(self._here.schema[path], twin)

    def _twin(self, row: Row) -> Row | None:
        """The object that is there of one that is to be; None: it is not there yet."""
        try:
            return self._resolver.object(path_of_row(row))
        except MidoError:
            return None

    # -- carrying out ----------------------------------------------------------------------------

    def _carry_out(self, command: Command) -> MidoError | None:
        """Carry a command out on the copy, as far as it can be said; why it is refused."""
        try:
            said = self._said(command)
            if said is None:
                return None
            line = canonical(said)
            holder = self._holder(said)
            for needed in self._language.needs(said, self._here, holder):
                self._carry_out(_parsed(needed))
            self._language.begin(holder, self._here)
            with self._here.journal.transaction():
                row = self._make(said)
        except MidoError as error:
            return error
        self.lines.append(line)
        self._touched.update(self._here.journal.touched)
        self._language.carried_out(said, row, self._display)
        return None

    def _holder(self, command: Command) -> Row | None:
        """The object that a command is about, or in which it creates one."""
        match command:
            case Create(path=path):
                return self._resolver.path(path)
            case Set(path=path) | Clear(path=path) | Delete(path=path):
                return self._resolver.object(path)
        raise TypeError(command)

    def _said(self, command: Command) -> Command | None:
        """A command without the fields that cannot be given so; None where nothing is left."""
        match command:
            case Create(path=path, target=target, settings=settings):
                own, gives = target.collection.by_name, self._language.gives
                last = len(self._siblings(target.collection.path, self._holder(command)) or ()) + 1
                given = (
                    # Behind what is left out there are fewer places.
                    each._replace(value=min(each.value, last)) if each.field.computed else each
                    for each in settings
                    if each.field.name not in own or gives(target.collection, each.field)
                )
                return Create(path, target, tuple(given))
            case Set(path=path, settings=settings):
                collection, sets = path[-1].collection, self._language.sets
                some = tuple(
                    each for each in settings if each.field.computed or sets(collection, each.field)
                )
                return Set(path, some) if some else None
        return command

    def _make(self, command: Command) -> Row:
        """Make a change; the object that it is about, or makes."""
        editor, resolver = self._editor, self._resolver
        match command:
            case Create(path=path, target=target, settings=settings):
                return make(editor, target.collection, resolver.path(path), settings)[0]
            case Set(path=path, settings=settings):
                row = resolver.object(path)
                editor.set(row, settings)
                return row
            case Clear(path=path, fields=fields):
                row = resolver.object(path)
                editor.clear(row, fields)
                return row
            case Delete(path=path):
                row = resolver.object(path)
                editor.delete(row)
                return row
        raise TypeError(command)


def _parsed(line: str) -> Command:
    """A command that was written here."""
    command = grammar.parse(line)
    assert command is not None, "it is not blank"
    return command


def _moved(found: Difference) -> Iterator[tuple[str, Change]]:
    """What is to have another place among its siblings."""
    for name, change in found.changed.items():
        if change.new.row.collection.ordered_by in change.fields:
            yield name, change


def _out_of_order(found: Difference) -> Iterator[str]:
    """The objects that stand behind one that they are to be before."""
    last: dict[Row | None, int] = {}
    in_order = sorted(_moved(found), key=lambda each: int(each[1].old.words["pos"]))
    for name, change in in_order:
        place, chain = int(change.new.words["pos"]), change.old.row.parent
        if place < last.get(chain, 0):
            yield name
        else:
            last[chain] = place


def _in_order(found: Difference) -> dict[str, Change]:
    """What changes, but for the places of what stays in its order all the same."""
    misplaced = set(_out_of_order(found))
    return {
        name: change
        if name in misplaced
        else change._replace(
            fields={
                field: pair
                for field, pair in change.fields.items()
                if field != change.new.row.collection.ordered_by
            }
        )
        for name, change in found.changed.items()
    }


def _companions(row: Row, store: Store) -> Iterator[Row]:
    """What comes along with an object, under an alias of its own."""
    if row.collection.path == "router.port":
        route = local_route_of(row)
        yield from (route,) if route is not None else ()
    elif row.collection.path == "vtep.binding":
        for bridge in store.rows("bridge"):
            if bridge.uuid == row.get("network-id"):
                ports = bridge.siblings("bridge.port") or ()
                yield from (port for port in ports if port.get("vtep") is row.parent)


def _free_in(*places: Siblings) -> int:
    """The first alias counter that was never given in any of some places."""
    number = max(siblings.free_number() for siblings in places)
    while not all(siblings.is_free(number) for siblings in places):
        number += 1
    return number


def _setting(field: Field, word: str) -> Setting:
    """A field with the value of a word, as a topology shows it."""
    if field.invertible and word.startswith("!"):
        return Setting(field, Negated(field.type.parse(word[1:])), 1, word)
    return Setting(field, field.type.parse("" if word == '""' else word), 1, word)
