"""`help` is a map of all words on one screen, and has a page on each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sessions import ROOT, midocli
from worlds import World

from grammar.as_form import AS
from grammar.commands import declarations
from grammar.groups import GROUPS
from grammar.resources import SCHEMA
from grammar.verbs import VERBS
from midocli.help.pages import words
from midocli.help.tasks import TASKS
from midocli.help.topics import REASONS, TOPICS
from midocli.shell.shell import BANNER
from midocli.simulator.reason import Code

NAMES = {each.name for each in SCHEMA.collections.values()}
COMMANDS = {**declarations(), "as": AS}
IDEAS = {**TOPICS, **TASKS}
WORDS = sorted(words(SCHEMA))
PATHS = [path.replace(".", " ") for path in SCHEMA.collections]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


# -- the map -----------------------------------------------------------------------------


def test_the_map_fits_a_terminal(world: World) -> None:
    lines = world.lines("help")
    assert len(lines) <= 21  # of 24, with the prompt, the hint and the toolbar
    assert max(map(len, lines)) <= 79


def test_every_word_stands_on_the_map(world: World) -> None:
    shown = {*re.findall(r"[a-z0-9-]+", world.run("help"))}
    assert {*VERBS, *NAMES, *COMMANDS, *IDEAS} <= shown


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_its_words_and_no_others(world: World, group: str) -> None:
    entries: dict[str, Any] = {**VERBS, **COMMANDS, **{name: SCHEMA[name] for name in SCHEMA.root}}
    members = {name for name, entry in entries.items() if entry.group == group}
    text = world.run("help")
    line = re.search(rf"^{GROUPS[group]}\s(.*(?:\n  .*)*)", text, re.M)  # type: ignore[index]
    assert line is not None
    assert {*re.sub(r"\(.*?\)", "", line[1], flags=re.S).split()} == members


def test_the_map_is_the_same_in_scripts_and_other_words_for_it(world: World) -> None:
    done = midocli(stdin="help\n?\n")
    assert done.stdout == f"{world.run('help')}\n" * 2


# -- lists -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "listed"),
    [("verbs", VERBS), ("commands", COMMANDS), ("ideas", IDEAS), ("collections", NAMES)],
)
def test_a_list_has_a_line_on_each(world: World, name: str, listed: dict[str, object]) -> None:
    page = world.run(f"help {name}")
    named = {*re.findall(r"^    (?:  )*(?:COMMAND |show )?(\S+)", page, re.M)}
    assert {*listed} <= named | ({"topology"} if "show topology" in page else set())
    assert max(map(len, page.splitlines())) <= 79


# -- pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [*WORDS, *PATHS])
def test_every_word_has_a_page_that_fits(world: World, word: str) -> None:
    page = world.lines(f"help {word}")
    assert max(map(len, page)) <= 79
    if word not in ("verbs", "commands", "ideas", "collections"):
        assert re.match(rf"(\S+ )*{re.escape(word.split()[-1])}: ", page[0])
        assert any(line.startswith("Example") for line in page)


@pytest.mark.parametrize("word", [*WORDS, *PATHS])
def test_the_words_to_read_on_with_have_pages(world: World, word: str) -> None:
    page = world.run(f"help {word}")
    for found in re.findall(r"^See also: (.*(?:\n {10}.*)*)", page, re.M):
        for each in re.sub(r"\s+", " ", found).split(", "):
            world.run(f"help {each}")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_is_misspelt_is_suggested(world: World, word: str) -> None:
    message = world.error(f"help {word}qq").message
    assert message.startswith(f"no help on '{word}qq'")
    assert message.endswith(("?", "help lists what there is"))
    assert "\n" not in message


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("pign", "; did you mean ping?"),
        ("chain rle", "; try help chain"),
        ("list router", "; try help list or help router"),
        ("router0", "; did you mean router?"),
        ("xyzzy", "; help lists what there is"),
    ],
)
def test_a_word_without_a_page(world: World, word: str, hint: str) -> None:
    assert world.error(f"help {word}").message == f"no help on {word!r}{hint}"


def test_a_collection_is_found_by_the_end_of_its_path(world: World) -> None:
    heads = re.findall(r"^([a-z -]+): ", world.run("help pool member"), re.M)
    assert {"load-balancer pool member", "health-monitor pool member"} <= {*heads}
    assert world.run("help chain rule") == world.run("help rule").partition("\n\nqos")[0]


def test_a_field_and_a_value_are_found_in_their_collections(world: World) -> None:
    assert "bridge port" in world.run("help infilter")
    assert "type dnat" in world.run("help dnat")
    assert "guest GUEST brctl show" in world.run("help brctl")


@pytest.mark.parametrize("idea", IDEAS)
def test_an_idea_says_what_it_is(world: World, idea: str) -> None:
    assert world.lines(f"help {idea}")[0] == f"{idea}: {IDEAS[idea].help}"


@pytest.mark.parametrize(
    "word",
    ["firewall", "acl", "security-group", "floating-ip", "bgp", "lb", "table", "keys", "history"],
)
def test_what_users_ask_for_has_a_page_of_its_own(world: World, word: str) -> None:
    page = world.run(f"help {word}")
    assert "is a field or option" not in page and "is said of these" not in page
    assert "See also: " in page


def test_every_reason_is_explained(world: World) -> None:
    assert set(REASONS) == set(Code)
    page = world.run("help reasons")
    assert all(f"{code.value} " in page for code in Code)


def test_the_banner_leads_to_help_and_demo_in_one_line() -> None:
    assert len(BANNER) < 80
    assert {"help", "demo"} <= {*BANNER.split()}
    assert BANNER in (ROOT / "docs" / "shell.md").read_text()
