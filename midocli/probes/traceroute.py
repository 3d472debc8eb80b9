"""traceroute: the routers on the way, found by letting the TTL run out at each.

Prints as traceroute 2.1 for Linux does with `-n`. Probes go one at a time, each
waiting up to five seconds, as with its `-N 1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar import tree
from grammar.addresses import format_ipv4
from grammar.errors import RefusedError
from grammar.traffic import TRACEROUTE_OPTIONS
from midocli.probes.observation import Observation
from midocli.probes.sources import find_address, find_source
from midocli.results import Report
from midocli.simulator.frame import Frame
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.protocol import ECHO_REPLY, ERROR_TYPES, ICMP, TIME_EXCEEDED, UNREACHABLE
from midocli.simulator.udp import udp_packet

if TYPE_CHECKING:
    from midocli.interpreter import Interpreter

_WAIT_NS = 5 * SECOND_NS
_FIRST_PORT = 33434
_DEFAULTS = {field.name: field.default for field in TRACEROUTE_OPTIONS if field.default is not None}
_MARKS = {0: "!N", 1: "!H", 2: "!P", 9: "!X", 10: "!X", 13: "!X"}


class Query:
    """One probe of a hop, and what answered it."""

    __slots__ = ("code", "kind", "number", "rtt_ns", "sender", "sent_ns")

    def __init__(self, number: int, sent_ns: int) -> None:
        self.number = number
        self.sent_ns = sent_ns
        self.sender: int | None = None
        self.rtt_ns = 0
        self.kind = self.code = 0

    @property
    def is_final(self) -> bool:
        """Whether nothing beyond this answer is to be found."""
        return self.sender is not None and self.kind != TIME_EXCEEDED

    def mark(self, is_target: bool) -> str:
        """What traceroute adds to the time of an unreachable."""
        if self.kind != UNREACHABLE or (self.code == 3 and is_target):
            return ""
        return " " + _MARKS.get(self.code, f"!<{self.code}>")


class Traceroute:
    """One `traceroute` command."""

    def __init__(self, interpreter: Interpreter, command: tree.Traceroute) -> None:
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._network = interpreter.datapath.network
        self._target = find_address(interpreter, command.destination)
        self._observation = Observation(interpreter, given, default_filter="icmp or udp")
        self._source = find_source(interpreter, command.source, values)
        if self._source.stack is None:
            raise RefusedError("a router cannot trace routes; a guest or a station can")
        self._stack = self._source.stack
        self._by_icmp = values["proto"] == "icmp"
        self._deepest: int = values["max-ttl"]
        self._queries: int = values["queries"]
        self._id = interpreter.chance.getrandbits(16)
        self._port = 32768 + interpreter.chance.getrandbits(14)
        self._hops: list[list[Query]] = []
        self._failure: str | None = None

    def run(self) -> Report:
        """Ask hop by hop until the target, or a dead end, answers."""
        listeners, source = self._network.listeners, self._source
        listeners.add(source.key, self._arrived)
        try:
            with self._observation.watching(source.point):
                self._trace()
        finally:
            listeners.remove(source.key, self._arrived)
            source.close()
        return self._sum_up()

    def _trace(self) -> None:
        for ttl in range(1, self._deepest + 1):
            hop: list[Query] = []
            self._hops.append(hop)
            for _ in range(self._queries):
                self._ask(hop, ttl)
                if self._failure is not None:
                    return
            if any(query.is_final for query in hop):
                return

    def _ask(self, hop: list[Query], ttl: int) -> None:
        engine = self._network.engine
        query = Query(sum(map(len, self._hops)), engine.now_ns)
        hop.append(query)
        if self._by_icmp:
            failure = self._stack.send_echo(
                self._target,
                self._id,
                query.number + 1,
                bytes(range(0x48, 0x68)),
                ttl=ttl,
                df="dont",
                src=self._source.address,
                origin=query,
            )
        else:
            failure = self._stack.send(self._packet(query, ttl))
        if failure is not None:
            self._failure = failure.text
            return
        engine.run(lambda: query.sender is not None, engine.now_ns + _WAIT_NS)

    def _packet(self, query: Query, ttl: int) -> Frame:
        port = _FIRST_PORT + query.number & 0xFFFF
        source = self._source.address
        frame = udp_packet(source, self._port, self._target, port, bytes(range(0x40, 0x60)), ttl)
        frame.origin = query
        frame.ip_id = self._stack.next_ip_id()
        return frame

    def _arrived(self, arrival: Arrival) -> None:
        frame = arrival.frame
        if frame.proto != ICMP:
            return
        if frame.tp_src == ECHO_REPLY and self._by_icmp and frame.icmp_id == self._id:
            self._answer(frame.icmp_seq - 1, arrival)
        elif frame.tp_src in ERROR_TYPES and arrival.quoted is not None:
            quoted = arrival.quoted
            if self._by_icmp and quoted.icmp_id == self._id:
                self._answer(quoted.icmp_seq - 1, arrival)
            elif not self._by_icmp and quoted.tp_src == self._port:
                self._answer(quoted.tp_dst - _FIRST_PORT, arrival)

    def _answer(self, number: int, arrival: Arrival) -> None:
        for query in self._hops[-1]:
            if query.number == number and query.sender is None:
                query.sender = arrival.frame.nw_src
                query.rtt_ns = arrival.time_ns - query.sent_ns
                query.kind, query.code = arrival.frame.tp_src, arrival.frame.tp_dst

    # -- summing up ------------------------------------------------------------------

    def _sum_up(self) -> Report:
        target = format_ipv4(self._target)
        lines = [f"traceroute to {target} ({target}), {self._deepest} hops max, 60 byte packets"]
        if self._failure is not None:
            lines = [f"traceroute: connect: {self._failure}"]
            self._hops = []
        lines += [self._line(ttl, hop) for ttl, hop in enumerate(self._hops, 1)]
        origins = [query for hop in self._hops for query in hop]
        reached = bool(self._hops) and any(self._is_target(query) for query in self._hops[-1])
        verdict = f"{target} {'reached' if reached else 'not reached'} after {len(self._hops)} hops"
        shown = self._observation.shown(self._source.point, [], origins, [verdict])
        text = "".join(f"{line}\n" for line in lines) + shown.captures + shown.explanation
        data = {
            "hops": [[_data(query) for query in hop] for hop in self._hops],
            "reached": reached,
            "captures": shown.frames,
            "steps": shown.steps,
        }
        return Report(text, data, reached)

    def _is_target(self, query: Query) -> bool:
        return query.is_final and query.sender == self._target

    def _line(self, ttl: int, hop: list[Query]) -> str:
        line, last = f"{ttl:2} ", None
        for query in hop:
            if query.sender is None:
                line += " *"
                continue
            if query.sender != last:
                line += f" {format_ipv4(query.sender)}"
                last = query.sender
            micros = query.rtt_ns // 1000
            line += f"  {micros // 1000}.{micros % 1000:03} ms"
            line += query.mark(query.sender == self._target)
        return line


def _data(query: Query) -> dict[str, Any] | None:
    if query.sender is None:
        return None
    return {
        "from": format_ipv4(query.sender),
        "rtt_ms": query.rtt_ns // 1000 / 1000,
        "icmp": {"type": query.kind, "code": query.code},
    }
