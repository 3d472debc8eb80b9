"""Captures from the field on which the printer was wrong, against the tcpdump that is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from unit.test_tcpdump_frames import TCPDUMP, run_tcpdump
from unit.test_tcpdump_real import pytestmark as only_that_tcpdump

FIELD = Path(__file__).resolve().parent.parent / "data" / "field"
# What must not be lost where no tcpdump is installed.
KNOWN = {
    "usec-over-999999": "00:00:01.4294967295 IP 10.0.1.10 > 10.0.1.11: ICMP echo request, id 1",
    "arp-hw15-hw19": "ARP, Request who-has 10.0.1.11 (<Invalid DLCI>) tell 10.0.1.10, length 46",
    "ip-options-cut": "IP 10.0.1.10 > 10.0.1.11: ",
    "tcp-53-80": "length 27: HTTP: GET / HTTP/1.1",
}


def printed(path: Path, *flags: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "tcpdump", *flags, "-r", str(path)],
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("latin-1")


@pytest.mark.parametrize("name", KNOWN)
def test_says_what_is_known_to_be_right(name: str) -> None:
    # parity: tcpdump-port-order, tcpdump-arp-links, tcpdump-odd-fractions
    assert KNOWN[name] in printed(FIELD / f"{name}.pcap", "-nn")


@pytest.mark.parametrize("flags", ["-nn", "-v", "-nn -vv -ttt", "-tt -e --nano", "-nn -ttttt -q"])
@pytest.mark.parametrize("name", sorted(path.stem for path in FIELD.glob("*.pcap")))
def test_prints_as_tcpdump_does(name: str, flags: str) -> None:
    for mark in only_that_tcpdump:
        if mark.args[0]:
            pytest.skip(mark.kwargs["reason"])
    assert TCPDUMP is not None
    path = FIELD / f"{name}.pcap"
    # parity: tcpdump-cut-options, tcpdump-arp-links
    assert printed(path, *flags.split()) == run_tcpdump(path, *flags.split())
