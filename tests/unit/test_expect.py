"""What a held expectation means for the exit status and the toolbar."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import Hands, session_of
from sessions import midocli

from grammar.script import Line

BROKEN = Path(__file__).parent.parent / "data" / "field" / "epb-interface9.pcapng"
LAB = (
    "host create name h",
    "guest create name one interface h:a address 10.0.0.1/24",
)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("expect not ping one 10.0.0.9 capture none", 0),
        ("expect not ping one 10.0.0.9 capture none as json", 0),
        ("expect ping one 10.0.0.9 capture none", 1),
        ("ping one 10.0.0.9 capture none", 1),
        ("expect not router nosuch show", 0),
        ("expect format json", 0),
        ("expect not source nosuch", 0),
        ("expect not source /dev/null", 0),
        ("expect quit", 1),
        (f"expect tcpdump read {BROKEN}", 1),
        (f"expect not tcpdump read {BROKEN}", 0),
        (f"expect not tcpdump read {BROKEN} as json", 0),
    ],
)
def test_the_exit_status_and_the_toolbar_agree(command: str, status: int) -> None:
    made = [word for line in LAB for word in ("-e", line)]
    assert midocli(*made, "-e", command).returncode == status
    session = session_of(Hands())
    for line in LAB:
        session.run_line("", Line(line, 1))
    session.run_line("", Line(command, 1))
    assert session.last is (status == 0)
