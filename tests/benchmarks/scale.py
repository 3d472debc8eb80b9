"""How midocli carries a topology of 100,000 objects: time, whether it stays flat, and memory.

Two thousand bridges and a thousand routers with forty thousand ports, twenty thousand routes,
thirty thousand rules in chains of two thousand, bindings and guests. All times are processor
times of this process, measured in one run.
"""

from __future__ import annotations

import gc
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from handmade import session_of
from measure import ROOT, Ratio, compile_all

from grammar.addresses import Cidr, PortRange
from grammar.resources import SCHEMA
from grammar.script import Line
from midocli.context.manner import Manner

BRIDGES, PORTS_EACH = 2_000, 18
ROUTERS, ROUTER_PORTS, ROUTES_EACH = 1_000, 4, 16  # and a local route for each port
CHAINS, RULES_EACH = 15, 2_000
HOSTS = 5
BOUND = (100_000 - 2_000 - 1_000 - 40_000 - 20_000 - CHAINS * RULES_EACH - CHAINS - HOSTS) // 2

RULES = 10_000  # of one chain, and four times as many of another

BLOCK = 50  # lines that are timed together
ENDS = 10  # blocks at either end of a kind


def script(bridges: int = BRIDGES, ports_each: int = PORTS_EACH) -> Iterator[tuple[str, list[str]]]:
    """The lines of the topology, kind by kind."""
    yield "chains", [f"chain create name c{n}" for n in range(CHAINS)]
    yield "hosts", [f"host create name h{n}" for n in range(HOSTS)]
    yield "bridges", [f"bridge create name b{n} infilter chain0" for n in range(bridges)]
    yield "routers", [f"router create name r{n} outfilter chain1" for n in range(ROUTERS)]
    yield (
        "bridge ports",
        [
            f"bridge bridge{n // ports_each} add port infilter chain{n % CHAINS}"
            for n in range(bridges * ports_each)
        ],
    )
    yield (
        "router ports",
        [
            f"router router{n // ROUTER_PORTS} add port mac {_mac(n)} "
            f"address {_dotted(_address(n))} net {_dotted(_address(n) & ~255)}/24"
            for n in range(ROUTERS * ROUTER_PORTS)
        ],
    )
    yield (
        "routes",
        [
            f"router router{n // ROUTES_EACH} add route src 0.0.0.0/0 "
            f"dst {_dotted(_destination(n))}/24 type normal "
            f"port router{n // ROUTES_EACH}:port{n % ROUTER_PORTS}"
            for n in range(ROUTERS * ROUTES_EACH)
        ],
    )
    yield (
        "rules",
        [
            f"chain chain{n // RULES_EACH} add rule src {_dotted(_destination(n))} proto 6 "
            f"dst-port {n % 60_000 + 1} in-ports bridge{n % bridges}:port0 type drop"
            for n in range(CHAINS * RULES_EACH)
        ],
    )
    yield (
        "bindings",
        [
            f"host host{n % HOSTS} add binding port bridge{n % bridges}:port{n // bridges} "
            f"interface tap{n}"
            for n in range(BOUND)
        ],
    )
    yield (
        "guests",
        [
            f"guest create name g{n} interface host{n % HOSTS}:tap{n} mac {_mac(n)} "
            f"address {_dotted(_address(n))}/24 gw {_dotted(_address(n) & ~255 | 254)}"
            for n in range(BOUND)
        ],
    )


def _address(number: int) -> int:
    return 10 << 24 | number << 8 | 1


def _destination(number: int) -> int:
    return 172 << 24 | number << 8


def _dotted(address: int) -> str:
    return ".".join(str(byte) for byte in address.to_bytes(4, "big"))


def _mac(number: int) -> str:
    return f"fa:16:3e:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


class Runner:
    """A session that lines are run in, and how long it took."""

    def __init__(self, keep_going: bool = False) -> None:
        nowhere = Path(os.devnull).open("w")  # noqa: SIM115 (what is printed is not to be kept)
        self._session = session_of(Manner(nowhere), nowhere, keep_going=keep_going)
        self._number = count(1)

    def run(self, lines: list[str]) -> float:
        """Seconds of processor time that lines take; they must not fail."""
        numbered = [Line(line, next(self._number)) for line in lines]
        start = time.process_time()
        self._session.run_script("scale", numbered)
        return time.process_time() - start

    def build(self) -> dict[str, list[tuple[float, float]]]:
        """Run the script: for each block of a kind the seconds it takes here, and to split.

        Both are measured next to each other: a machine may change its pace meanwhile.
        """
        return {
            kind: [
                (self.run(block), _split(block))
                for at in range(0, len(lines), BLOCK)
                if (block := lines[at : at + BLOCK])
            ]
            for kind, lines in script()
        }


