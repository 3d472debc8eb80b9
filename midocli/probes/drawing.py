"""What a probe draws of its traffic: the picture with the way taken, and a page for a browser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.errors import FileError
from grammar.tree import Argument, Command, Setting
from midocli.context.marks import MARKUP, Style, style_of_picture
from midocli.simulator.reason import Reason
from midocli.simulator.recorder import Step
from midocli.trace.verdict import BYSTANDERS

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.pictures.model import Picture
    from midocli.pictures.way import Way
    from midocli.trace.journey import Journey


class Ending(NamedTuple):
    """How a probe itself ended: what its program printed, and why, where that is no failure."""

    printed: str
    succeeded: bool
    reasons: Sequence[Reason] = ()


class Told(NamedTuple):
    """All there is to tell: steps, reasons, and lines of verdicts and of what would help.

    Of so many things that were sent the steps are `left_out`.
    """

    steps: Sequence[Step]
    journeys: Sequence[Journey]
    reasons: Sequence[Reason]
    verdicts: Sequence[str]
    changes: Sequence[str]
    ending: Ending
    left_out: int


class Drawing:
    """The options `draw` and `report` of a probe; FileError where a report cannot be written."""

    def __init__(self, context: Context, command: Command, options: dict[str, Setting]) -> None:
        self._context = context
        self._command = command
        self._draws = "draw" in options
        self._picture = _file(options.get("draw"))
        self._report = _file(options.get("report"))
        self._force = "force" in options
        for file in (self._picture, self._report):
            if file is not None:
                context.files.check(file, self._force)

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to draw."""
        return self._draws or self._report is not None

    def drawn(self, told: Told, frames: Sequence[tuple[str, str]]) -> tuple[str, dict[str, Any]]:
        """The picture as text, and as a member of the data; files are written now.

        That one cannot be written does not take away what is shown.
        """
        from midocli.pictures import model, way
        from midocli.pictures.text import as_text
        from midocli.pictures.written import written

        context = self._context
        drawing = partial(context.progress, "drawing")
        picture = model.picture_of(context.store, context.display, drawing)
        taken = way.way_of(told.steps, _telling(told.reasons))
        if self._report is not None:
            self._write(self._report, self._page(told, frames, picture, taken), MARKUP)
        if self._picture is not None:
            name = self._picture.text
            self._write(self._picture, written(picture, name, taken), style_of_picture(name))
        if not self._draws or self._picture is not None:
            return "", {}
        whole = {**model.data(picture), "way": way.data(taken)}
        return f"\n{as_text(picture, taken, context.manner.columns)}", {"picture": whole}

    def _page(
        self, told: Told, frames: Sequence[tuple[str, str]], picture: Picture, taken: Way
    ) -> str:
        from grammar import canonical
        from midocli.pictures.page import Story, as_page
        from midocli.pictures.svg import as_svg

        story = Story(
            canonical(self._command),
            told.ending.succeeded,
            told.verdicts,
            told.changes,
            told.ending.printed,
            as_svg(picture, taken, within_page=True),
            told.steps,
            told.journeys,
            partial(self._context.following, "writing the page"),
            told.left_out,
            frames,
            self._context.clock,
        )
        return as_page(story)

    def _write(self, file: Argument, text: str, style: Style) -> None:
        try:
            self._context.files.write(file, text.encode(), style, self._force)
        except FileError as error:
            self._context.complain(error)


def _file(setting: Setting | None) -> Argument | None:
    """The file that an option names, if any."""
    return Argument(setting.text, setting.column) if setting and setting.text else None


def _telling(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """Without the ends that are normal when a frame is flooded, where there are others."""
    return [each for each in reasons if each.code not in BYSTANDERS] or reasons[:1]
