"""ping: echo requests from a source, what came back, and where the others ended.

The rhythm is that of ping(8) of iputils 20221126: a request every interval, until as many were
answered, by replies or errors, as were to be sent, or, with a deadline, anything but a reply came.
After the last one the wait is two of the longest round trips (an interval at least) when something
was answered until then, and the timeout when nothing was (`ping_common.c`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import Any

from grammar import tree
from grammar.addresses import format_ipv4
from grammar.commands.ping import OPTIONS, Ping
from grammar.errors import InvalidValueError
from midocli.advice.failure import NOTHING, Advice, Failure
from midocli.context.context import Context
from midocli.probes import echo_data, ping_text
from midocli.probes.drawing import Ending
from midocli.probes.echo_request import EchoRequest
from midocli.probes.observation import Observation, Upshot
from midocli.probes.ping_report import PingReport
from midocli.probes.senders import EchoHeader, find_sender
from midocli.probes.targets import find_target
from midocli.results.values import Interrupted, Report
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.addresses import is_multicast
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ERROR_TYPES, ICMP

#: The clock tick of the kernel whose timers wake ping up.
_TICK_NS = 4_000_000
_MILLISECOND_NS = SECOND_NS // 1000
#: The least from one request to the next while one is out (`MININTERVAL`).
_LEAST_INTERVAL_NS = 10 * _MILLISECOND_NS
_MOST_REQUESTS = 1_000_000
#: What is left to whom it is sent, where it is not given.
_OPEN = ("ttl", "df")
_DEFAULTS = {
    field.name: field.default
    for field in OPTIONS
    if field.default is not None and field.name not in _OPEN
}


class PingProbe:
    """One `ping` command."""

    def __init__(self, context: Context, command: Ping) -> None:
        self._context = context
        given = {setting.field.name: setting for setting in command.options}
        values: dict[str, Any] = _DEFAULTS | {name: s.value for name, s in given.items()}
        self._values = values
        self._interval_ns: int = values["interval"] // _MILLISECOND_NS * _MILLISECOND_NS
        self._deadline_ns: int | None = values.get("deadline")
        #: How many are to be answered; None: as many as it takes until the deadline.
        self._count: int | None = values.get("count")
        if self._count is None and self._deadline_ns is None:
            self._count = 3 if context.manner.interactive else 1
        target = find_target(context, command.destination)
        self._observation = Observation(context, command, given)
        pattern = _pattern(given.get("pattern"))
        icmp_id = values.get("id")
        if icmp_id is None:
            icmp_id = context.chance.getrandbits(16)
        self._network = context.datapath.network
        self._source = find_sender(context, command.source, values)
        self._target = target = target.seen_from(self._source)
        self._is_to_all = self._source.is_broadcast(target.address)
        to_group = is_multicast(target.address) or values.get("broadcast", False)
        if is_multicast(target.address):
            values.setdefault("ttl", 1)
        self._header = EchoHeader(values, icmp_id, to_group)
        self._data = echo_data.filler(values["size"], pattern)
        self._requests: dict[int, EchoRequest] = {}
        self._last_sent = 0
        #: When the next request is due; None: there is none any more.
        self._next_send: int | None = None
        self._is_over = False
        self._is_refused = False
        enough = _MOST_REQUESTS + 1 if self._count is None else self._count
        self._report = PingReport(context, target, values, pattern, to_group, enough)

    def drive(self) -> None:
        """Send the requests, and wait for what comes back.

        At the prompt Ctrl-C raises Interrupted, with what ping(8) prints then: the replies
        so far and the statistics.
        """
        if self._is_to_all and not self._values.get("broadcast"):
            self._is_refused = True
            self._source.close()
            return
        if self._is_to_all and "src" not in self._values:
            self._report.warn_of_broadcast()
        listeners, source = self._network.listeners, self._source
        listeners.add(source.key, self._arrived)
        try:
            with self._observation.watching(source.point, lasting_ns=self._longest_ns):
                if self._is_interrupted():
                    raise Interrupted(self._cut_short())
                self._read_what_is_there()
                self._observation.until_quiet()
                self._judge()
        finally:
            self._is_over = True
            listeners.remove(source.key, self._arrived)
            source.close()

    def _refusal(self) -> Report:
        """What ping says instead of pinging all of a network, which has to be asked for."""
        text, name = ping_text.BROADCAST_REFUSED, self._source.name
        told = self._report.told(NOTHING, None)
        return Report(text, lambda: self._report.data(name, {}, [], told), answered=False)

    @property
    def _longest_ns(self) -> int:
        """How long it may take until it ends."""
        if self._deadline_ns is not None:
            return self._deadline_ns
        assert self._count is not None
        return self._count * self._interval_ns + int(self._values["timeout"])

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
        """Send a request after the other until enough is answered or the time is over."""
        engine, deadline_ns, total = self._network.engine, self._deadline_ns, self._count
        end_ns = None if deadline_ns is None else engine.now_ns + deadline_ns
        first: int = self._values["seq"]
        most = _MOST_REQUESTS if end_ns is not None or total is None else total
        for number in range(most):
            self._context.progress("ping", number, total or most)
            if number and "outstanding" in self._values:
                self._report.tell_outstanding()
            self._next_send = engine.now_ns + self._interval_ns if number + 1 < most else None
            if not self._send(first + number & 0xFFFF):
                return
            if self._header.ip_id is not None:
                self._header.ip_id = self._header.ip_id + 1 & 0xFFFF
            if self._next_send is None or not self._wait_for_next(end_ns):
                break
        if end_ns is None:
            self._wait_until(self._last_sent + self._patience())

    def _wait_for_next(self, end_ns: int | None) -> bool:
        """Let it become time for the next request; False where none is to be sent any more."""
        due_ns = self._last_sent + self._interval_ns
        if self._interval_ns < _LEAST_INTERVAL_NS:
            later_ns = self._last_sent + _LEAST_INTERVAL_NS
            if not self._network.engine.run(self._is_calm, later_ns):
                due_ns = later_ns
        if end_ns is None or due_ns < end_ns:
            return not self._wait_until(due_ns)
        self._wait_until(end_ns)
        return False

    def _wait_until(self, time_ns: int) -> bool:
        """Let it become that time, unless enough is answered before; whether it is."""
        engine = self._network.engine
        if engine.run(self._is_enough, time_ns):
            return True
        if engine.now_ns < time_ns:  # nothing was pending
            engine.run_until(time_ns)
        return False

    def _read_what_is_there(self) -> None:
        """Take in what has come at the same time as what ended it, while a request is out."""
        engine, report = self._network.engine, self._report
        engine.run(lambda: report.is_calm, engine.now_ns)
        self._is_over = True

    def _is_calm(self) -> bool:
        """Whether nothing is out, or no more is to be sent."""
        return self._report.is_calm or self._report.is_enough

    def _is_enough(self) -> bool:
        return self._report.is_enough

    def _send(self, seq: int) -> bool:
        """Send one request; False where the source has no way to send at all."""
        engine = self._network.engine
        request = EchoRequest(seq, engine.now_ns)
        stamped = echo_data.stamped(self._data, self._context.clock.shown(engine.now_ns))
        target = self._target.address
        failure = self._source.send(target, seq, stamped, self._header, request)
        is_unreachable = failure is not None and failure.code == "network-unreachable"
        # Whoever gives an address to send from does not look for a route first (connect(2)).
        if not is_unreachable or "src" in self._values:
            self._requests[seq] = request
            self._last_sent = engine.now_ns
            self._report.sent(request, self._last_sent)
        if failure is None:
            return True
        return self._report.could_not_send(self._source, request, failure)

    def _patience(self) -> int:
        """How long to wait after the last request (`__schedule_exit`)."""
        if not self._report.received:
            return int(self._values["timeout"])
        return max(2 * self._report.longest_ns, self._interval_ns)

    def _arrived(self, arrival: Arrival) -> None:
        """An ICMP message for the source: is it about one of our requests?"""
        frame = arrival.frame
        if frame.proto != ICMP or self._is_over:
            return
        if frame.tp_src == ECHO_REPLY:
            request = self._requests.get(frame.icmp_seq)
            if request is not None and frame.icmp_id == self._header.icmp_id:
                self._report.reply(request, arrival.time_ns, frame)
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
            and quoted.nw_dst == self._target.address
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
                target = self._target.address
                request.failure = self._observation.failure(reason, source, target)

    @property
    def succeeded(self) -> bool:
        """Whether every request was answered by whom it was sent to."""
        report = self._report
        return report.succeeded and not report.strangers and not self._is_refused

    @property
    def failures(self) -> list[Failure]:
        """Why requests were not answered, or not by whom they were sent to."""
        found = [each.failure for each in self._report.requests() if each.failure is not None]
        stranger = self._stranger()
        return found or ([] if stranger is None else [stranger])

    def _stranger(self) -> Failure | None:
        """That somebody else answered than was asked, where anybody did."""
        if not self._report.strangers:
            return None
        frame, source = self._report.strangers[0], self._source.name
        reason = Reason(Code.NO_ANSWER, source, None, f"{format_ipv4(frame.nw_src)} answers")
        return Failure(reason, frame, source, self._target.address)

    def sum_up(self, advice: Advice) -> Report:
        """What ping prints, and all that was seen."""
        if self._is_refused:
            return self._refusal()
        report = self._report
        origins = report.requests()
        verdicts = report.verdicts()
        failures = [request.failure for request in origins if request.failure is not None]
        ending = Ending(report.text(), report.succeeded)
        source, ends = self._source.point, self._ends()
        shown = self._observation.shown(
            Upshot(source, ends, origins, verdicts, ending, failures, advice)
        )
        stranger = self._stranger()
        why = stranger.reason if stranger is not None else None
        reasons, told = report.reasons(advice, why), report.told(advice, why)

        def words() -> Iterator[str]:
            yield ending.printed
            yield from shown.pieces()
            yield reasons + shown.explanation

        def data() -> dict[str, Any]:
            found = report.data(self._source.name, shown.frames(), shown.steps, told)
            return {**found, **shown.members}

        return Report(words, data, report.succeeded)

    def _cut_short(self) -> Report:
        """The sum of an interrupted ping: at once, so without frames, walks and verdicts."""
        for request in self._report.requests():
            request.outcome = request.outcome or "lost"
        name = self._source.name
        report, told = self._report, self._report.told(NOTHING, None)
        return Report(report.text(), lambda: report.data(name, {}, [], told), answered=False)

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
