"""Keeping count of a ping's answers, and putting them into words and data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grammar.addresses import format_ipv4
from midocli.advice.failure import Advice
from midocli.context.context import Context
from midocli.probes import ping_text
from midocli.probes.echo_data import TIMESTAMP
from midocli.probes.echo_request import EchoRequest
from midocli.probes.senders import Sender
from midocli.probes.targets import Target
from midocli.probes.telling import ended, named, verdict
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, LocalError, Reason
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ADVICE

#: What there is to say of a request that was answered by whom it was sent to.
_ANSWERED: dict[str, Any] = {"reason": None, "advice": []}


class PingReport:
    """The running count, and the lines it makes."""

    def __init__(
        self,
        context: Context,
        target: Target,
        options: dict[str, Any],
        pattern: bytes,
        to_group: bool,
        enough: int,
    ) -> None:
        """Of a ping with these options, which so many answers are enough for.

        `to_group` where several machines may answer.
        """
        self._context = context
        self._target = target
        self._destination = format_ipv4(target.address)
        self._size: int = options["size"]
        self._pattern = pattern
        self._timed = self._size >= TIMESTAMP.size
        self._to_group = to_group
        self._quiet = "quiet" in options
        self._dated = "timestamps" in options
        self._source: int | None = options.get("src")
        self._floods = options["interval"] < SECOND_NS // 1000
        #: With a deadline: how many replies it is to get until then.
        self._until: int | None = options.get("count", 1) if "deadline" in options else None
        self._warning = ""
        self._lines: list[str] = []
        self._requests: list[EchoRequest] = []
        self._unsent: EchoRequest | None = None
        self._duplicates = 0
        self._rtts: list[int] = []
        self._pipe = 0
        self._first_ns = 0
        self._last_ns = 0
        #: How many requests were sent, were answered by a reply, and how many errors came.
        self.transmitted = 0
        self.received = 0
        self.errors = 0
        self.longest_ns = 0
        #: Replies that came from somebody else than was asked.
        self.strangers: list[Frame] = []
        #: Whether the last request that was sent has been answered.
        self.is_calm = True
        #: Whether so much was answered that ping ends (`main_loop`).
        self.is_enough = enough <= 0
        self._enough = enough

    # -- as things happen ------------------------------------------------------------

    def sent(self, request: EchoRequest, now_ns: int) -> None:
        """A request was sent."""
        if not self._requests:
            self._first_ns = now_ns
        self._last_ns = now_ns
        self._requests.append(request)
        self.transmitted += 1
        self.is_calm = False

    def warn_of_broadcast(self) -> None:
        """It goes to all of a network."""
        self._warning = ping_text.BROADCAST_WARNING

    def tell_outstanding(self) -> None:
        """The next request is about to be sent: say so if the last has no reply."""
        last = self._requests[-1]
        if last.outcome != "reply":
            self._say(ping_text.outstanding(last.seq))

    def could_not_send(self, source: Sender, request: EchoRequest, failure: LocalError) -> bool:
        """The source could not send; says whether ping goes on with the next request."""
        if failure.code != "network-unreachable":
            if not self._quiet:
                self._lines.append(f"ping: local error: {failure.text}\n")
                self._count_error()
            self.is_calm = True
            request.outcome = "error"
            text = f"{source.name} may not fragment: {failure.text}"
            mtu = {"mtu": failure.mtu}
            request.reason = Reason(Code.FRAGMENTATION_NEEDED, source.name, None, text, mtu)
            return True
        request.outcome = "lost"
        details = {"destination": self._target.address}
        text = f"{source.name} has no route to {self._destination}"
        request.reason = Reason(Code.NO_ROUTE, source.name, None, text, details)
        if request in self._requests:
            return True
        self._unsent = request
        self._lines.append(f"ping: connect: {failure.text}\n")
        return False

    def reply(self, request: EchoRequest, time_ns: int, frame: Frame) -> None:
        """An echo reply came in."""
        rtt_ns = time_ns - request.sent_ns if self._timed else None
        duplicate = request.outcome == "reply"
        self._acknowledge(request)
        if duplicate:
            self._duplicates += 1
        else:
            self.received += 1
            if self.received + self.errors >= self._enough:
                self.is_enough = True
            request.outcome, request.sender, request.ttl = "reply", frame.nw_src, frame.ttl
            request.rtt_ns = rtt_ns
            request.icmp = (frame.tp_src, frame.tp_dst)
        if rtt_ns is not None:
            self._rtts.append(rtt_ns)
            self.longest_ns = max(self.longest_ns, rtt_ns)
        different = frame.nw_src != self._target.address and not self._to_group
        if different:
            self.strangers.append(frame)
        if not self._quiet:
            self._say(
                ping_text.reply(
                    format_ipv4(frame.nw_src),
                    len(frame.payload) + 8,
                    request.seq,
                    frame.ttl,
                    rtt_ns,
                    duplicate and not self._to_group,
                    different,
                )
            )

    def error(self, request: EchoRequest, frame: Frame) -> None:
        """An ICMP error about a request came in; advice to the sender is only told."""
        if frame.tp_src in ADVICE:
            self._tell(request, frame)
            return
        self._acknowledge(request)
        self._count_error()
        if request.outcome is None:
            request.outcome, request.sender, request.ttl = "error", frame.nw_src, frame.ttl
            request.icmp = (frame.tp_src, frame.tp_dst)
        self._tell(request, frame)

    def _count_error(self) -> None:
        """One more error came, which is enough where there is a deadline."""
        self.errors += 1
        if self._until is not None or self.received + self.errors >= self._enough:
            self.is_enough = True

    def _tell(self, request: EchoRequest, frame: Frame) -> None:
        if not self._quiet:
            info = frame.icmp_id << 16 | frame.icmp_seq
            sender = format_ipv4(frame.nw_src)
            self._say(ping_text.error(sender, request.seq, frame.tp_src, frame.tp_dst, info))

    def _say(self, line: str) -> None:
        """Print a line, behind the time it is where that is wanted (`print_timestamp`)."""
        time_ns = self._context.clock.shown(self._context.datapath.network.engine.now_ns)
        self._lines.append(ping_text.dated(time_ns) + line if self._dated else line)

    def _acknowledge(self, request: EchoRequest) -> None:
        """The most requests that were out at once (iputils, `acknowledge`)."""
        self.is_calm = self.is_calm or request is self._requests[-1]
        outstanding = (self._requests[-1].seq - request.seq & 0xFFFF) + 1
        if outstanding <= 0x8000:
            self._pipe = max(self._pipe, outstanding)

    # -- at the end ------------------------------------------------------------------

    @property
    def succeeded(self) -> bool:
        """Whether every request was answered by an echo reply.

        With a deadline, whether as many were as were to be, and any at all (`finish`).
        """
        if self._until is None:
            return self._unsent is None and self.received == len(self._requests)
        return self.received >= self._until

    def text(self) -> str:
        """What ping prints."""
        if self._unsent is not None and not self._requests:
            return "".join(self._lines)
        numbers = ping_text.Statistics(
            len(self._requests),
            self.received,
            self._duplicates,
            self.errors,
            self._last_ns - self._first_ns,
            self._rtts,
            self._pipe,
            self._floods,
        )
        pattern = f"PATTERN: 0x{self._pattern.hex()}\n" if self._pattern and not self._quiet else ""
        return (
            pattern
            + self._warning
            + ping_text.header(self._target.name, self._destination, self._source, self._size)
            + "".join(self._lines)
            + ping_text.statistics(self._target.name, numbers)
        )

    def reasons(self, advice: Advice, stranger: Reason | None) -> str:
        """For each request without a reply, a line that says where and why it ended.

        Of a quiet ping one for all that ended alike. Where somebody else answered (`stranger`)
        one says why.
        """
        lost = [
            (request.seq, ended(self._context, request.reason, advice))
            for request in self.requests()
            if request.outcome != "reply" and request.reason is not None
        ]
        alike: dict[str, list[int]] = {}
        for seq, told in lost:
            alike.setdefault(told if self._quiet else f"{seq}", []).append(seq)
        texts = dict(lost)
        lines = [f"{_numbers(each)} {texts[each[0]]}\n" for each in alike.values()]
        lines += [f"{self._answered_by(stranger, advice)}\n"] if stranger is not None else []
        return "".join(lines)

    def _answered_by(self, stranger: Reason, advice: Advice) -> str:
        """That somebody else answered, and why, as far as that is known."""
        frame, ways = self.strangers[0], advice.of(stranger)
        told = f"icmp_seq={frame.icmp_seq} {self._by(frame.nw_src)}"
        why = f": {ways.changes[0].why}" if ways.changes else ""
        return f"{named(self._context, told + why)}{advice.tail(stranger)}"

    def verdicts(self) -> list[str]:
        """For each request, a line that says what became of it."""
        return [f"icmp_seq={request.seq}: {self._verdict(request)}" for request in self.requests()]

    def _verdict(self, request: EchoRequest) -> str:
        if request.outcome == "reply" and request.sender is not None:
            sender = format_ipv4(request.sender)
            if request.sender == self._target.address:
                return f"answered by {sender}"
            return self._by(request.sender)
        how = str(request.outcome)
        return ended(self._context, request.reason, how=how) if request.reason else how

    def _by(self, stranger: int) -> str:
        return f"answered, but by {format_ipv4(stranger)} instead of {self._destination}"

    def requests(self) -> list[EchoRequest]:
        """All requests, the one that could not be sent included."""
        return self._requests + ([self._unsent] if self._unsent else [])

    def data(
        self,
        source: str,
        captures: dict[str, Any],
        steps: list[dict[str, Any]],
        verdicts: Sequence[dict[str, Any]],
    ) -> dict[str, Any]:
        """The JSON form, with what `told` gave of each request."""
        requests = zip(self.requests(), verdicts, strict=True)
        return {
            "source": source,
            "destination": self._destination,
            "transmitted": len(self._requests),
            "received": self.received,
            "errors": self.errors,
            "duplicates": self._duplicates,
            "probes": [_request_data(request) | told for request, told in requests],
            "captures": captures,
            "steps": steps,
        }

    def told(self, advice: Advice, stranger: Reason | None) -> list[dict[str, Any]]:
        """For each request its reason and the advice; one that somebody else answered has some."""
        return [self._told(request, advice, stranger) for request in self.requests()]

    def _told(
        self, request: EchoRequest, advice: Advice, stranger: Reason | None
    ) -> dict[str, Any]:
        if request.outcome != "reply":
            return verdict(self._context, request.reason, advice)
        if request.sender == self._target.address:
            return _ANSWERED
        return {"reason": None, "advice": advice.of(stranger).best()}


def _request_data(request: EchoRequest) -> dict[str, Any]:
    icmp = request.icmp
    return {
        "seq": request.seq,
        "outcome": request.outcome,
        "from": None if request.sender is None else format_ipv4(request.sender),
        "ttl": request.ttl,
        "rtt_ms": None if request.rtt_ns is None else request.rtt_ns // 1000 / 1000,
        "icmp": None if icmp is None else {"type": icmp[0], "code": icmp[1]},
    }


def _numbers(seqs: list[int]) -> str:
    """The requests that a line is about: the first of them, and how many more there are."""
    more = f" (and {len(seqs) - 1} more)" if len(seqs) > 1 else ""
    return f"icmp_seq={seqs[0]}{more}"
