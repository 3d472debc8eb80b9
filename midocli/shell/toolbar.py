"""What stands under the input: the hint, and the state of the session."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from grammar.times import Instant, format_time
from midocli.results.printable import printable
from midocli.session.session import Session
from midocli.shell.hint import Hint


def bottom(session: Session, hint: Hint | None, columns: int) -> StyleAndTextTuples:
    """The lines the preferences ask for, none wider than the terminal."""
    lines: list[StyleAndTextTuples] = []
    if hint is not None:
        style = "class:hint.wrong" if hint.wrong else "class:hint"
        lines.append([(style, fit(printable(hint.text), columns))])
    if session.context.preferences["toolbar"]:
        lines.append(status(session, columns))
    return [piece for number, line in enumerate(lines) for piece in _broken(number, line)]


def _broken(number: int, line: StyleAndTextTuples) -> StyleAndTextTuples:
    return [("", "\n"), *line] if number else line


def status(session: Session, columns: int) -> StyleAndTextTuples:
    """Topology, objects, simulated clock, running captures, and how the last command ended."""
    context = session.context
    clock = context.clock
    name = printable(Path(session.saved.name).name if session.saved.name else "unsaved")
    if session.saved.name and session.saved.is_changed:
        name += "*"
    count = context.store.count
    shown = format_time(Instant(clock.now_ns, clock.utc_offset))
    words = [name, f"{count} object{'' if count == 1 else 's'}", shown]
    store = context.store
    running = sum(1 for _ in store.rows("capture")) if "capture" in store.schema.root else 0
    if running:
        words.append(f"{running} capture{'' if running == 1 else 's'} running")
    last = {None: "", True: " ok ", False: " failed "}[session.last]
    text = fit(f" {' | '.join(words)} ", columns - len(last))
    pad = " " * (columns - len(last) - get_cwidth(text))
    style = "class:toolbar.good" if session.last else "class:toolbar.bad"
    return [("class:toolbar", text + pad), (style, last)]


def fit(text: str, columns: int) -> str:
    """A text cut to a width, with an ellipsis where it was cut."""
    if get_cwidth(text) <= columns:
        return text
    kept = ""
    for char in text:
        if get_cwidth(kept + char) >= columns:
            break
        kept += char
    return kept + "…" if columns > 0 else ""
