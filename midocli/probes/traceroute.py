"""traceroute: the routers on the way, found by letting the TTL run out at each.

Prints and sends as traceroute 2.1 for Linux does with `-n`: up to sixteen probes are out at once,
UDP ones and TCP's half-open ones from a port each.
"""

from __future__ import annotations

from typing import Any

from grammar.addresses import format_ipv4
from grammar.commands.traceroute import OPTIONS, Traceroute
from grammar.errors import InvalidValueError, RefusedError
from grammar.tree import Setting
from midocli.advice.failure import Advice, Failure
from midocli.context.context import Context
from midocli.probes.drawing import Ending
from midocli.probes.observation import Observation, Upshot
from midocli.probes.senders import find_sender
from midocli.probes.targets import find_target
from midocli.probes.telling import ended
from midocli.probes.traceroute_hops import Hops, Query, is_answer
from midocli.results.values import Report
from midocli.simulator.guests import tcp
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, LocalError, Reason
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ICMP, TCP, UDP
from midocli.simulator.wire.segment import HEADERS_LENGTH, SYN, Segment, syn_options, tcp_packet

_AT_ONCE = 16
#: From one probe to the next: long enough for a near hop to answer in between, as a kernel does
#: within the system call that sends.
_GAP_NS = SECOND_NS // 1000
_FIRST_PORT = 33434
_TCP_PORT = 80
#: The MTU it takes a link to have of which it knows none.
_LEAST_MTU = 576
#: Of the window of SYNs, which is four segments (`mod-tcp.c`, which knows no larger link).
_WINDOW_SCALE = 2
_DEFAULTS = {field.name: field.default for field in OPTIONS if field.default is not None}


