"""`midocli test --mutants`: changes of one thing at a time, and which of them no test notices."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from netlab import LAN
from sessions import ROOT, midocli

from grammar.script import Line
from midocli.context.context import Context
from midocli.store.rows import Row
from midocli.suite.cases import Case, cases
from midocli.suite.changes import make
from midocli.suite.coverage import Coverage
from midocli.suite.made import Kind, Mutant, Place, Register
from midocli.suite.mutants import lines, tried
from midocli.suite.touches import touched
from midocli.suite.world import judged

_OFFICE = f"""\
{LAN}guest create name alice interface tap1 address 10.0.1.10/24
guest create name web interface tap2 address 10.0.1.80/24
guest web add service proto tcp port 80
guest web add service proto tcp port 22
chain create name into-web
chain into-web add rule pos 1 proto 6 dst-port 80 type accept
chain into-web add rule pos 2 ethertype 0x800 type drop
bridge0:port1 set outfilter into-web
"""
_SHOP = "expect connect alice tcp web 80 capture none\n"
_CLOSED = "expect not connect alice tcp web 22 capture none\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a network that is loaded before its tests."""
    (tmp_path / "before.mido").write_text(_OFFICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _tests(path: Path) -> list[tuple[Case, Coverage]]:
    found = [(case, *touched(case)) for case in cases([str(path)])]
    assert all(outcome.verdict == "passed" for _, outcome, _ in found), found
    return [(case, coverage) for case, _, coverage in found]


def _idle(folder: Path, **tests: str) -> list[tuple[str, str]]:
    for name, text in tests.items():
        (folder / f"{name}.mido").write_text(text)
    result = tried(_tests(folder))
    return [
        (made.alias, mutant.change)
        for mutant, made in result.mutants.items()
        if mutant not in result.noticed
    ]


def test_what_no_test_notices_is_listed(folder: Path) -> None:
    """Each test notices what it depends on: together, all."""
    drop = [("chain0:rule1", "away"), ("chain0:rule1", "accept for drop")]
    assert _idle(folder, shop=_SHOP) == drop
    assert _idle(folder, closed=_CLOSED) == []


def test_a_rule_matters_where_its_port_would_be_another(folder: Path) -> None:
    """Nothing comes to the rule for 80 but what goes to 81."""
    closed = "expect not connect alice tcp web 81 capture none\n"
    service = "guest web add service proto tcp port 81\n"
    assert _idle(folder, closed=service + closed) == [
        ("chain0:rule0", "away"),
        ("chain0:rule0", "drop for accept"),
    ]


def test_routes_may_be_away_or_lead_elsewhere(folder: Path) -> None:
    routed = """\
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24
router edge add port address 10.0.2.1 net 10.0.2.0/24
bridge lan add port peer router0:port0
router edge add route dst 10.0.1.0/24 type normal port router0:port0
router edge add route dst 10.0.2.0/24 type normal port router0:port1
guest alice set gw 10.0.1.1
guest web set gw 10.0.1.1
"""
    shop = f"{routed}{_SHOP}{_CLOSED}expect ping alice 10.0.1.1 quiet capture none\n"
    assert _idle(folder, shop=shop) == [
        ("router0:route1", "away"),
        ("router0:route1", "port off by one"),
    ]


@pytest.mark.parametrize("name", ["firewall", "load-balancer", "uplinks", "floating-ip"])
def test_a_change_is_noticed_where_it_is_when_made_at_once(name: str) -> None:
    """What comes of forking late, and of trying only what matters, is what comes without."""
    (test,) = _tests(ROOT / "docs" / "labs" / f"{name}.mido")
    case, coverage = test
    result = tried([test])
    plainly = {each for each in coverage.mutants if judged(case, _Changed(each))[0] != "passed"}
    assert result.noticed == plainly
    assert result.noticed


def test_the_tests_of_the_office_notice_all_changes_of_it() -> None:
    result = tried(_tests(ROOT / "docs" / "labs" / "office"))
    places = {Path(each.place.file).name for each in result.mutants}
    assert places == {"before.mido", "office.mido"}
    assert result.noticed == result.mutants.keys()


class _Changed(Register):
    """Makes a change as soon as there is what it is a change of."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__()
        self._mutant = mutant

    def begin(self, context: Context, screen: io.StringIO) -> None:
        super().begin(context, screen)
        self._topology = context.datapath.network.topology

    def note(self, row: Row, kind: Kind, file: str, line: Line) -> Place:
        place = super().note(row, kind, file, line)
        if place == self._mutant.place:
            make(self._topology, row, self._mutant.change)
        return place


def test_what_a_thing_has_become_may_be_otherwise(folder: Path) -> None:
    """A rule whose type is set anew, and a route whose router gets another port."""
    grown = """\
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24
bridge lan add port peer router0:port0
router edge add route dst 10.0.1.0/24 type normal port router0:port0
router edge add port address 10.0.2.1 net 10.0.2.0/24
chain into-web rule rule1 set type reject
"""
    asked = "expect ping alice 10.0.1.1 quiet capture none\n"
    assert _idle(folder, grown=f"{grown}{_SHOP}{_CLOSED}{asked}") == [
        ("chain0:rule1", "accept for drop"),
    ]
    result = tried(_tests(folder))
    changes = {(made.alias, mutant.change) for mutant, made in result.mutants.items()}
    assert changes >= {("router0:route0", "port off by one"), ("chain0:rule1", "accept for reject")}


def test_a_script_longer_than_a_buffer_is_read_by_each_process_for_itself(folder: Path) -> None:
    padding = "# " + "x" * 20_000 + "\n"
    text = f"{_SHOP}{padding}{_CLOSED}{padding}{_SHOP}"
    (folder / "more.txt").write_text(text)
    assert _idle(folder, long=text, sourced="source more.txt\n") == []


def test_files_that_a_test_writes_are_those_of_the_test(folder: Path) -> None:
    """No changed network leaves its frames in the user's folder."""
    test = f"connect alice tcp web 80 write seen.pcapng\n{_SHOP}tcpdump read seen.pcapng\n{_CLOSED}"
    (folder / "writes.mido").write_text(test)
    tests = _tests(folder)
    before = (folder / "seen.pcapng").read_bytes()
    result = tried(tests)
    assert len(result.noticed) == len(result.mutants) == 5
    assert (folder / "seen.pcapng").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "before.mido",
        "seen.pcapng",
        "writes.mido",
    ]


