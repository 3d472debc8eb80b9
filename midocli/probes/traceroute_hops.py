"""The queries of a traceroute, hop by hop, and what traceroute 2.1 makes of silence and of ends.

A query that is not answered is given up after five seconds, sooner where others of its hop, or of
later hops, have been answered: after three times what the first of its hop took, or ten times
what the next one answered took.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from grammar.addresses import format_ipv4
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.wire.protocol import ECHO_REPLY, FAILURES, ICMP, TIME_EXCEEDED, UNREACHABLE

WAIT_NS = 5 * SECOND_NS
HERE_FACTOR, NEAR_FACTOR = 3, 10
#: What is added to a round trip before it is multiplied.
_PRECISION_NS = SECOND_NS // 1000
_NET, _HOST, _PORT, _TOO_BIG, _FILTERED = "!N", "!H", "", "!F-", "!X"
_MARKS = {
    0: _NET,
    1: _HOST,
    2: "!P",
    3: _PORT,
    4: _TOO_BIG,
    5: "!S",
    6: _NET,
    7: _HOST,
    8: _NET,
    9: _FILTERED,
    10: _FILTERED,
    11: _NET,
    12: _HOST,
    13: _FILTERED,
    14: "!V",
    15: "!C",
}


class Query:
    """One probe, and what answered it; `number` counts all of them from 0."""

    __slots__ = ("done", "final", "icmp", "mark", "number", "rtt_ns", "sender", "sent_ns", "ttl")

    def __init__(self, number: int) -> None:
        self.number = number
        #: When it was sent; None: not yet.
        self.sent_ns: int | None = None
        self.done = self.final = False
        self._forget()

    def _forget(self) -> None:
        self.sender: int | None = None
        self.rtt_ns = 0
        #: The TTL the answer arrived with, its ICMP type and code (None: no ICMP message).
        self.ttl = 0
        self.icmp: tuple[int, int] | None = None
        self.mark = ""

    def answered(self, arrival: Arrival) -> None:
        """Note what answered; time exceeded means that the way goes on."""
        frame = arrival.frame
        assert self.sent_ns is not None
        self.done = True
        self.sender, self.ttl = frame.nw_src, frame.ttl
        self.rtt_ns = arrival.time_ns - self.sent_ns
        self.icmp = (frame.tp_src, frame.tp_dst) if frame.proto == ICMP else None
        self.final = self.icmp != (TIME_EXCEEDED, 0)
        if self.final and self.icmp is not None and self.icmp[0] != ECHO_REPLY:
            self.mark = _mark(*self.icmp, frame.icmp_seq)

    def take_over(self, other: Query) -> None:
        """Take another's answer, which leaves the other without one."""
        for name in ("sender", "rtt_ns", "ttl", "icmp", "mark", "done", "final"):
            setattr(self, name, getattr(other, name))
        other._forget()
        other.sent_ns, other.done, other.final = 0, False, False


def _mark(type_: int, code: int, mtu: int) -> str:
    """What is added to the time of an ICMP error (`parse_icmp_res`)."""
    if type_ != UNREACHABLE:
        return f"!<{type_}-{code}>"
    mark = _MARKS.get(code, f"!<{code}>")
    return f"{mark}{mtu}" if code == 4 else mark


def is_answer(arrival: Arrival) -> bool:
    """Whether an ICMP message is one that ends a query."""
    kind = arrival.frame.tp_src
    return kind == ECHO_REPLY or (kind in FAILURES and bool(arrival.quoted))


