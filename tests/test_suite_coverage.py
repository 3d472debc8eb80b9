"""`midocli test --cover`: which rules, routes and ports decide something in a test."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from netlab import LAN
from sessions import midocli

from midocli.suite.cases import cases
from midocli.suite.coverage import Coverage, covered, lines, together

_OFFICE = f"""\
{LAN}bridge create name spare
bridge spare add port
guest create name alice interface tap1 address 10.0.1.10/24
guest create name web interface tap2 address 10.0.1.80/24
guest web add service proto tcp port 80
chain create name into-web
chain into-web add rule pos 1 proto 6 dst-port 80 type accept
chain into-web add rule pos 2 proto 6 dst-port 22 type drop
chain into-web add rule pos 3 ethertype 0x800 proto 1 type drop
bridge0:port1 set outfilter into-web
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a network that is loaded before its tests."""
    (tmp_path / "before.mido").write_text(_OFFICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _covered(folder: Path, **tests: str) -> Coverage:
    for name, text in tests.items():
        (folder / f"{name}.mido").write_text(text)
    outcomes = [covered(case) for case in cases([str(folder)])]
    assert all(outcome.verdict == "passed" for outcome, _ in outcomes), outcomes
    return together(each for _, each in outcomes)


def _idle(coverage: Coverage) -> list[str]:
    return [made.alias for place, made in coverage.made.items() if place not in coverage.decided]


def test_what_decides_in_any_test_is_covered(folder: Path) -> None:
    """Nothing is plugged into the other bridge; each test needs one rule."""
    shop = "expect connect alice tcp web 80 capture none\n"
    ping = "expect not ping alice web quiet capture none\n"
    assert _idle(_covered(folder, shop=shop)) == ["bridge1:port0", "chain0:rule1", "chain0:rule2"]
    assert _idle(_covered(folder, ping=ping)) == ["bridge1:port0", "chain0:rule1"]


@pytest.mark.parametrize("how", ["capture none", "capture none explain"])
def test_who_else_looks_on_changes_nothing(folder: Path, how: str) -> None:
    coverage = _covered(folder, a=f"connect alice tcp web 80 {how}\n" * 2)
    assert _idle(coverage) == ["bridge1:port0", "chain0:rule1", "chain0:rule2"]


@pytest.mark.parametrize("how", ["", "explain"])
def test_a_rule_that_matches_but_cannot_be_applied_decides_nothing(folder: Path, how: str) -> None:
    """There is nothing that the reverse rule could put back, until there is."""
    text = f"""\
chain create name back
chain back add rule pos 1 type rev_snat action accept
chain create name to
chain to add rule pos 1 src 10.0.1.10 type snat action accept target 10.0.1.90:2000-3000
bridge0:port0 set infilter back
connect alice tcp web 80 capture none {how}
"""
    assert "chain1:rule0" in _idle(_covered(folder, once=text))


def test_routes_and_their_routers_are_told_apart(folder: Path) -> None:
    text = """\
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24
bridge lan add port peer router0:port0
router edge add port address 10.0.2.1 net 10.0.2.0/24
router edge add route dst 10.0.1.0/24 type normal port router0:port0
router edge add route dst 10.0.3.0/24 type blackhole
router edge add route dst 10.0.2.0/24 type normal port router0:port1
guest alice set gw 10.0.1.1
ping alice 10.0.3.1 quiet capture none
expect ping alice 10.0.1.1 quiet capture none
"""
    idle = _idle(_covered(folder, routed=text))
    assert [alias for alias in idle if alias.startswith("router0")] == [
        "router0:port1",
        "router0:route2",
    ]


def test_a_port_that_is_down_or_whose_filter_drops_all_decides(folder: Path) -> None:
    down = "bridge0:port1 set state down\nping alice web quiet capture none\n"
    assert "bridge0:port1" not in _idle(_covered(folder, down=down))


def test_a_line_that_several_tests_load_makes_one_thing(folder: Path) -> None:
    (folder / "more.txt").write_text(
        "chain into-web add rule pos 1 ethertype 0x800 proto 17 type drop\n"
    )
    load = "source more.txt\n"
    tests = {"a": load, "b": f"bridge create name x\n{load}connect alice udp web 53 capture none\n"}
    coverage = _covered(folder, **tests)
    places = [place for place, made in coverage.made.items() if "more.txt" in place.file]
    assert len(places) == 1
    assert places[0] in coverage.decided


def test_the_report_names_chains_lines_and_sums(folder: Path) -> None:
    shop = "expect connect alice tcp web 80 capture none\n"
    assert list(lines(_covered(folder, shop=shop))) == [
        "before.mido: bridge0 (lan): ports that decided: 2 of 2 (100 %)",
        "before.mido: bridge1 (spare): ports that decided: 0 of 1 (0 %)",
        "    before.mido:8: bridge1:port0: bridge spare add port",
        "before.mido: chain0 (into-web): rules that decided: 1 of 3 (33 %)",
        "    before.mido:14: chain0:rule1: "
        "chain into-web add rule pos 2 proto 6 dst-port 22 type drop",
        "    before.mido:15: chain0:rule2: "
        "chain into-web add rule pos 3 ethertype 0x800 proto 1 type drop",
        "decided: rules 1 of 3 (33 %), routes 0 of 0, ports 2 of 3 (66 %); in sum 3 of 6 (50 %)",
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_is_told_behind_the_summary_and_in_reports(folder: Path, jobs: str) -> None:
    (folder / "a.mido").write_text("expect connect alice tcp web 80 capture none\n")
    (folder / "b.mido").write_text("expect not ping alice web quiet capture none\n")
    done = midocli("test", "-j", jobs, "--cover", "--junit", "x.xml", ".", cwd=folder)
    told = done.stdout.splitlines()
    assert (done.returncode, told[2], told[-1].startswith("decided: rules 2 of 3")) == (
        0,
        "2 passed",
        True,
    )
    written = ElementTree.parse(folder / "x.xml").findtext("./testsuite/system-out")
    assert written is not None
    assert written.splitlines() == told[3:]
    tap = midocli("test", "--cover", "--tap", ".", cwd=folder).stdout.splitlines()
    assert tap[4:] == [f"# {line}" for line in told[3:]]


def test_a_list_is_no_traffic(folder: Path) -> None:
    assert "chain0:rule0" in _idle(_covered(folder, a="chain into-web list rule\n"))


def test_health_checks_are_traffic_that_nobody_sees(folder: Path) -> None:
    """The router asks web whether it is alive; nothing else is sent."""
    text = """\
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24
bridge lan add port peer router0:port0
router edge add route dst 10.0.1.0/24 type normal port router0:port0
guest web set gw 10.0.1.1
load-balancer create
router edge set load-balancer lb0
health-monitor create type TCP delay 1 timeout 1 max-retries 3
load-balancer lb0 add pool lb-method ROUND_ROBIN health-monitor hm0
load-balancer lb0 pool pool0 add vip address 10.0.9.9 protocol-port 80
load-balancer lb0 pool pool0 add member address 10.0.1.80 protocol-port 80
clock advance 10s
"""
    coverage = _covered(folder, checked=text)
    assert "chain0:rule0" not in _idle(coverage)
