"""One probe as a page for a browser: the picture, the walk, the frames and the verdict.

The page needs nothing beside itself, and no JavaScript; all in it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from textwrap import dedent
from typing import NamedTuple

from midocli.help.version import VERSION
from midocli.pictures.markup import Markup, join, lines, tag
from midocli.pictures.page_style import STYLE
from midocli.pictures.page_walk import walks
from midocli.simulator.clock import Clock
from midocli.simulator.recorder import Step
from midocli.trace.explain import not_told, notes_of
from midocli.trace.journey import Journey

#: The number that a verdict on a request begins with.
_NUMBERED = re.compile(r"icmp_seq=(\d+)(?=:)")


class Story(NamedTuple):
    """What a page tells: texts as they are printed, steps in their order, and their journeys.

    `follow` gives the journeys one by one, and tells how many there were; so many more are
    `left_out`. `frames` has a banner and tcpdump's lines for each point.
    """

    command: str
    succeeded: bool
    verdicts: Sequence[str]
    changes: Sequence[str]
    printed: str
    picture: Markup
    steps: Sequence[Step]
    journeys: Sequence[Journey]
    follow: Callable[[Sequence[Journey]], Iterable[Journey]]
    left_out: int
    frames: Sequence[tuple[str, str]]
    clock: Clock


def as_page(story: Story) -> Markup:
    """The page."""
    outcome = "succeeded" if story.succeeded else "failed"
    head = tag(
        "head",
        Markup("\n"),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{story.command}: {outcome}"),
        tag("style", Markup(STYLE)),
        Markup("\n"),
    )
    body = tag(
        "body",
        Markup("\n"),
        tag("main", join(*_sections(story))),
        tag("footer", tag("p", f"Made by midocli {VERSION}, from a simulated network.")),
        Markup("\n"),
    )
    page = tag("html", Markup("\n"), head, body, Markup("\n"), lang="en")
    return Markup(f"<!DOCTYPE html>\n{page}\n")


def _sections(story: Story) -> Iterable[Markup]:
    yield _verdict(story)
    yield _section("picture", "The way", _figure(story))
    yield _section("printed", "What was printed", tag("pre", lines(story.printed)))
    yield _section(
        "walk",
        "The walk, step by step",
        *walks(story.follow(story.journeys), len(story.journeys), story.clock),
        *([tag("p", not_told(story.left_out))] if story.left_out else []),
    )
    yield _section("frames", "The frames", *_frames(story.frames))


def _section(name: str, title: str, *content: Markup) -> Markup:
    heading = tag("h2", title, id=name)
    return tag("section", Markup("\n"), heading, join(*content), aria_labelledby=name)


def _verdict(story: Story) -> Markup:
    kind, word = ("good", "✓ succeeded") if story.succeeded else ("bad", "✗ failed")
    said = [*_joined(story.verdicts), *notes_of(story.steps)]
    return tag(
        "header",
        tag("p", word, class_=f"badge {kind}"),
        tag("h1", tag("code", story.command)),
        tag("ul", *(tag("li", line) for line in said), class_="verdict"),
        *_changes(story.changes),
    )


def _joined(verdicts: Sequence[str]) -> Iterable[str]:
    """Verdicts of requests in a row that are alike as one: `icmp_seq=1…9: answered by …`."""
    for said, alike in groupby(verdicts, lambda verdict: _NUMBERED.sub("", verdict)):
        numbers = [found[1] for found in map(_NUMBERED.match, alike) if found]
        run = "…".join(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else ""
        yield f"icmp_seq={run}{said}" if run else said


def _changes(changes: Sequence[str]) -> Iterable[Markup]:
    """What would help: a sentence, then comments and commands to paste."""
    if changes:
        yield tag("p", changes[0], class_="try")
        yield tag("pre", lines(dedent("\n".join(changes[1:]))), tabindex=0)


def _figure(story: Story) -> Markup:
    caption = tag(
        "figcaption",
        "A thick line is the way that was taken, ",
        tag("b", "✓", class_="good"),
        " where something arrived, ",
        tag("b", "✗", class_="bad"),
        " where it ended.",
    )
    frame = tag("div", story.picture, class_="scroll", tabindex=0, role="group", aria_label="Map")
    return tag("figure", frame, caption)


# -- the frames -------------------------------------------------------------------


def _frames(frames: Sequence[tuple[str, str]]) -> Iterable[Markup]:
    for banner, printed in frames:
        yield tag("h3", banner)
        yield tag("pre", lines(printed) if printed else tag("i", "no frames"), tabindex=0)
    if not frames:
        yield tag("p", "None were captured.")
