"""The colours of session blocks in the site: what was typed, what was printed, what went wrong.

Blocks marked `midocli` are a session at the prompt. The words of the language get their colours
from the declarations in `grammar/`, so that none is listed here.
"""

from __future__ import annotations

from functools import cache
from itertools import chain

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Generic, Keyword, Name, Number, String, Text

from grammar.commands import declarations
from grammar.resources import SCHEMA
from grammar.verbs import VERBS

#: What Pygments looks for.
__all__ = ["SessionLexer"]

_ADDRESS = (
    r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"  # a MAC address
    r"|\d+\.\d+\.\d+\.\d+(?:/\d+)?"
)
_NUMBER = r"0x[0-9a-f]+\b|\d+(?:\.\d+)?\b"
#: How lines begin, or what they hold, that tell of a failure.
_FAILURE = (
    r"error: .*\n"
    r"|From \S+ icmp_seq=.*\n"
    r"|ping: .*\n"
    r"|.*(?:, 100% packet loss|\(DIFFERENT ADDRESS!\)).*\n"
)


@cache
def _spoken() -> tuple[list[str], list[str]]:
    """The verbs, commands and collections; and the names of fields and options."""
    kinds = SCHEMA.collections.values()
    speech = chain(VERBS, declarations(), (kind.name for kind in kinds), ("add",))
    options = (command.options for command in declarations().values())
    fields = chain.from_iterable(chain((kind.fields for kind in kinds), options))
    return sorted(set(speech)), sorted({field.name for field in fields} - set(speech))


class SessionLexer(RegexLexer):
    """A session at midocli's prompt."""

    name = "midocli session"
    aliases = ["midocli"]  # noqa: RUF012 (pygments reads it so)
    tokens = {  # noqa: RUF012 (the same)
        "root": [
            (r"midonet[*!]?> |\s+\.\.\. ", Generic.Prompt, "command"),
            (_FAILURE, Generic.Error),
            (r"\s*\^.*\n", Generic.Error),
            (r"What would change that:\n|--- .* ---\n", Generic.Subheading),
            (r"  # .*\n", Comment.Single),
            (r"…\n", Comment),
            (_ADDRESS, Number),
            (r"[A-Za-z_][\w:.-]*|.|\n", Generic.Output),
        ],
        "command": [
            (r"\n", Text, "#pop"),
            (r"(?<!\S)#.*", Comment.Single),
            (r"\$?'[^'\n]*'|\"[^\"\n]*\"", String),
            (rf"\b(?:{_ADDRESS}|{_NUMBER})", Number),
            (words(_spoken()[0], r"(?<![\w:.-])", r"(?![\w:.-])"), Keyword),
            (words(_spoken()[1], r"(?<![\w:.-])", r"(?![\w:.-])"), Name.Attribute),
            (r"[\w:.-]+|[ \t]+|.", Text),
        ],
    }
