"""Keeping count of a ping's answers, and putting them into words and data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.addresses import format_ipv4
from midocli.advice.failure import Failure
from midocli.probes import ping_text
from midocli.probes.echo_data import TIMESTAMP
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.frame import Frame

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.probes.echo_request import EchoRequest
    from midocli.probes.senders import Sender
    from midocli.simulator.reason import LocalError


class PingReport:
    """The running count, and the lines it makes."""

    def __init__(
        self,
        context: Context,
        destination: str,
        size: int,
        pattern: bytes,
        quiet: bool,
    ) -> None:
        self._context = context
        self._destination = destination
        self._size = size
        self._pattern = pattern
        self._timed = size >= TIMESTAMP.size
        self._quiet = quiet
        self._lines: list[str] = []
        self._requests: list[EchoRequest] = []
        self._unsent: EchoRequest | None = None
        self._duplicates = 0
        self._errors = 0
        self._rtts: list[int] = []
        self._pipe = 0
        self._first_ns = 0
        self._last_ns = 0
        #: How many requests were sent, were answered by a reply, and by anything.
        self.transmitted = 0
        self.received = 0
        self.answered = 0
        self.longest_ns = 0

    # -- as things happen ------------------------------------------------------------

    def sent(self, request: EchoRequest, now_ns: int) -> None:
        """A request was sent."""
        if not self._requests:
            self._first_ns = now_ns
        self._last_ns = now_ns
        self._requests.append(request)
        self.transmitted += 1

    def could_not_send(
        self, source: Sender, request: EchoRequest, failure: LocalError, destination: int
    ) -> bool:
        """The source could not send; says whether ping goes on with the next request."""
        if request in self._requests:
            if not self._quiet:
                self._lines.append(f"ping: local error: {failure.text}\n")
                self._errors += 1
            self.answered += 1
            request.outcome = "error"
            text = f"{source.name} may not fragment: {failure.text}"
            mtu = {"mtu": failure.mtu}
            request.reason = Reason(Code.FRAGMENTATION_NEEDED, source.name, None, text, mtu)
            return True
        self._unsent = request
        request.outcome = "lost"
        details = {"destination": destination}
        text = f"{source.name} has no route to {self._destination}"
        request.reason = Reason(Code.NO_ROUTE, source.name, None, text, details)
        self._lines.append(f"ping: connect: {failure.text}\n")
        return False

    def reply(self, request: EchoRequest, time_ns: int, frame: Frame, destination: int) -> None:
        """An echo reply came in."""
        rtt_ns = time_ns - request.sent_ns if self._timed else None
        duplicate = request.outcome == "reply"
        self._acknowledge(request)
        if duplicate:
            self._duplicates += 1
        else:
            self.received += 1
            self.answered += request.outcome is None
            request.outcome, request.sender, request.ttl = "reply", frame.nw_src, frame.ttl
            request.rtt_ns = rtt_ns
            request.icmp = (frame.tp_src, frame.tp_dst)
        if rtt_ns is not None:
            self._rtts.append(rtt_ns)
            self.longest_ns = max(self.longest_ns, rtt_ns)
        if not self._quiet:
            length = len(frame.payload) + 8
            different = frame.nw_src != destination
            self._lines.append(
                ping_text.reply(
                    format_ipv4(frame.nw_src),
                    length,
                    request.seq,
                    frame.ttl,
                    rtt_ns,
                    duplicate,
                    different,
                )
            )

    def error(self, request: EchoRequest, frame: Frame) -> None:
        """An ICMP error about a request came in; advice to the sender is only told."""
        if frame.tp_src in ping_text.ADVICE:
            self._tell(request, frame)
            return
        self._acknowledge(request)
        self._errors += 1
        self.answered += request.outcome is None
        if request.outcome is None:
            request.outcome, request.sender, request.ttl = "error", frame.nw_src, frame.ttl
            request.icmp = (frame.tp_src, frame.tp_dst)
        self._tell(request, frame)

    def _tell(self, request: EchoRequest, frame: Frame) -> None:
        if not self._quiet:
            info = frame.icmp_id << 16 | frame.icmp_seq
            sender = format_ipv4(frame.nw_src)
            self._lines.append(
                ping_text.error(sender, request.seq, frame.tp_src, frame.tp_dst, info)
            )

    def _acknowledge(self, request: EchoRequest) -> None:
        """The most requests that were out at once (iputils, `acknowledge`)."""
        outstanding = (self._requests[-1].seq - request.seq & 0xFFFF) + 1
        if outstanding <= 0x8000:
            self._pipe = max(self._pipe, outstanding)

    # -- at the end ------------------------------------------------------------------

    @property
    def succeeded(self) -> bool:
        """Whether every request was answered by an echo reply."""
        return self._unsent is None and self.received == len(self._requests)

    def text(self) -> str:
        """What ping prints."""
        if self._unsent is not None and not self._requests:
            return "".join(self._lines)
        numbers = ping_text.Statistics(
            len(self._requests),
            self.received,
            self._duplicates,
            self._errors,
            self._last_ns - self._first_ns,
            self._rtts,
            self._pipe,
        )
        pattern = f"PATTERN: 0x{self._pattern.hex()}\n" if self._pattern and not self._quiet else ""
        return (
            pattern
            + ping_text.header(self._destination, self._size)
            + "".join(self._lines)
            + ping_text.statistics(self._destination, numbers)
        )

    def reasons(self) -> str:
        """For each request without a reply, a line that says where and why it ended."""
        if self._quiet:
            return ""
        return "".join(
            self._reason_line(request, request.reason)
            for request in self.requests()
            if request.outcome != "reply" and request.reason is not None
        )

    def endings(self) -> list[Reason]:
        """Why requests were not answered, in their order."""
        probes = (request for request in self.requests() if request.outcome != "reply")
        return [request.reason for request in probes if request.reason is not None]

    def verdicts(self, destination: int) -> list[str]:
        """For each request, a line that says what became of it."""
        return [
            f"icmp_seq={request.seq}: {self._verdict(request, destination)}"
            for request in self.requests()
        ]

    def _verdict(self, request: EchoRequest, destination: int) -> str:
        if request.outcome == "reply" and request.sender is not None:
            sender = format_ipv4(request.sender)
            if request.sender == destination:
                return f"answered by {sender}"
            return f"answered, but by {sender} instead of {self._destination}"
        reason = request.reason
        where = f" at {reason.at} ({reason.code}): {reason.text}" if reason else ""
        return f"{request.outcome}{where}"

    def requests(self) -> list[EchoRequest]:
        """All requests, the one that could not be sent included."""
        return self._requests + ([self._unsent] if self._unsent else [])

    def _reason_line(self, request: EchoRequest, reason: Reason) -> str:
        line = f"icmp_seq={request.seq} ended at {reason.at} ({reason.code}): {reason.text}"
        from midocli.advice.advise import remedy

        command = remedy(self._context, request.failure or Failure(reason))
        return f"{line}; try: {command}\n" if command else f"{line}\n"

    def data(
        self, source: str, captures: dict[str, Any], steps: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """The JSON form."""
        return {
            "source": source,
            "destination": self._destination,
            "transmitted": len(self._requests),
            "received": self.received,
            "errors": self._errors,
            "duplicates": self._duplicates,
            "probes": [_request_data(request) for request in self.requests()],
            "captures": captures,
            "steps": steps,
        }


def _request_data(request: EchoRequest) -> dict[str, Any]:
    icmp = request.icmp
    return {
        "seq": request.seq,
        "outcome": request.outcome,
        "from": None if request.sender is None else format_ipv4(request.sender),
        "ttl": request.ttl,
        "rtt_ms": None if request.rtt_ns is None else request.rtt_ns // 1000 / 1000,
        "icmp": None if icmp is None else {"type": icmp[0], "code": icmp[1]},
        "reason": reason_data(request.reason) if request.outcome != "reply" else None,
    }


def reason_data(reason: Reason | None) -> dict[str, Any] | None:
    """The JSON form of a reason."""
    if reason is None:
        return None
    return {
        "code": str(reason.code),
        "at": reason.at,
        "rule": reason.rule,
        "text": reason.text,
    }
