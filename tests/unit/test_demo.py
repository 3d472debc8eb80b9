"""`demo` loads the published lab, and what it and `help` suggest works there."""

from __future__ import annotations

from sessions import ROOT, midocli
from worlds import World

from midocli.commands import demo


def test_the_lab_is_the_one_of_the_documentation() -> None:
    published = ROOT / "docs" / "labs" / "dnat-rev_snat.mido"
    assert demo.LAB.read_text() == published.read_text()


def test_it_is_the_network_alone() -> None:
    world = World("demo")
    assert world.lines("router list") == [
        "router router0 name tr state up infilter chain0 outfilter chain2 asn -1 "
        "forward-chain chain3"
    ]
    assert world.context.clock.now_ns == 0


def test_what_it_suggests_works_and_shows_what_it_says() -> None:
    commands = [command for command, _ in demo.SUGGESTIONS]
    world = World()
    assert max(map(len, World().lines("demo"))) <= 80
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
