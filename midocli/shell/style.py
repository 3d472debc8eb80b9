"""Colours of the prompt, and whether there are any."""

from __future__ import annotations

import os
from typing import TextIO

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "verb": "ansiblue bold",
        "command": "ansiblue bold",
        "collection": "ansicyan",
        "object": "ansigreen",
        "field": "ansiyellow",
        "value": "",
        "comment": "ansibrightblack",
        "error": "ansired underline",
        "hint": "ansibrightblack",
        "hint.wrong": "ansired",
        "bottom-toolbar": "noreverse",
        "toolbar": "reverse",
        "toolbar.good": "ansigreen reverse",
        "toolbar.bad": "ansired reverse",
        "auto-suggestion": "ansibrightblack",
    }
)


def has_colour(wish: str, out: TextIO | None = None) -> bool:
    """Whether to use colours: as wished or, if `auto`, unless NO_COLOR or the terminal forbids.

    `out` is where they would go, if that need not be a terminal.
    """
    if wish == "auto":
        is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
        return not is_plain and (out is None or out.isatty())
    return wish == "always"


def colour_depth(wish: str) -> ColorDepth | None:
    """How many colours the prompt has, None for what the terminal has."""
    if not has_colour(wish):
        return ColorDepth.DEPTH_1_BIT
    return ColorDepth.DEPTH_4_BIT if wish == "always" else None
