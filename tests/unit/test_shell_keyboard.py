"""Text that comes without brackets, a key for each of its characters: it is one key."""

from __future__ import annotations

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.shortcuts import PromptSession
from worlds import World

from midocli.shell.completer import CommandCompleter
from midocli.shell.keyboard import Keyboard, gathered

LONG = "chain create name " + "a b " * 5000


def keys(text: str) -> list[KeyPress]:
    found: list[KeyPress] = []
    Vt100Parser(found.append).feed(text)
    return found


def test_much_text_is_one_key() -> None:
    assert gathered(keys(LONG)) == [KeyPress("c", LONG)]
    enter = keys("\r")
    assert gathered(keys(f"{LONG}\r{LONG}\r")) == [
        KeyPress("c", LONG),
        *enter,
        KeyPress("c", LONG),
        *enter,
    ]


def test_a_question_stays_a_key() -> None:
    found = gathered(keys("x" * 100 + "?" + "y" * 100))
    assert [each.data for each in found] == ["x" * 100, "?", "y" * 100]


def test_what_is_typed_or_is_no_text_stays_as_it_is() -> None:
    for text in ("router list\r", LONG + "\x1bb", "\x18" + LONG, "\t" * 100, LONG + "\x03"):
        typed = keys(text)
        assert gathered(typed) == typed, text[-20:]


@pytest.mark.parametrize("vi_mode", [False, True])
def test_a_prompt_reads_what_was_sent(vi_mode: bool) -> None:
    text = LONG.strip()
    changes: list[str] = []
    with create_pipe_input() as pipe, create_app_session(pipe, DummyOutput()):
        session: PromptSession[str] = PromptSession(input=Keyboard(pipe), vi_mode=vi_mode)
        session.default_buffer.on_text_changed += lambda buffer: changes.append(buffer.text)
        pipe.send_text(text + "\r")
        assert session.prompt() == text
    assert len(changes) < len(text) / 64


def test_a_long_line_is_completed_when_that_is_asked_for() -> None:
    completer = CommandCompleter(World().context)
    document = Document(f"chain c add rule in-ports {','.join(['port0'] * 600)} typ")
    typed = CompleteEvent(text_inserted=True)
    asked = CompleteEvent(completion_requested=True)
    assert list(completer.get_completions(document, typed)) == []
    assert [each.text for each in completer.get_completions(document, asked)] == ["type"]
    short = Document("chain c add rule in-ports port0 typ")
    assert [each.text for each in completer.get_completions(short, typed)] == ["type"]
