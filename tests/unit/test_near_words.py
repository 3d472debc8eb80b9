"""What the menu, the hint and `?` offer for a word that is misspelt, and behind `help`."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from worlds import World

from midocli.shell.completer import CommandCompleter
from midocli.shell.hint import hint
from midocli.shell.question import explain


@pytest.fixture(scope="module")
def world() -> World:
    return World("demo")


def offered(world: World, line: str) -> list[str]:
    """The words of the menu."""
    completer = CommandCompleter(world.context)
    return [each.text for each in completer.get_completions(Document(line), CompleteEvent())]


def listed(world: World, line: str) -> list[str]:
    """The words that `?` lists."""
    return [row.split()[0] for row in explain(world.context, line).splitlines()]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("rotuer", "router"),
        ("pign", "ping"),
        ("ste", "set"),
        ("router lsit", "list"),
        ("router tr pot", "port"),
        ("router tr sohw", "show"),
        ("router tr set stat", "state"),
        ("router tr set satte", "state"),
        ("router tr set state dwon", "down"),
        ("ping client vm cuont", "count"),
        ("help pign", "ping"),
        ("help chain rul", "rule"),
    ],
)
def test_the_word_that_was_meant_comes_first(world: World, line: str, meant: str) -> None:
    assert offered(world, line)[0] == meant
    assert listed(world, line)[0] == meant


def test_letters_in_their_order_will_do(world: World) -> None:
    assert "router" in offered(world, "rtr")
    assert "router" in listed(world, "rtr")


@pytest.mark.parametrize("line", ["xyzzy", "router tr xyzzy", "help xyzzy"])
def test_what_is_near_nothing_offers_no_words(world: World, line: str) -> None:
    assert offered(world, line) == []
    assert all(word.startswith("<") or word == "nothing" for word in listed(world, line))


def test_behind_help_stand_all_words_that_have_a_page(world: World) -> None:
    assert {"ping", "rule", "points", "show", "collections"} <= {*offered(world, "help ")}
    assert {"ping", "rule", "points", "show", "collections"} <= {*listed(world, "help ")}
    assert sorted(offered(world, "help tracer")) == ["tracerequest", "traceroute"]
    assert hint(world.context, "help ").text.startswith("Enter runs it; or a word to explain")


def test_the_hint_names_the_word_that_was_meant(world: World) -> None:
    assert hint(world.context, "pign client vm").text == ("unexpected 'pign'; did you mean ping?")
