"""The fragments of a packet that is not whole yet (RFC 791; RFC 815 for the idea of holes)."""

from __future__ import annotations

from dataclasses import dataclass, field

from midocli.simulator.wire.frame import Frame

MAX_PACKET = 65535


@dataclass(slots=True, eq=False)
class Reassembly:
    """The fragments of one packet so far: offset in bytes -> bytes."""

    parts: dict[int, bytes] = field(default_factory=dict)
    first: Frame | None = None
    #: How far the fragments reach, and how long the packet is once its last one is there.
    end: int = 0
    total: int | None = None

    def refusal(self, at: int, end: int, last: bool, header: int) -> str | None:
        """What speaks against a fragment, and thereby against the whole packet."""
        if at == end:
            return "a fragment of it has no data"
        if header + end > MAX_PACKET:
            return "its fragments make more than a packet can hold"
        if self.total is not None and (end != self.total if last else end > self.total):
            return "its fragments do not agree on its length"
        if last and end < self.end:
            return "its fragments do not agree on its length"
        overlaps = any(at < other + len(body) and other < end for other, body in self.parts.items())
        return "its fragments overlap" if overlaps else None

    def covers(self, at: int, end: int) -> bool:
        """Whether all of a fragment is there already, in one run (`inet_frag_queue_insert`)."""
        reached = at
        for other in sorted(self.parts):
            if other <= reached:
                reached = max(reached, other + len(self.parts[other]))
        return at < end <= reached
