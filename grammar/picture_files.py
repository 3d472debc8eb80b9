"""Files that pictures are written to: the form is told by the end of the name."""

from __future__ import annotations

from grammar.values import Flag

#: The forms a picture is written in, by the end of the file's name.
FORMS = (".svg", ".dot", ".mmd")
EXPECTED = "a file name that ends in .svg, .dot (Graphviz) or .mmd (Mermaid)"


def is_picture(word: str) -> bool:
    """Whether a word names a file that a picture can be written to."""
    return word.lower().endswith(FORMS)


class Drawn(Flag):
    """An option that stands alone (True), or before such a file (its name)."""

    expected = EXPECTED
    example = "way.svg"
    names = "file"

    def takes(self, word: str) -> bool:
        """Whether a word behind the option is the file, and not the next option."""
        return is_picture(word)

    def format(self, value: str | bool) -> str:
        """The file, where there is one."""
        return value if isinstance(value, str) else ""

    def to_json(self, value: str | bool) -> str | bool:
        """The file, or that there is none."""
        return value
