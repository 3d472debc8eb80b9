"""Every example that `help` shows runs in the network that `demo` loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sessions import midocli
from topologies import BEFORE, before
from worlds import World

from grammar.as_form import AS
from grammar.commands import declarations
from grammar.examples import examples
from grammar.resources import SCHEMA
from grammar.schema import Collection
from grammar.tree import Argument
from grammar.verbs import VERBS
from midocli.context.files import Files
from midocli.context.marks import SCRIPT
from midocli.help.tasks import TASKS
from midocli.help.topics import TOPICS

HELPS: dict[str, Any] = {**VERBS, **declarations(), "as": AS, **TOPICS, **TASKS}
# What the session carries out, not the dispatch of commands.
OF_SESSION = ("format", "source", "quit")


@pytest.mark.parametrize("name", HELPS)
def test_the_examples_of_a_word_run_one_after_the_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World("demo", files=Files())
    for file in ("frames.pcap", "all.pcapng"):
        world.run(f"ping client vm count 1 capture veth0 write {file}")
    for each in BEFORE.get(name, ()):
        world.run(each)
    for file in ("lab.mido", "my lab.mido"):
        Files().write(Argument(file, 1), b"router create name edge\n", SCRIPT)
    for line in HELPS[name].examples:
        if line.split()[0] not in OF_SESSION:
            world.run(line)
            continue
        done = midocli("-e", line, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", SCHEMA.collections)
def test_the_examples_of_a_collection_run_one_after_the_other(path: str) -> None:
    world = World("demo", *before(path))
    lines = examples(SCHEMA, SCHEMA[path])
    assert 2 <= len(lines) <= 8
    for line in lines:
        world.run(line)


@pytest.mark.parametrize("collection", SCHEMA.collections.values(), ids=SCHEMA.collections)
def test_the_first_creates_where_that_can_be_done(collection: Collection) -> None:
    first, *_ = examples(SCHEMA, collection)
    assert (" create" in first) == collection.creatable
