"""The documentation tells the truth: its sessions, its reference, and its links."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

import pytest
from sessions import ROOT, transcript

DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))

import generate  # noqa: E402 (found in the folder of the documentation)
import reference  # noqa: E402 (the same)
from screenshots import IMAGES, NETWORK, TYPED  # noqa: E402 (the same)
from transcribe import empty_folder, fences, missing_programs, refreshed, replay  # noqa: E402 (the documentation's own module)

from midocli.context.manner import PROMPT  # noqa: E402
from midocli.simulator.reason import Code  # noqa: E402

PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
HANDWRITTEN = [page for page in PAGES if page.parent.name != "commands"]
LABS = DOCS / "labs"
LAB_NAMES = sorted(lab.stem for lab in LABS.glob("*.mido"))


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", HANDWRITTEN, ids=_name)
def test_sessions_of_a_page_run_as_shown(page: Path) -> None:
    text = page.read_text()
    missing = missing_programs(text)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert reference.with_tables(refreshed(text)) == text


def test_the_pages_behind_the_ten_minutes_begin_where_those_end() -> None:
    """If the story changed on purpose, put what it saves into the file."""
    with empty_folder():
        replay((DOCS / "guide.md").read_text())
        saved = Path("office.mido").read_text()
    assert (DOCS / "guide" / "office.mido").read_text() == saved


def test_the_ten_minutes_can_be_read_and_typed_in_ten_minutes() -> None:
    """At 230 words and 200 keys a minute, with a second for each line of output."""
    story = (DOCS / "guide.md").read_text()
    shown = "".join(fences(story, "midocli")).splitlines()
    typed = [line.removeprefix(PROMPT) for line in shown if line.startswith(PROMPT)]
    words = re.sub(r"^```.*?^```$", "", story, flags=re.MULTILINE | re.DOTALL).split()
    seconds = len(shown) - len(typed) + 60 * (len(words) / 230 + sum(map(len, typed)) / 200)
    assert typed
    assert seconds < 10 * 60


@pytest.mark.parametrize("lab", LAB_NAMES)
def test_excerpts_of_a_lab_are_what_it_prints(lab: str) -> None:
    printed = [line.strip() for line in transcript(LABS / f"{lab}.mido").splitlines()]
    page = (LABS / f"{lab}.md").read_text()
    excerpts = list(fences(page, f'midocli title="{lab}"'))
    assert excerpts, "the page shows nothing of this lab"
    for excerpt in excerpts:
        _assert_in_order([line.strip() for line in excerpt.splitlines()], printed)


def _assert_in_order(shown: list[str], printed: list[str]) -> None:
    """The lines shown follow each other as printed, with gaps only where `…` stands."""
    at = 0
    gap = True
    for line in shown:
        if line == "…":
            gap = True
            continue
        assert line in printed[at:], f"not printed (here): {line}"
        found = printed.index(line, at)
        assert gap or found == at, f"something is left out before: {line}"
        at, gap = found + 1, False


def test_pages_that_are_made_as_a_whole_are_up_to_date() -> None:
    """Run `python docs/generate.py` if this fails."""
    examples = generate.Examples()
    made = generate.made_pages(examples)
    there = {
        page: page.read_text()
        for page in (generate.MANUAL, generate.API, *generate.COMMANDS.glob("*.md"))
    }
    assert made == there
    assert not examples.problems


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _links(page.read_text()):
        file, _, anchor = target.partition("#")
        found = (page.parent / file) if file else page
        assert found.exists(), f"no such file: {target}"
        if anchor:
            assert anchor in _anchors(found.read_text()), f"no such heading: {target}"


def _links(text: str) -> list[str]:
    """The relative targets of a page's links, code left out."""
    prose = re.sub(r"^```.*?^```$|^    .*?$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def _anchors(text: str) -> set[str]:
    """The anchors a page's headings get."""
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_reason_stands_in_the_language_page() -> None:
    reasons = (ROOT / "docs" / "language.md").read_text().partition("## Reasons")[2]
    codes = [
        code for row in re.findall(r"^\| (`.*?) \|", reasons, re.M) for code in row.split(", ")
    ]
    assert sorted(codes) == sorted(f"`{code}`" for code in Code)


@pytest.mark.parametrize("picture", TYPED)
def test_screenshots_show_what_is_printed_now(picture: str, tmp_path: Path) -> None:
    """Run `python docs/screenshots.py` if this fails, and look at the pictures."""
    script = tmp_path / "lab.mido"
    *before, last = TYPED[picture]
    script.write_text(NETWORK + "\n".join([*before, last]) + "\n")
    printed = transcript(script).rpartition(f"midonet> {last}\n")[2].rpartition("[exit")[0]
    svg = re.sub(r"<(style|title)>.*?</\1>|<[^>]*>", "", (IMAGES / picture).read_text())
    shown = re.sub(r"\s", "", html.unescape(svg))
    assert re.sub(r"\s", "", f"midonet>{last}{printed}") in shown
