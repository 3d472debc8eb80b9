"""Whatever the kept sessions build can be drawn in every form, and every probe on it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from sessions import scripts

import grammar
from grammar.commands.arping import Arping
from grammar.commands.connect import Connect
from grammar.commands.dhcp import Dhcp
from grammar.commands.format import Format
from grammar.commands.inject import Inject
from grammar.commands.ping import Ping
from grammar.commands.quit import Quit
from grammar.commands.save import Save
from grammar.commands.source import Source
from grammar.commands.tcpdump import Tcpdump
from grammar.commands.traceroute import Traceroute
from grammar.errors import MidoError
from midocli import Lab
from midocli.commands.dispatch import run
from midocli.context.context import Context
from midocli.pictures.dot import as_dot
from midocli.pictures.mermaid import as_mermaid
from midocli.pictures.model import data, picture_of
from midocli.pictures.svg import as_svg
from midocli.pictures.text import as_text

PROBES = (Ping, Traceroute, Arping, Connect, Dhcp, Inject)
#: Commands that are the session's own, or leave something behind.
LEFT_OUT = (Source, Format, Quit, Save, Tcpdump)
FILES = ("write", "report")


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.stem)
def test_what_a_session_builds_is_drawn(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(script.parent)
    context = Lab().session.context
    for line in script.read_text().splitlines():
        if not any(word in FILES for word in line.split()):
            _run(context, line)
    picture = picture_of(context.store, context.display)
    text = as_text(picture)
    assert max(map(len, text.splitlines())) <= 80
    assert len(data(picture)["nodes"]) == len(picture.nodes)
    ElementTree.fromstring(as_svg(picture))
    assert as_dot(picture).endswith("}\n")
    assert as_mermaid(picture).startswith("flowchart LR\n")


def _run(context: Context, line: str) -> None:
    """Run a line as the session does, a probe with `draw`; errors are the session's own."""
    try:
        command = grammar.parse(line)
        if command is None or isinstance(command, LEFT_OUT):
            return
        if isinstance(command, PROBES) and " draw" not in line:
            command = grammar.parse(f"{line} draw")
            assert command is not None
        result = run(context, command)
    except MidoError:
        return
    if isinstance(command, PROBES):
        text = result.text()
        assert "┌" in text or "┏" in text
        assert "way" in result.document()["picture"]
