"""dhcp: a guest asks for a lease, in the words and the rhythm of ISC dhclient.

1. DISCOVER until a server offers something, then REQUEST until it acknowledges; the pauses
   between tries grow, and after a minute in all the client gives up
2. the guest takes the lease (`lease.take`), as one change of the topology
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grammar.addresses import format_ipv4
from grammar.commands.dhcp import Dhcp
from midocli.advice.failure import Advice, Failure
from midocli.context.context import Context
from midocli.probes.drawing import Ending
from midocli.probes.lease import silence, take
from midocli.probes.observation import Observation, Upshot
from midocli.probes.senders import GuestSender, find_guest
from midocli.probes.telling import ended
from midocli.results.values import Report
from midocli.simulator.guests.dhcp_client import Lease, client_frame, discover, lease_of, request
from midocli.simulator.latency import SECOND_NS, STACK_NS
from midocli.simulator.reason import Reason
from midocli.simulator.topology.records import Nic
from midocli.simulator.wire import dhcp_message as dhcp
from midocli.simulator.wire.addresses import BROADCAST_MAC, network_text
from midocli.simulator.wire.dhcp_message import Message, message_of
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import UDP
from midocli.store.rows import Row

#: Seconds until the second try, the most until another, and until the client gives up.
_FIRST, _CUTOFF, _TIMEOUT = 3, 15, 60
_NO_OFFER = ("No DHCPOFFERS received.", "No working leases in persistent database - sleeping.")


class DhcpProbe:
    """One `dhcp` command."""

    def __init__(self, context: Context, command: Dhcp) -> None:
        self._context = context
        self._network = context.datapath.network
        given = {setting.field.name: setting for setting in command.options}
        self._guest: Row = find_guest(context, command.source)
        self._observation = Observation(
            context, command, given, default_filter="port 67 or port 68"
        )
        self._source = GuestSender(context, self._guest)
        self._origin = object()
        self._lines: list[str] = []
        self._answers: list[Message] = []
        self._lease: Lease | None = None
        self._reason: Reason | None = None
        #: Why there is no lease.
        self.failures: list[Failure] = []
        self._give_up_ns = self._network.engine.now_ns + _TIMEOUT * SECOND_NS

    def drive(self) -> None:
        """Ask, and take what is given."""
        with self._observation.watching(self._source.point):
            if self._guest.get("state") == "up":
                self._lease = self._ask()
            self._observation.until_quiet()
            if self._lease is None:
                dropped = self._observation.reason(self._origin)
                self._reason = silence(self._context, self._guest, dropped)
                name = self._guest.full_alias
                self.failures.append(self._observation.failure(self._reason, name, None))
        if self._lease is not None:
            take(self._context, self._guest, self._lease)

    @property
    def succeeded(self) -> bool:
        """Whether there is a lease."""
        return self._lease is not None

    # -- the client ---------------------------------------------------------------

    def _ask(self) -> Lease | None:
        """A lease, None where nobody gives one in time."""
        stack = self._source.stack
        assert stack is not None and stack.plan is not None
        stack.sockets[UDP, dhcp.CLIENT_PORT] = self._receive
        try:
            return self._handshake(stack.plan.guest.nics[0])
        finally:
            del stack.sockets[UDP, dhcp.CLIENT_PORT]

    def _handshake(self, nic: Nic) -> Lease | None:
        say = self._lines.append
        xid = self._network.rng.getrandbits(32)
        port = f"on {nic.name} to 255.255.255.255 port 67"
        line = f"DHCPDISCOVER {port} interval {{interval}} (xid=0x{xid:x})"
        offer = self._exchange(nic, discover(nic.mac, xid), line, {dhcp.OFFER})
        if offer is None:
            self._lines += _NO_OFFER
            return None
        address = format_ipv4(offer.your_address)
        say(f"DHCPOFFER of {address} from {_server(offer)}")
        line = f"DHCPREQUEST for {address} {port} (xid=0x{xid:x})"
        answer = self._exchange(nic, request(offer), line, {dhcp.ACK, dhcp.NAK})
        if answer is None:
            return None
        if answer.type == dhcp.NAK:
            say(f"DHCPNAK from {_server(answer)} (xid=0x{xid:x})")
            return None
        say(f"DHCPACK of {address} from {_server(answer)} (xid=0x{xid:x})")
        lease = lease_of(answer)
        say(f"bound to {address} -- renewal in {self._renewal(lease)} seconds.")
        return lease

    def _exchange(self, nic: Nic, message: Message, line: str, types: set[int]) -> Message | None:
        """Send a message until an answer of one of the types arrives or the time is over."""
        engine = self._network.engine
        began_ns, interval = engine.now_ns, 0
        while engine.now_ns < self._give_up_ns:
            left = -((engine.now_ns - self._give_up_ns) // SECOND_NS)
            interval = min(self._next_interval(interval), left)
            until_ns = engine.now_ns + interval * SECOND_NS
            self._lines.append(line.format(interval=interval))
            seconds = (engine.now_ns - began_ns) // SECOND_NS
            self._send(nic, replace(message, seconds=seconds))
            while engine.run(lambda: bool(self._answers), until_ns):
                answer = self._answers.pop(0)
                if answer.xid == message.xid and answer.type in types:
                    return answer
            engine.run_until(until_ns)
        return None

    def _next_interval(self, interval: int) -> int:
        """Seconds to wait, after having waited so many: dhclient's own randomness."""
        if not interval:
            return _FIRST
        interval += self._network.rng.randrange(2 * interval)
        if interval > _CUTOFF:
            interval = _CUTOFF // 2 + self._network.rng.randrange(_CUTOFF)
        return interval

    def _renewal(self, lease: Lease) -> int:
        """Seconds until the client would renew: three to four quarters of half the lease."""
        half = lease.seconds // 2
        quarter = (half + 3) // 4
        return 3 * quarter + self._network.rng.randrange(quarter) if quarter else 0

    def _send(self, nic: Nic, message: Message) -> None:
        stack = self._source.stack
        assert stack is not None
        frame = client_frame(message)
        frame.origin = self._origin
        stack.out(nic, BROADCAST_MAC, frame, STACK_NS)

    def _receive(self, frame: Frame) -> None:
        message = message_of(frame)
        if message is not None and message.op == dhcp.BOOT_REPLY:
            self._answers.append(message)

    # -- the report ---------------------------------------------------------------

    def sum_up(self, advice: Advice) -> Report:
        """What dhclient prints, and all that was seen."""
        lease, reason = self._lease, self._reason
        found = f"bound to {format_ipv4(lease.address)}" if lease else "no lease"
        why = f"{ended(self._context, reason, advice)}\n" if reason is not None else ""
        verdicts = [found, *([ended(self._context, reason)] if reason is not None else [])]
        text = "".join(f"{line}\n" for line in self._lines)
        ending = Ending(text, lease is not None, [reason] if reason else [])
        data = {"outcome": "bound" if lease else "no-answer", **_lease_data(lease)}
        source, origins = self._source.point, [self._origin]
        upshot = Upshot(source, [], origins, verdicts, ending, self.failures, advice)
        return self._observation.report(upshot, why, reason, data)


def _server(message: Message) -> str:
    return format_ipv4(message.number(dhcp.SERVER_ID) or message.server_address)


def _lease_data(lease: Lease | None) -> dict[str, Any]:
    """What a lease gives, as data: addresses as words, the lease in seconds."""
    if lease is None:
        nothing = dict.fromkeys(("address", "prefix", "gw", "server", "lease", "mtu"))
        return {**nothing, "routes": []}
    return {
        "address": format_ipv4(lease.address),
        "prefix": lease.length,
        "gw": format_ipv4(lease.gateway) if lease.gateway else None,
        "server": format_ipv4(lease.server),
        "lease": lease.seconds,
        "mtu": lease.mtu,
        "routes": [
            {"dst": network_text(dst), "gw": format_ipv4(gateway) if gateway else None}
            for dst, gateway in lease.routes
        ],
    }