class Hops:
    """All queries, `queries` a hop; those of `hops` up to now are settled.

    With `wait_ns` a query is given up after just that time.
    """

    def __init__(self, first: int, deepest: int, queries: int, wait_ns: int | None) -> None:
        """Of the hops from the `first` to the `deepest`, as TTLs."""
        self.queries = queries
        self._first = first
        self.all = [Query(number) for number in range((deepest - first + 1) * queries)]
        self._wait_ns = wait_ns
        #: How many are settled, and how many there are to settle.
        self.settled = 0
        self.end = len(self.all)

    @property
    def is_over(self) -> bool:
        """Whether all that matter are settled."""
        return self.settled >= self.end

    @property
    def longest_ns(self) -> int:
        """How long it could take at most, one query after the other."""
        return len(self.all) * (WAIT_NS if self._wait_ns is None else self._wait_ns)

    def ttl(self, query: Query) -> int:
        """The TTL a query is sent with."""
        return query.number // self.queries + self._first

    @property
    def depth(self) -> int:
        """How many hops away the last is that is settled."""
        return self._first - 1 + -(-self.settled // self.queries)

    def open(self, now_ns: int, arrived: Container[Query]) -> Iterator[Query]:
        """Go through the queries in turn, settling those that are answered or given up.

        Yields what is to be sent or is waited for. Whose answer has `arrived` is not given up.
        """
        number = self.settled
        while number < self.end:
            query = self.all[number]
            if number == self.settled and not query.done and query not in arrived:
                self._give_up(query, now_ns)
            if query.done:
                if number == self.settled:
                    self.settled += 1
                if query.final:
                    self.end = (number // self.queries + 1) * self.queries
            else:
                yield query
            number += 1

    def expires_ns(self, query: Query) -> int:
        """When a query that was sent is given up."""
        assert query.sent_ns is not None
        return query.sent_ns + self._timeout_ns(query)

    def _give_up(self, query: Query, now_ns: int) -> None:
        """Settle a query for which it is too late."""
        if query.sent_ns is not None and self.expires_ns(query) <= now_ns:
            query.done = True
            self._adopt_end(query)

    def _timeout_ns(self, query: Query) -> int:
        if self._wait_ns is not None:
            return self._wait_ns
        for others, factor in (
            (self._hop(query), HERE_FACTOR),
            (self._sent_after(query), NEAR_FACTOR),
        ):
            for other in others:
                if other.done and other.sender is not None:
                    return min((other.rtt_ns + _PRECISION_NS) * factor, WAIT_NS)
        return WAIT_NS

    def _hop(self, query: Query) -> list[Query]:
        first = query.number - query.number % self.queries
        return self.all[first : first + self.queries]

    def _sent_after(self, query: Query) -> Iterator[Query]:
        for number in range(query.number + 1, len(self.all)):
            if self.all[number].sent_ns is None:
                return
            yield self.all[number]

    def _adopt_end(self, silent: Query) -> None:
        """Let an unreachable that answered a later query count for a silent one it belongs to.

        Many queries are out at once, and who refuses them may do so for the latest only
        (`check_expired`).
        """
        before = self._hop(silent)[: silent.number % self.queries]
        if not all(query.final for query in before):
            return
        end = next((query for query in self._sent_after(silent) if query.done), None)
        if end is None or not end.final or not end.mark:
            return
        within_hop = silent.number % self.queries + end.number - silent.number < self.queries
        if before or within_hop or self._seen_before(silent, end) or self._is_near(silent, end):
            silent.take_over(end)

    def _seen_before(self, silent: Query, end: Query) -> bool:
        return any(query.sender == end.sender for query in self.all[: silent.number])

    def _is_near(self, silent: Query, end: Query) -> bool:
        """Whether the answer's own TTL says that it comes from no farther than this hop."""
        back = _hops_back(end.ttl)
        for query in reversed(self.all[: silent.number]):
            if query.sender is not None and not query.final and _hops_back(query.ttl) < back:
                back += self.ttl(query) - _hops_back(query.ttl)
                break
        return back <= self.ttl(silent)

    # -- what is printed -------------------------------------------------------------

    def shown(self) -> list[list[Query]]:
        """The settled queries, hop by hop."""
        settled = self.all[: self.settled]
        return [settled[at : at + self.queries] for at in range(0, len(settled), self.queries)]

    def line(self, hop: list[Query]) -> str:
        """A hop as traceroute -n prints it: each sender once, then the times."""
        line, last = f"{self.ttl(hop[0]):2} ", None
        for query in hop:
            if query.sender is None:
                line += " *"
                continue
            if query.sender != last:
                line += f" {format_ipv4(query.sender)}"
                last = query.sender
            micros = query.rtt_ns // 1000
            line += f"  {micros // 1000}.{micros % 1000:03} ms"
            line += f" {query.mark}" if query.mark else ""
        return line


def _hops_back(ttl: int) -> int:
    """How many hops away a packet was sent, by its TTL: 64, 128 or 255 when sent."""
    return next(first for first in (64, 128, 255) if ttl <= first) + 1 - ttl
