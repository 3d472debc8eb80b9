"""A result shows what it showed, whatever becomes of the topology, the network and the clock."""

from __future__ import annotations

import contextlib
import copy
import importlib
import pickle
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from worlds import World

import grammar
import midocli.results
import midocli.store.storage.kept
from grammar import tree
from grammar.as_form import FORMS, As
from grammar.commands import declarations
from grammar.commands.format import Format
from grammar.commands.quit import Quit
from grammar.commands.source import Source
from grammar.errors import MidoError, RefusedError
from midocli import Lab
from midocli.commands.dispatch import run
from midocli.context.context import Context
from midocli.context.files import Files
from midocli.results.forms import in_form
from midocli.results.values import Beside, ExpectationError, Result, Stream
from midocli.session.processes import Processes
from midocli.store.storage.log import Log
from midocli.store.storage.sqlite import Sqlite
from midocli.store.storage.tables import prepare

for module in pkgutil.iter_modules(midocli.results.__path__, "midocli.results."):
    importlib.import_module(module.name)

#: The network whose results are kept: the one of `demo`, with something learnt in it.
START = (
    "demo",
    "chain dnat-test add rule in-ports router0:port0 pos 1 type rev_dnat action accept",
    "tracerequest create port bridge1:port1 proto 1 limit 5 enabled true",
    "bridge test add dhcp subnet 192.168.78.0/24",
    "bridge test dhcp subnet 192.168.78.0/24 add host mac c2:86:ff:ce:17:0a address 192.168.78.9",
    "mirror create to-port bridge0:port5",
    "mirror mirror0 add matches proto 6",
    "router tr set in-mirrors mirror0",
    "ping client 192.168.79.119 capture none",
)
FILE = "veth0.pcap"
#: What makes results; the last command of each is the one whose result is kept.
CASES = (
    ("router list",),
    ("router list | include tr",),
    ("router list | count",),
    ("router tr set name other", "diff"),
    ("begin", "router tr set name other", "commit"),
    ("log last 2",),
    ("router tr set name other", "log 9 show"),
    ("port list",),
    ("router tr port list",),
    ("chain dnat-test list rule",),
    ("chain dnat-test show",),
    ("guest client show",),
    ("router tr show in-mirrors",),
    ("router tr show infilter",),
    ("bridge test port list peer router0:port1",),
    ("host nikita binding list",),
    ("router create name other infilter dnat-test",),
    ("router tr add port address 10.0.0.1",),
    ("mirror mirror0 add matches in-ports router0:port0",),
    ("router tr set name elsewhere",),
    ("router tr clear infilter",),
    ("chain dnat-test delete",),
    ("router tr arp list",),
    ("bridge test mac list",),
    ("guest client neighbour list",),
    ("router tr nat list",),
    ("connection list",),
    ("flow list",),
    ("tracerequest tr0 walk list",),
    ("tracerequest tr0 walk walk0 show",),
    ("tracerequest tr0 walk walk0 show outcome",),
    ("clock",),
    ("clock advance 1",),
    ("echo a b",),
    ("prefs",),
    ("help nat",),
    ("describe router",),
    ("sett a",),
    ("debug on",),
    ("reset",),
    ("undo",),
    ("save lab.mido",),
    ("show topology",),
    ("undo 8", "demo"),
    ("guest client ip route",),
    ("reach client vm",),
    ("matrix by bridge tcp",),
    ("save other.mido", "reach diff other.mido icmp"),
    ("check",),
    ("expect ping client 192.168.78.1 capture none",),
    ("expect not router list",),
    ("ping client 192.168.79.119 count 3 explain draw",),
    ("ping client 192.168.79.119 capture all flags '-n'",),
    ("ping client 192.168.76.1 explain",),
    ("traceroute client 192.168.77.119 explain",),
    ("arping client 192.168.78.1 explain",),
    ("connect client tcp 192.168.77.119 22 explain",),
    ("dhcp client explain",),
    ("inject veth0 frame ffffffffffff02000000009908004500 capture all explain",),
    ("inject bridge1:port1 file veth0.pcap",),
    ("tcpdump veth0 flags '-n'",),
    ("tcpdump any", "ping client 192.168.79.119 capture none"),
    ("ping client 192.168.79.119 write /dev/full",),
    (f"tcpdump read {FILE}",),
)
#: What becomes of everything afterwards.
CHANGES = (
    "ping vm 192.168.78.9 count 5 capture none",
    "tcpdump any quiet",
    "clock set 2031-01-01T00:00:00+09:00",
    "prefs flags '-tttt'",
    "sett b",
    "guest client set name nobody address 172.16.0.9/24 ip-id 7",
    "guest nobody set mac 02:00:00:00:00:07",
    "router router0 set name renamed infilter chain3",
    "router router0 port port0 set state down",
    "chain chain0 set name renamed-too",
    "chain chain0 rule rule0 set dst 10.9.9.9 pos 2",
    "mirror mirror0 matches proto 6 set proto 17",
    "bridge bridge1 set name renamed-as-well",
    "tracerequest tr0 set name t",
    "host host0 interface iface veth0 delete",
    "reset",
    "undo 3",
    "redo 2",
    "clock advance 700",
    "mirror mirror0 delete",
    "guest guest1 delete",
    *(f"host host0 delete binding interface {name}" for name in ("tape239f31e-63", "veth0")),
    "host host0 set alive false",
    "host host0 delete",
    "bridge bridge1 delete",
    "chain chain0 delete",
    "router router0 delete",
    "capture capture0 delete",
    "bridge create name quite-another",
)


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    World("demo", files=Files()).run(f"ping client 192.168.78.1 capture veth0 write {FILE}")


