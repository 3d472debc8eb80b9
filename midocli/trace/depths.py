"""How deep an explanation goes: a line a device, as usual, or in full.

As usual ARP that was answered is not told, but for what it found; in brief each device is one line,
with what decided there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from midocli.simulator import events
from midocli.simulator.wire.headers import Headers
from midocli.trace.journey import Leg
from midocli.trace.step_text import rule_effect, text_of, why_of
from midocli.trace.walk_text import WalkLine

_REPLY = 2
#: Events that decide where a frame goes on, or that it does not.
_DECISIVE = (
    events.ArpFailed,
    events.ArpWaiting,
    events.Balanced,
    events.Consumed,
    events.DhcpAnswered,
    events.Dropped,
    events.Flooded,
    events.Mirrored,
    events.NatUnrestored,
    events.NotGenerated,
    events.NoRoute,
    events.Redirected,
    events.Tunnelled,
)


def without_answered_arp(walks: Sequence[Leg]) -> list[Leg]:
    """The walks but for ARP that was answered, and for what machines did to ask."""
    answered = _answered(walks)
    told = []
    for walk in walks:
        if walk.arp is None:
            told.append(_without_asking(walk, answered))
        elif _asked(walk.arp) not in answered:
            told.append(walk)
    return [walk for walk in told if walk.lines]


def _answered(walks: Iterable[Leg]) -> set[int]:
    """The addresses that were asked for, and whose owners' answers arrived."""
    replies = [walk for walk in walks if walk.arp is not None and walk.arp.proto == _REPLY]
    lost = {_asked(walk.arp) for walk in replies if walk.arp is not None and _is_dropped(walk)}
    return {_asked(walk.arp) for walk in replies if walk.arp is not None} - lost


def _asked(arp: Headers) -> int:
    """The address that an ARP packet is about."""
    return arp.nw_src if arp.proto == _REPLY else arp.nw_dst


def _is_dropped(walk: Leg) -> bool:
    return any(line.step and isinstance(line.step.event, events.Dropped) for line in walk.lines)


def _asks(line: WalkLine, answered: set[int]) -> bool:
    """Whether a line is about asking for a MAC that was found."""
    match line.step.event if line.step is not None else None:
        case events.ArpWaiting(address=address):
            return address in answered
        case events.Generated(frame=frame, what="arp-request"):
            return frame.nw_dst in answered
    return False


def _without_asking(walk: Leg, answered: set[int]) -> Leg:
    """A walk without lines about asking; nothing of what came before it if all else was said."""
    lines = [line for line in walk.lines if not _asks(line, answered)]
    steps = [line.step.event for line in lines if line.step is not None]
    is_said = not walk.title and len(lines) < len(walk.lines)
    if is_said and all(isinstance(event, events.Generated) for event in steps):
        lines = []
    return walk._replace(lines=lines)


def in_brief(walks: Sequence[Leg]) -> Iterator[str]:
    """Each walk's frame, and a line for each device it came to; a blank line behind them."""
    for walk in walks:
        indent = "  " * walk.depth
        if walk.title:
            yield f"{indent}{walk.title.partition('; ')[0]}"
            indent += "  "
        for heading, did in _devices(walk.lines):
            yield f"{indent}{heading}{': ' if did else ''}{'; '.join(did)}"
    yield ""


def _devices(lines: Iterable[WalkLine]) -> Iterator[tuple[str, list[str]]]:
    """The headings of devices, each with what decided there; copies only as how they ended."""
    heading, copy = "", None
    did: list[str] = []
    for line in lines:
        if copy is not None and line.depth > copy:
            continue
        copy = line.depth if line.is_heading and line.step is not None else None
        if line.is_heading and not line.depth:
            if heading:
                yield heading, did
            heading, did = line.text, []
        elif said := line.text if copy is not None else _decision(line):
            did.append(said)
    if heading or did:
        yield heading, did


def _decision(line: WalkLine) -> str:
    """What a step decided, in a few words; empty for what did not."""
    match line.step.event if line.step is not None else None:
        case events.RuleMatched() as matched if matched.type != "jump":
            return f"{matched.rule} {rule_effect(matched)}"
        case events.Rewritten() as rewritten if why_of(rewritten):
            return text_of(rewritten)
        case events.RouteChosen(route=route) if route:
            return f"route {route}"
        case events.Delivered(point=point):
            return f"egress {point}" if point else line.text
        case event if isinstance(event, _DECISIVE):
            return text_of(event)
    return ""
