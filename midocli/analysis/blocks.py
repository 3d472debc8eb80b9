"""What becomes of many pairs in few bytes: the sets that come up, and which of them each pair has.

Why packets are not answered is left out: that differs from machine to machine, and nobody asks it
of so many.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence

from midocli.analysis.fare import Fate, Verdict


def packed(found: Iterable[Sequence[Fate]]) -> bytes:
    """The atoms of each verdict, of each pair."""
    table: dict[tuple[tuple[str, int], ...], int] = {}
    numbers = array("I")
    for fates in found:
        atoms: dict[str, int] = {}
        for fate in fates:
            atoms[fate.verdict.kind] = atoms.get(fate.verdict.kind, 0) | fate.atoms
        numbers.append(table.setdefault(tuple(atoms.items()), len(table)))
    words = [[[kind, f"{some:x}"] for kind, some in each] for each in table]
    return zlib.compress(json.dumps(words).encode() + b"\n" + numbers.tobytes())


def unpacked(block: bytes) -> list[Sequence[Fate]]:
    """What was packed."""
    words, _, rest = zlib.decompress(block).partition(b"\n")
    table = [
        tuple(Fate(int(some, 16), Verdict(kind)) for kind, some in each)
        for each in json.loads(words)
    ]
    numbers = array("I")
    numbers.frombytes(rest)
    return [table[number] for number in numbers]
