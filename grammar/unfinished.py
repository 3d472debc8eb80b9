"""Whether a word that is no value yet may become one as more is typed."""

from __future__ import annotations

from grammar.values import ListOf, ValueType

#: What would end an unfinished number, address, range or time.
_ENDINGS = (
    *("0", "00", "000", "0000", "1", "255", "65535", "s"),
    *(".0" * count for count in range(1, 4)),
    *("0" + ".0" * count for count in range(1, 4)),
    *(".255" * count for count in range(1, 4)),
    *("255" + ".255" * count for count in range(1, 4)),
    *(":0" * count for count in range(1, 8)),
    *("0" + ":0" * count for count in range(1, 8)),
    *("-01", "-01-01", "01-01", "1-01", "01", "00:00", ":00"),
)


def may_go_on(type: ValueType, word: str) -> bool:
    """Whether some ending makes a value of a word; no for few that could go on, yes for none else.

    For a list, its last item decides.
    """
    if isinstance(type, ListOf):
        return may_go_on(type.item, word.rpartition(",")[2].lstrip())
    example = type.example
    return any(_is_value(type, word + end) for end in (example[len(word) :], example, *_ENDINGS))


def _is_value(type: ValueType, word: str) -> bool:
    try:
        type.parse(word)
    except ValueError:
        return False
    return True
