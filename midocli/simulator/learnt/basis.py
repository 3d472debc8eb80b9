"""What the way of a flow's packets rests on, noted while the first of them walks."""

from __future__ import annotations

from typing import Any

from midocli.simulator.learnt.entries import ConnectionKey, MacEntry, NatBinding
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.frame import Frame

_NEVER_NS = 1 << 63


class Basis:
    """What one walk found and used, and what of that a packet after it has to see to.

    * `found`: (table, key, the entry there or None) of everything looked up in the state;
    * `until_ns`: when the first of those entries expires, unless it is used;
    * `macs`, `bindings`, `connection`: entries whose last use this was;
    * `inside`: keys of the ports the frame left and entered by within the network.
    """

    __slots__ = ("bindings", "connection", "found", "inside", "macs", "tos", "ttl", "until_ns")

    def __init__(self, frame: Frame) -> None:
        self.ttl, self.tos = frame.ttl, frame.tos
        self.found: list[tuple[dict[Any, Any], Key, object]] = []
        self.until_ns = _NEVER_NS
        self.macs: list[MacEntry] = []
        self.bindings: list[NatBinding] = []
        self.connection: ConnectionKey | None = None
        self.inside: tuple[Key, ...] = ()

    def rest_on(
        self, table: dict[Any, Any], key: Key, entry: object, until_ns: int = _NEVER_NS
    ) -> None:
        """Note an entry that was looked up (None: there was none), and when it expires."""
        self.found.append((table, key, entry))
        if until_ns < self.until_ns:
            self.until_ns = until_ns

    def expire(self, until_ns: int) -> None:
        """Note when something expires that is looked up by nobody else."""
        if until_ns < self.until_ns:
            self.until_ns = until_ns
