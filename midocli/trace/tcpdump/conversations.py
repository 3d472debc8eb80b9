"""TCP's relative sequence numbers: what is remembered of each conversation."""

from __future__ import annotations

_WRAP = 0xFFFF_FFFF


class Conversations:
    """The first sequence numbers seen of every TCP conversation in a capture.

    A conversation is the unordered pair of endpoints (address, port); its numbers
    are kept as (lower endpoint's, higher endpoint's), where the lower port, or at
    equal ports the lower address, comes first.
    """

    __slots__ = ("_bases",)

    def __init__(self) -> None:
        self._bases: dict[tuple[bytes, int, bytes, int], tuple[int, int]] = {}

    def relative(
        self,
        source: tuple[bytes, int],
        destination: tuple[bytes, int],
        seq: int,
        ack: int,
        syn: bool,
    ) -> tuple[int, int, int]:
        """The numbers to print for a segment that has ACK, and the other side's base.

        The first segment of a conversation, and any with SYN, sets the bases and
        prints as it is; others print relative to the bases. The third number is what
        selective acknowledgements are relative to.
        """
        backward = (source[1], source[0]) > (destination[1], destination[0])
        key = destination + source if backward else source + destination
        bases = self._bases.get(key)
        if bases is None or syn:
            other = (ack - 1) & _WRAP
            self._bases[key] = (other, seq) if backward else (seq, other)
            return seq, ack, other
        own, other = reversed(bases) if backward else bases
        return (seq - own) & _WRAP, (ack - other) & _WRAP, other
