"""ping: echo requests from a source, what came back, and where the others ended.

The rhythm is that of ping(8) of iputils: a request every interval; after the
last one the wait is two of the longest round trips (an interval at least) when
something was answered, and the timeout when nothing was.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from grammar import tree
from grammar.addresses import format_ipv4
from grammar.commands.ping import OPTIONS, Ping
from grammar.errors import InvalidValueError
from midocli.probes import echo_data
from midocli.probes.drawing import Ending
from midocli.probes.echo_request import EchoRequest
from midocli.probes.observation import Observation
from midocli.probes.ping_report import PingReport
from midocli.probes.senders import EchoHeader, find_address, find_sender
from midocli.results.values import Interrupted, Report
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ERROR_TYPES, ICMP

if TYPE_CHECKING:
    from midocli.context.context import Context

#: The clock tick of the kernel whose timers wake ping up.
_TICK_NS = 4_000_000
_DEFAULTS = {field.name: field.default for field in OPTIONS if field.default is not None}


class PingProbe:
    """One `ping` command."""

    def __init__(self, context: Context, command: Ping) -> None:
        self._context = context
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._count: int = values.get("count", 3 if context.manner.interactive else 1)
        self._destination = find_address(context, command.destination)
        self._observation = Observation(context, command, given)
        self._pattern = _pattern(given.get("pattern"))
        self._values = values
        icmp_id = values.get("id")
        if icmp_id is None:
            icmp_id = context.chance.getrandbits(16)
        self._header = EchoHeader(values, icmp_id)
        self._network = context.datapath.network
        self._source = find_sender(context, command.source, values)
        self._requests: dict[int, EchoRequest] = {}
        self._last_sent = 0
        #: When the next request is due; None: there is none any more.
        self._next_send: int | None = None
        self._is_over = False
        self._report = PingReport(
            context,
            format_ipv4(self._destination),
            values["size"],
            self._pattern,
            "quiet" in values,
        )

    def run(self) -> Report:
        """Send the requests, wait for what comes back, and sum up.

        At the prompt Ctrl-C raises Interrupted, with what ping(8) prints then: the replies
        so far and the statistics.
        """
        listeners, source = self._network.listeners, self._source
        listeners.add(source.key, self._arrived)
        try:
            lasting = self._count * self._values["interval"] + self._values["timeout"]
            with self._observation.watching(source.point, lasting_ns=lasting):
                if self._is_interrupted():
                    raise Interrupted(self._cut_short())
                self._judge()
        finally:
            self._is_over = True
            listeners.remove(source.key, self._arrived)
            source.close()
        return self._sum_up()

    def _is_interrupted(self) -> bool:
        """Send the requests; whether Ctrl-C ended that, where something can be summed up.

        Only the prompt lets it in where the network is whole.
        """
        try:
            self._send_all()
        except KeyboardInterrupt:
            if self._context.manner.interactive and self._report.transmitted:
                return True
            raise
        return False

    # -- sending and receiving ----------------------------------------------------

    def _send_all(self) -> None:
        engine = self._network.engine
        interval: int = self._values["interval"]
        data = echo_data.filler(self._values["size"], self._pattern)
        first: int = self._values["seq"]
        for number in range(self._count):
            if number:
                engine.run_until(self._last_sent + interval)
            self._context.progress("ping", number, self._count)
            self._next_send = engine.now_ns + interval if number + 1 < self._count else None
            if not self._send(first + number & 0xFFFF, data):
                return
            if self._header.ip_id is not None:
                self._header.ip_id = self._header.ip_id + 1 & 0xFFFF
            engine.run(self._all_back, self._last_sent + interval)
        engine.run(self._all_back, self._last_sent + self._patience())

    def _send(self, seq: int, data: bytes) -> bool:
        """Send one request; False where the source has no way to send at all."""
        engine = self._network.engine
        request = EchoRequest(seq, engine.now_ns)
        stamped = echo_data.stamped(data, self._context.clock.shown(engine.now_ns))
        failure = self._source.send(self._destination, seq, stamped, self._header, request)
        if failure is None or failure.code != "network-unreachable":
            self._requests[seq] = request
            self._last_sent = engine.now_ns
            self._report.sent(request, self._last_sent)
        if failure is None:
            return True
        return self._report.could_not_send(self._source, request, failure, self._destination)

    def _patience(self) -> int:
        """How long to wait after the last request (iputils, `__schedule_exit`)."""
        if not self._report.received:
            return int(self._values["timeout"])
        return max(2 * self._report.longest_ns, int(self._values["interval"]))

    def _all_back(self) -> bool:
        return self._report.answered >= self._report.transmitted

    def _arrived(self, arrival: Arrival) -> None:
        """An ICMP message for the source: is it about one of our requests?"""
        frame = arrival.frame
        if frame.proto != ICMP:
            return
        if frame.tp_src == ECHO_REPLY:
            request = self._requests.get(frame.icmp_seq)
            if request is not None and frame.icmp_id == self._header.icmp_id:
                self._report.reply(request, arrival.time_ns, frame, self._destination)
        elif frame.tp_src in ERROR_TYPES and arrival.quoted is not None:
            quoted = arrival.quoted
            request = self._requests.get(quoted.icmp_seq)
            if request is not None and self._is_ours(quoted):
                self._heard(request, arrival)

    def _is_ours(self, quoted: Frame) -> bool:
        """Whether an error is about one of our requests, still for whom it was sent to."""
        return (
            quoted.proto == ICMP
            and quoted.tp_src == ECHO_REQUEST
            and quoted.icmp_id == self._header.icmp_id
            and quoted.nw_dst == self._destination
        )

    def _heard(self, request: EchoRequest, arrival: Arrival) -> None:
        """Take in an error; one of the tick in which the next request is due is read after it."""
        now_ns, next_send = self._network.engine.now_ns, self._next_send
        if next_send is not None and now_ns < next_send <= now_ns + _TICK_NS:
            later = partial(self._read_error, request, arrival.frame)
            self._network.engine.at(next_send + 1, later)
        else:
            self._read_error(request, arrival.frame)

    def _read_error(self, request: EchoRequest, frame: Frame) -> None:
        if not self._is_over:
            self._report.error(request, frame)

    # -- summing up ------------------------------------------------------------------

    def _judge(self) -> None:
        """Find out why requests were not answered, while the network still knows."""
        for request in self._report.requests():
            if request.outcome == "reply" or request.reason is not None:
                continue
            reason = self._observation.reason(request)
            if reason is None and request.outcome is None:
                where = self._source.name
                text = "no answer came back in time, and nothing was dropped"
                reason = Reason(Code.NO_ANSWER, where, None, text)
            request.reason = reason
            if request.outcome is None:
                request.outcome = "lost"
        for request in self._report.requests():
            if request.outcome != "reply" and request.reason is not None:
                reason, source = request.reason, self._source.name
                request.failure = self._observation.failure(reason, source, self._destination)

    def _sum_up(self) -> Report:
        report = self._report
        origins = report.requests()
        verdicts = report.verdicts(self._destination)
        failures = [request.failure for request in origins if request.failure is not None]
        ending = Ending(report.text(), report.succeeded)
        shown = self._observation.shown(
            self._source.point, self._ends(), origins, verdicts, ending, failures
        )
        reasons = report.reasons()

        def words() -> Iterator[str]:
            yield ending.printed
            yield from shown.pieces()
            yield reasons + shown.explanation

        def data() -> dict[str, Any]:
            found = report.data(self._source.name, shown.frames(), shown.steps)
            return {**found, **shown.members}

        return Report(words, data, report.succeeded)

    def _cut_short(self) -> Report:
        """The sum of an interrupted ping: at once, so without frames, walks and verdicts."""
        for request in self._report.requests():
            request.outcome = request.outcome or "lost"
        name = self._source.name
        return Report(self._report.text(), lambda: self._report.data(name, {}, []), answered=False)

    def _ends(self) -> list[Hashable]:
        """The interfaces where a request came out of the network, best the one that answered."""
        out: dict[Hashable, None] = {}
        answered: dict[Hashable, None] = {}
        for captured in self._observation.captured():
            if not isinstance(captured.origin, EchoRequest) or captured.data[12:14] != b"\x08\x00":
                continue
            if captured.direction == "out":
                out[captured.point] = None
            elif captured.point in out:
                answered[captured.point] = None
        return list(answered or out)


def _pattern(setting: tree.Setting | None) -> bytes:
    """Up to 16 bytes in hex, as ping -p takes them."""
    if setting is None:
        return b""
    text = setting.text
    try:
        pattern = bytes.fromhex(text if len(text) % 2 == 0 else text[:-1] + "0" + text[-1])
    except ValueError:
        pattern = b""
    if not 1 <= len(pattern) <= 16:
        raise InvalidValueError(
            f"invalid pattern {text[:40]!r}: expected 1 to 16 bytes in hex", setting.column
        )
    return pattern
