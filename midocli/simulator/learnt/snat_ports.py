"""Which source addresses and ports dynamic snat has given out towards a destination.

A bit for each port, in blocks of 1,024: the next free port is found by arithmetic on a block,
so that the last of 50,000 costs what the first did, and a pool is seen to be empty at once.
(MidoNet leases ports in blocks too, for other reasons: `NatLeaser.scala`.)
"""

from __future__ import annotations

BLOCK_BITS = 10
_LAST = (1 << BLOCK_BITS) - 1


class SnatPorts:
    """The (address, port) pairs in use towards one destination."""

    __slots__ = ("_blocks",)

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], int] = {}

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def take(self, address: int, port: int) -> None:
        """Note that a pair is in use."""
        key = address, port >> BLOCK_BITS
        self._blocks[key] = self._blocks.get(key, 0) | 1 << (port & _LAST)

    def give_back(self, address: int, port: int) -> None:
        """Note that a pair is free again."""
        key = address, port >> BLOCK_BITS
        rest = self._blocks.get(key, 0) & ~(1 << (port & _LAST))
        if rest:
            self._blocks[key] = rest
        else:
            self._blocks.pop(key, None)

    def free_port(self, address: int, first: int, last: int, start: int) -> int | None:
        """The first free port of an address from `start` to `last`, then from `first` on."""
        port = self._next_free(address, start, last)
        if port is None and start > first:
            port = self._next_free(address, first, start - 1)
        return port

    def _next_free(self, address: int, first: int, last: int) -> int | None:
        port = first
        while port <= last:
            taken = self._blocks.get((address, port >> BLOCK_BITS), 0) >> (port & _LAST)
            in_a_row = (~taken & (taken + 1)).bit_length() - 1
            rest_of_block = _LAST + 1 - (port & _LAST)
            if in_a_row < rest_of_block:
                port += in_a_row
                return port if port <= last else None
            port += rest_of_block
        return None
