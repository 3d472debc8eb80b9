"""Whatever is said can be said again: lines and trees, changes and undo, topologies and scripts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from topologies import Builder, commands
from vocabulary import AWKWARD, addresses, in_quotes, lines_about, names, pairs
from worlds import World, check, listing, saved_anew, snapshot

import grammar
from grammar import canonical
from grammar.commands import declarations
from grammar.errors import MidoError
from grammar.resources import SCHEMA
from grammar.verbs import VERBS
from midocli.store.saving import script

STORED = [path for path, collection in SCHEMA.collections.items() if not collection.live]
QUICK = settings(deadline=None, derandomize=True, max_examples=40)

words = st.one_of(names, st.sampled_from(AWKWARD)).map(in_quotes)
seconds = st.integers(1, 999).map("{}s".format)
options = {name: list(declarations()[name].options) for name in ("ping", "inject")}
session_lines = st.one_of(
    st.builds("ping {} {} {}".format, words, words, pairs(options["ping"], 0, 6)),
    st.builds("guest guest0 ping {} {}".format, addresses, pairs(options["ping"])),
    st.builds("inject veth0 {}".format, pairs(options["inject"], 1)),
    st.builds("echo {}".format, st.lists(words, max_size=4).map(" ".join)),
    st.builds("{} {}".format, st.sampled_from(["source", "save", "sett", "help"]), words),
    st.builds("guest guest0 ip {}".format, words),
    st.builds("{} {}".format, st.sampled_from(["undo", "redo"]), st.integers(1, 99)),
    st.builds("clock advance {}".format, seconds),
    st.builds("clock set {}".format, st.datetimes().map(lambda at: f"{at.isoformat()}+02:00")),
    st.sampled_from(
        [line for verb in VERBS.values() for line in verb.examples]
        + [line for topic in declarations().values() for line in topic.examples]
    ),
    st.sampled_from(["cleart", "debug on", "format text", "reset", "clock", "undo", "quit"]),
)


def says_the_same(line: str) -> bool:
    """A line's tree, as a line, is that tree; and that line is the one way of saying it.

    False where the line has no tree: pairs that were made up may swallow what follows.
    """
    try:
        tree = grammar.parse(line)
    except MidoError:
        return False
    assert tree is not None
    text = canonical(tree)
    again = grammar.parse(text)
    assert again == tree, f"{line}\n{text}"
    assert again is not None
    assert canonical(again) == text
    return True


@pytest.mark.parametrize("path", STORED)
def test_a_tree_as_a_line_is_that_tree(path: str) -> None:
    accepted: list[bool] = []

    @QUICK
    @given(lines_about(SCHEMA[path]))
    def every_line(line: str) -> None:
        accepted.append(says_the_same(line))

    every_line()
    assert accepted.count(True) >= len(accepted) / 2


@settings(deadline=None, derandomize=True, max_examples=400)
@given(session_lines, st.sampled_from(["", "expect ", "expect not "]))
def test_other_commands_as_lines(line: str, before: str) -> None:
    says_the_same(before + line)


# -- undo and redo -----------------------------------------------------------------------


@settings(deadline=None, derandomize=True, max_examples=120)
@given(commands)
def test_undoing_everything_gives_the_empty_store_and_redo_all_of_it(draws: list[int]) -> None:
    world = World()
    empty = snapshot(world.store)
    Builder(world).run(draws)
    done = world.store.journal.undoable
    built, saved = snapshot(world.store), script(world.store)
    if not done:
        return
    world.run(f"undo {done}")
    check(world.store)
    assert snapshot(world.store) == empty
    world.run(f"redo {done}")
    check(world.store)
    assert snapshot(world.store) == built
    assert script(world.store) == saved


@settings(deadline=None, derandomize=True, max_examples=60)
@given(commands, st.integers(0, 100))
def test_undoing_some_of_it_gives_what_was_there_before(draws: list[int], percent: int) -> None:
    world = World()
    builder = Builder(world)
    builder.run(draws[: len(draws) * percent // 100])
    before, count = snapshot(world.store), world.store.journal.undoable
    builder.run(draws[len(draws) * percent // 100 :])
    steps = world.store.journal.undoable - count
    if steps:
        world.run(f"undo {steps}")
    assert snapshot(world.store) == before


# -- saving ------------------------------------------------------------------------------


@settings(deadline=None, derandomize=True, max_examples=200)
@given(commands)
def test_a_saved_topology_comes_back(draws: list[int]) -> None:
    world = World()
    Builder(world).run(draws)
    again = saved_anew(world)
    saved = script(world.store)
    check(again.store)
    assert listing(again) == listing(world), saved
    assert script(again.store) == saved
