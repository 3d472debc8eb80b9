"""`demo` loads the published lab, and what it and `help` suggest works there."""

from __future__ import annotations

import pytest
from sessions import ROOT, midocli
from worlds import World

from grammar.language import TOPICS
from grammar.verbs import VERBS
from midocli import demo
from midocli.simulator.reason import Code
from midocli.topics import REASONS
from midocli.topics import TOPICS as IDEAS

# What needs something before it, or is carried out by the session.
BEFORE = {
    "undo": ("bridge create name a", "bridge create name b"),
    "redo": ("undo",),
    "demo": ("undo",),
}
OF_SESSION = ("format", "source", "quit")
HELPS = {
    **VERBS,
    **{name: entry for name, entry in TOPICS.items() if name not in OF_SESSION},
    **IDEAS,
}
EXAMPLES = [
    (name, line)
    for name, entry in HELPS.items()
    for line in getattr(entry, "examples", None) or (entry.example,)
]


def test_the_lab_is_the_one_of_the_documentation() -> None:
    published = ROOT / "docs" / "labs" / "dnat-rev_snat.mido"
    assert demo.LAB.read_text() == published.read_text()


def test_it_is_the_network_alone() -> None:
    world = World("demo")
    assert world.lines("router list") == [
        "router router0 name tr state up infilter chain0 outfilter chain2 asn -1 "
        "forward-chain chain3"
    ]
    assert world.interpreter.clock.now_ns == 0


def test_what_it_suggests_works_and_shows_what_it_says() -> None:
    commands = [command for command, _ in demo.SUGGESTIONS]
    world = World()
    assert [line.strip() for line in world.lines("demo") if line.strip() in commands] == commands
    answers = [world.run(command) for command in commands]
    assert "64 bytes from 192.168.77.119" in answers[0]
    assert "a rev_dnat rule would" in answers[1]
    assert "64 bytes from 192.168.79.119" in world.run(commands[0])


def test_it_wants_an_empty_topology() -> None:
    world = World("bridge create name lan")
    assert "needs an empty topology" in world.error("demo").message
    assert world.lines("bridge list") == ["bridge bridge0 name lan state up"]


def test_it_wants_its_aliases_and_leaves_nothing_without_them() -> None:
    world = World("bridge create name lan", "delete bridge lan")
    assert "aliases" in world.error("demo").message
    assert world.store.count == 0
    assert world.error("redo").message == "nothing to redo"


def test_one_undo_takes_it_back_and_redo_brings_it_again() -> None:
    world = World("demo", "ping client 192.168.79.119 capture none")
    world.run("undo")
    assert world.store.count == 0
    world.run("redo")
    assert "64 bytes from" in world.run("ping client 192.168.79.119 capture none")


def test_in_json_and_in_scripts() -> None:
    done = midocli("--format", "json", stdin="demo\nrouter list\n")
    assert done.returncode == 0
    assert done.stdout.startswith('{"demo": "dnat", "try": [{"command": "ping client ')


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_an_example_of_help_runs_in_it(name: str, line: str) -> None:
    world = World("demo", *BEFORE.get(name, ()))
    world.run(line)


def test_every_reason_is_explained() -> None:
    assert set(REASONS) == set(Code)
    page = World().run("help reasons")
    assert all(f"{code.value} " in page for code in Code)


@pytest.mark.parametrize("name", IDEAS)
def test_an_idea_has_a_page_on_the_map(name: str) -> None:
    world = World()
    assert f"    {name:<24}{IDEAS[name].help}" in world.lines("help")
    page = world.lines(f"help {name}")
    assert page[0] == f"{name}: {IDEAS[name].help}"
    assert max(map(len, page)) <= 100
    assert f"did you mean {name}?" in world.error(f"help {name}x").message
