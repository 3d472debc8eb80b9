"""How long a simulated ping takes, in units of `sum(range(1000))` in the same process.

Request and reply: guest, two bridges, a router with a ten-rule infilter, dynamic dnat and
rev_dnat, warm ARP, nobody watching. Prints the ratio; exit status 1 above the limit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simlab import Lab, ip, net, published_lab, with_dnat  # noqa: E402

LIMIT = 10.0


def ten_rule_lab() -> Lab:
    """The published lab with eight more rules before its NAT, and rev_dnat going out."""
    lab = with_dnat(published_lab())
    router = lab.routers["router0"]
    misses = [
        {"type": "drop", "src": net(f"10.{index}.0.0/16"), "proto": 6, "dst_port": (80, 80)}
        for index in range(8)
    ]
    dnat = {"type": "dnat", "targets": ("192.168.77.119:10000-60000",)}
    router.infilter = lab.add_chain(
        "long", *misses, {**dnat, "dst": net("192.168.79.119")}, {"type": "accept"}
    )
    router.outfilter = lab.add_chain("out", {"type": "rev_dnat"})
    return lab


def best_of(action: Callable[[], object], times: int, rounds: int = 7) -> float:
    """Seconds one action takes, at best."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            action()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def ratio() -> float:
    """Time of one ping over the time of `sum(range(1000))`."""
    lab = ten_rule_lab()
    stack, engine = lab.network.guest("client"), lab.engine
    answered: list[object] = []
    lab.network.listeners.add("client", answered.append)
    target, data = ip("192.168.79.119"), bytes(56)

    def ping() -> None:
        answered.clear()
        stack.send_echo(target, 7, 1, data)
        engine.run(lambda: bool(answered), engine.now_ns + 1_000_000_000)
        assert len(answered) == 1

    ping()
    return best_of(ping, 300) / best_of(lambda: sum(range(1000)), 1000)


if __name__ == "__main__":
    result = ratio()
    print(f"one ping: {result:.2f} x sum(range(1000)) (limit {LIMIT:.0f})")
    sys.exit(result > LIMIT)
