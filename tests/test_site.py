"""The documentation's site: every page can be got at, and sessions have colours."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sessions import ROOT

DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

pytest.importorskip("pygments")

from pygments.token import Generic, Keyword, Name, Number, Token  # noqa: E402
from session_lexer import SessionLexer  # noqa: E402 (the documentation's own modules)
from site_hooks import reference  # noqa: E402
from transcribe import fences  # noqa: E402


def _pages(entry: Any) -> Iterator[str]:
    """The pages of an entry of the navigation."""
    if isinstance(entry, str):
        yield entry
    else:
        for each in entry if isinstance(entry, list) else entry.values():
            yield from _pages(each)


def test_every_page_of_the_reference_is_in_the_navigation_once() -> None:
    found = sorted(_pages(reference()))
    assert found == sorted(f"commands/{page.name}" for page in (DOCS / "commands").glob("*.md"))


def test_every_other_page_is_in_the_navigation() -> None:
    named = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert {page for page in pages if not page.startswith("commands/")} <= named


def test_siblings_stand_beside_each_other() -> None:
    objects = reference()[-1]["Objects"]
    router = next(entry["router"] for entry in objects if "router" in entry)
    assert router[0] == {"router": "commands/router.md"}
    assert {"route": "commands/router.route.md"} in router


SESSIONS = [
    (page, block)
    for page in sorted(DOCS.rglob("*.md"))
    for info in ("midocli", f'midocli title="{page.stem}"')
    for block in fences(page.read_text(), info)
]


def test_every_session_can_be_coloured_and_stays_what_it_is() -> None:
    assert len(SESSIONS) > 100
    for page, block in SESSIONS:
        tokens = list(SessionLexer(stripnl=False, ensurenl=False).get_tokens(block))
        assert "".join(text for _, text in tokens) == block, page
        assert all(kind is not Token.Error for kind, _ in tokens), page


def test_what_is_typed_has_the_colours_of_the_language() -> None:
    line = "midonet> chain chain0 add rule src 10.0.0.0/8 type drop  # no way\n"
    tokens = [(kind, text) for kind, text in SessionLexer().get_tokens(line) if text.strip()]
    assert tokens[0] == (Generic.Prompt, "midonet> ")
    assert (Keyword, "chain") in tokens
    assert (Name.Attribute, "src") in tokens
    assert (Number, "10.0.0.0/8") in tokens


def test_a_failure_is_marked() -> None:
    printed = "64 bytes from 10.0.0.1: icmp_seq=1 ttl=63 time=0.254 ms (DIFFERENT ADDRESS!)\n"
    assert list(SessionLexer().get_tokens(printed)) == [(Generic.Error, printed)]


def test_labs_have_a_page_each() -> None:
    labs = DOCS / "labs"
    assert {page.stem for page in labs.glob("*.md")} - {"README"} == {
        lab.stem for lab in Path(labs).glob("*.mido")
    }
