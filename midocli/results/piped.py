"""Some of the lines that another result prints, or how many they are."""

from __future__ import annotations

from collections.abc import Sequence

from midocli.results.values import Beside, Record


class _Piped(Beside):
    """What is made of a result's text; there is nothing left to stand beside it."""

    @property
    def objects(self) -> None:
        """None: lines are no objects."""
        return None

    @property
    def beside(self) -> str:
        """Nothing: all text is in the lines."""
        return ""


class Lines(_Piped):
    """The lines with a part in them (`wanted`), or those without."""

    part: str
    wanted: bool

    def text(self) -> str:
        """These lines."""
        lines = self.result.text().splitlines(keepends=True)
        return "".join(line for line in lines if (self.part in line) == self.wanted)

    def document(self) -> dict[str, str]:
        """The lines as text."""
        return {"text": self.text().removesuffix("\n")}

    def records(self) -> Sequence[Record]:
        """A row for each."""
        return [{"text": line} for line in self.text().splitlines()]


class Counted(_Piped):
    """How many lines a result prints."""

    def text(self) -> str:
        """The number."""
        return f"{self._count}\n"

    def document(self) -> dict[str, int]:
        """The number."""
        return {"count": self._count}

    def records(self) -> Sequence[Record]:
        """The number."""
        return [{"count": str(self._count)}]

    @property
    def _count(self) -> int:
        return len(self.result.text().splitlines())
