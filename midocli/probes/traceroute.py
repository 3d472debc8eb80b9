"""traceroute: the routers on the way, found by letting the TTL run out at each.

Prints and sends as traceroute 2.1 for Linux does with `-n`: up to sixteen probes are out at once,
UDP ones from a port each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.addresses import format_ipv4
from grammar.commands.traceroute import OPTIONS, Traceroute
from grammar.errors import RefusedError
from midocli.probes.drawing import Ending
from midocli.probes.observation import Observation
from midocli.probes.senders import find_address, find_sender
from midocli.probes.traceroute_hops import Hops, Query, is_answer
from midocli.results.values import Report
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, LocalError, Reason
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ICMP, UDP

if TYPE_CHECKING:
    from midocli.context.context import Context

_AT_ONCE = 16
#: From one probe to the next: long enough for a near hop to answer in between, as a kernel does
#: within the system call that sends.
_GAP_NS = SECOND_NS // 1000
_FIRST_PORT = 33434
_DEFAULTS = {field.name: field.default for field in OPTIONS if field.default is not None}


class TracerouteProbe:
    """One `traceroute` command."""

    def __init__(self, context: Context, command: Traceroute) -> None:
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._network = context.datapath.network
        self._target = find_address(context, command.destination)
        self._observation = Observation(context, command, given, default_filter="icmp or udp")
        self._source = find_sender(context, command.source, values)
        if self._source.stack is None:
            raise RefusedError("a router cannot trace routes; a guest or a station can")
        self._stack = self._source.stack
        self._by_icmp = values["proto"] == "icmp"
        self._deepest: int = values["max-ttl"]
        self._hops = Hops(self._deepest, values["queries"], values.get("wait"))
        self._id = context.chance.getrandbits(16)
        self._chance = context.chance
        #: UDP source port -> the query sent from it.
        self._ports: dict[int, Query] = {}
        #: Answers that came in and were not looked at yet.
        self._inbox: list[tuple[Query, Arrival]] = []
        self._failure: str | None = None
        self._reason: Reason | None = None

    def run(self) -> Report:
        """Send and wait until the target, or a dead end, has answered."""
        listeners, source = self._network.listeners, self._source
        listeners.add(source.key, self._arrived)
        try:
            with self._observation.watching(source.point, lasting_ns=self._hops.longest_ns):
                while not self._hops.is_over and self._failure is None:
                    self._send_and_wait()
                self._reason = self._why_lost()
        finally:
            listeners.remove(source.key, self._arrived)
            for port in self._ports:
                del self._stack.sockets[UDP, port]
            source.close()
        return self._sum_up()

    # -- sending and receiving --------------------------------------------------------

    def _send_and_wait(self) -> None:
        """Send what may be out at once, then take in an answer, or wait for one (`do_it`)."""
        engine = self._network.engine
        until_ns: int | None = None
        arrived = {query for query, _ in self._inbox}
        for out, query in enumerate(self._hops.open(engine.now_ns, arrived), 1):
            if query.sent_ns is None:
                self._send(query)
                if self._failure is not None:
                    return
            if until_ns is None:
                until_ns = self._hops.expires_ns(query)
            if out == _AT_ONCE:
                break
        if until_ns is not None:
            if not engine.run(lambda: bool(self._inbox), max(until_ns, engine.now_ns)):
                engine.run_until(until_ns)
            self._read()

    def _read(self) -> None:
        """Take answers from the inbox: all of the UDP sockets', one of the only ICMP socket."""
        taken = 1 if self._by_icmp else len(self._inbox)
        for query, arrival in self._inbox[:taken]:
            if not query.done:
                query.answered(arrival)
        del self._inbox[:taken]

    def _send(self, query: Query) -> None:
        engine, ttl = self._network.engine, self._hops.ttl(query)
        query.sent_ns = engine.now_ns
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
            failure = self._send_datagram(query, ttl)
        if failure is not None:
            self._failure = failure.text
            return
        engine.run_until(engine.now_ns + _GAP_NS)

    def _send_datagram(self, query: Query, ttl: int) -> LocalError | None:
        own = 32768 + self._chance.getrandbits(14)
        while (UDP, own) in self._stack.sockets:
            own = 32768 + self._chance.getrandbits(14)
        self._ports[own] = query
        self._stack.sockets[UDP, own] = self._echoed
        port = _FIRST_PORT + query.number & 0xFFFF
        frame = udp_packet(
            self._source.address, own, self._target, port, bytes(range(0x40, 0x60)), ttl
        )
        frame.fragment = 0
        frame.origin = query
        frame.ip_id = self._stack.next_ip_id()
        return self._stack.send(frame)

    def _arrived(self, arrival: Arrival) -> None:
        """An ICMP message for the source: does it answer one of our probes?"""
        frame, quoted = arrival.frame, arrival.quoted
        if frame.proto != ICMP or not is_answer(arrival):
            return
        query = None
        if not self._by_icmp:
            if quoted is not None and quoted.proto == UDP:
                query = self._ports.get(quoted.tp_src)
        else:
            about = frame if frame.tp_src == ECHO_REPLY else quoted
            if about is not None and about.proto == ICMP and about.icmp_id == self._id:
                query = self._numbered(about.icmp_seq - 1)
        if query is not None:
            self._inbox.append((query, arrival))

    def _echoed(self, frame: Frame) -> None:
        """A datagram for one of our ports: something does listen there."""
        query = self._ports[frame.tp_dst]
        arrival = Arrival(self._network.engine.now_ns, self._source.key, frame, None)
        self._inbox.append((query, arrival))

    def _numbered(self, number: int) -> Query | None:
        sent = 0 <= number < len(self._hops.all) and self._hops.all[number].sent_ns is not None
        return self._hops.all[number] if sent else None

    # -- summing up ------------------------------------------------------------------

    def _why_lost(self) -> Reason | None:
        """Why the last probe did not get to the target, or its answer not back."""
        sent = [query for query in self._hops.all if query.sent_ns is not None]
        if self._failure is not None:
            name, target = self._source.name, self._target
            text = f"{name} has no route to {format_ipv4(target)}"
            return Reason(Code.NO_ROUTE, name, None, text, {"destination": target})
        if not sent or self._is_target(sent[-1]):
            return None
        return self._observation.reason(sent[-1], for_errors=True)

    def _sum_up(self) -> Report:
        target = format_ipv4(self._target)
        lines = [f"traceroute to {target} ({target}), {self._deepest} hops max, 60 byte packets"]
        hops = self._hops.shown()
        lines += [self._hops.line(hop) for hop in hops]
        if self._failure is not None:
            # Over UDP every probe connects anew; over ICMP it is done before the first line.
            lines = [*lines[: not self._by_icmp], f"connect: {self._failure}"]
        origins = [query for query in self._hops.all if query.sent_ns is not None]
        reached = bool(hops) and any(self._is_target(query) for query in hops[-1])
        verdicts = [f"{target} {'reached' if reached else 'not reached'} after {len(hops)} hops"]
        failures = []
        if self._reason is not None and not reached:
            reason = self._reason
            verdicts.append(f"the last probe ended at {reason.at} ({reason.code}): {reason.text}")
            failures = [self._observation.failure(reason, self._source.name, self._target)]
        printed = "".join(f"{line}\n" for line in lines)
        ending = Ending(printed, reached)
        shown = self._observation.shown(self._source.point, [], origins, verdicts, ending, failures)
        text = printed + shown.captures + shown.explanation
        data = {
            "hops": [[_data(query) for query in hop] for hop in hops],
            "reached": reached,
            "captures": shown.frames(),
            "steps": shown.steps,
            **shown.members,
        }
        return Report(text, lambda: data, reached)

    def _is_target(self, query: Query) -> bool:
        return query.final and query.sender == self._target


def _data(query: Query) -> dict[str, Any] | None:
    if query.sender is None:
        return None
    icmp = query.icmp
    return {
        "from": format_ipv4(query.sender),
        "rtt_ms": query.rtt_ns // 1000 / 1000,
        "icmp": None if icmp is None else {"type": icmp[0], "code": icmp[1]},
    }
