"""A topology to work on by commands, and what must hold of every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from grammar.errors import MidoError
from grammar.resources import SCHEMA
from grammar.script import read_lines
from grammar.tree import Argument
from grammar.values import Negated
from midocli import Lab
from midocli.context.files import Files
from midocli.context.marks import Style
from midocli.store.rows import Row, Siblings, referred
from midocli.store.store import Store


class MemoryFiles(Files):
    """Files kept in a dict."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, file: Argument) -> bytes:
        return self._files[file.text]

    def check(self, file: Argument, force: bool = False) -> None:
        pass

    def write(
        self, file: Argument, data: bytes, style: Style | None = None, force: bool = False
    ) -> None:
        self._files[file.text] = data


class World:
    """A lab whose results are the text that is printed; `files` is what it wrote."""

    def __init__(self, *lines: str, files: Files | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.lab = Lab(clock="1970-01-01", files=files or MemoryFiles(self.files))
        self.context = self.lab.session.context
        self.store = self.context.store
        for line in lines:
            self.run(line)

    def run(self, line: str) -> str:
        """What a command prints, without the last line break; MidoError where it fails."""
        return str(self.lab(line)).removesuffix("\n")

    def lines(self, line: str) -> list[str]:
        """The lines that a command prints."""
        return self.run(line).splitlines()

    def error(self, line: str) -> MidoError:
        """The error of a command, which must fail and change nothing."""
        before = snapshot(self.store)
        try:
            self.run(line)
        except MidoError as error:
            assert snapshot(self.store) == before, f"{line} failed, but changed something"
            return error
        raise AssertionError(f"{line} did not fail")


# -- what a store holds -------------------------------------------------------------------


def groups(store: Store) -> Iterator[tuple[str, Row | None, Siblings]]:
    """Every group of siblings: its collection's path, its parent, and the rows."""
    waiting: list[tuple[Row | None, dict[str, Siblings]]] = [(None, store.root)]
    while waiting:
        parent, held = waiting.pop()
        for path, siblings in held.items():
            yield path, parent, siblings
            waiting += [(row, row.children) for row in siblings if row.children]


def rows(store: Store) -> list[Row]:
    """Every object."""
    return [row for _, _, siblings in groups(store) for row in siblings]


def snapshot(store: Store) -> dict[Any, Any]:
    """All that a command may change, to be compared with what it is later."""
    state: dict[Any, Any] = {}
    for path, parent, siblings in groups(store):
        used = (siblings.next_number, sorted(siblings.taken), [row.id for row in siblings])
        if used != (0, [], []):
            state[path, parent and parent.id] = used
        for row in siblings:
            state[row.id] = (row.full_alias, row.shared_number, [_plain(v) for v in row.values])
    return state


def _plain(value: Any) -> Any:
    if isinstance(value, Negated):
        return ("not", _plain(value.value))
    if isinstance(value, Row):
        return ("row", value.id)
    if type(value) is tuple:
        return [_plain(item) for item in value]
    return value


# -- saved and sourced anew ---------------------------------------------------------------


def saved_anew(world: World) -> World:
    """Another world that reads, as `source` does, what `save` writes in this one."""
    world.run("save all.mido")
    lines = read_lines(BytesIO(world.files["all.mido"]))
    return World(*(line.text for line in lines if not line.text.startswith("#")))


def listing(world: World) -> list[str]:
    """What `list` prints for every collection of every object, hidden fields too.

    The UUID of a bridge is its alias there, for it is another when it is created anew.
    """
    bridges = {row.uuid: row.full_alias for row in world.store.rows("bridge")}
    lines = []
    for path, collection in SCHEMA.collections.items():
        if collection.live or collection.gathers:
            continue
        for row in everywhere(world, path):
            fields = {
                field.name: bridges.get(word) if field.name == "network-id" else word
                for field in collection.fields
                if (word := world.context.display.field(row, field)) and field.name != "id"
            }
            shared = max(row.shared_number, -1)  # what is below has no alias either
            alias = f"{row.full_alias} {shared}" if collection.has_id else ""
            lines.append(f"{path} {alias} {fields}")
    return lines


def everywhere(world: World, path: str) -> list[Row]:
    """The rows of a collection below all parents."""
    parent = SCHEMA[path].parent
    holders: Sequence[Row | None] = everywhere(world, parent) if parent else [None]
    return [row for holder in holders for row in world.store.rows(path, holder)]


# -- what must hold -----------------------------------------------------------------------


def check(store: Store) -> None:
    """Everything that must hold of a store, whatever commands it has seen."""
    every = rows(store)
    assert len({row.id for row in every}) == len(every)
    assert all(store.by_id(row.id) is row for row in every)
    _check_groups(store)
    _check_references(store, every)
    _check_links(every)
    _check_plugs(every)


def _check_groups(store: Store) -> None:
    for path, parent, siblings in groups(store):
        listed = list(siblings)
        assert len(listed) == len(siblings.by_number) == len(set(listed))
        for number, row in siblings.by_number.items():
            assert (row.collection.path, row.parent, row.number) == (path, parent, number)
            assert not siblings.is_free(number)
        if SCHEMA[path].ordered_by:
            assert [store.position(row) for row in siblings] == list(range(1, len(listed) + 1))
        key = store.layout(SCHEMA[path]).key
        if key is not None:
            keyed = [row for row in listed if row.values[key] is not None]
            assert Counter(row for found in siblings.by_key.values() for row in found) == Counter(
                keyed
            )
            assert all(row in siblings.by_key[row.values[key]] for row in keyed)
        if SCHEMA[path].key:
            assert len(siblings.by_key) == len(listed), f"two {path} with one key"


def _check_references(store: Store, every: list[Row]) -> None:
    """Every reference leads to an object that is there, and is known to it."""
    counts: dict[Row, Counter[tuple[Row, int]]] = {row: Counter() for row in every}
    for row in every:
        for index, value in enumerate(row.values):
            for target in referred(value):
                assert store.is_live(target), f"{row.full_alias} refers to what is gone"
                if not row.collection.fields[index].parent:
                    counts[target][row, index] += 1
    for row in every:
        assert (row.referrers or {}) == counts[row]
    for row in every:
        for index, field in enumerate(row.collection.fields):
            assert not field.required or row.values[index] is not None


def _check_links(every: list[Row]) -> None:
    """Links between ports are symmetric."""
    for row in every:
        if "peer" in row.collection.index and row.get("peer") is not None:
            peer = row.get("peer")
            assert peer is not row
            assert peer.get("peer") is row


def _check_plugs(every: list[Row]) -> None:
    """A port is bound at most once, never while it is linked, and its interface exists."""
    bindings = [row for row in every if row.collection.path == "host.binding"]
    ports = [binding.get("port") for binding in bindings]
    assert len(set(ports)) == len(ports)
    assert all(port.get("peer") is None for port in ports)
    for binding in bindings:
        assert binding.parent is not None
        interfaces = binding.parent.siblings("host.interface")
        assert interfaces is not None
        assert binding.get("interface") in interfaces.by_key
