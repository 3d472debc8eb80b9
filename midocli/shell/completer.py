"""Completion: what may stand at the cursor, as prompt_toolkit asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from grammar.highlight import is_long
from midocli.context.context import Context
from midocli.results.printable import printable
from midocli.session.mistakes import Mistakes
from midocli.shell.cursor import AtCursor, at_cursor, last_command, quoted
from midocli.shell.lines import is_continued
from midocli.shell.offers import Offers
from midocli.shell.words import Candidate

_META_WIDTH = 60


class CommandCompleter(Completer):
    """Offers what may stand at the cursor, in quotes where it needs them."""

    def __init__(self, context: Context, mistakes: Mistakes | None = None) -> None:
        self._manner = context.manner
        self._offers = Offers(context)
        self._mistakes = mistakes or Mistakes()

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """What may stand at the cursor; nothing behind a closed quote, or a `\\` at the end.

        In a long line that is looked up when it is asked for, not at every key.
        """
        text = document.text_before_cursor
        if not complete_event.completion_requested and is_long(text):
            return
        with self._mistakes.noted(f"completing: {text}"), self._manner.looking():
            word = None if is_continued(text) else at_cursor(last_command(text))
            if word is not None and (word.quote or not word.raw.endswith(("'", '"'))):
                yield from [_completion(each, word) for each in self._offers.at(word)]


def _completion(candidate: Candidate, word: AtCursor) -> Completion:
    """A word in the place of what was typed of it."""
    return Completion(
        quoted(candidate.text, word.quote or candidate.quote, closed=not candidate.more),
        -len(word.raw),
        display=printable(candidate.shown or candidate.text),
        display_meta=printable(candidate.meta[:_META_WIDTH]),
    )
