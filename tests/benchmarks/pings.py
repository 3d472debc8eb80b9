"""How long a simulated ping takes, through the same door as a user's.

Two guests, a bridge each, and a router between them whose infilter has ten rules, the
last a dynamic dnat that rev_dnat undoes. Nothing is measured before the network knows
its neighbours. Run by itself (`python tests/benchmarks/pings.py`) or with the others.
"""

from __future__ import annotations

import io
import random
import sys

from measure import ROOT, Action, Ratio, ratio, report

sys.path.insert(0, str(ROOT))

from grammar.script import Line
from midocli.session.session import Session, Settings
from midocli.simulator.clock import Clock

PINGS = 2_000
TARGET = "192.168.79.119"

TOPOLOGY = f"""
router create name edge
router router0 add port address 192.168.77.1 net 192.168.77.0/24
router router0 add port address 192.168.78.1 net 192.168.78.0/24
router router0 add route src 0.0.0.0/0 dst 192.168.77.0/24 port router0:port0
router router0 add route src 0.0.0.0/0 dst 192.168.78.0/24 port router0:port1
bridge create name servers
bridge bridge0 add port peer router0:port0
bridge bridge0 add port
bridge create name clients
bridge bridge1 add port peer router0:port1
bridge bridge1 add port
host create name box
host host0 add binding port bridge0:port1 interface veth0
host host0 add binding port bridge1:port1 interface veth1
guest create name server interface host0:veth0 address 192.168.77.119/24 gw 192.168.77.1
guest create name client interface host0:veth1 address 192.168.78.9/24 gw 192.168.78.1
chain create name in
chain create name out
{chr(10).join(f"chain chain0 add rule src 10.{n}.0.0/16 proto 6 type drop" for n in range(9))}
chain chain0 add rule dst {TARGET} pos 10 type dnat action accept target 192.168.77.119:10000-60000
chain chain1 add rule dst 192.168.78.0/24 type rev_dnat action accept
router router0 set infilter chain0 outfilter chain1
"""


class Network:
    """A session with the topology, whose output can be looked at."""

    def __init__(self) -> None:
        self._bytes, self.err = io.BytesIO(), io.StringIO()
        # As the standard output is.
        self._out = io.TextIOWrapper(self._bytes, encoding="utf-8", errors="backslashreplace")
        clock = Clock(1_500_000_000 * 10**9)
        self._session = Session(Settings(), random.Random(1), clock, self._out, self.err)
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
        of_one("a ping, quiet and not captured", quiet, "sum(range(1000))", sums, 4),
        of_one("a ping with trace text", watched, "sum(range(1000))", sums, 10),
        of_one("a ping with trace text", watched, "an echo frame by scapy", echo, None),
    ]


if __name__ == "__main__":
    sys.exit(report(measure()))
