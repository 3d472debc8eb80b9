"""A guest's protocol stack, as on a Linux machine.

Receiving is in `ip_input`; sending is here: route, source address, size, neighbour
(`neighbour`), out.
"""

from __future__ import annotations

from functools import partial

from midocli.simulator.guests import fragments, ip_input, neighbour, redirect
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS, STACK_NS
from midocli.simulator.reason import LocalError
from midocli.simulator.storms import SHALLOW
from midocli.simulator.wire.addresses import LOOPBACK, NO_ADDRESS
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import DF, ICMP, TCP


class LinuxStack(GuestStack):
    """The stack of a guest that does as Linux does."""

    __slots__ = ()

    def receive(self, nic_index: int, frame: Frame) -> None:
        ip_input.receive(self, nic_index, frame)

    def send(self, frame: Frame, delay_ns: int = STACK_NS) -> LocalError | None:
        plan = self.plan
        if plan is None or not plan.guest.up:
            return LocalError("network-unreachable", "Network is unreachable")
        dst = frame.nw_dst
        if dst in plan.local or dst >> 24 == LOOPBACK:
            if frame.nw_src == NO_ADDRESS:
                frame.nw_src = dst
            self._loop_back(frame)
            return None
        entry = plan.route(dst)
        if entry is None:
            return LocalError("network-unreachable", "Network is unreachable")
        _, _, gateway, nic_index, source = entry
        hop = gateway or dst
        if gateway and self.network.state.detours:
            hop = redirect.next_hop(self, dst, gateway)
        if frame.nw_src == NO_ADDRESS:
            frame.nw_src = source
        if not frame.walk and self.network.wants_events:
            # What was not caused by another frame: somebody uses the guest to send it.
            what = {ICMP: "echo-request", TCP: "tcp"}.get(frame.proto, "udp")
            self.tell_generated(frame, what, frame)
        mtu = plan.guest.nics[nic_index].mtu
        if frame.ip_length() <= mtu:
            neighbour.send(self, plan, nic_index, hop, frame, delay_ns)
            return None
        if frame.fragment & DF:
            return LocalError("message-too-long", f"message too long, mtu={mtu}", mtu)
        for piece in fragments.split(frame, mtu):
            neighbour.send(self, plan, nic_index, hop, piece, delay_ns)
        return None

    def _loop_back(self, frame: Frame) -> None:
        """Let the guest receive a packet it sent to itself."""
        frame.depth += 1
        if frame.depth > SHALLOW:
            refusal = self.network.storms.refusal(frame.origin, self.alias)
            if refusal is not None:
                self.network.drop(refusal, frame)
                return
        self.network.engine.at(
            self.network.engine.now_ns + ANSWER_NS, partial(self._take_own, frame)
        )

    def _take_own(self, frame: Frame) -> None:
        plan = self.plan
        if plan is not None:
            ip_input.take(self, plan, frame, False)