class TracerouteProbe:
    """One `traceroute` command."""

    def __init__(self, context: Context, command: Traceroute) -> None:
        self._context = context
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._network = context.datapath.network
        self._proto: str = values["proto"]
        shown = "icmp or tcp" if self._proto == "tcp" else "icmp or udp"
        self._observation = Observation(context, command, given, default_filter=shown)
        self._named = find_target(context, command.destination)
        self._source = find_sender(context, command.source, values)
        self._target = self._named.seen_from(self._source).address
        if self._source.stack is None:
            raise RefusedError("a router cannot trace routes; a guest or a station can")
        self._stack = self._source.stack
        self._deepest: int = values["max-ttl"]
        first = _first_ttl(given, self._deepest)
        self._hops = Hops(first, self._deepest, values["queries"], values.get("wait"))
        self._id = context.chance.getrandbits(16)
        self._chance = context.chance
        #: What all SYNs carry as their time.
        self._stamp = context.chance.getrandbits(32) if self._proto == "tcp" else 0
        self._transport = TCP if self._proto == "tcp" else UDP
        #: Source port -> the query sent from it.
        self._ports: dict[int, Query] = {}
        #: Answers that came in and were not looked at yet.
        self._inbox: list[tuple[Query, Arrival]] = []
        self._failure: str | None = None
        self._reason: Reason | None = None
        #: Why the target was not reached.
        self.failures: list[Failure] = []

    def drive(self) -> None:
        """Send and wait until the target, or a dead end, has answered."""
        listeners, source = self._network.listeners, self._source
        listeners.add(source.key, self._arrived)
        try:
            with self._observation.watching(source.point, lasting_ns=self._hops.longest_ns):
                while not self._hops.is_over and self._failure is None:
                    self._send_and_wait()
                self._observation.until_quiet()
                self._reason = self._why_lost()
        finally:
            listeners.remove(source.key, self._arrived)
            for port in self._ports:
                del self._stack.sockets[self._transport, port]
            source.close()
        if self._reason is not None and not self.succeeded:
            failure = self._observation.failure(self._reason, source.name, self._target)
            self.failures.append(failure)

    @property
    def succeeded(self) -> bool:
        """Whether the target was reached."""
        hops = self._hops.shown()
        return bool(hops) and any(self._is_target(query) for query in hops[-1])

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
        """Take answers from the inbox: one of ICMP's only socket, all where there are many."""
        taken = 1 if self._proto == "icmp" else len(self._inbox)
        for query, arrival in self._inbox[:taken]:
            if not query.done:
                query.answered(arrival)
        del self._inbox[:taken]

    def _send(self, query: Query) -> None:
        engine, ttl = self._network.engine, self._hops.ttl(query)
        query.sent_ns = engine.now_ns
        if self._proto == "icmp":
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
            failure = self._send_from_port(query, ttl)
        if failure is not None:
            self._failure = failure.text
            return
        engine.run_until(engine.now_ns + _GAP_NS)

    def _send_from_port(self, query: Query, ttl: int) -> LocalError | None:
        """Send a datagram or a SYN from a port of its own."""
        own = 32768 + self._chance.getrandbits(14)
        while (self._transport, own) in self._stack.sockets:
            own = 32768 + self._chance.getrandbits(14)
        self._ports[own] = query
        self._stack.sockets[self._transport, own] = self._replied
        frame = (self._syn if self._proto == "tcp" else self._datagram)(query, own)
        frame.ttl, frame.fragment, frame.origin = ttl, 0, query
        frame.ip_id = self._stack.next_ip_id()
        return self._stack.send(frame)

    def _datagram(self, query: Query, own: int) -> Frame:
        port = _FIRST_PORT + query.number & 0xFFFF
        return udp_packet(self._source.address, own, self._target, port, bytes(range(0x40, 0x60)))

    def _syn(self, query: Query, own: int) -> Frame:
        """What asks for a connection nobody wants (`mod-tcp.c`)."""
        mss = (self._stack.path_mtu(self._target) or _LEAST_MTU) - HEADERS_LENGTH
        options = syn_options(mss, self._stamp.to_bytes(4, "big") + bytes(4), _WINDOW_SCALE)
        segment = Segment(self._chance.getrandbits(32), 0, SYN, 4 * mss, options)
        return tcp_packet(self._source.address, own, self._target, _TCP_PORT, segment)

    def _arrived(self, arrival: Arrival) -> None:
        """An ICMP message for the source: does it answer one of our probes?"""
        frame, quoted = arrival.frame, arrival.quoted
        if frame.proto != ICMP or not is_answer(arrival):
            return
        query = None
        if self._proto != "icmp":
            if quoted is not None and quoted.proto == self._transport:
                query = self._ports.get(quoted.tp_src)
        else:
            about = frame if frame.tp_src == ECHO_REPLY else quoted
            if about is not None and about.proto == ICMP and about.icmp_id == self._id:
                query = self._numbered(about.icmp_seq - 1)
        if query is not None:
            self._inbox.append((query, arrival))

    def _replied(self, frame: Frame) -> None:
        """Something for one of our ports, where the target says whether anybody listens."""
        if self._proto == "tcp":
            tcp.refuse(self._stack, frame)
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

    def sum_up(self, advice: Advice) -> Report:
        """What traceroute prints, and all that was seen."""
        target, name = format_ipv4(self._target), self._named.name
        called = f"{name} ({format_ipv4(self._named.address)})"
        lines = [f"traceroute to {called}, {self._deepest} hops max, 60 byte packets"]
        hops = self._hops.shown()
        lines += [self._hops.line(hop) for hop in hops]
        if self._failure is not None:
            # Over UDP every probe connects anew; for others it is done before the first line.
            lines = [lines[0] if self._proto == "udp" else "", f"connect: {self._failure}"]
        origins = [query for query in self._hops.all if query.sent_ns is not None]
        reached = self.succeeded
        found = f"{target} {'reached' if reached else 'not reached'} after {self._hops.depth} hops"
        reason = self._reason if not reached else None
        verdicts, why = [found], ""
        if reason is not None:
            verdicts.append(f"the last probe {ended(self._context, reason)}")
            why = f"{found}: the last probe {ended(self._context, reason, advice)}\n"
        data = {"hops": [[_data(query) for query in hop] for hop in hops], "reached": reached}
        ending = Ending("".join(f"{line}\n" for line in lines), reached)
        source = self._source.point
        upshot = Upshot(source, [], origins, verdicts, ending, self.failures, advice)
        return self._observation.report(upshot, why, reason, data)

    def _is_target(self, query: Query) -> bool:
        return query.final and query.sender == self._target


def _first_ttl(given: dict[str, Setting], deepest: int) -> int:
    """The TTL to begin with; InvalidValueError where that is beyond the last."""
    setting = given.get("first-ttl")
    if setting is None:
        return 1
    first = int(setting.value)
    if first > deepest:
        text = f"first hop out of range: first-ttl is {first}, but max-ttl {deepest}"
        raise InvalidValueError(text, setting.column, (f"a number from 1 to {deepest}",))
    return first


def _data(query: Query) -> dict[str, Any] | None:
    if query.sender is None:
        return None
    icmp = query.icmp
    return {
        "from": format_ipv4(query.sender),
        "rtt_ms": query.rtt_ns // 1000 / 1000,
        "icmp": None if icmp is None else {"type": icmp[0], "code": icmp[1]},
    }
