"""Completion in a real terminal: what Tab inserts, what the menu shows, and that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import Terminal

_CLEAR = "\x15"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """The demo's network, in a folder that holds some files."""
    for name in ("more.mido", "my lab.mido"):
        (tmp_path / name).write_text(f'router create name "of {name}"\n')
    (tmp_path / "kept").mkdir()
    terminal = Terminal(tmp_path)
    terminal.wait_for("midonet>")
    terminal.type("demo\r")
    terminal.wait_for("now ping again")
    terminal.type("\x0c")
    return terminal


def menu(terminal: Terminal, words: str) -> list[str]:
    """The first word of each row of the menu, once it shows some words."""
    rows = terminal.wait_for(words).splitlines()
    line = next(number for number, row in enumerate(rows) if row.startswith("midonet> "))
    return [row.split()[0] for row in rows[line + 1 : -2] if row.strip()]


def test_files_are_completed_and_open(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("source mo\t\r")
    terminal.wait_for("router1")
    terminal.type("source my\t")
    terminal.wait_for("source 'my lab.mido'")
    terminal.type("\r")
    terminal.wait_for("router2")
    terminal.type("save ~/ke\t")
    terminal.wait_for("save ~/kept/")
    terminal.type("net.mido\r")
    terminal.wait_for(" net.mido | ")
    assert "of my lab.mido" in (tmp_path / "kept" / "net.mido").read_text()
    terminal.type('ping client vm count 1 flags -n write "kept/my \t')
    terminal.type('ping.pcap"\r')
    terminal.wait_for("1 packets transmitted")
    terminal.type("tcpdump read kept/my\t flags -n\r")
    terminal.wait_for("ICMP echo reply")


def test_options_are_offered_until_they_are_given(terminal: Terminal) -> None:
    terminal.type("ping client vm co\t")
    terminal.wait_for("midonet> ping client vm count")
    terminal.type(" 1 ")
    assert "size" in menu(terminal, "ICMP data bytes")
    assert "count" not in menu(terminal, "ICMP data bytes")
    terminal.type(f"{_CLEAR}tcpdump any quiet ")
    assert {"flags", "filter", "write"} <= {*menu(terminal, "frames it takes")}
    terminal.wait_for("Enter runs it; or flags, filter, count, write, force")


def test_destinations_are_guests_and_addresses(terminal: Terminal) -> None:
    terminal.type("ping client 192.168.79.\t")
    terminal.wait_for("midonet> ping client 192.168.79.119")
    terminal.type(f"{_CLEAR}traceroute client ")
    assert {"vm", "192.168.77.119"} <= {*menu(terminal, "of vm")}


def test_points_go_on_behind_a_comma(terminal: Terminal) -> None:
    terminal.type("tcpdump veth0,tap\t flags -n\r")
    terminal.wait_for("capture0")
    terminal.type("capture list\r")
    terminal.wait_for("points host0:veth0,host0:tape239f31e-63")


def test_words_of_a_filter_and_flags_complete_inside_quotes(terminal: Terminal) -> None:
    terminal.type('tcpdump veth0 filter "arp or ic')
    assert menu(terminal, "icmp6")[:2] == ["icmp", "icmp6"]
    terminal.type('mp" flags -S\t')
    terminal.wait_for('filter "arp or icmp" flags "-S')
    terminal.type('"\r')
    terminal.wait_for("capture0")


def test_forms_are_offered_behind_as(terminal: Terminal) -> None:
    terminal.type("router list a")
    assert menu(terminal, "its BGP autonomous system") == ["asn", "as"]
    terminal.type("s ta\t\r")
    terminal.wait_for("infilter | outfilter")


def test_preferences_complete(terminal: Terminal) -> None:
    terminal.type("prefs ke\t vi hi\t off\r")
    terminal.wait_for("midonet> prefs key-mode vi hint off")
    terminal.type("prefs\r")
    terminal.wait_for("key-mode vi color auto hint off")


def test_a_name_with_a_blank_completes_inside_its_quote(terminal: Terminal) -> None:
    terminal.type('router create name "my router"\r')
    terminal.wait_for("router1")
    terminal.type('router "my\t show\r')
    terminal.wait_for("router router1 name my router state up")


def test_nothing_is_offered_in_a_comment(terminal: Terminal) -> None:
    terminal.type("# pi\t")
    terminal.wait_for("midonet> # pi")
    assert "ping" not in terminal.text().replace("midonet> # pi", "")


def test_the_last_of_several_lines_completes(terminal: Terminal) -> None:
    terminal.type("router tr \\\rsho\t")
    terminal.wait_for("show")
    terminal.type("\r")
    terminal.wait_for("router router0 name tr state up infilter chain0")


def test_the_hint_tells_what_enter_will_do(terminal: Terminal) -> None:
    terminal.type("ping client 10.0.")
    terminal.wait_for("a destination address")
    terminal.type("0.1")
    terminal.wait_for("Enter runs it; or count, size, ttl")
    terminal.type(f"{_CLEAR}ping nobody vm")
    terminal.wait_for("unknown source 'nobody'")


def test_the_first_tab_inserts_no_more_than_all_words_share(terminal: Terminal) -> None:
    terminal.type("de")
    terminal.wait_for("an alias, describe, delete, debug, demo")
    terminal.wait_for("deletes an object and all it")  # the menu that opens while one types
    terminal.type("\t")
    terminal.text()
    assert terminal.screen.cursor.x == len("midonet> de")  # history suggests what follows
    terminal.type("\t")
    terminal.wait_for("midonet> describe")
