"""The walk on a page: what `explain` prints, headings and rewritten headers standing out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grammar.times import Instant, format_instant
from midocli.pictures.markup import Markup, join, tag
from midocli.simulator import events
from midocli.simulator.clock import Clock
from midocli.trace.explain import walks_left_out
from midocli.trace.journey import Journey, Leg
from midocli.trace.step_text import changes_of, why_of
from midocli.trace.walk_text import WalkLine

#: How steps stand out, by kind of event; the others are plain.
_ACCENTS: dict[type[events.Event], str] = {
    events.Dropped: "bad",
    events.NoRoute: "bad",
    events.ArpFailed: "bad",
    events.Consumed: "good",
    events.Delivered: "good",
    events.Rewritten: "changed",
    events.RuleMatched: "rule",
    events.NatUnrestored: "odd",
}
#: Where more than so many things were sent, only the first journey is open at first.
_MANY = 3
#: The depths that can be told apart on a page.
_DEEPEST_WALK, _DEEPEST_LINE = 3, 6


def walks(journeys: Iterable[Journey], count: int, clock: Clock) -> Iterable[Markup]:
    """So many journeys, one below the other; many of them can be opened one by one."""
    for number, journey in enumerate(journeys):
        told = [_article(walk, clock) for walk in journey.walks]
        told += [tag("p", walks_left_out(journey))] if journey.left_out else []
        sent = tag("code", journey.sent)
        if count > _MANY:
            is_open = None if number else "open"
            yield tag("details", tag("summary", sent), join(*told), open=is_open)
        else:
            yield tag("p", sent, class_="sent")
            yield from told
    if not count:
        yield tag("p", "Nothing was sent.")


def _article(walk: Leg, clock: Clock) -> Markup:
    """One walk, with the time of its first step."""
    times = [line.step.time_ns for line in walk.lines if line.step is not None]
    shown = [format_instant(Instant(clock.shown(time), clock.utc_offset)) for time in times[:1]]
    heading = tag("h3", walk.title or "Before the first frame", *(tag("small", t) for t in shown))
    listed = tag("ol", Markup("\n"), join(*map(_line, walk.lines)))
    return tag("article", heading, listed, class_=f"walk depth{min(walk.depth, _DEEPEST_WALK)}")


def _line(line: WalkLine) -> Markup:
    kinds = [f"in{min(line.depth, _DEEPEST_LINE)}"]
    if line.is_heading:
        kinds.append("device" if not line.depth else "heading")
    if line.step is None:
        return tag("li", line.text, class_=" ".join(kinds))
    event = line.step.event
    accent = _ACCENTS.get(type(event))
    kinds += [accent] if accent else []
    said = _changed(event) if isinstance(event, events.Rewritten) else line.text
    return tag("li", said, class_=" ".join(kinds))


def _changed(event: events.Rewritten) -> Markup:
    """The headers that were rewritten, before and after."""
    return tag("table", tag("tbody", *_rows(event)))


def _rows(event: events.Rewritten) -> Iterator[Markup]:
    why = why_of(event)
    for name, before, after in changes_of(event):
        yield tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", tag("del", before)),
            tag("td", "→", class_="arrow"),
            tag("td", tag("ins", after)),
            *([tag("td", f"({why})", class_="why")] if why else []),
        )
