"""Colours of the prompt, and whether there are any."""

from __future__ import annotations

import os

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


def has_colour(wish: str) -> bool:
    """Whether to use colours: as wished or, if `auto`, unless NO_COLOR or the terminal forbids."""
    if wish == "auto":
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
    return wish == "always"
