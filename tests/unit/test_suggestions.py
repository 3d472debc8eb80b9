"""Did you mean …? For verbs, collections, fields, words of enums, aliases and names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sessions import scripts
from worlds import World

import grammar
from grammar.errors import MidoError
from grammar.nearest import nearest


@pytest.fixture(scope="module")
def world() -> World:
    return World(
        "router create name edge",
        "router edge add port address 10.0.0.1 net 10.0.0.0/24",
        "bridge create name lan",
        "bridge lan add dhcp subnet 10.0.0.0/24",
        "bridge lan dhcp 10.0.0.0/24 add host name vm-alpha mac 02:00:00:00:00:01",
        "host create name nikita",
        "host nikita add interface iface veth0",
        "chain create name inbound",
        "tenant create tenant-id admins name bosses",
    )


@pytest.mark.parametrize(
    ("line", "meant", "code"),
    [
        ("lsit router", "list", "syntax"),
        ("ste router edge state down", "set", "syntax"),
        ("pign edge 10.0.0.1", "ping", "syntax"),
        ("exti", "exit", "syntax"),
        ("expect pign edge 10.0.0.1", "ping", "syntax"),
        ("router edge ad port", "add", "syntax"),
        ("router list as tabel", "table", "invalid-value"),
        ("des chain", "describe", "syntax"),
        ("router edge shwo", "show", "syntax"),
        ("tcpdump raed lan.pcap", "read, not 'raed'", "syntax"),
        ("roter list", "router", "syntax"),
        ("router edge prot list", "port", "syntax"),
        ("router edge set satte down", "state", "syntax"),
        ("router edge show infilt", "infilter", "syntax"),
        ("router edge set state dwn", "down", "invalid-value"),
        ("router edge set state DOWN", "down", "invalid-value"),
        ("chain inbound add rule type acept", "accept", "invalid-value"),
        ("chain inbound add rule type drop flow return", "return-flow", "invalid-value"),
        ("set system-state availability readonly", "READONLY", "invalid-value"),
        ("port-group create stateful ture", "true", "invalid-value"),
        ("format jsn", "json", "invalid-value"),
        ("debug onn", "on", "invalid-value"),
        ("router egde show", "edge", "not-found"),
        ("router ruoter0 show", "router0", "not-found"),
        ("router edge port prot0 show", "port0", "not-found"),
        ("router0:port7 show", "router0:port0", "not-found"),
        ("router7:port0 show", "router0:port0", "not-found"),
        ("port egde:port0 show", "edge:port0", "not-found"),
        ("bridge lan dhcp 10.0.0.1/24 show", "10.0.0.0/24", "not-found"),
        ("bridge lan dhcp 10.0.0.0/24 host vm-alhpa show", "vm-alpha", "not-found"),
        ("tenant bossses show", "bosses", "not-found"),
        ("tenant admin show", "admins", "not-found"),
        ("host nikita interface veth show", "veth0", "not-found"),
        ("router edge set infilter inbund", "inbound", "invalid-value"),
        ("bridge lan add port peer router0:port9", "router0:port0", "invalid-value"),
        ("help ruter", "router", "invalid-value"),
    ],
)
def test_the_nearest_word_is_suggested(world: World, line: str, meant: str, code: str) -> None:
    error = world.error(line)
    assert error.message.endswith(f"; did you mean {meant}?")
    assert error.code == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("xyzzy router", "syntax"),
        ("router edge set state", "incomplete"),
        ("router edge set state sideways", "invalid-value"),
        ("router edge set id 7", "read-only"),
        ("router edge clear name", "not-clearable"),
        ("router nobody show", "not-found"),
        ("router edge add route dst 10.1.0.0/16", "refused"),
        ("system-state delete", "syntax"),
        ("chain create name x alias chain0", "refused"),
    ],
)
def test_every_class_of_error_is_told_apart(world: World, line: str, code: str) -> None:
    error = world.error(line)
    assert error.code == code
    assert "did you mean" not in error.message


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("dwn", ["up", "down"], "down"),
        ("Down", ["up", "down"], "down"),
        ("ste", ["set", "list"], "set"),
        ("es", ["se"], None),
        ("ACT", ["ACTIVE", "UPGRADE"], "ACTIVE"),
        ("de", ["delete", "describe"], None),
        ("", ["up"], None),
        ("x" * 61, ["x" * 62], None),
        ("maybe", ["yes", "no"], None),
        ("up", [], None),
    ],
)
def test_nearest(word: str, words: list[str], meant: str | None) -> None:
    assert nearest(word, words) == meant


def test_a_right_line_is_read_without_looking_for_near_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [line for script in scripts() for line in _right(script.read_text())]
    assert len(lines) > 1000

    def looked_for(*arguments: object) -> None:
        raise AssertionError("looked for near words")

    monkeypatch.setattr("difflib.get_close_matches", looked_for)
    for line in lines:
        grammar.parse(line)


def _right(script: str) -> Iterator[str]:
    """The lines of a script that are commands."""
    for line in script.splitlines():
        with suppress(MidoError):
            grammar.parse(line)
            yield line
