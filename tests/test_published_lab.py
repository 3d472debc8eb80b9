# ruff: noqa: E501 (the lines are the document's)
"""The published DNAT example comes out as its document has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sessions import ROOT, midocli

LAB = ROOT / "docs" / "labs" / "dnat-rev_snat.mido"
PUBLISHED = ROOT / "tests" / "data" / "published"
LISTINGS = """\
router router0 name tr state up infilter chain1 outfilter chain2 asn -1 forward-chain chain3
port port0 device router0 state up plugged no mac fa:16:3e:bb:12:d0 address 192.168.77.1 net 192.168.77.1/24 peer bridge0:port0
port port1 device router0 state up plugged no mac fa:16:3e:52:65:b1 address 192.168.78.1 net 192.168.78.1/24 peer bridge1:port0
chain0
chain0:rule0
chain0:rule1
host host0 interface tape239f31e-63 port bridge0:port10
host host0 interface veth0 port bridge1:port1
port port0 device bridge1 state up plugged no vlan 0 peer router0:port1
port port1 device bridge1 state up plugged yes vlan 0
port port0 device bridge0 state up plugged no vlan 0 peer router0:port0
port port1 device bridge0 state up plugged no vlan 0
port port10 device bridge0 state up plugged yes infilter chain20 outfilter chain21 vlan 0
    link/ether c2:86:ff:ce:17:0a brd ff:ff:ff:ff:ff:ff
    inet 192.168.78.9/24 brd 192.168.78.255 scope global internal_linuxb
internal_linuxb\t\t8000.c286ffce170a\tno\t\tveth1
192.168.77.0/24 via 192.168.78.1 dev internal_linuxb
192.168.78.0/24 dev internal_linuxb  proto kernel  scope link  src 192.168.78.9
192.168.79.0/24 via 192.168.78.1 dev internal_linuxb
"""


@pytest.fixture(scope="module")
def output() -> str:
    done = midocli("--seed", "1", str(LAB))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def frames(text: str) -> str:
    """Frames without the clock times in front of them."""
    return re.sub(r"^\d\d:\d\d:\d\d\.\d{6} ", "", text, flags=re.MULTILINE)


def captured(output: str, point: str) -> str:
    """The frames printed for a point."""
    banner = (
        f"tcpdump: listening on {point}, link-type EN10MB (Ethernet), capture size 262144 bytes\n"
    )
    _, _, rest = output.partition(banner)
    return re.split(r"^(?:tcpdump:|icmp_seq)", rest, flags=re.MULTILINE)[0]


def test_listings_are_the_documents(output: str) -> None:
    lines = output.splitlines()
    missing = [line for line in LISTINGS.splitlines() if line not in lines]
    assert missing == []


@pytest.mark.parametrize(("point", "name"), [("veth0", "veth0"), ("tape239f31e-63", "tap")])
def test_frames_are_the_documents(output: str, point: str, name: str) -> None:
    published = (PUBLISHED / f"{name}.txt").read_text()
    assert frames(captured(output, point)) == frames(published)


def test_explanation_names_the_missing_rule(output: str) -> None:
    last = output.rstrip().splitlines()[-1]
    assert "no rule restores the source 192.168.79.119" in last
    assert "rev_dnat" in last


def test_two_runs_print_the_same(output: str) -> None:
    assert midocli("--seed", "1", str(LAB)).stdout == output


@pytest.mark.skipif(shutil.which("tcpdump") is None, reason="tcpdump is not installed")
def test_the_written_file_reads_as_it_was_printed(tmp_path: Path) -> None:
    script = LAB.read_text().replace(" explain\n", " write lab.pcapng filter 'icmp or arp'\n")
    done = midocli("--seed", "1", stdin=script, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    printed = "".join(captured(done.stdout, point) for point in ("veth0", "tape239f31e-63"))
    judged = subprocess.run(
        ["tcpdump", "-nnn", "-vvv", "-X", "-e", "-r", tmp_path / "lab.pcapng"],
        capture_output=True,
        text=True,
        env={"TZ": "Etc/GMT-2", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        check=True,
    )
    assert sorted(frames_of(judged.stdout)) == sorted(frames_of(printed))
    assert len(frames_of(printed)) > 4


def frames_of(text: str) -> list[str]:
    """Each frame's text, its time included."""
    return re.split(r"^(?=\d\d:\d\d:\d\d)", text, flags=re.MULTILINE)[1:]
