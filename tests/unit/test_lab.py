"""The Python API: what a line results in, what probes found, and all that was seen of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from netlab import LAN
from sessions import ROOT

from midocli import Lab, MidoError
from midocli.results.probed import Endpoint, Ping

OFFICE = str(ROOT / "docs" / "guide" / "office.mido")
#: Two guests on a bridge; a chain lets nothing but TCP to port 80 get to web.
SHOP = f"""
{LAN}guest create name alice interface tap1 address 10.0.1.10/24
guest create name web interface tap2 address 10.0.1.80/24
guest web add service proto tcp port 80
chain create name into-web
chain into-web add rule pos 1 proto 6 dst-port 80 type accept
chain into-web add rule pos 2 ethertype 0x800 type drop
bridge0:port1 set outfilter into-web
"""


@pytest.fixture
def shop() -> Lab:
    lab = Lab()
    lab(SHOP)
    return lab


def printed(*lines: str) -> str:
    """What the command line prints for some lines."""
    words = [word for line in lines for word in ("-e", line)]
    command = [sys.executable, "-m", "midocli", "--seed", "1", *words]
    return subprocess.run(command, capture_output=True, cwd=ROOT, text=True).stdout


# -- lines --------------------------------------------------------------------------------


def test_a_result_is_what_a_script_prints_to_the_byte() -> None:
    lines = [
        "demo",
        "ping client vm",
        "ping client vm explain",
        "router list as json",
        "guest list",
    ]
    lab = Lab(clock="2017-04-14T12:30:51.226238+02:00")
    begin = "clock set 2017-04-14T12:30:51.226238+02:00"
    assert "".join(str(lab(line)) for line in lines) == printed(begin, *lines)


def test_several_lines_are_a_script_of_which_the_last_result_is_told() -> None:
    lab = Lab()
    assert str(lab("router create name a\nrouter create \\\n  name b\n\n# done\n")) == ""
    assert str(lab("router create name c\nrouter list")) == str(lab("router list"))
    assert [each["name"] for each in lab("router list").document()] == ["a", "b", "c"]


def test_where_there_is_no_line_nothing_came_of_it() -> None:
    lab = Lab()
    lab("bridge create name lan")
    for nothing in ("", "\n", "# no line"):
        assert str(lab(nothing)) == ""


def test_names_of_files_are_those_of_the_system(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.mido")
    file.write_text("bridge create name lan\n")
    lab = Lab()
    assert str(lab.source(file)) == str(lab(f"source {file}")).replace("1", "0") == "bridge0\n"
    with pytest.raises(MidoError, match="cannot read"):
        lab.source(os.fsdecode(b"\xff.mido"))


def test_a_name_that_several_have_is_told_apart_from_one_that_nobody_has() -> None:
    lab = Lab()
    for _ in range(2):
        lab("guest create name alice")
    told = "more than one guest is called so: use an alias or UUID"
    for ask in (lambda: lab.ping("alice", "1.2.3.4"), lambda: lab.dhcp("alice")):
        with pytest.raises(MidoError, match=told):
            ask()
    with pytest.raises(MidoError, match=told):
        lab.ping("guest0", "alice")


def test_a_script_results_in_all_that_it_prints(tmp_path: Path) -> None:
    (tmp_path / "inner.mido").write_text("router create name a\n")
    outer = tmp_path / "outer.mido"
    outer.write_text(f"source {tmp_path}/inner.mido\nbridge create\nquit\nbridge create\n")
    lab = Lab()
    assert str(lab.source(outer)) == "router0\nbridge0\n"
    assert str(lab("bridge list")).count("\n") == 1


def test_an_error_says_what_the_command_line_says_and_where() -> None:
    lab = Lab()
    with pytest.raises(MidoError) as caught:
        lab("router create\n\n  router create nam x")
    assert (caught.value.code, caught.value.line, caught.value.column) == ("syntax", 3, 17)
    assert str(caught.value).startswith("unexpected 'nam': expected ")
    assert len(lab("router list").document()) == 1
    with pytest.raises(MidoError) as caught:
        lab("expect router list name none has 1")
    assert (caught.value.code, caught.value.line) == ("expect", 1)


def test_an_error_in_a_script_has_its_place_there(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.mido", tmp_path / "outer.mido"
    inner.write_text("router create\nfoo\n")
    outer.write_text(f"\n\nsource {inner}\n")
    lab = Lab()
    with pytest.raises(MidoError) as caught:
        lab.source(outer)
    assert (caught.value.code, caught.value.line, caught.value.column) == ("syntax", 2, 1)
    assert caught.value.__notes__ == [f"{inner}:2:1"]
    lab("router create")  # what comes next is none of the script
    with pytest.raises(MidoError, match="No such file") as caught:
        lab.source(tmp_path / "none.mido")
    assert caught.value.code == "file"


@pytest.mark.parametrize(
    "line",
    ["", "'", "ping", "ping nobody 10.0.0.1", "\x00", "\ud800", "$'\\", "foo " * 1000, "(" * 10_000,
     "undo", "source /", "save /nowhere/x", "tcpdump read /dev/zero", "ping a b count 0"],
)  # fmt: skip
def test_a_wrong_line_is_one_error_and_changes_nothing(line: str) -> None:
    lab = Lab()
    if not line:
        assert str(lab(line)) == ""
        return
    with pytest.raises(MidoError) as caught:
        lab(line)
    assert caught.value.code not in ("internal", "error")
    assert "\n" not in str(caught.value)
    assert str(lab("guest list")) == "" and lab.session.context.store.count == 0


def test_wrong_arguments_are_errors_of_the_line_they_make(shop: Lab) -> None:
    for wrong in (
        lambda: shop.ping("nobody", "web"),
        lambda: shop.ping("alice", "web", count="many"),
        lambda: shop.ping("alice", "web", no_such_option=3),
        lambda: shop.ping("alice; delete", "a b"),
        lambda: shop.connect("alice", "sctp", "web", 80),
        lambda: shop.connect("alice", "tcp", "web", 99999),
        lambda: shop.inject("nowhere", b"\x00" * 60),
        lambda: shop.dhcp("nobody"),
    ):
        with pytest.raises(MidoError) as caught:
            wrong()
        assert caught.value.line == 1
    with pytest.raises(MidoError, match="clock"):
        Lab(clock="noon")


def test_a_lab_begins_when_it_is_told_to() -> None:
    moment = datetime(2020, 2, 29, 12, tzinfo=timezone(timedelta(hours=2)))
    for clock in (moment, moment.isoformat(), "2020-02-29T12:00+02:00"):
        assert str(Lab(clock=clock)("clock")) == "2020-02-29T12:00:00.000000+02:00\n"
    assert str(Lab()("clock")) == "2026-01-05T09:00:00.000000+00:00\n"


def test_json_is_what_format_json_prints() -> None:
    lab = Lab()
    lab("format json")
    assert json.loads(str(lab("router create name a")))["created"] == "router0"
    assert json.loads(str(lab("router0 set name b"))) == {"ok": True}
    lab(SHOP)
    assert lab.ping("alice", "10.0.1.10").received == 1


# -- probes -------------------------------------------------------------------------------


def test_a_ping_that_is_dropped_says_where_and_by_what(shop: Lab) -> None:
    ping = shop.ping("alice", "web", count=2, interval=0.5)
    assert (ping.transmitted, ping.received, ping.errors, ping.duplicates) == (2, 0, 0, 0)
    assert ping.replies == [] and not ping.succeeded
    reason = ping.reason
    assert reason is not None
    assert (reason.code, reason.at, reason.rule) == ("rule-drop", "bridge0:port1", "chain0:rule1")
    assert len(ping.reasons) == 2
    assert ping.document()["probes"][0]["reason"]["text"] == reason.text
    assert ping.advice
    for line in ping.advice:
        shop(line)
    again = shop.ping("alice", "web")
    assert again.received == 1 and again.reason is None and again.advice == []


def test_a_ping_that_is_answered_has_its_replies(shop: Lab) -> None:
    shop("delete chain0:rule1")
    ping = shop.ping("alice", "web", count=3, ttl=9)
    assert [(each.seq, each.sender, each.ttl) for each in ping.replies] == [
        (seq, "10.0.1.80", 64) for seq in (1, 2, 3)
    ]
    assert ping.replies[0].rtt == ping.document()["probes"][0]["rtt_ms"]
    assert f"time={ping.replies[0].rtt:.3f} ms" in str(ping)


def test_the_other_probes_have_what_their_json_has(shop: Lab) -> None:
    opened = shop.connect("alice", "tcp", "web", 80)
    assert opened.outcome == "open" and opened.server == Endpoint("10.0.1.80", 80)
    assert opened.seen_by_server == (opened.client, opened.server) and opened.icmp is None
    shut = shop.connect("alice", "tcp", "web", 22)
    assert shut.outcome == "timeout" and shut.reason and shut.reason.rule == "chain0:rule1"
    shop("delete chain0:rule1")
    assert shop.connect("alice", "udp", "web", 22).icmp == (3, 3)
    trace = shop.traceroute("alice", "web", queries=1)
    assert trace.reached and [hop.sender for (hop,) in trace.hops if hop] == ["10.0.1.80"]
    assert (arping := shop.arping("alice", "10.0.1.80")).outcome == "reply"
    assert arping.mac == shop("guest web show").document()["mac"]
    assert shop.arping("alice", "10.0.1.99").mac is None
    frame = b"\xff" * 6 + bytes.fromhex("02000000000188b5") + bytes(46)
    injected = shop.inject("tap1", frame)
    assert injected.delivered == ["host0:tap2"] and injected.reason is None
    assert [bytes(each) for each in injected.frames("tap2")] == [frame]
    assert shop.inject("tap1", frame.hex()).delivered == ["host0:tap2"]


def test_a_lease_is_taken() -> None:
    lab = Lab()
    lab(
        "bridge create name lan\nbridge lan add port\nhost create name h\n"
        "host h add binding port bridge0:port0 interface tap1\n"
        "guest create name bob interface tap1"
    )
    lost = lab.dhcp("bob")
    assert lost.outcome == "no-answer" and lost.address is None and lost.reason
    lab(
        "bridge lan add dhcp subnet 10.0.1.0/24 gw 10.0.1.1 server 10.0.1.2\n"
        f"bridge lan dhcp subnet 10.0.1.0/24 add host address 10.0.1.9 "
        f"mac {lab('guest bob show').document()['mac']}"
    )
    lease = lab.dhcp("bob")
    assert (lease.outcome, lease.address, lease.gw) == ("bound", "10.0.1.9/24", "10.0.1.1")
    assert lease.server == "10.0.1.2" and lease.seconds and lease.reason is None


def test_what_was_seen_can_be_asked_for(shop: Lab) -> None:
    ping = shop.ping("alice", "web")
    frames = ping.frames("tap1")
    assert [each.direction for each in frames] == ["in"]
    assert frames == ping.frames("host0:tap1") == ping.frames("rack1:tap1")
    [told] = ping.document()["captures"]["host0:tap1"]
    assert told["hex"] == frames[0].bytes.hex()
    assert frames[0].time == pytest.approx(1_767_603_600, abs=1)
    assert ping.frames("tap2") == [] and ping.frames("bridge0:port1") == []
    assert len(ping.frames("tap2", "")) == 2  # ARP, which the chain lets pass
    assert [each.direction for each in ping.frames("tap1", "arp")] == ["in", "out"]
    text = str(shop("ping alice web flags '-nn' capture tap1"))
    assert shop.ping("alice", "web").tcpdump("-nn").count("\n") == 2
    assert text.count("ICMP echo request") == 1
    for wrong in (lambda: ping.frames("tap9"), lambda: ping.frames("tap1", "foo bar"),
                  lambda: ping.tcpdump("-Z")):  # fmt: skip
        with pytest.raises(MidoError):
            wrong()


def test_frames_and_walk_are_those_the_command_shows(shop: Lab) -> None:
    other = Lab()
    other(SHOP)
    whole = str(other("ping alice web count 2 flags '-nn' explain"))
    ping = shop.ping("alice", "web", count=2)
    assert ping.tcpdump("-nn") in whole
    assert whole.endswith(ping.explain())
    assert "explain" not in str(ping) and ping.document()["steps"] == []


def test_a_kept_result_stays_what_it_was(shop: Lab) -> None:
    ping = shop.ping("alice", "web")
    same = Lab()
    same(SHOP)
    before = same.ping("alice", "web")

    def asked(ping: Ping) -> object:
        return (
            str(ping), ping.document(), ping.reason, ping.reasons, ping.advice, ping.explain(),
            ping.frames("tap1"), ping.frames("rack1:tap1"), ping.frames("bridge0:port1", ""),
            ping.tcpdump("-e"), ping.tcpdump("-nn", "host0:tap2", ""), repr(ping),
        )  # fmt: skip

    expected = asked(before)
    shop("guest alice set name eve\nclock advance 1d")
    shop("delete chain0\ndelete bridge0\nhost0 set alive false\ndelete host0\ndelete guest0")
    shop("delete guest1\nreset")
    shop("bridge create\nchain create name into-web")
    assert asked(ping) == expected
    with pytest.raises(AttributeError):
        ping.traffic = before.traffic  # type: ignore[misc]


def test_a_machine_is_made_as_the_command_makes_it() -> None:
    lab, other = Lab(), Lab()
    for each in (lab, other):
        each("router create name edge\nrouter edge add port address 10.0.1.1 net 10.0.1.0/24")
        each("router edge add route dst 10.0.1.0/24 type normal port router0:port0")
        each("bridge create name lan\nbridge lan add port peer router0:port0")
    bob = lab.guest("bob", "10.0.1.11/24", bridge="lan")
    eve = lab.guest("eve b", "10.0.1.12/24", "lan", forwarding=True, mtu=1400)
    other("guest create name bob address 10.0.1.11/24 bridge lan")
    other("guest create name 'eve b' address 10.0.1.12/24 bridge lan forwarding yes mtu 1400")
    assert str(lab("show topology as commands")) == str(other("show topology as commands"))
    assert (bob.alias, bob.name, bob.addresses) == ("guest0", "bob", ("10.0.1.11/24",))
    assert lab(f"{bob} show").document()["mac"] == bob.mac
    assert lab.ping(bob, eve).received == 1
    assert lab.connect(eve, "udp", bob, 9).icmp == (3, 3)
    assert lab.ping(bob, "10.0.1.1").received == 1
    lab("undo")
    with pytest.raises(MidoError):
        lab.guest("carol", "10.0.1.13/24", bridge="lam")
    assert lab.guest("dave").interface is None


# -- transactions -------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(shop: Lab) -> None:
    before = str(shop("show topology as commands"))
    assert shop.ping("alice", "web").received == 0
    with pytest.raises(MidoError, match="unexpected 'foo'"), shop.transaction():
        shop("delete chain0:rule1")
        assert shop.ping("alice", "web").received == 1
        shop("delete bridge0\nfoo")
    assert str(shop("show topology as commands")) == before
    assert shop.ping("alice", "web").received == 0
    with shop.transaction():
        shop("delete chain0:rule1")
        shop("guest web set name shop")
        assert shop.ping("alice", "shop").received == 1
    assert shop.ping("alice", "shop").received == 1
    shop("undo")
    assert str(shop("show topology as commands")) == before
    assert shop.ping("alice", "web").received == 0


def test_what_fails_inside_a_transaction_is_taken_back_alone(shop: Lab) -> None:
    with shop.transaction():
        shop("delete chain0:rule1")
        with pytest.raises(MidoError):
            shop("guest web set state sideways")
        with pytest.raises(MidoError, match="has begun already"), shop.transaction():
            pass
        shop("guest web set state down")
        shop("undo")
        with pytest.raises(MidoError):
            shop("expect not delete chain0:rule0")
        assert shop.connect("alice", "tcp", "web", 80).outcome == "open"
    assert len(shop("chain into-web list rule").document()) == 1


def test_a_transaction_may_end_by_a_line(shop: Lab) -> None:
    with pytest.raises(RuntimeError), shop.transaction():
        shop("delete chain0:rule1\ncommit")
        raise RuntimeError
    assert len(shop("chain into-web list rule").document()) == 1
    shop("begin\ndelete chain0:rule0")
    assert shop("chain into-web list rule").document() == []
    shop("rollback")
    assert len(shop("chain into-web list rule").document()) == 1


# -- labs beside each other ---------------------------------------------------------------


def life(seed: int) -> str:
    """All that some lines and probes say."""
    lab = Lab(seed)
    lab(SHOP)
    parts = [str(lab("bridge list as json")), str(lab.ping("alice", "web", explain=True))]
    parts += [lab.connect("alice", "tcp", "web", port).explain() for port in (80, 22)]
    with pytest.raises(MidoError) as caught:
        lab("bridge lan add prot")
    parts.append(str(caught.value))
    parts += [str(lab("help ping")), str(lab("guest list as table")), str(lab("undo 3"))]
    return "".join(parts)


def test_labs_do_not_know_each_other() -> None:
    one, other = Lab(), Lab()
    one(SHOP)
    assert str(other("bridge list")) == ""
    other(SHOP)
    other("delete chain0:rule1")
    assert (one.ping("alice", "web").received, other.ping("alice", "web").received) == (0, 1)


def test_labs_live_in_several_threads() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            lives = list(pool.map(life, [1, 2, 1, 2, 1, 2, 1, 2]))
    finally:
        sys.setswitchinterval(before)
    assert lives == [life(1), life(2)] * 4


def test_threads_may_be_the_first_to_use_anything() -> None:
    """What is loaded and built when first used may be so by several threads at once."""
    code = (
        "import sys; sys.setswitchinterval(1e-6)\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "sys.path[:0] = ['tests', 'tests/unit']\n"
        "from test_lab import life\n"
        "with ThreadPoolExecutor(6) as pool: lives = set(pool.map(life, [1] * 6))\n"
        "assert len(lives) == 1, len(lives)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""


def test_nothing_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    lab = Lab()
    lab(SHOP)
    lab("prefs flags '-e'\nprefs reset\nprefs")
    lab.ping("alice", "web")
    assert list(tmp_path.iterdir()) == []


def test_the_package_alone_loads_next_to_nothing() -> None:
    code = (
        "import json, sys\nbefore = set(sys.modules)\nimport midocli\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
        "assert not hasattr(midocli, 'nothing')\n"
        "assert midocli.Lab and midocli.MidoError\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["midocli"]
