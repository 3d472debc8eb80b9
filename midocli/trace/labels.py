"""What explanations say of aliases beyond the aliases themselves."""

from __future__ import annotations


class Labels:
    """Knows nothing: who has a topology gives a class that does."""

    def name(self, alias: str) -> str:
        """What the user called a device, chain or guest; '' where it has no name of its own."""
        return ""

    def beside(self, text: str, seen: set[str] | None = None) -> str:
        """A text with the names of objects behind their aliases, each once."""
        return text

    def condition(self, rule: str) -> str:
        """A rule's condition as the user would type it; '' for none."""
        return ""