def measure() -> list[Ratio]:
    """Everything, of one topology that is built once."""
    compile_all()
    small = Runner()
    small.run(
        [
            *(f"chain create name c{n}" for n in range(2)),
            *(f"bridge create name b{n} infilter chain0" for n in range(20)),
            *(f"router create name r{n}" for n in range(18)),
            *(f"bridge bridge{n % 20} add port" for n in range(60)),
        ]
    )
    large = Runner()
    blocks = large.build()
    return [
        _throughput([block for some in blocks.values() for block in some]),
        *(_ends(kind, some) for kind, some in blocks.items() if len(some) >= 2 * ENDS),
        *_flat(small, large),
        _long_chain(large),
        *_many_rules(),
        _memory(),
    ]


def _throughput(blocks: list[tuple[float, float]]) -> Ratio:
    """The whole script."""
    taken = sum(seconds for seconds, _ in blocks)
    times = taken / sum(seconds for _, seconds in blocks)
    typical = median(seconds / unit for seconds, unit in blocks)
    lines = sum(len(some) for _, some in script())
    what = f"{lines:,} lines that make 100,000 objects"
    return Ratio(what, "shlex.split and a dict", times, typical, taken, 3)


def _ends(kind: str, blocks: list[tuple[float, float]]) -> Ratio:
    """The last lines of a kind against the first, each in units of splitting them."""
    first = [seconds / unit for seconds, unit in blocks[:ENDS]]
    last = [seconds / unit for seconds, unit in blocks[-ENDS:]]
    return Ratio(
        f"the last {BLOCK * ENDS:,} {kind}",
        f"the first {BLOCK * ENDS:,}",
        min(last) / min(first),
        median(last) / median(first),
        min(seconds for seconds, _ in blocks[-ENDS:]) / BLOCK,
        1.2,
    )


def _split(lines: list[str]) -> float:
    start = time.process_time()
    for line in lines:
        words = shlex.split(line)
        dict(zip(words[4::2], words[5::2], strict=False))
    return time.process_time() - start


def _flat(small: Runner, large: Runner) -> Iterator[Ratio]:
    """The same lines among a hundred objects and among a hundred thousand."""
    names = count()
    kinds: dict[str, Callable[[], list[str]]] = {
        "create": lambda: [f"bridge create name new{next(names)}" for _ in range(200)],
        "create inside": lambda: ["bridge bridge1 add port"] * 200,
        "show by alias": lambda: ["bridge bridge7 port port0 show"] * 200,
        "show by name": lambda: ["router r7 show state"] * 200,
        "list by name": lambda: ["bridge list name b7"] * 200,
        "set": lambda: ["bridge bridge9 set name nine infilter chain1"] * 200,
    }
    for kind, lines in kinds.items():
        few, many = [], []
        for _ in range(9):
            few.append(small.run(lines()))
            many.append(large.run(lines()))
        yield Ratio(
            f"{kind} among 100,000 objects",
            "among 100",
            min(many) / min(few),
            median(many) / median(few),
            min(many) / 200,
            1.5,
        )


def _long_chain(large: Runner) -> Ratio:
    """A rule in front of two thousand others, and one in an empty chain."""
    rule = "add rule src 10.0.0.1 proto 6 dst-port 80 type drop"
    large.run([f"chain create name empty{n}" for n in range(900)])
    full, empty = [], []
    for turn in range(9):
        full.append(large.run([f"chain chain3 {rule}"] * 100))
        empty.append(large.run([f"chain empty{turn * 100 + n} {rule}" for n in range(100)]))
    return Ratio(
        f"a rule in a chain of {RULES_EACH:,}",
        "in an empty chain",
        min(full) / min(empty),
        median(full) / median(empty),
        min(full) / 100,
        10,
    )


def _many_rules() -> Iterator[Ratio]:
    """What is done to a chain with four times the rules."""
    few, many = RULES, 4 * RULES
    kinds: dict[str, Callable[[int], list[str]]] = {
        "one by one": lambda n: [f"chain c delete rule rule{i * 7919 % n}" for i in range(n)],
        "undone one by one": lambda n: [f"undo {n}"],
        "to the front": lambda n: [f"chain c rule rule{i * 7919 % n} set pos 1" for i in range(n)],
        "back again": lambda n: [f"undo {n}"],
        "deleted, undone, redone": lambda n: ["chain c delete", "undo", "redo"],
    }
    taken: dict[tuple[str, int], list[float]] = {}
    for _ in range(3):
        for number in (few, many):
            runner = Runner()
            runner.run(["chain create name c"])
            runner.run([f"chain c add rule src {_dotted(i)} type drop" for i in range(number)])
            gc.collect()
            gc.freeze()
            for kind, lines in kinds.items():
                taken.setdefault((kind, number), []).append(runner.run(lines(number)))
            gc.unfreeze()
    for kind in kinds:
        less, more = taken[kind, few], taken[kind, many]
        times, typical = min(more) / min(less), median(more) / median(less)
        what = f"{many:,} rules {kind}"
        yield Ratio(what, f"{few:,} rules", times, typical, min(more), 5)