class Kept:
    """The result of the last of some lines, and what it is in every form: made, not yet shown."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lab = Lab()
        self._context = self.lab.session.context
        if lines[-1].startswith("log "):
            self._folder = TemporaryDirectory()
            _keep(self._context, Path(self._folder.name) / "net.db")
        for line in START:
            self.lab(line)
        for line in lines[:-1]:
            attempt(self.lab, line)
        command = grammar.parse(lines[-1])
        assert command is not None
        self._command = command
        self.result = self._carried_out()
        self.forms = dict(self._forms())

    def _carried_out(self) -> Result:
        """The result of the command, also where it is no success."""
        try:
            return run(self._context, self._command)
        except ExpectationError as error:
            assert error.result is not None
            return error.result

    def _forms(self) -> Iterator[tuple[str, Result]]:
        for form in FORMS.words:
            # What is read as it is shown can be read only once.
            result = self._carried_out() if isinstance(self.result, Stream) else self.result
            try:
                yield form, in_form(result, form, self._context.store)
            except RefusedError:
                assert form == "commands"

    def change(self) -> None:
        """Have nearly nothing remain as it was."""
        for line in CHANGES:
            attempt(self.lab, line)

    def shown(self) -> dict[str, object]:
        """The result in every form."""
        texts = {form: result.text() for form, result in self.forms.items()}
        return {"succeeded": self.result.succeeded, "text": self.result.text(), **texts}


def _keep(context: Context, path: Path) -> None:
    """Give a context a store of its own, in which nothing tells one run from another."""
    path.touch()
    database = Sqlite(str(path), "net.db", Processes(), lambda: path)
    prepare(database)
    log = Log(database, "session", lambda: 0)
    context.kept = midocli.store.storage.kept.Kept(context.store, database, log, context.changed)


def attempt(lab: Lab, line: str) -> None:
    """Run a command; where it is refused, the next one is another."""
    with contextlib.suppress(MidoError):
        lab(line)


def kinds(result: Result) -> Iterator[type[Result]]:
    """The class of a result, and of what is in it."""
    yield type(result)
    if isinstance(result, Beside):
        yield from kinds(result.result)


@pytest.mark.parametrize("lines", CASES, ids=lambda lines: lines[-1])
def test_a_result_that_is_kept_shows_what_it_showed(lines: tuple[str, ...]) -> None:
    at_once, kept = Kept(lines), Kept(lines)
    shown = at_once.shown()
    kept.change()
    assert kept.shown() == shown


@pytest.mark.parametrize("lines", CASES, ids=lambda lines: lines[-1])
def test_a_copy_of_a_result_and_what_is_pickled_show_the_same(lines: tuple[str, ...]) -> None:
    kept = Kept(lines)
    forms = [result for form, result in kept.forms.items() if form in ("table", "commands")]
    for result in (each.at_hand() for each in (kept.result, *forms)):
        for copied in (copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
            assert list(kinds(copied)) == list(kinds(result))
            assert told(copied) == told(result)


def told(result: Result) -> tuple[object, ...]:
    """All that a result says, and how it ended."""
    ended = result.succeeded, result.failed, result.remark, str(result.complaint), result.objects
    return (*ended, result.text(), result.document(), result.records())


def test_there_is_a_case_of_every_kind() -> None:
    seen: set[type[Result]] = set()
    for lines in CASES:
        kept = Kept(lines)
        for result in (kept.result, *kept.forms.values()):
            seen.update(kinds(result))
    assert all_kinds(Result) - seen == set()


def all_kinds(kind: type[Any]) -> set[type[Any]]:
    """Every class of results, or of commands, that is not only there for others to be made of."""
    below = kind.__subclasses__()
    return set[type[Any]]().union(*map(all_kinds, below)) if below else {kind}


def test_there_is_a_case_of_every_command() -> None:
    declarations()
    seen = {type(grammar.parse(lines[-1])) for lines in CASES}
    of_session = {Quit, Format, Source}
    assert all_kinds(tree.Command) - seen - of_session == {As}


def test_what_becomes_of_everything_afterwards_does_become_of_it() -> None:
    """So that what is kept above is kept from something: nearly all of it is carried out."""
    world = World(*START, files=Files())
    refused = []
    for line in CHANGES:
        try:
            world.run(line)
        except MidoError as error:
            refused.append(f"{line}: {error.message}")
    assert refused == []
    assert world.run("router list") == ""
