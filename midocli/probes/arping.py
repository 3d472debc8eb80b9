"""arping: who has an address, asked and answered by ARP (iputils, `arping.c`)."""

from __future__ import annotations

from grammar.addresses import format_ipv4
from grammar.commands.arping import Arping
from grammar.errors import RefusedError
from midocli.advice.failure import Advice, Failure
from midocli.context.context import Context
from midocli.probes.drawing import Ending
from midocli.probes.observation import Observation, Upshot
from midocli.probes.senders import find_sender
from midocli.probes.targets import find_target
from midocli.probes.telling import ended
from midocli.results.values import Report
from midocli.simulator.latency import SECOND_NS, STACK_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Nic
from midocli.simulator.wire.addresses import BROADCAST_MAC, NO_ADDRESS
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request


class ArpingProbe:
    """One `arping` command: a broadcast request, and a second to answer it."""

    def __init__(self, context: Context, command: Arping) -> None:
        self._context = context
        self._network = context.datapath.network
        given = {setting.field.name: setting for setting in command.options}
        self._target = find_target(context, command.destination).address
        self._observation = Observation(context, command, given, default_filter="arp")
        values = {name: setting.value for name, setting in given.items()}
        self._source = find_sender(context, command.source, values)
        if self._source.stack is None:
            raise RefusedError("a router cannot arping; a guest or a station can")
        self._stack = self._source.stack
        self._origin = object()
        self._mac: int | None = None
        self._sent_ns = self._answered_ns = 0
        self._reason: Reason | None = None
        #: Why nobody answered.
        self.failures: list[Failure] = []

    def drive(self) -> None:
        """Ask, and wait."""
        nic, address = self._nic, self._address = self._interface()
        self._sent_ns = self._network.engine.now_ns
        try:
            with self._observation.watching(self._source.point):
                self._ask(nic, address)
                self._observation.until_quiet()
                if self._mac is None:
                    self._reason = self._observation.reason(self._origin) or self._silence()
        finally:
            self._source.close()
        if self._reason is not None:
            name = self._source.name
            self.failures.append(self._observation.failure(self._reason, name, self._target))

    @property
    def succeeded(self) -> bool:
        """Whether anybody answered."""
        return self._mac is not None

    def _ask(self, nic: Nic, address: int) -> None:
        """Ask on an interface, and listen for a second."""
        engine = self._network.engine
        request = arp_request(nic.mac, address, self._target)
        # Unlike the kernel, arping names whom it sends to as the one it asks for.
        request.arp_tha = BROADCAST_MAC
        request.origin = self._origin
        with self._stack.telling_arp_replies(self._replied):
            self._stack.out(nic, BROADCAST_MAC, request, STACK_NS)
            engine.run(lambda: self._mac is not None, engine.now_ns + SECOND_NS)

    def _interface(self) -> tuple[Nic, int]:
        """The interface to ask on, and the address to ask from."""
        plan = self._stack.plan
        route = plan.route(self._target) if plan is not None else None
        if plan is None:
            raise RefusedError(f"{self._source.name} is gone")
        given = self._source.address
        if route is not None:
            return plan.guest.nics[route[3]], int(route[4]) if given == NO_ADDRESS else given
        nic = plan.guest.nics[0]
        own = nic.addresses[0][0] if nic.addresses else 0
        return nic, own if given == NO_ADDRESS else given

    def _replied(self, frame: Frame) -> None:
        if frame.nw_src == self._target and self._mac is None:
            self._mac = frame.arp_sha
            self._answered_ns = self._network.engine.now_ns

    def _silence(self) -> Reason:
        text = f"nobody answers for {format_ipv4(self._target)}"
        details = {"address": self._target}
        timeout = Reason(Code.ARP_TIMEOUT, self._source.name, None, text, details)
        return self._observation.told(timeout)

    def sum_up(self, advice: Advice) -> Report:
        """What arping prints, and all that was seen."""
        target, reason = format_ipv4(self._target), self._reason
        lines = [f"ARPING {target} from {format_ipv4(self._address)} {self._nic.name}"]
        mac = None
        if self._mac is not None:
            mac = self._mac.to_bytes(6, "big").hex(":")
            micros = (self._answered_ns - self._sent_ns) // 1000
            taken = f"{micros // 1000}.{micros % 1000:03}ms"
            lines.append(f"Unicast reply from {target} [{mac.upper()}]  {taken}")
        lines.append("Sent 1 probes (1 broadcast(s))")
        lines.append(f"Received {int(mac is not None)} response(s)")
        found = f"{target} is at {mac}" if mac else f"{target} did not answer"
        printed = "".join(f"{line}\n" for line in lines)
        verdicts = [found, *([ended(self._context, reason)] if reason is not None else [])]
        why = f"{ended(self._context, reason, advice)}\n" if reason is not None else ""
        data = {"outcome": "reply" if mac else "no-answer", "mac": mac}
        source, origins, ending = self._source.point, [self._origin], Ending(printed, bool(mac))
        upshot = Upshot(source, [], origins, verdicts, ending, self.failures, advice)
        return self._observation.report(upshot, why, reason, data)
