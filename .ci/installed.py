"""Whether an installation has all files of the packages, and the manual page.

    python .ci/installed.py CLONE

with the Python of the environment that midocli was installed into, from another folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import grammar
import midocli


def missing(clone: Path) -> Iterator[str]:
    """The files of a clone that are not installed."""
    for package in (grammar, midocli):
        installed = Path(str(package.__file__)).parent
        if clone in installed.parents:
            sys.exit(f"{package.__name__} is the clone's own")
        kept = clone / package.__name__
        for source in kept.rglob("*"):
            inside = source.relative_to(kept)
            if source.is_file() and source.suffix != ".pyc" and not (installed / inside).exists():
                yield f"{package.__name__}/{inside}"
    manual = Path("share/man/man1/midocli.1")
    if not (sys.prefix / manual).exists():
        yield str(manual)


if __name__ == "__main__":
    absent = list(missing(Path(sys.argv[1])))
    sys.exit(f"not installed: {', '.join(absent)}" if absent else 0)
