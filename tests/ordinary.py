"""Being an ordinary user for a while, where tests run as root, who may read and write anything."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

#: linux/capability.h: version 3, and what overrides the permissions of files.
_VERSION = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_LIBRARY = ctypes.CDLL(None, use_errno=True)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Inside, this thread may do to files what their permissions let it, and no more."""
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted and inheritable, twice 32 of each
    assert _LIBRARY.capget(header, sets) == 0
    before = sets[0]
    sets[0] &= ~_OVERRIDES
    assert _LIBRARY.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = before
        assert _LIBRARY.capset(header, sets) == 0