# -- memory --------------------------------------------------------------------------------


def _memory() -> Ratio:
    """What the topology takes against its bare values, each in a process of its own."""
    taken = {way: _in_a_process(way) for way in ("--session", "--plain")}
    times = taken["--session"] / taken["--plain"]
    amount = f"{taken['--session'] / 2**20:.0f} MiB"
    return Ratio("memory of the topology", "plain slotted objects", times, times, 0, 2.5, amount)


def _in_a_process(way: str) -> int:
    done = subprocess.run(
        [sys.executable, __file__, way],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )
    return int(done.stdout)


def _resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096


def _memory_of_a_session() -> int:
    warm = Runner(keep_going=True)
    for _, lines in script():
        warm.run(lines[:3])
    runner = Runner()
    before = _resident()
    for _, lines in script():
        runner.run(lines)
    return _resident() - before


def _memory_of_plain_objects() -> int:
    classes = {
        path: type(path, (), {"__slots__": tuple(f.name.replace("-", "_") for f in kind.fields)})
        for path, kind in SCHEMA.collections.items()
    }
    before = _resident()
    objects = list(_plain(classes))
    assert len(objects) == sum(len(lines) for _, lines in script()) + ROUTERS * ROUTER_PORTS + BOUND
    return _resident() - before


def _plain(classes: dict[str, type]) -> Iterator[object]:
    """The objects of the script with all their fields, interfaces and local routes too."""

    def made(path: str, **values: Any) -> Any:
        one = classes[path]()
        for field in SCHEMA[path].fields:
            name = field.name.replace("-", "_")
            setattr(one, name, values.get(name, field.default))
        return one

    ids = random.Random(1)
    chains = [made("chain", id=ids.getrandbits(128), name=f"c{n}") for n in range(CHAINS)]
    hosts = [made("host", id=ids.getrandbits(128), name=f"h{n}") for n in range(HOSTS)]
    bridges = [
        made("bridge", id=ids.getrandbits(128), name=f"b{n}", infilter=chains[0])
        for n in range(BRIDGES)
    ]
    routers = [
        made("router", id=ids.getrandbits(128), name=f"r{n}", outfilter=chains[1])
        for n in range(ROUTERS)
    ]
    yield from (*chains, *hosts, *bridges, *routers)
    inside = [
        made(
            "bridge.port",
            id=ids.getrandbits(128),
            device=bridges[n // PORTS_EACH],
            infilter=chains[n % CHAINS],
        )
        for n in range(BRIDGES * PORTS_EACH)
    ]
    yield from inside
    outside = [
        made(
            "router.port",
            id=ids.getrandbits(128),
            device=routers[n // ROUTER_PORTS],
            mac=_mac(n),
            address=_address(n),
            net=Cidr(_address(n) & ~255, 24),
        )
        for n in range(ROUTERS * ROUTER_PORTS)
    ]
    yield from outside
    for port in outside:
        local = Cidr(port.address, 32)
        yield made("router.route", id=ids.getrandbits(128), dst=local, port=port)
    for n in range(ROUTERS * ROUTES_EACH):
        port = outside[n // ROUTES_EACH * ROUTER_PORTS + n % ROUTER_PORTS]
        dst = Cidr(_destination(n), 24)
        yield made("router.route", id=ids.getrandbits(128), src=Cidr(0, 0), dst=dst, port=port)
    for n in range(CHAINS * RULES_EACH):
        yield made(
            "chain.rule",
            id=ids.getrandbits(128),
            chain=chains[n // RULES_EACH],
            src=Cidr(_destination(n), 32),
            proto=6,
            dst_port=PortRange(n % 60_000 + 1, n % 60_000 + 1),
            in_ports=(inside[n % BRIDGES * PORTS_EACH],),
            fragment_policy="header",
            type="drop",
        )
    for n in range(BOUND):
        host, name = hosts[n % HOSTS], f"tap{n}"
        tap = made("host.interface", iface=name, host_id=host)
        port = inside[n % BRIDGES * PORTS_EACH + n // BRIDGES]
        yield tap
        yield made("host.binding", host=host, interface=name, port=port)
        yield made(
            "guest",
            id=ids.getrandbits(128),
            name=f"g{n}",
            interface=tap,
            mac=_mac(n),
            address=(Cidr(_address(n), 24),),
            gw=_address(n) & ~255 | 254,
            ip_id=n,
        )


if __name__ == "__main__":  # a process of its own, to see how much memory one thing takes
    if sys.argv[1:] == ["--session"]:
        print(_memory_of_a_session())
    else:
        print(_memory_of_plain_objects())
