"""Write the reference and the manual page, and bring the sessions of other pages up to date.

`python docs/generate.py` writes `docs/commands/` and `docs/man/` from the declarations,
`docs/python-api.md` from docstrings, and the output of every session shown in the hand-written
pages. `python docs/generate.py --check` writes nothing and names the pages that are stale; its exit
status is 1 when there are any.

The example of a page is `docs/examples/NAME.mido`: comments are the prose between commands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from transcribe import (
    ROOT,
    Terminal,
    empty_folder,
    joined_lines,
    missing_programs,
    refreshed,
)

import man_page  # isort: skip (as the next)
import python_api  # isort: skip
import reference  # isort: skip (its imports need the path that transcribe sets)

DOCS = ROOT / "docs"
COMMANDS = DOCS / "commands"
MANUAL = DOCS / "man" / "midocli.1"
EXAMPLES = DOCS / "examples"
API = DOCS / "python-api.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages or, with --check, only compare them; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="name stale pages, write nothing")
    check = parser.parse_args(arguments).check
    examples = Examples()
    pages = made_pages(examples) | handwritten_pages()
    stale = [page for page, text in pages.items() if not page.exists() or page.read_text() != text]
    orphans = sorted(set(COMMANDS.glob("*.md")) - set(pages))
    if not check:
        _write({page: pages[page] for page in stale}, orphans)
    for page in [*stale, *orphans]:
        print(f"{'stale' if check else 'updated'}: {page.relative_to(ROOT)}")
    print("".join(examples.problems), end="")
    return 1 if examples.problems or (check and (stale or orphans)) else 0


def made_pages(examples: Examples) -> dict[Path, str]:
    """The pages that are made as a whole: where they belong, and what they say."""
    pages = reference.pages(examples.play)
    commands = {COMMANDS / f"{name}.md": text for name, text in pages.items()}
    return {MANUAL: man_page.manual(), API: python_api.text()} | commands


def handwritten_pages() -> dict[Path, str]:
    """The other pages, README and all, with their sessions run anew and their tables made."""
    written = (page for page in DOCS.rglob("*.md") if page.parent != COMMANDS and page != API)
    pages = [ROOT / "README.md", *sorted(written)]
    texts = {page: page.read_text() for page in pages}
    for page, text in texts.items():
        for program in missing_programs(text):
            print(f"not run: {page.relative_to(ROOT)} needs {program}")
    return {page: reference.with_tables(refreshed(text)) for page, text in texts.items()}


class Examples:
    """The reference's example sessions; `problems` are those that lack or do not work."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def play(self, name: str, needed: bool) -> str:
        """An example as Markdown, run just now; empty where there is none."""
        file = EXAMPLES / f"{name}.mido"
        if not file.exists():
            if needed:
                self.problems.append(f"missing: an example session in {file.relative_to(ROOT)}\n")
            return ""
        terminal = Terminal()
        with empty_folder(EXAMPLES.glob("*.txt")):
            text = "\n\n".join(_paragraphs(file.read_text(), terminal))
        if terminal.failed:
            self.problems.append(f"failed: {file.relative_to(ROOT)}\n{text}\n")
        return text


def _paragraphs(script: str, terminal: Terminal) -> Iterator[str]:
    """Paragraphs of prose and blocks of commands, in turn."""
    lines = [line for line in script.splitlines() if line.strip()]
    for prose, group in groupby(lines, lambda line: line.startswith("#")):
        if prose:
            yield "\n".join(line.lstrip("# ") for line in group)
        else:
            shown = "".join(map(terminal.type, joined_lines(list(group))))
            yield f"```midocli\n{shown}```"


def _write(pages: dict[Path, str], orphans: Sequence[Path]) -> None:
    for page, text in pages.items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)
    for page in orphans:
        page.unlink()


if __name__ == "__main__":
    sys.exit(main())
