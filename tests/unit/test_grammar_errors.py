"""What is said of lines that are no commands: the kind of error, its column, what would do."""

from __future__ import annotations

import pytest

import grammar
from grammar.errors import (
    IncompleteError,
    InvalidValueError,
    LineSyntaxError,
    MidoError,
    NotClearableError,
    ReadOnlyError,
)

SYNTAX = [
    ("frobnicate", 1, "router"),
    ("d router router0", 1, "delete"),
    ("de router router0", 1, "delete"),
    ("crea router", 1, "create"),
    ("Router list", 1, "router"),
    ("router router0 frobnicate", 16, "port"),
    ("router router0 show name now", 26, "the end of the line"),
    ("router router0 rule list", 16, "route"),
    ("router list colour red", 13, "name"),
    ("router create colour red", 15, "name"),
    ("chain chain0 add rule type accept colour red", 35, "src"),
    ("router router0 set colour red", 20, "name"),
    ("router router0 clear nothing", 22, "infilter"),
    ("clock back 5s", 7, "advance"),
    ("format json now", 13, "the end of the line"),
    ("expect expect router list", 8, "not"),
    ("ping guest0 10.0.0.1 loudly", 22, "quiet"),
    ('"" list', 1, "router"),
    # Without a collection, list and create are mistakes; other verbs are unfinished.
    ("list", 5, "router"),
    ("create", 7, "router"),
    ("router router0 list", 20, "port"),
]

INCOMPLETE = [
    ("router", 7, "list"),
    ("show", 5, "router"),
    ("show ", 6, "router"),
    ("set", 4, "router"),
    ("clear", 6, "router"),
    ("delete", 7, "router"),
    ("show router", 12, "a router"),
    ("router router0", 15, "show"),
    ("router router0 set", 19, "name"),
    ("router router0 clear", 21, "infilter"),
    ("router router0 port", 20, "list"),
    ("router name edge", 17, "show"),
    ("delete router", 14, "a router"),
    ("ping guest0", 12, "a destination address"),
    ("ping", 5, "a source: a guest, a router port or a point"),
    ("clock set", 10, "a time such as 2017-04-14T12:30:51.226238+02:00"),
    ("format", 7, "json"),
    ("source", 7, "a file"),
    ("expect", 7, "not"),
    ("expect not", 11, "router"),
    ("show router # not yet", 13, "a router"),
]

INVALID = [
    ("router create state maybe", 21, "one of up, down"),
    ("router router0 set state maybe", 26, "one of up, down"),
    ("router router0 set asn x", 24, "a number from -1 to 4294967295"),
    ("router router0 set name ok asn 1 asn x", 38, "a number from -1 to 4294967295"),
    ("chain chain0 add rule type accept proto tcp", 41, "a number from 0 to 255"),
    ("chain chain0 add rule dst-port http type accept", 32, "a port or a range N-M"),
    ("chain chain0 add rule dst-port 99999 type accept", 32, "a port or a range N-M"),
    ("chain chain0 add rule dst-port 90-80 type accept", 32, "a port or a range N-M"),
    (
        "chain chain0 add rule target 10.0.0.1:http type dnat",
        30,
        "a NAT target ADDRESS[-ADDRESS][:PORT[-PORT]]",
    ),
    ("chain chain0 add rule flow back type drop", 28, "one of fwd-flow, return-flow"),
    (
        "chain chain0 add rule src 10.1 type drop",
        27,
        "an IPv4 address with an optional prefix length",
    ),
    ("router router0 port port0 set address 10.1", 39, "an IPv4 address"),
    ("router router0 port port0 set mac 1:2:3", 35, "a MAC address"),
    ("guest guest0 set mtu 67", 22, "a number of bytes from 68 to 65535"),
    ("clock advance never", 15, "a duration such as 90s, 1.5m, 250ms or 2h"),
    ("format xml", 8, "one of text, json"),
]


@pytest.mark.parametrize(("line", "column", "wanted"), SYNTAX)
def test_syntax(line: str, column: int, wanted: str) -> None:
    _check(line, LineSyntaxError, "syntax", column, wanted)


@pytest.mark.parametrize(("line", "column", "wanted"), INCOMPLETE)
def test_incomplete(line: str, column: int, wanted: str) -> None:
    _check(line, IncompleteError, "incomplete", column, wanted)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("router router0 set state", 25),
        ("router create name x state", 27),
        ("router list name", 17),
        ("chain chain0 add rule type dnat target", 39),
        ("ping guest0 10.0.0.1 count", 27),
    ],
)
def test_a_field_without_its_value_is_incomplete(line: str, column: int) -> None:
    with pytest.raises(IncompleteError) as caught:
        grammar.parse(line)
    assert caught.value.column == column
    assert line.split()[-1] in caught.value.message


@pytest.mark.parametrize(("line", "column", "wanted"), INVALID)
def test_invalid_value(line: str, column: int, wanted: str) -> None:
    word = line[column - 1 :].split()[0]
    error = _check(line, InvalidValueError, "invalid-value", column, wanted)
    assert repr(word) in error.message, "the word that was typed is named"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("host host0 set name foo", 16),
        ("router router0 set id 6a3d54e1-8c2f-4be1-9d5c-0e6a7d1f2b3c", 20),
        ("router create id 6a3d54e1-8c2f-4be1-9d5c-0e6a7d1f2b3c", 15),
        ("router router0 port port0 set device router1", 31),
        ("router router0 port port0 set state down plugged yes", 42),
        ("port-group pgroup0 add member port-group pgroup1 port router0:port0", 31),
    ],
)
def test_read_only(line: str, column: int) -> None:
    _check(line, ReadOnlyError, "read-only", column)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("router router0 clear name", 22),
        ("clear router router0 state", 22),
        ("router router0 clear infilter asn", 31),
        ("router router0 clear id", 22),
    ],
)
def test_not_clearable(line: str, column: int) -> None:
    _check(line, NotClearableError, "not-clearable", column)


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("lst router", "list"),
        ("ruter list", "router"),
        # A router may be called creat, so the error is further on.
        ("router creat name x", "create, not 'creat'"),
        ("router lst", "list, not 'lst'"),
        ("chain chain0 ad rule", "add"),
        ("router tr nope", None),
        ("router edge", None),
        ("router router0 shw", "show"),
        ("router router0 set nmae x", "name"),
        ("chain chain0 add rule typ accept", "type"),
        ("SHOW router router0", "show"),
        ("xyzzy", None),
    ],
)
def test_the_nearest_word_is_suggested(line: str, suggestion: str | None) -> None:
    with pytest.raises(MidoError) as caught:
        grammar.parse(line)
    if suggestion is None:
        assert "did you mean" not in caught.value.message
    else:
        assert caught.value.message.endswith(f"did you mean {suggestion}?")


def _check(
    line: str, kind: type[MidoError], code: str, column: int, wanted: str | None = None
) -> MidoError:
    with pytest.raises(MidoError) as caught:
        grammar.parse(line)
    error = caught.value
    assert (type(error), error.code, error.column) == (kind, code, column), error.message
    if wanted is not None:
        assert wanted in error.expected
    return error
