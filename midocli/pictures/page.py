"""One probe as a page for a browser: the picture, the walk, the frames and the verdict.

The page needs nothing beside itself, and no JavaScript; all in it is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import dedent
from typing import Any, NamedTuple

from grammar.times import Instant, format_instant
from midocli import __version__
from midocli.clock import Clock
from midocli.pictures.markup import Markup, join, lines, tag
from midocli.pictures.page_style import STYLE
from midocli.simulator.events import Event, Kind
from midocli.trace.explain import notes_of
from midocli.trace.frame_text import frame
from midocli.trace.step_text import changes_of, text_of

#: How steps stand out, by kind; the others are plain.
_ACCENTS = {
    Kind.DROPPED: "bad",
    Kind.NO_ROUTE: "bad",
    Kind.ARP_FAILED: "bad",
    Kind.CONSUMED: "good",
    Kind.DELIVERED: "good",
    Kind.REWRITTEN: "changed",
    Kind.RULE_MATCHED: "rule",
    Kind.NAT_UNRESTORED: "odd",
}
#: What a walk says of itself by going on.
_TRIVIAL = (Kind.LEFT, Kind.SENT)


class Story(NamedTuple):
    """What a page tells: texts as they are printed, events in their order.

    `frames` has a banner and tcpdump's lines for each point.
    """

    command: str
    succeeded: bool
    verdicts: Sequence[str]
    changes: Sequence[str]
    printed: str
    picture: Markup
    events: Sequence[Event]
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
        tag("footer", tag("p", f"Made by midocli {__version__}, from a simulated network.")),
        Markup("\n"),
    )
    page = tag("html", Markup("\n"), head, body, Markup("\n"), lang="en")
    return Markup(f"<!DOCTYPE html>\n{page}\n")


def _sections(story: Story) -> Iterable[Markup]:
    yield _verdict(story)
    yield _section("picture", "The way", _figure(story))
    yield _section("printed", "What was printed", tag("pre", lines(story.printed)))
    yield _section("walk", "The walk, step by step", *_walks(story))
    yield _section("frames", "The frames", *_frames(story.frames))


def _section(name: str, title: str, *content: Markup) -> Markup:
    heading = tag("h2", title, id=name)
    return tag("section", Markup("\n"), heading, join(*content), aria_labelledby=name)


def _verdict(story: Story) -> Markup:
    kind, word = ("good", "✓ succeeded") if story.succeeded else ("bad", "✗ failed")
    said = [*story.verdicts, *notes_of(story.events)]
    return tag(
        "header",
        tag("p", word, class_=f"badge {kind}"),
        tag("h1", tag("code", story.command)),
        tag("ul", *(tag("li", line) for line in said), class_="verdict"),
        *_changes(story.changes),
    )


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


# -- the walk ---------------------------------------------------------------------


def _walks(story: Story) -> Iterable[Markup]:
    walks: dict[int, list[Event]] = {}
    for event in story.events:
        walks.setdefault(event.walk, []).append(event)
    for _, walk in sorted(walks.items()):
        steps = [event for event in walk if event.kind not in _TRIVIAL]
        if not steps:
            continue
        first = walk[0]
        clock = story.clock
        time = format_instant(Instant(clock.shown(first.time_ns), clock.utc_offset))
        name = f"{first.walk}. {_title(walk)}" if first.walk else "Before the first frame"
        heading = tag("h3", name, tag("small", time))
        listed = tag("ol", Markup("\n"), join(*_steps(steps)))
        yield tag("article", heading, listed, class_=f"walk depth{min(first.depth, 3)}")
    if not story.events:
        yield tag("p", "Nothing was sent.")


def _title(walk: Sequence[Event]) -> str:
    """What a walk's frame is, as its first event that knows it has it."""
    if walk[0].kind is Kind.BRANCHED:
        return text_of(walk[0])
    frames: Iterable[Any] = (event.details.get("frame") for event in walk)
    return next((frame(headers) for headers in frames if headers), "a frame")


def _steps(steps: Sequence[Event]) -> Iterable[Markup]:
    place = ""
    for event in steps:
        again = event.at == place
        place = event.at
        where = tag("span", event.at, class_="at again" if again else "at")
        yield tag("li", where, tag("div", _said(event)), class_=_ACCENTS.get(event.kind))


def _said(event: Event) -> Markup:
    """What happened; changes of headers as a table of before and after."""
    if event.kind is not Kind.REWRITTEN:
        return tag("span", text_of(event))
    details: Any = event.details
    why = tag("span", f"headers rewritten ({str(details['why']).replace('-', ' ')})")
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", tag("del", before)),
            tag("td", "→", class_="arrow"),
            tag("td", tag("ins", after)),
        )
        for name, before, after in changes_of(event)
    ]
    return Markup(why + tag("table", tag("tbody", *rows)))


# -- the frames -------------------------------------------------------------------


def _frames(frames: Sequence[tuple[str, str]]) -> Iterable[Markup]:
    for banner, printed in frames:
        yield tag("h3", banner)
        yield tag("pre", lines(printed) if printed else tag("i", "no frames"), tabindex=0)
    if not frames:
        yield tag("p", "None were captured.")
