"""Captures from the field on which the reader was wrong, with what is right of each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sessions import midocli
from unit.test_capture_files import real, told
from unit.test_tcpdump_frames import MISSING, TCPDUMP

from midocli.trace.capture_reader import open_capture

FIELD = Path(__file__).resolve().parent.parent / "data" / "field"
ECHO = "IP 10.0.1.10 > 10.0.1.11: ICMP echo request, id 1, seq 1, length 8\n"
ETHERNET = "link-type EN10MB (Ethernet), snapshot length"
# File, time printed, snapshot length, fault.
CASES = {
    "spb-snaplen0.pcapng": ("00:00:00.000000", 262144, None),
    "if_tsoffset.pcapng": ("22:13:20.000007", 262144, None),
    "nano.pcap": ("00:00:01.123456", 262144, None),
    "snaplen-524288.pcap": ("00:00:01.000000", 524288, None),
    "epb-interface9.pcapng": (
        None,
        262144,
        "a packet arrived on interface 9, but there's no Interface Description Block for that "
        "interface",
    ),
    "epb-caplen-lies.pcapng": (
        None,
        262144,
        "block of type 6 in pcapng dump file is too short",
    ),
}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


@pytest.mark.parametrize("name", CASES)
def test_it_reads_as_libpcap_reads_it(name: str) -> None:
    time, snap_length, fault = CASES[name]
    path = FIELD / name
    done = midocli("tcpdump", "-nn", "-r", str(path))
    # parity: reader-snapshot-length, reader-pcapng-options, reader-pcapng-blocks, reader-fractions
    assert done.stdout == (f"{time} {ECHO}" if time else "")
    told_of = f"tcpdump: pcap_loop: {fault}\n" if fault else ""
    assert done.stderr == f"reading from file {path}, {ETHERNET} {snap_length}\n{told_of}"
    # parity: reader-pcapng-blocks
    assert done.returncode == (1 if fault else 0)
    if TCPDUMP:
        words = ("-nn", "-r", str(path))
        assert (done.returncode, done.stdout.encode(), told(done.stderr.encode())) == real(*words)


@pytest.mark.parametrize("name", CASES)
def test_a_session_reads_it_too(name: str) -> None:
    time, snap_length, fault = CASES[name]
    done = midocli(
        stdin=f"tcpdump read {FIELD / name} flags -nn\n", env={**os.environ, "TZ": "UTC"}
    )
    assert f"{ETHERNET} {snap_length}\n" in done.stderr
    assert (f"{time} {ECHO}" if time else "") in done.stdout
    assert (fault or "") in done.stderr
    assert done.returncode == (1 if fault else 0)


@pytest.mark.parametrize("precision", ["--nano", "--micro"])
def test_a_copy_keeps_the_precision_that_is_asked_for(tmp_path: Path, precision: str) -> None:
    mine, theirs = tmp_path / "mine.pcap", tmp_path / "theirs.pcap"
    words = (precision, "-r", str(FIELD / "nano.pcap"), "-w")
    assert midocli("tcpdump", *words, str(mine)).returncode == 0
    magic, fraction = mine.read_bytes()[:4].hex(), mine.read_bytes()[28:32]
    wanted = ("4d3cb2a1", 123456789) if precision == "--nano" else ("d4c3b2a1", 123456)
    # parity: reader-nano-copy
    assert (magic, int.from_bytes(fraction, "little")) == wanted
    if TCPDUMP:
        assert real(*words, str(theirs))[0] == 0
        assert mine.read_bytes() == theirs.read_bytes()


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("name", ["usec-over-999999.pcap", "if_tsoffset.pcapng", "nano.pcap"])
def test_a_copy_has_the_numbers_of_the_file(tmp_path: Path, name: str) -> None:
    mine, theirs = tmp_path / "mine.pcap", tmp_path / "theirs.pcap"
    words = ("-r", str(FIELD / name), "--nano", "-w")
    assert midocli("tcpdump", *words, str(mine)).returncode == real(*words, str(theirs))[0] == 0
    assert mine.read_bytes() == theirs.read_bytes()


def test_a_frame_keeps_second_and_fraction() -> None:
    with (FIELD / "usec-over-999999.pcap").open("rb") as stream:
        frames = list(open_capture(stream).frames)
    assert [(each.second, each.fraction_ns) for each in frames] == [(1, 1_000_000_000), (1, -1000)]
