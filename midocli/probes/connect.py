"""connect: a TCP connection or UDP exchange, and which addresses each side saw."""

from __future__ import annotations

from typing import Any

from grammar.addresses import format_ipv4
from grammar.commands.connect import OPTIONS, Connect
from grammar.errors import RefusedError
from grammar.words import as_bytes
from midocli.advice.failure import Advice, Failure
from midocli.advice.whereabouts import mac_of
from midocli.context.context import Context
from midocli.datapath.wiring import guest_behind
from midocli.probes.drawing import Ending
from midocli.probes.observation import Observation, Upshot
from midocli.probes.ping_text import describe
from midocli.probes.senders import find_sender
from midocli.probes.targets import find_target
from midocli.probes.telling import ended
from midocli.results.values import Report
from midocli.simulator.guests.client import TcpClient, UdpClient
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.addresses import LOOPBACK, NO_ADDRESS
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import FAILURES, ICMP, UNREACHABLE

_WAIT_NS = 5 * SECOND_NS
_PORT_UNREACHABLE = 3
_DEFAULTS = {field.name: field.default for field in OPTIONS if field.default is not None}
Endpoint = tuple[int, int]


class ConnectProbe:
    """One `connect` command."""

    def __init__(self, context: Context, command: Connect) -> None:
        self._context = context
        self._network = context.datapath.network
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._data = as_bytes(values["data"]) or b"\n"
        self._proto = command.proto
        target = find_target(context, command.destination)
        self._observation = Observation(context, command, given, "icmp or tcp or udp")
        self._source = find_sender(context, command.source, values)
        stack = self._source.stack
        if stack is None:
            raise RefusedError("a router cannot connect; a guest or a station can")
        self._remote = (target.seen_from(self._source).address, command.port)
        port = values.get("src-port") or 32768 + context.chance.getrandbits(14)
        kind = TcpClient if self._proto == "tcp" else UdpClient
        local = (self._own_address(), port)
        self._client = kind(stack, local, self._remote, object())
        self._icmp: tuple[int, int] | None = None
        self._outcome = ""
        self._reason: Reason | None = None
        #: Why there was no answer.
        self.failures: list[Failure] = []

    def _own_address(self) -> int:
        """The address the source sends from to the destination."""
        remote, stack = self._remote[0], self._source.stack
        if self._source.address != NO_ADDRESS:
            return self._source.address
        if remote >> 24 == LOOPBACK:
            return remote
        plan = stack.plan if stack is not None else None
        route = plan.route(remote) if plan is not None else None
        return int(route[4]) if route is not None else 0

    def drive(self) -> None:
        """Talk, until it has ended."""
        client, source, network = self._client, self._source, self._network
        socket = (client.protocol, client.local[1], *client.remote)
        network.listeners.add(source.key, self._arrived)
        client.stack.sockets[socket] = client.receive
        try:
            with self._observation.watching(source.point, everywhere=True):
                failure = client.start(self._data)
                if failure is not None:
                    self._fail(failure.text)
                network.engine.run(self._is_over, network.engine.now_ns + _WAIT_NS)
                self._outcome = self._how_it_ended()
                if self._reason is None and self._outcome != "open":
                    self._reason = self._observation.reason(client.origin) or self._silence()
                client.close()
                self._observation.until_quiet()
        finally:
            del client.stack.sockets[socket]
            network.listeners.remove(source.key, self._arrived)
            source.close()
        if self._outcome != "open" and self._reason is not None:
            reason, (remote, port) = self._reason, self._remote
            self.failures.append(self._observation.failure(reason, source.name, remote, port))

    @property
    def succeeded(self) -> bool:
        """Whether there was an answer."""
        return self._outcome == "open"

    def _silence(self) -> Reason | None:
        """That nothing came back, and nothing was dropped; None where there was an answer."""
        if self._client.outcome is not None or self._icmp is not None:
            return None
        text = "no answer came back in time, and nothing was dropped"
        return Reason(Code.NO_ANSWER, self._source.name, None, text)

    def _fail(self, text: str) -> None:
        self._icmp = (UNREACHABLE, 0)
        where = self._source.name
        self._reason = Reason(Code.NO_ROUTE, where, None, f"{where}: {text}")

    def _is_over(self) -> bool:
        return self._client.outcome is not None or self._icmp is not None

    def _arrived(self, arrival: Arrival) -> None:
        quoted, frame = arrival.quoted, arrival.frame
        if self._outcome or quoted is None or frame.proto != ICMP or frame.tp_src not in FAILURES:
            return
        ends = (quoted.nw_src, quoted.tp_src), (quoted.nw_dst, quoted.tp_dst)
        if (quoted.proto, *ends) == (self._client.protocol, self._client.local, self._remote):
            self._icmp = (frame.tp_src, frame.tp_dst)
            self._reason = self._observation.reason(self._client.origin)

    # -- summing up ------------------------------------------------------------------

    def _how_it_ended(self) -> str:
        if self._client.outcome is not None:
            return self._client.outcome
        if self._icmp is None:
            return "timeout"
        return "refused" if self._icmp == (UNREACHABLE, _PORT_UNREACHABLE) else "unreachable"

    def sum_up(self, advice: Advice) -> Report:
        """How it ended, and all that was seen."""
        outcome, seen = self._outcome, self._seen_by_server()
        lines = [f"{self._proto} {_pair(self._client.local, self._remote)}: {outcome}"]
        if self._icmp is not None:
            kind, code = self._icmp
            lines[0] += f" (ICMP {kind}/{code}: {describe(kind, code, 0)})"
        if seen is not None:
            lines.append(f"the server saw {_pair(*seen)}")
        reason = self._reason if outcome != "open" else None
        why = f"{ended(self._context, reason, advice)}\n" if reason is not None else ""
        verdicts = lines[:1]
        verdicts += [ended(self._context, reason)] if reason is not None else []
        data = {
            "outcome": outcome,
            "client": _endpoint(self._client.local),
            "server": _endpoint(self._remote),
            "seen_by_server": [_endpoint(end) for end in seen] if seen is not None else None,
            "icmp": self._icmp and {"type": self._icmp[0], "code": self._icmp[1]},
        }
        printed = "".join(f"{line}\n" for line in lines)
        ending, origins = Ending(printed, outcome == "open"), [self._client.origin]
        source, ends = self._source.point, self._ends()
        upshot = Upshot(source, ends, origins, verdicts, ending, self.failures, advice)
        return self._observation.report(upshot, why, reason, data)

    def _out(self) -> list[tuple[object, Frame]]:
        """Our packets where they left the network, but not at our own side."""
        own = self._source.point.key if self._source.point else None
        return [
            (captured.point, Frame.from_bytes(captured.data))
            for captured in self._observation.captured()
            if captured.direction == "out"
            and captured.point != own
            and isinstance(captured.point, str)
            and captured.origin is self._client.origin
        ]

    def _seen_by_server(self) -> tuple[Endpoint, Endpoint] | None:
        """The ends of the first packet that a machine was given; copies elsewhere don't count."""
        for point, frame in self._out():
            ours = frame.proto == self._client.protocol and frame.tp_src >= 0
            if ours and self._is_given(str(point), frame.hw_dst):
                return (frame.nw_src, frame.tp_src), (frame.nw_dst, frame.tp_dst)
        return None

    def _is_given(self, point: str, mac: int) -> bool:
        """Whether a machine that is up has the MAC at an interface."""
        nic = guest_behind(self._context.resolver.interface(point))
        if nic is None:
            return False
        return (nic.parent or nic).get("state") == "up" and mac_of(nic) == mac

    def _ends(self) -> list[Any]:
        protocol = self._client.protocol
        return list(dict.fromkeys(point for point, frame in self._out() if frame.proto == protocol))


def _endpoint(end: Endpoint) -> list[Any]:
    return [format_ipv4(end[0]), end[1]]


def _pair(one: Endpoint, other: Endpoint) -> str:
    return " > ".join(f"{format_ipv4(address)}:{port}" for address, port in (one, other))
