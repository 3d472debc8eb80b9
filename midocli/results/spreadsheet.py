"""CSV, as `psql --csv` writes it, of which a spreadsheet works nothing out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: What spreadsheets take for the beginning of a formula, in East Asian width too (OWASP, "CSV
#: Injection"). A `-` alone is text to them, and a number may be one.
_FORMULA = re.compile("[=+@\t\r\n\uff1d\uff0b\uff0d\uff20]|-(?!\\Z)")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_SPECIAL = re.compile('[,"\r\n]')


def csv_text(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A line of names, then a line for each row (RFC 4180); nothing where there are no names.

    A cell that would be a formula has a `'` in front, by which spreadsheets know text.
    """
    return "".join(f"{','.join(_cells(row))}\n" for row in [names, *rows]) if names else ""


def _cells(row: Sequence[str]) -> Iterator[str]:
    for cell in row:
        if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
            cell = f"'{cell}"
        # An empty line would be none.
        is_plain = not _SPECIAL.search(cell) and (cell or len(row) > 1)
        yield cell if is_plain else '"' + cell.replace('"', '""') + '"'
