"""What tells the objects of a topology apart."""

from __future__ import annotations

from collections.abc import Hashable

#: Anything that can be looked up: the store's numbers of rows, names in tests; None is none.
Key = Hashable
