"""Markdown, piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def page(*parts: str) -> str:
    """Paragraphs, headings and tables with an empty line between them."""
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def sentence(text: str) -> str:
    """A phrase as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def code(lines: Iterable[str]) -> str:
    """Lines as they stand."""
    return "\n".join(f"    {line}" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its head."""
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def names(words: Sequence[str]) -> str:
    """Words of the language, joined by and."""
    return " and ".join(f"`{word}`" for word in words)


def article(noun: str) -> str:
    """The article that goes with a noun."""
    return "an" if noun[0] in "aeiou" else "a"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
