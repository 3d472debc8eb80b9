"""How fast commands are parsed and applied: 20,000 rules from standard input.

The yardstick is a program that only splits the same lines and puts their words into a
dictionary.
"""

from __future__ import annotations

from measure import Ratio, compile_all, python, ratio

COMMANDS = 20_000

_SPLIT = """
import shlex, sys
for line in sys.stdin:
    words = shlex.split(line)
    dict(zip(words[4::2], words[5::2]))
"""


def lines(rules: int) -> list[str]:
    """A router with two ports, and a chain with so many rules of several kinds."""
    return [
        "router create name edge",
        "router router0 add port address 10.0.0.1 net 10.0.0.0/24",
        "router router0 add port address 10.0.1.1 net 10.0.1.0/24",
        "chain create name rules",
        *(_rule(number) for number in range(rules)),
    ]


def _rule(number: int) -> str:
    third, fourth = divmod(number % 65_000, 256)
    match number % 4:
        case 0:
            what = (
                f"dst 198.51.100.{fourth} in-ports router0:port1 pos 1 type dnat action accept "
                f"target 10.0.{third}.{fourth}:10000-60000"
            )
        case 1:
            what = f"src 10.1.{third}.{fourth} proto 6 dst-port {1 + number} type accept"
        case 2:
            what = f"src !10.2.{third}.0/24 hw-src !fa:16:3e:00:00:{fourth:02x} type drop"
        case _:
            what = (
                f"dst 10.3.{third}.{fourth} out-ports router0:port0 type return pos {number // 2}"
            )
    return f"chain chain0 add rule {what}"


def measure() -> list[Ratio]:
    """Whole processes, both reading the same lines."""
    compile_all()
    script = "\n".join(lines(COMMANDS)).encode()
    return [
        ratio(
            f"{COMMANDS:,} rules on standard input",
            python("-m", "midocli", stdin=script),
            "shlex.split and a dict",
            python("-c", _SPLIT, stdin=script),
            4,
            rounds=5,
        )
    ]
