"""The printer against recorded output of tcpdump 4.99.3, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.test_tcpdump_frames import DATA, read_pcap

from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.printer import Printer


def recordings() -> list[Any]:
    index = json.loads((DATA / "index.json").read_text())
    return [
        pytest.param(file["pcap"], output["flags"], output["text"], id=output["text"])
        for file in index["files"]
        for output in file["outputs"]
    ]


@pytest.mark.parametrize(("pcap", "flags", "text"), recordings())
def test_prints_what_tcpdump_printed(pcap: str, flags: str, text: str) -> None:
    frames = list(read_pcap(DATA / pcap))
    expected = (DATA / text).read_text()
    printer = Printer(parse_flags(flags), 0)
    # parity: tcpdump-recordings
    assert "".join(printer.frame(*frame) for frame in frames) == expected


@pytest.mark.parametrize("point", ["veth0", "tap"])
def test_prints_the_published_capture(point: str) -> None:
    printer = Printer(parse_flags("-nnn -vvv -X -e"), 0)
    frames = read_pcap(DATA / f"{point}.pcap")
    expected = (DATA / f"{point}.txt").read_text()
    assert "".join(printer.frame(*frame) for frame in frames) == expected