def test_a_test_that_never_ends_in_a_changed_network_notices(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.mido").write_text(_SHOP)
    tests = _tests(folder)
    monkeypatch.setattr("midocli.suite.world.SECONDS", 0.01)
    assert len(tried(tests).noticed) == 3


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_list_is_the_same_however_many_work_on_it(folder: Path, jobs: str) -> None:
    (folder / "shop.mido").write_text(_SHOP)
    (folder / "bad.mido").write_text("expect ping alice web quiet capture none\n")
    done = midocli("test", "-j", jobs, "--mutants", ".", cwd=folder)
    assert done.returncode == 1, "of the test that fails"
    assert done.stdout.splitlines()[-4:] == [
        "changes that no test notices:",
        "    before.mido:13: chain0:rule1: away: "
        "chain into-web add rule pos 2 ethertype 0x800 type drop",
        "    before.mido:13: chain0:rule1: accept for drop: "
        "chain into-web add rule pos 2 ethertype 0x800 type drop",
        "changes noticed: 3 of 5 (60 %)",
    ]


def test_so_many_are_tried_as_are_asked_for(folder: Path) -> None:
    (folder / "shop.mido").write_text(_SHOP + _CLOSED)
    done = midocli("test", "--mutants", "2", ".", cwd=folder)
    assert done.stdout.splitlines()[-1] == "changes noticed: 2 of 2 (100 %)"
    again = tried(_tests(folder), 2)
    assert list(lines(again)) == ["changes noticed: 2 of 2 (100 %)"]
    assert again.mutants.keys() == tried(_tests(folder), 2).mutants.keys()
    wrong = midocli("test", "--mutants=0", ".", cwd=folder)
    assert (wrong.returncode, wrong.stderr.splitlines()[-1]) == (
        2,
        "midocli test: error: argument --mutants: '0' is no number from 1",
    )
