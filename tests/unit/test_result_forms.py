"""Every verb on every collection, in every form; and what is left where a form cannot be made."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import yaml
from handmade import Hands, errors, session_of
from topologies import before
from worlds import World, snapshot

import grammar
from grammar.as_form import FORMS
from grammar.errors import MidoError, RefusedError
from grammar.examples import example
from grammar.resources import SCHEMA
from grammar.schema import Collection
from grammar.script import Line
from midocli.commands.dispatch import run
from midocli.results import forms
from midocli.results.objects import created
from midocli.results.values import Result

#: What the network learns is a table, whoever tells it to: no objects, and a field of it is a word.
CREATABLE = [path for path, each in SCHEMA.collections.items() if each.creatable and not each.live]
#: No command makes it but that of its port.
LOCAL_ROUTE = "router router0 route route0"


def result(world: World, line: str) -> Result:
    """What comes of a command."""
    command = grammar.parse(line)
    assert command is not None, line
    return run(world.context, command)


def outcome(world: World, line: str) -> Result | str:
    """What comes of a command, or why it is refused."""
    try:
        return result(world, line)
    except MidoError as error:
        return error.message


def verbs(collection: Collection) -> Iterator[str]:
    """Commands about the object that the example of a collection makes."""
    made = example(SCHEMA, collection)
    place, _, given = made.partition(" create")
    itself = " ".join([place, *given.split()[:2]])
    if collection.has_id:
        itself = f"{place} {collection.prefix}0"
    yield f"{place} list"
    yield f"{itself} show"
    for field in collection.fields:
        yield f"{itself} show {field.name}"
    if not collection.settled and given:
        yield f"{itself} set{given}"
    for field in collection.fields:
        if field.clearable and not collection.settled:
            yield f"{itself} clear {field.name}"
    yield f"{itself} delete"


@pytest.mark.parametrize("form", FORMS.words)
@pytest.mark.parametrize("path", CREATABLE)
def test_every_verb_has_every_form(path: str, form: str) -> None:
    """And does in each what it does in none."""
    start = ("demo", *before(path))
    plain, formed = World(*start), World(*start)
    for line in (example(SCHEMA, SCHEMA[path]), *verbs(SCHEMA[path])):
        as_it_is = outcome(plain, line)
        in_form = outcome(formed, f"{line} as {form}")
        assert snapshot(formed.store) == snapshot(plain.store), line
        if isinstance(as_it_is, str) or isinstance(in_form, str):
            assert in_form == as_it_is, line
        else:
            check(line, as_it_is, in_form.text(), form)
    assert formed.context.store.journal.undoable == plain.context.store.journal.undoable


def check(line: str, plain: Result, text: str, form: str) -> None:
    """A form holds what the result does."""
    match form:
        case "json":
            assert json.loads(text) == plain.document()
        case "yaml":
            assert yaml.safe_load(text) == plain.document()
        case "csv":
            assert cells(plain) == list(csv.DictReader(StringIO(text)))
        case "table":
            lines = text.splitlines()
            assert len(lines) == (len(plain.records()) + 2 if cells(plain) else 0)
            for record in cells(plain):
                assert any(all(word in line for word in record.values()) for line in lines)
        case "commands":
            assert bool(text) == bool(plain.objects) or LOCAL_ROUTE in line
            assert all(grammar.parse(each) is not None for each in text.splitlines())


def cells(plain: Result) -> list[dict[str, Any]]:
    """The records of a result with a cell in all columns that any of them fills."""
    records = plain.records()
    filled = {name for each in records for name, word in each.items() if word}
    return [{name: each.get(name, "") for name in filled} for each in records if filled]


def test_every_creatable_collection_creates_what_its_first_command_says() -> None:
    """So that the verbs above are about an object that is there."""
    for path in CREATABLE:
        world = World("demo", *before(path))
        count = world.store.count
        world.run(example(SCHEMA, SCHEMA[path]))
        assert world.store.count > count, path
        shown = [line for line in verbs(SCHEMA[path]) if line.endswith(" show")]
        assert world.run(shown[0]), path


# -- where it fails -----------------------------------------------------------------------


def broken(*_: object) -> str:
    """A form that has a mistake in it."""
    raise ZeroDivisionError


BREAK = {
    "json": (forms._DOCUMENTS, "json"),
    "yaml": (forms._DOCUMENTS, "yaml"),
    "csv": (forms._COLUMNS, "csv"),
    "table": (forms._COLUMNS, "table"),
}


@pytest.mark.parametrize("form", FORMS.words)
@pytest.mark.parametrize("prefix", ["", "expect "])
@pytest.mark.parametrize("line", ["router create name x", "demo", "tcpdump any quiet"])
def test_a_form_that_cannot_be_made_leaves_nothing(
    line: str, prefix: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World("bridge create", "undo")
    if form == "commands":
        monkeypatch.setattr("midocli.store.saving.commands", broken)
    else:
        monkeypatch.setitem(*BREAK[form], broken)
    earlier = snapshot(world.store)
    with pytest.raises((ZeroDivisionError, RefusedError)):
        result(world, f"{prefix}{line} as {form}")
    assert snapshot(world.store) == earlier
    assert world.store.journal.undoable == 0
    assert world.store.journal.redoable == 1
    monkeypatch.undo()
    assert world.run("capture list") == ""
    world.run("redo")
    assert world.run("bridge list") == "bridge bridge0 state up"


def test_a_result_that_cannot_be_taken_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    monkeypatch.setattr("midocli.commands.objects.created", broken)
    with pytest.raises(ZeroDivisionError):
        result(world, "router create name x")
    monkeypatch.setattr("midocli.commands.objects.created", created)
    assert world.store.count == 0
    world.error("undo")


def test_an_object_that_cannot_be_said_in_words_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World("host create name h")
    monkeypatch.setattr("midocli.results.objects.Entry.fields", broken)
    with pytest.raises(ZeroDivisionError):
        result(world, "host h add interface iface a")
    monkeypatch.undo()
    assert world.run("host h interface list") == ""


def test_json_that_cannot_be_made_leaves_nothing_in_a_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_of(Hands(), keep_going=True)
    session.settings.json = True
    monkeypatch.setitem(forms._DOCUMENTS, "json", broken)
    assert not session.run_line("", Line("router create name x", 1))
    assert "internal error" in errors(session)
    assert session.context.store.count == 0


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_command_that_was_to_fail_leaves_nothing_of_its_own(form: str) -> None:
    """Though it is a part of what would be taken back with it."""
    world = World("host create name h", "guest create name g")
    line = "guest create name x interface h:new0 alias guest0"
    world.error(line)
    earlier = snapshot(world.store)
    world.run(f"expect not {line} as {form}")
    assert snapshot(world.store) == earlier
    world.run("undo")
    assert world.run("guest list") == ""
    assert world.run("host list").startswith("host host0 name h ")


@pytest.mark.parametrize(
    "line",
    ["demo", "ping vm 192.168.78.9", "dhcp vm", "arping vm 192.168.77.1", "sett a", "debug on"],
)
def test_what_shows_no_objects_is_not_begun_as_commands(line: str) -> None:
    world = World() if line == "demo" else World("demo")
    now = world.context.clock.now_ns
    assert "only objects can be shown" in world.error(f"{line} as commands").message
    assert world.context.clock.now_ns == now
    assert world.context.tenant is None


def test_an_object_without_a_key_is_shown_in_columns_when_it_is_made() -> None:
    world = World("router create", "router router0 add port", "mirror create to-port router0:port0")
    assert world.run("mirror mirror0 add matches proto 6 as csv") == "proto\n6"
