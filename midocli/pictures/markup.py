"""Elements of SVG and HTML as text, everything in them escaped."""

from __future__ import annotations

from html import escape

from midocli.results.printable import printable

#: The elements of HTML that have no end.
_VOID = frozenset({"meta", "br", "hr"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def text(words: str) -> Markup:
    """Words as markup: a line, with what no browser can show written out."""
    return Markup(escape(printable(words)))


def lines(words: str) -> Markup:
    """Several lines as markup, tabs as blanks."""
    return Markup("\n".join(text(line.expandtabs()) for line in words.rstrip("\n").split("\n")))


def tag(name: str, /, *content: str, **attributes: object) -> Markup:
    """An element; content that is no markup is escaped. `class_` stands for `class`."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(each if isinstance(each, Markup) else text(each) for each in content)
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{inner}</{name}>")


def join(*parts: Markup, gap: str = "\n") -> Markup:
    """Several pieces of markup, a line each."""
    return Markup(gap.join(parts))
