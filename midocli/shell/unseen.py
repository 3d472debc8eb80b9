"""Characters that a terminal heeds and does not show, at the prompt: shown by their numbers.

prompt_toolkit does so with control characters (`^[`); these are the others, which may turn
the order of what is read around or make two words look alike.
"""

from __future__ import annotations

from itertools import chain

from prompt_toolkit.layout.screen import Char

#: Marks of direction, what joins or breaks, and tags (Unicode's Cf, Zl and Zp).
_UNSEEN = (
    range(0x00AD, 0x00AE),
    range(0x0600, 0x0606),
    range(0x061C, 0x061D),
    range(0x180E, 0x180F),
    range(0x200B, 0x2010),
    range(0x2028, 0x202F),
    range(0x2060, 0x2070),
    range(0xFEFF, 0xFF00),
    range(0xFFF9, 0xFFFC),
    range(0xE0000, 0xE0080),
)


def show_unseen() -> None:
    """Have prompt_toolkit show them, in this process."""
    Char.display_mappings.update(
        {chr(number): f"<{number:04x}>" for number in chain.from_iterable(_UNSEEN)}
    )
