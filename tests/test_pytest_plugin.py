"""The pytest plugin: the fixture, the assertions, scripts as tests, and what it costs others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import ROOT

from midocli import Lab, MidoError
from midocli.testing import assert_dropped, assert_reaches

SHOP = """\
bridge create name lan
guest create name alice bridge lan address 10.0.1.10/24
guest create name web bridge lan address 10.0.1.80/24
guest web add service proto tcp port 80
chain create name into-web
chain into-web add rule pos 1 proto 6 dst-port 80 type accept
chain into-web add rule pos 2 ethertype 0x800 type drop
bridge0:port1 set outfilter into-web
"""
RULE = "rule-drop at bridge0:port1 by chain0:rule1"


@pytest.fixture
def shop() -> Lab:
    lab = Lab()
    lab(SHOP)
    return lab


def test_what_holds_is_returned(shop: Lab) -> None:
    assert assert_reaches(shop, "alice", "web", "tcp", 80).succeeded
    dropped = assert_dropped(
        shop, "alice", "web", "tcp", 22, code="rule-drop", at="bridge0:port1", by="chain0:rule1"
    )
    assert dropped.reason and dropped.reason.rule == "chain0:rule1"
    assert_dropped(shop, "alice", "web")
    assert_dropped(shop, "alice", "web", count=2, interval=0.1, by="chain0:rule1")
    assert_dropped(shop, "alice", "10.0.1.99", code="arp-timeout")


@pytest.mark.parametrize("wrong", [{"code": "no-route"}, {"at": "bridge0"}, {"by": "chain0:rule0"},
                                   {"code": "rule-drop", "by": "chain0:rule0"}])  # fmt: skip
def test_another_reason_is_a_failure_that_names_both(shop: Lab, wrong: dict[str, str]) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_dropped(shop, "alice", "web", "tcp", 22, **wrong)
    message = str(caught.value)
    assert message.startswith("connect alice tcp web 22: expected it to be dropped (")
    assert RULE in message and all(word in message for word in wrong.values())


def test_a_failure_tells_the_walk_and_what_would_change_it(shop: Lab) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_reaches(shop, "alice", "web", "udp", 53)
    message = str(caught.value)
    assert message.startswith(f"connect alice udp web 53: expected an answer, but {RULE}: ")
    assert message.count("dropped (rule-drop)") == 1
    assert (
        "\nWhat would change that:\n" in message and "\n  chain chain0 add rule pos 2 " in message
    )
    shop("delete chain0:rule1")
    with pytest.raises(AssertionError, match=r"ping alice web: .* but it was answered") as caught:
        assert_dropped(shop, "alice", "web")
    assert "accepts the echo request" in str(caught.value)


def test_what_cannot_be_sent_neither_reaches_nor_is_dropped(shop: Lab) -> None:
    for ends in (("alice", "nobody"), ("nobody", "alice")):
        with pytest.raises(MidoError):
            assert_dropped(shop, *ends)
        with pytest.raises(MidoError):
            assert_reaches(shop, *ends, "tcp", 80)
    with pytest.raises(MidoError, match="expected tcp or udp"):
        assert_dropped(shop, "alice", "web", "sctp", 80)
    with pytest.raises(MidoError, match="port"):
        assert_dropped(shop, "alice", "web", "tcp")
    with pytest.raises(MidoError, match="count"):
        assert_dropped(shop, "alice", "web", count=0)


TESTS = f"""\
from midocli.testing import assert_dropped, assert_reaches

def test_fixture_is_new(lab):
    lab({SHOP!r})
    assert_reaches(lab, "alice", "web", "tcp", 80)

def test_fixture_is_new_again(lab):
    lab({SHOP!r})
    assert_dropped(lab, "alice", "web", "tcp", 22, by="chain0:rule1")

def test_unreached(lab):
    lab({SHOP!r})
    assert_reaches(lab, "alice", "web", "tcp", 22)

def test_unknown(lab):
    assert_dropped(lab, "alice", "web")

def test_bad_line(lab):
    with lab.transaction():
        lab("bridge foo")
"""


def run_pytest(folder: Path, *words: str) -> str:
    """What pytest prints that runs in a folder, with the plugin and no other of our own."""
    command = [sys.executable, "-m", "pytest", "-p", "midocli.testing", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [*command, *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout


def test_a_project_has_its_networks_tested(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "test_shop.py").write_text(TESTS)
    (tmp_path / "before.mido").write_text("router create name top\n")
    below = tmp_path / "net"
    below.mkdir()
    (below / "before.mido").write_text("router create name here\n")
    (below / "test_two.mido").write_text("expect router list has 2\n")
    (below / "test_three.mido").write_text("expect router list has 3\n")
    (below / "test_wrong.mido").write_text("\n  foo\n")
    (below / "test_kept.mido").write_text("router list\n")
    (below / "test_kept.out").write_text("midonet> router list\n[exit status 0]\n")
    (below / "other.mido").write_text("foo\n")
    printed = run_pytest(tmp_path, "-v", "--durations=0")
    for passed in ("net/test_two.mido::test_two", "test_shop.py::test_fixture_is_new_again"):
        assert f"{passed} PASSED" in printed
    assert "6 failed, 3 passed" in printed
    assert "other" not in printed
    assert "test_three.mido:1:8: expected that it has 3, but it has 2" in printed
    assert "test_wrong.mido:2:3: unexpected 'foo': expected " in printed
    assert "+router router0 name top" in printed  # what is printed beyond what is kept
    assert f"expected an answer, but {RULE}" in printed
    assert "E         chain chain0 add rule pos 2 " in printed
    assert "invalid destination 'web'" in printed
    # The lines of the project's tests, and none of ours.
    assert ">       assert_reaches(lab" in printed and '>           lab("bridge foo")' in printed
    assert "/midocli/" not in printed and "lab.py" not in printed and "testing.py" not in printed


def test_the_tests_of_the_page_end_as_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "python.md").read_text()
    [code, told] = re.findall(r'^```\w+ title="test_shop.py"\n(.*?)^```$', page, re.M | re.S)
    (tmp_path / "test_shop.py").write_text(code)
    printed = run_pytest(tmp_path, "-q")
    assert "1 failed, 2 passed" in printed
    at = 0
    for line in told.splitlines():
        if line != "…":
            at = printed.index(f"\n{line}\n", at)


def test_who_does_not_use_it_loads_hardly_anything() -> None:
    code = (
        "import json, sys, pytest\nbefore = set(sys.modules)\nimport midocli.testing\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["midocli", "midocli.testing"]
