"""`~` in the names of files is the home directory, wherever a command takes one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sessions import ROOT, midocli

_PING = "ping client vm count 1"


def run(home: Path, *commands: str) -> str:
    """What commands print in the demo's network; all must succeed."""
    (home / "here").mkdir(exist_ok=True)
    words = [word for command in ("demo", *commands) for word in ("-e", command)]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = midocli("--seed", "1", *words, cwd=home / "here", env=environment)
    assert "cannot" not in done.stderr
    assert not list((home / "here").iterdir())
    return done.stdout


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("save ~/lab.mido", "lab.mido"),
        ('save "~/my lab.mido"', "my lab.mido"),
        (f"{_PING} write ~/ping.pcapng", "ping.pcapng"),
        (f"{_PING} report ~/ping.html", "ping.html"),
        ("tcpdump veth0 write ~/lan.pcap", "lan.pcap"),
        ("show topology write ~/net.svg", "net.svg"),
    ],
)
def test_what_is_written_to_home(tmp_path: Path, command: str, written: str) -> None:
    run(tmp_path, command)
    assert (tmp_path / written).stat().st_size > 0


def test_what_is_read_from_home(tmp_path: Path) -> None:
    (tmp_path / "more.mido").write_text("router create name second\n")
    run(tmp_path, f"{_PING} write ~/ping.pcap")
    assert "router1" in run(tmp_path, "source ~/more.mido").splitlines()
    assert "echo reply" in run(tmp_path, 'tcpdump read ~/ping.pcap flags "-n"')
    assert "veth0" in run(tmp_path, "inject veth0 file ~/ping.pcap")


def test_a_script_means_the_same_home(tmp_path: Path) -> None:
    (tmp_path / "outer.mido").write_text("source ~/inner.mido\nsave ~/saved.mido\n")
    (tmp_path / "inner.mido").write_text("router create name second\n")
    run(tmp_path, "source ~/outer.mido")
    assert "name second" in (tmp_path / "saved.mido").read_text()


def test_a_user_nobody_knows_is_part_of_a_name(tmp_path: Path) -> None:
    done = midocli("-e", "source ~nosuchuser/x", cwd=tmp_path)
    assert done.stderr == "-e:1:8: cannot read ~nosuchuser/x: No such file or directory\n"
