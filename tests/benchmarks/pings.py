"""How long a simulated ping takes, through the same door as a user's.

Nothing is measured before the network knows its neighbours.
"""

from __future__ import annotations

import io

from handmade import session_of
from measure import Action, Ratio, ratio
from pinged import TARGET, TOPOLOGY

from grammar.script import Line
from midocli.context.manner import Manner
from midocli.simulator.clock import Clock

PINGS = 2_000


class Network:
    """A session with the topology, whose output can be looked at."""

    def __init__(self) -> None:
        self._bytes, self.err = io.BytesIO(), io.StringIO()
        # As the standard output is.
        self._out = io.TextIOWrapper(self._bytes, encoding="utf-8", errors="backslashreplace")
        clock = Clock(1_500_000_000 * 10**9)
        self._session = session_of(Manner(self._out), self.err, clock=clock)
        for line in TOPOLOGY.splitlines():
            self.run(line)
        self.run(f"ping client {TARGET} count 3 quiet")
        assert "3 received" in self.printed(), self.printed()

    def run(self, command: str) -> None:
        """Run one command, which must succeed."""
        self._session.run_line("benchmark", Line(command, 1))
        assert not self.err.getvalue(), self.err.getvalue()

    def printed(self) -> str:
        """What has been printed since the output was cut last."""
        self._out.flush()
        return self._bytes.getvalue().decode()

    def pings(self, options: str) -> Action:
        """An action that sends many pings, all answered."""

        def action() -> None:
            self._bytes.seek(0)
            self._bytes.truncate()
            self.run(f"ping client {TARGET} count {PINGS} {options}")
            self._out.flush()
            assert f"{PINGS} received".encode() in self._bytes.getvalue()

        return action


def scapy_echo() -> Action:
    """An action that builds the bytes of one echo request with scapy."""
    from scapy.config import conf

    conf.route_autoload = conf.route6_autoload = conf.ipv6_enabled = False
    from scapy.layers.inet import ICMP, IP
    from scapy.layers.l2 import Ether

    def build() -> bytes:
        ethernet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        return bytes(ethernet / IP(src="192.168.78.9", dst=TARGET) / ICMP() / bytes(56))

    return build


def measure() -> list[Ratio]:
    """One ping of many: unwatched, and with all its text."""
    network = Network()
    quiet, watched = network.pings("quiet capture none"), network.pings("")
    sums, echo = lambda: sum(range(1000)), scapy_echo()

    def of_one(what: str, action: Action, unit: str, baseline: Action, goal: float | None) -> Ratio:
        times = 2_000 if goal else 20
        many = ratio(what, action, unit, baseline, goal, rounds=7, repeat_baseline=times)
        return many._replace(
            best=many.best / PINGS, typical=many.typical / PINGS, seconds=many.seconds / PINGS
        )

    return [
        of_one("a ping, quiet and not captured", quiet, "sum(range(1000))", sums, 2.5),
        of_one("a ping with trace text", watched, "sum(range(1000))", sums, 7.8),
        of_one("a ping with trace text", watched, "an echo frame by scapy", echo, None),
    ]
