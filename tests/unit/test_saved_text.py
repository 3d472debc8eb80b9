"""Whatever a value holds: what is saved comes back, and no name is a command."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent, Completion
from prompt_toolkit.document import Document
from sessions import midocli
from topologies import Builder, before, commands
from worlds import World, check, listing, saved_anew

import grammar
from grammar.errors import LineSyntaxError, MidoError
from grammar.examples import example
from grammar.resources import SCHEMA
from grammar.schema import Field
from grammar.values import Text
from grammar.words import quoted, unquote
from midocli.shell.completer import CommandCompleter

AWKWARD = [
    "",
    " ",
    " both ends ",
    "\n",
    "two\nlines",
    "x\nrouter create name evil\n",
    "\r",
    "\r\n",
    "a\\",
    "\\\n",
    "\\n",
    "'",
    '"',
    '""',
    "''",
    "'\"'\"'",
    "$'",
    "$'\\n'",
    "$(id)",
    "#",
    "# no comment",
    "!",
    "!x",
    "\0",
    "\x1b[31m",
    "\x7f\x85\x9b",
    "\u2028\u2029",
    "\u202ereversed\u2066",
    "\ufeff",
    "\u200b\u00a0\u00ad",
    "\udcff\udc80",
    "\ud800",
    "\U000e0001\U0010ffff",
    "\N{GRINNING FACE}",
    "eth0:1",
    ":",
    "a,b",
    "as",
    "as json",
    "name",
    "list",
    "router",
    "router0",
    "host0",
    "host0:port0",
    "all",
    "-1",
    "~",
]
any_text = st.text(st.characters(exclude_categories=()))
#: All fields that may hold any text; the network of a VTEP's binding is a UUID.
TEXT_FIELDS = [
    (path, field)
    for path, collection in SCHEMA.collections.items()
    if collection.creatable and not collection.gathers and not collection.live
    for field in collection.fields
    if isinstance(field.type, Text) and not field.read_only and field.name != "network-id"
]


def comes_back(world: World) -> None:
    """What is saved is what is read, and would be saved in the same way; all of it can be seen."""
    again = saved_anew(world)
    check(again.store)
    assert listing(again) == listing(world)
    again.run("save all.mido")
    assert again.files == world.files
    assert world.files["all.mido"].decode().replace("\n", "").isprintable()


def filled(path: str, field: Field, texts: list[str]) -> World:
    """The demo's network with an object for each text that a field takes, as far as it does."""
    assert isinstance(field.type, Text)
    world = World("demo", *before(path))
    taken = 0
    for text in dict.fromkeys(each[: field.type.max_length] for each in texts):
        with suppress(MidoError):  # an object of the same key may be there
            world.run(f"{example(SCHEMA, SCHEMA[path])} {field.name} {quoted(text)}")
            taken += 1
    assert taken
    return world


@pytest.mark.parametrize(
    ("path", "field"), TEXT_FIELDS, ids=lambda each: getattr(each, "name", each)
)
def test_every_text_field_comes_back(path: str, field: Field) -> None:
    comes_back(filled(path, field, AWKWARD))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(TEXT_FIELDS), st.lists(any_text, min_size=1, max_size=8))
def test_any_text_in_any_field_comes_back(place: tuple[str, Field], texts: list[str]) -> None:
    comes_back(filled(*place, texts))


@pytest.mark.parametrize("name", [each for each in AWKWARD if len(each) <= 15])
def test_what_refers_to_an_interface_comes_back(name: str) -> None:
    world = World("host create name h")
    world.run(f"host h add interface iface {quoted(name)}")
    world.run(f"guest create name g interface {quoted(f'host0:{name}')}")
    comes_back(world)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(commands, st.lists(any_text, min_size=1, max_size=6))
def test_any_topology_with_any_names_comes_back(draws: list[int], texts: list[str]) -> None:
    world = World()
    Builder(world, texts).run(draws)
    comes_back(world)


@pytest.mark.parametrize("printed", [(), ("bridge lan port list",), ("port list",)])
def test_the_aliases_of_a_vxlan_port_come_back(printed: tuple[str, ...]) -> None:
    world = World("tunnel-zone create name z type vtep", "bridge create name lan")
    world.run("vtep create management-ip 10.0.0.1 management-port 6632 tunnel-zone z")
    world.run("bridge lan add port")
    world.run("vtep vtep0 binding create physical-port eth1 vlan 10 network-id lan")
    world.run("vtep vtep0 binding create physical-port eth2 vlan 10 network-id lan")
    for line in printed:
        world.run(line)
    world.run("bridge lan add port")
    comes_back(world)


@given(any_text)
def test_a_shown_object_as_commands_comes_back(text: str) -> None:
    name = quoted(text[:255])
    world = World(f"router create name {name} tenant {name}")
    made = world.run("router list as commands")
    assert made.isprintable()
    again = World(made)
    assert listing(again) == listing(world)


@given(any_text)
def test_any_text_can_be_said(text: str) -> None:
    word = quoted(text)
    assert word.isprintable()
    assert unquote(word) == text
    command = grammar.parse(f"echo {word} {word}")
    assert command is not None
    assert command.words == (text, text)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "command",
    [
        "tcpdump all",
        "tcpdump veth0,bridge0:port0 flags '-n -e' filter 'icmp and host 10.0.0.1' count 7 quiet",
        r"tcpdump any write $'two\nlines.pcap' quiet",
    ],
)
def test_a_running_capture_as_commands_starts_another(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World("demo", command)
    made = grammar.parse(world.run("capture list as commands"))
    meant = grammar.parse(command.replace("veth0", "host0:veth0"))
    assert made is not None
    assert meant is not None
    assert grammar.canonical(made) == grammar.canonical(meant)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_coded_words_mean_what_they_mean_to_bash() -> None:
    texts = [text for text in AWKWARD if "\0" not in text and "\ud800" not in text]
    script = f"printf '%s\\0' {' '.join(map(quoted, texts))}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    )
    said = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    assert said == [*texts, ""]


def test_a_name_is_no_command_of_the_file_it_is_saved_in(tmp_path: Path) -> None:
    evil = quoted("x\nrouter create name evil")
    first = midocli("-e", f"bridge create name {evil}", "-e", "save a.mido", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    lines = ["source a.mido", "router list", "bridge bridge0 show name as json"]
    done = midocli(stdin="\n".join(lines), cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout == 'bridge0\n{"name": "x\\nrouter create name evil"}\n'


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (r"echo $'a\qb'", 9),
        (r"echo 'x' y$'a\q'", 14),
        (r"echo $'\x4'", 8),
        (r"echo $'\u12'", 8),
        (r"echo $'\U00110000'", 8),
        (r"echo $'\0'", 8),
    ],
)
def test_a_code_that_is_none_is_refused_at_its_column(line: str, column: int) -> None:
    with pytest.raises(LineSyntaxError, match="no such code") as caught:
        grammar.parse(line)
    assert caught.value.column == column


def test_a_coded_word_goes_on_where_it_was_begun() -> None:
    world = World(r"router create name $'two\nlines'", "router create name plain")
    for typed in ("router two", r"router $'two\n", "router 'two", 'router "two'):
        assert [each.text for each in offered(world, typed)] == [r"$'two\nlines'"]
    assert [each.display_text for each in offered(world, "router two")] == [r"two\nlines"]


def offered(world: World, typed: str) -> list[Completion]:
    """What completion offers behind some text."""
    completer = CommandCompleter(world.context)
    return list(completer.get_completions(Document(typed), CompleteEvent()))
