"""Keys of the prompt's own: Enter, Tab, `?`, and what is pasted."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.filters import Condition, is_done, is_searching, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from midocli.shell.cursor import at_cursor, last_command
from midocli.shell.lines import is_continued, unprompted


def bindings(explain: Callable[[str], str]) -> KeyBindings:
    """The key bindings; `explain` tells in lines what may follow a text.

    A search in history has keys of its own.
    """
    keys = KeyBindings()
    at_line = ~is_done & ~is_searching

    @keys.add("enter", filter=at_line & ~vi_navigation_mode)
    def accept(event: KeyPressEvent) -> None:
        """Run the input, unless a backslash says that it goes on."""
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif is_continued(buffer.document.text) and buffer.document.is_cursor_at_the_end:
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("tab", filter=at_line)
    def complete(event: KeyPressEvent) -> None:
        """Insert what all candidates agree on; where that is nothing, the next Tab tries them."""
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is None or state.current_completion is None:
            asked = CompleteEvent(completion_requested=True)
            found = list(buffer.completer.get_completions(buffer.document, asked))
            common = get_common_complete_suffix(buffer.document, found)
            if len(found) == 1:
                buffer.apply_completion(found[0])
                return
            if common:
                buffer.insert_text(common)
                return
        if state is None:
            buffer.start_completion()
        elif state.current_completion is not None or event.is_repeat:
            buffer.complete_next()

    @keys.add("?", filter=at_line & ~vi_navigation_mode & Condition(_is_between_words_or_in_one))
    def question(event: KeyPressEvent) -> None:
        """Print what may follow, and keep the line."""
        text = explain(event.current_buffer.document.text_before_cursor)
        run_in_terminal(lambda: print(text))

    @keys.add(Keys.BracketedPaste, filter=at_line)
    def paste(event: KeyPressEvent) -> None:
        """Insert what was pasted, of a session only what was typed in it."""
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        event.current_buffer.insert_text(unprompted(text))

    return keys


def _is_between_words_or_in_one() -> bool:
    """Whether the cursor is not inside quotes, or a comment, where `?` is a character."""
    from prompt_toolkit.application import get_app

    word = at_cursor(last_command(get_app().current_buffer.document.text_before_cursor))
    return word is not None and not word.quote
