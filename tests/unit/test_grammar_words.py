"""How a line is split into words: as a POSIX shell does it, with comments."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import shape

import grammar
from grammar.commands.echo import Echo
from grammar.errors import LineSyntaxError, MidoError
from grammar.words import WORD, quoted, unquote


@pytest.mark.parametrize(
    "line", ["", " ", "\t \t", "\r", "#", "# router list", "   # router list", "#'"]
)
def test_nothing_is_said(line: str) -> None:
    assert grammar.parse(line) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("echo a b", "a|b"),
        ("  echo\ta \t b  ", "a|b"),
        ("echo 'a b'", "a b"),
        ('echo "a b"', "a b"),
        ('echo a"b"c', "abc"),
        ("echo a'b c'\"d e\"", "ab cd e"),
        ("echo ''", ""),
        ("echo '' \"\"", "|"),
        ("echo a\\ b", "a b"),
        ("echo \\'a\\'", "'a'"),
        ('echo "a\\"b"', 'a"b'),
        ('echo "a\\b"', "a\\b"),
        ('echo "\\\\"', "\\"),
        ("echo '\\'", "\\"),
        ("echo a#b", "a#b"),
        ("echo a # b", "a"),
        ("echo a #b 'c", "a"),
        ("echo '#' a", "#|a"),
        ("echo \\# a", "#|a"),
        ("echo a;b | c && d > e $f *", "a;b|||c|&&|d|>|e|$f|*"),
        ("echo 'a\nb'", "a\nb"),
        ("echo a\nb", "a|b"),
        ("echo é\N{NO-BREAK SPACE}x", "é\N{NO-BREAK SPACE}x"),
    ],
)
def test_words(line: str, words: str) -> None:
    assert shape(line) == f"echo {words}"


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("'router' list", "refused"),
        ("router 'list'", "refused"),
        ("router list 'name' x", "refused"),
        ("router create name 'my router'", "create router: name=my router"),
        ("router create name ''", "create router: name="),
        ("router 'my router' show", "show router[my router]"),
        ("router create name x#y", "create router: name=x#y"),
        ("router create name x #y", "create router: name=x"),
        ("router create#", "refused"),
        ("router list#name", "refused"),
    ],
)
def test_quoting_in_commands(line: str, meaning: str) -> None:
    """Names and values may be quoted; the words of the language itself are never."""
    try:
        assert shape(line) == meaning
    except MidoError:
        assert meaning == "refused"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("router create name 'half", 20),
        ('router create name "half', 20),
        ("router create name a'b", 20),
        ("'", 1),
        ('echo "a\\"', 6),
        ("echo 'a' 'b", 10),
        ("echo a\\", 6),
        ("# 'comments may hold one\necho \"half", None),
    ],
)
def test_unmatched_quotes(line: str, column: int | None) -> None:
    if column is None:
        assert grammar.parse(line) is None
        return
    with pytest.raises(LineSyntaxError) as caught:
        grammar.parse(line)
    assert caught.value.column == column


@given(st.text("ab'\"\\ \n#!é", max_size=14))
def test_words_mean_what_they_mean_to_a_shell(text: str) -> None:
    word = WORD.match(text)
    if word is not None:
        assert [unquote(word[0])] == shlex.split(word[0])


@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_words_can_be_quoted(words: list[str]) -> None:
    command = grammar.parse(f"echo {shlex.join(words)}")
    assert isinstance(command, Echo)
    assert list(command.words) == words


@pytest.mark.parametrize("word", [r"$'\ud800'", r"$'\udfff'", r"$'a\ud800\xff'"])
def test_half_a_character_is_the_bytes_that_bash_makes_of_it(word: str) -> None:
    meant = unquote(word)
    assert unquote(quoted(meant)) == meant
    assert meant.encode("utf-8", "surrogateescape").startswith((b"\xed", b"a\xed"))
