"""What explanations say of aliases beyond the aliases themselves."""

from __future__ import annotations


class Labels:
    """Knows nothing: who has a topology gives a class that does."""

    def name(self, alias: str) -> str:
        """What the user called a device, chain or guest; '' where it has no name of its own."""
        return ""

    def condition(self, rule: str) -> str:
        """A rule's condition as the user would type it; '' for none."""
        return ""
