"""What may stand at a position of a line, which completion and messages are made of."""

from __future__ import annotations

import pytest

import grammar
from grammar.expectation import Expectation
from grammar.resources import SCHEMA
from grammar.verbs import VERBS


def expected(line: str) -> list[Expectation]:
    """What may stand where `|` is in the line."""
    before, _, after = line.partition("|")
    return grammar.expected(before + after, len(before))


def words(line: str) -> set[str]:
    """The words among them."""
    return {item.text for item in expected(line) if item.text}


@pytest.mark.parametrize("line", ["|", "  |", "rou|", "|router", "expect |", "expect not |"])
def test_a_line_begins_with_a_verb_a_collection_or_a_command(line: str) -> None:
    assert {*VERBS, *SCHEMA.root, "ping", "clock", "echo"} <= words(line)


def test_every_word_that_begins_a_line_comes_with_help() -> None:
    assert all(item.help for item in expected("|"))


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("show |", {"router", "bridge"}, {"show", "ping", "name"}),
        ("list |", {"router"}, {"list"}),
        ("router |", {"list", "create", "name"}, {"show", "set"}),
        ("router router0 |", {"port", "route", "list", "show", "set", "delete", "name"}, {"rule"}),
        ("router router0 sh|", {"show"}, set()),
        ("router0 |", {"port", "show", "set"}, {"rule"}),
        ("router router0 show |", {"name", "state", "port"}, {"set"}),
        ("router router0 set |", {"name", "state"}, {"id", "plugged"}),
        ("router router0 set name x |", {"state"}, {"id"}),
        ("router router0 clear |", {"infilter"}, {"name", "state"}),
        ("router router0 port port0 set |", {"mac", "peer"}, {"device", "plugged"}),
        ("router create |", {"name", "alias"}, {"id"}),
        ("router list |", {"id", "name", "state"}, {"alias"}),
        ("host host0 set |", {"alive"}, {"name"}),
        ("host create |", {"name", "alive"}, set()),
        ("chain chain0 add |", {"rule"}, {"port"}),
        ("chain chain0 add rule type dnat |", {"target", "src", "in-ports"}, {"port", "list"}),
        ("guest guest0 |", {"ping", "ip", "brctl", "show"}, {"rule"}),
        ("ping client 10.0.0.1 |", {"count", "quiet"}, {"name"}),
        ("host host0 binding interface veth0 |", {"show", "delete"}, {"set", "clear"}),
        ("host host0 binding interface veth0 set |", set(), {"port", "interface"}),
        ("router router0 arp |", {"list", "describe"}, {"create", "address"}),
        ("capture |", {"list", "id"}, {"create"}),
        ("capture capture0 |", {"show", "delete"}, {"set", "clear"}),
        ("create |", {"router", "host"}, {"capture", "port", "system-state"}),
        ("set |", {"router", "port", "system-state"}, {"capture", "flow"}),
        ("delete |", {"capture", "host"}, {"connection", "system-state"}),
        ("router router0 add |", {"port", "route"}, {"arp", "nat"}),
        ("clock |", {"set", "advance"}, set()),
        ("expect |", {"not"}, set()),
        ("expect not |", {"router"}, {"not"}),
    ],
)
def test_words(line: str, some: set[str], none: set[str]) -> None:
    found = words(line)
    assert some <= found
    assert not none & found


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("router |", "router"),
        ("show router |", "router"),
        ("router router0 port |", "router.port"),
        ("chain chain0 rule |", "chain.rule"),
        ("router router0 set infilter |", "chain"),
        ("router router0 port port0 set peer |", "port"),
        ("guest create interface |", "interface"),
        ("|", "*"),
    ],
)
def test_objects(line: str, target: str) -> None:
    assert target in {item.target for item in expected(line)}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("router create state |", ("up", "down")),
        ("router create state u|", ("up", "down")),
        ("chain chain0 add rule inverted |", ("yes", "no")),
        ("chain chain0 add rule flow |", ("fwd-flow", "return-flow")),
        ("format |", ("text", "json")),
    ],
)
def test_values_of_a_closed_set(line: str, values: tuple[str, ...]) -> None:
    assert values in [item.words for item in expected(line)]


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("router router0 port port0 set address |", "an IPv4 address"),
        ("ping client |", "a destination address"),
        ("clock advance |", "a duration such as 90s, 1.5m, 250ms or 2h"),
        ("router list |", "its name"),
    ],
)
def test_what_is_said_of_values(line: str, help: str) -> None:
    assert help in {item.help for item in expected(line)}


def test_a_value_or_the_next_word_may_follow_a_field_in_a_filter() -> None:
    found = expected("router name edge state |")
    assert {"up", "down", "show"} <= {word for item in found for word in item.words}


def test_nothing_may_follow_what_cannot_be_read() -> None:
    assert expected("frobnicate |") == []


def test_what_stands_behind_the_cursor_does_not_matter() -> None:
    assert expected("router | nonsense") == expected("router |")
