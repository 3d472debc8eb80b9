"""An echo request that a ping sent."""

from __future__ import annotations

from midocli.advice.failure import Failure
from midocli.simulator.reason import Reason


class EchoRequest:
    """One request and what became of it; it is the origin of all frames it causes.

    `outcome` is None while nothing has come back.
    """

    __slots__ = (
        "failure",
        "icmp",
        "outcome",
        "reason",
        "rtt_ns",
        "sender",
        "sent_ns",
        "seq",
        "ttl",
    )

    def __init__(self, seq: int, sent_ns: int) -> None:
        self.seq = seq
        self.sent_ns = sent_ns
        self.outcome: str | None = None
        self.sender: int | None = None
        self.ttl: int | None = None
        self.rtt_ns: int | None = None
        self.icmp: tuple[int, int] | None = None
        self.reason: Reason | None = None
        self.failure: Failure | None = None
