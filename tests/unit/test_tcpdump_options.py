"""tcpdump's options beside -r: taken, looked at, or refused as tcpdump 4.99.3 does."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from unit.test_capture_files import FRAME, PING, ours, pcap, real
from unit.test_tcpdump_frames import MISSING, TCPDUMP

from midocli.app import tcpdump

TAKEN = (
    "-i eth0", "-i any", "--interface=lo", "-Q in", "-Q INOUT", "--direction=out", "-y EN10MB",
    "-y linux_sll", "--linktype=raw", "-L", "--list-data-link-types", "-J", "-I", "-a", "-B 5",
    "--list-time-stamp-types", "-C 1", "-C 9223372036854", "-W 3", "-W 5x", "-G 5", "-G 0", "-G x",
    "-E aes@1.2.3.4:x", "-m /no/module", "-j host", "-j ADAPTER", "-s 0", "-s 0x40", "-s 262144",
    "-Z nobody", "-c 2x", "-U -p -O -l", "--immediate-mode",
)  # fmt: skip
REFUSED = (
    "-Q sideways", "-y ETHERNET", "-y DLT_RAW", "-C 0", "-C -1", "-C 5k", "-C 9223372036855",
    "-W 0", "-W x", "-G -1", "-j fast", "-s -1", "-s 262145", "-s 64k", "-s 09", "-B 0", "-B x",
    "-c -3", "-c x", "-f", "-ttttt", "--time-stamp-precision=pico", "-i", "-C", "--direction",
)  # fmt: skip


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("options", TAKEN)
def test_what_concerns_interfaces_changes_nothing(options: str) -> None:
    words = ("-tnr", str(PING), *options.split())
    mine = ours(*words)
    # parity: options-beside-r
    assert mine == real(*words)
    assert mine[0] == 0


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("options", REFUSED)
def test_bad_values_are_refused_in_the_same_words(options: str) -> None:
    words = ("-tnr", str(PING), *options.split())
    mine = ours(*words)
    # parity: options-beside-r
    assert mine == real(*words)
    assert mine[0] == 1


@pytest.mark.parametrize("letter", ["z cat", "V files", "M secret", "d", "Y"])
def test_what_is_not_done_here_says_so(letter: str) -> None:
    status, out, said = ours("-r", str(PING), *f"-{letter}".split())
    # parity: options-refused
    assert (status, out) == (1, b"")
    assert said[0].startswith(f"tcpdump: -{letter[0]} is not supported here: ")
    assert len(said) == 1


def test_no_program_is_run(tmp_path: Path) -> None:
    copy = tmp_path / "copy.pcap"
    status, _, said = ours("-r", str(PING), "-w", str(copy), "-C", "1", "-z", "touch")
    # parity: options-refused
    assert (status, said) == (
        1,
        ["tcpdump: -z is not supported here: no other program is run here"],
    )
    assert not copy.exists()


def large(path: Path, count: int) -> None:
    """A capture of so many frames of 60,000 bytes."""
    record = struct.pack("<IIII", 7, 0, 60_000, 60_000) + FRAME.ljust(60_000, b"\0")
    path.write_bytes(pcap(frames=0) + record * count)


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("options", ["-C 1", "-C 1 -W 2", "-C 1 -W 20", "-C 1 -G 3600", "-W 2"])
def test_files_are_begun_where_tcpdump_begins_them(tmp_path: Path, options: str) -> None:
    large(tmp_path / "large", 60)
    found = []
    for who, run in (("mine", ours), ("theirs", real)):
        folder = tmp_path / who
        folder.mkdir()
        words = ("-r", str(tmp_path / "large"), "-w", str(folder / "out"), *options.split())
        words += ("-Z", "root")
        assert run(*words)[0] == 0
        found.append({each.name: each.read_bytes() for each in folder.iterdir()})
    # parity: options-rotation
    assert found[0] == found[1]
    assert "-C" not in options or len(found[0]) > 1


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
def test_the_time_goes_into_names_where_files_are_begun_by_time(tmp_path: Path) -> None:
    for name in ("mine", "theirs"):
        words = ("-r", str(PING), "-w", str(tmp_path / f"{name}-%Y-%%.pcap"), "-G", "60")
        assert (ours if name == "mine" else real)(*words)[0] == 0
    year = time.strftime("%Y")
    assert (tmp_path / f"mine-{year}-%.pcap").read_bytes() == (
        tmp_path / f"theirs-{year}-%.pcap"
    ).read_bytes()


def test_by_time_as_many_files_are_written_as_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap(frames=5))
    # The clock when the first file is begun, and when each frame comes.
    clock = iter((100, 101, 109, 110, 115, 120))
    monkeypatch.setattr(time, "time", lambda: next(clock))
    words = ["-r", str(path), "-w", str(tmp_path / "at-%M%S"), "-G", "10", "-W", "2x", "--count"]
    assert tcpdump.main(words) == 0
    written = {each.name: each.stat().st_size for each in tmp_path.glob("at-*")}
    first, second = (time.strftime("at-%M%S", time.localtime(begun)) for begun in (100, 110))
    assert written == {first: len(pcap(frames=2)), second: len(pcap(frames=2))}
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == [
        "Maximum file limit reached: 2",
        "pcap_stats: Statistics aren't available from savefiles",
    ]


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("link_type", [112, 147, 195, 14, 400, 0xF4000001])
def test_frames_of_any_link_type_can_be_counted_and_copied(tmp_path: Path, link_type: int) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap(link=link_type))
    words = ("-r", str(path), "--count")
    # parity: link-types-known, link-types-unprinted
    assert ours(*words) == real(*words)
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    copied = [run("-r", str(path), "-w", str(to)) for run, to in ((ours, mine), (real, theirs))]
    assert copied[0] == copied[1]
    if copied[0][0] == 0:
        assert mine.read_bytes() == theirs.read_bytes()


def test_what_only_tcpdump_can_show_says_so(tmp_path: Path) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap(link=195))
    status, out, said = ours("-r", str(path))
    kind = "IEEE802_15_4 (IEEE 802.15.4 with FCS)"
    assert (status, out) == (1, b"")
    # parity: link-types-unprinted
    assert said[1] == f"tcpdump: frames of link-type {kind} cannot be shown here: copy them with -w"
    assert f"filters of link-type {kind} are not known" in ours("-r", str(path), "ip", "-w-")[2][1]


def test_encrypted_packets_that_are_not_decrypted_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "esp.pcap"
    esp = bytes.fromhex("4500001c00000000403200000a0000010a000002 00000005 00000001")
    frame = FRAME[:14] + esp
    record = struct.pack("<IIII", 7, 0, len(frame), len(frame)) + frame
    path.write_bytes(pcap(frames=0) + record * 2)
    warning = "tcpdump: WARNING: packets are not decrypted here: -E changes nothing"
    # parity: options-no-decryption
    assert ours("-E", "x", "-r", str(path))[2][1:] == [warning]
    assert ours("-r", str(path))[2][1:] == []
    assert ours("-E", "x", "-r", str(PING))[2][1:] == []
