"""Who waits for ICMP replies and errors at a guest, or at a router that pings."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ERROR_TYPES, ICMP
from midocli.simulator.wire.quoted import quoted_packet


class Arrival(NamedTuple):
    """An ICMP message taken in by a guest, or by a router for itself, and when.

    `frame` is the message as received; `quoted` the packet it quotes, if it is an error.
    """

    time_ns: int
    at: Hashable
    frame: Frame
    quoted: Frame | None


Listener = Callable[[Arrival], None]


class Listeners:
    """Listeners by the key of the guest or router they listen at."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[Hashable, list[Listener]] = {}

    def add(self, key: Hashable, listener: Listener) -> None:
        """Tell a listener of every ICMP reply and error from now on."""
        self._by_key.setdefault(key, []).append(listener)

    def remove(self, key: Hashable, listener: Listener) -> None:
        """Stop telling a listener; KeyError or ValueError when it was not there."""
        listeners = self._by_key[key]
        listeners.remove(listener)
        if not listeners:
            del self._by_key[key]

    def tell(self, time_ns: int, key: Hashable, frame: Frame) -> bool:
        """Tell the listeners at `key` of a message; says whether there were any."""
        listeners = self._by_key.get(key)
        if listeners is None:
            return False
        is_error = frame.proto == ICMP and frame.tp_src in ERROR_TYPES
        arrival = Arrival(time_ns, key, frame, quoted_packet(frame) if is_error else None)
        for listener in tuple(listeners):
            listener(arrival)
        return True
