"""`diff ... as mido` leads from one topology to the other, and looking changes nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from sessions import ROOT
from worlds import World, check, snapshot

from grammar.script import read_lines
from midocli.store.saving import script

OFFICE = (ROOT / "docs" / "guide" / "office.mido").read_text()

CHANGES = {
    "machines": ("guest create name carl bridge lan address 10.0.1.12/24", "guest bob delete"),
    "names": ("router edge set name inner asn 7", "bridge dmz set state down"),
    "bridges": ("bridge dmz delete", "bridge create name other", "bridge other add port"),
    "hosts": (
        "host create name rack2",
        "guest web clear interface",
        "host rack1 set alive false",
        "host rack1 binding interface tap1 delete",
        "host rack1 binding interface tap2 delete",
        "host rack1 binding interface tap3 delete",
        "host rack1 delete",
    ),
    "chains": (
        "chain create name c",
        "chain c add rule dst 10.0.1.10 type drop",
        "chain c add rule src 10.0.1.10 type accept",
        "bridge lan set infilter c",
    ),
    "routes": (
        "router edge route dst 10.0.2.0/24 type normal delete",
        "router edge add port address 10.0.3.1 net 10.0.3.0/24",
        "router edge add route dst 10.0.3.0/24 type normal port router0:port2",
        "bridge create name third",
        "bridge third add port peer router0:port2",
    ),
    "taken over": (
        "guest bob clear interface",
        "guest create name eve interface host0:tap2 address 10.0.1.99/24",
    ),
}


def built(*lines: str) -> World:
    """A network of the office, with changes."""
    world = World()
    for line in read_lines(BytesIO(OFFICE.encode())):
        if not line.text.startswith("#"):
            world.run(line.text)
    for each in lines:
        world.run(each)
    return world


def since(world: World, old: World) -> str:
    """The commands from another world to one."""
    old.run("save old.mido")
    world.files["old.mido"] = old.files["old.mido"]
    return world.run("diff old.mido as mido")


@pytest.fixture(autouse=True)
def _files_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from worlds import MemoryFiles

    def opened(files: MemoryFiles, file: object) -> BytesIO:
        return BytesIO(files.read(file))  # type: ignore[arg-type]

    monkeypatch.setattr(MemoryFiles, "open", opened)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("back", [False, True])
def test_the_commands_lead_from_the_one_to_the_other(change: str, back: bool) -> None:
    worlds = [built(), built(*CHANGES[change])]
    old, new = worlds[::-1] if back else worlds
    commands = since(new, old)
    assert commands
    # As a script is read that another session wrote, which knows of no aliases but those there.
    fresh = World()
    old.run("save old.mido force")
    for text in (old.files["old.mido"].decode(), commands):
        for line in text.splitlines():
            if not line.startswith("#"):
                fresh.run(line)
    assert since(fresh, new) == since(new, fresh) == ""
    check(fresh.store)


def test_looking_changes_nothing() -> None:
    world = built(*CHANGES["machines"], *CHANGES["chains"])
    world.run("undo 2")
    before, lines = snapshot(world.store), script(world.store)
    state = world.store.journal.undoable, world.store.journal.redoable, world.store.journal.last
    world.context.saved_as(lambda: ("then", 3))
    assert world.run("diff").startswith("--- then\n+++ now\n")
    after = world.store.journal.undoable, world.store.journal.redoable, world.store.journal.last
    assert (snapshot(world.store), script(world.store), after) == (before, lines, state)
    check(world.store)


def test_what_was_undone_is_known_and_what_was_replaced_is_not() -> None:
    world = World("bridge create name a", "bridge create name b", "undo")
    world.context.saved_as(lambda: ("then", 2))
    assert "-bridge create name b\n" in world.run("diff") + "\n"
    world.run("bridge create name c")
    assert world.error("diff").message == "what there was then is kept no more"
