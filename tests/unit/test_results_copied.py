"""Results and errors of the Python API are plain data: they can be pickled and copied."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from grammar import errors
from grammar.errors import MidoError
from midocli import Lab
from midocli.results.probed import Connect, Probed
from midocli.results.values import ExpectationError, Result

COPIES: dict[str, Callable[[Any], Any]] = {
    "pickled": lambda value: pickle.loads(pickle.dumps(value)),
    "copied": copy.deepcopy,
}
OFFICE = """
guest create name alice bridge lan address 10.0.1.10/24
guest create name web bridge lan address 10.0.1.80/24
chain create name into-web
chain into-web add rule pos 1 ethertype 0x800 type drop
bridge0:port1 set outfilter into-web
"""


def shown(result: Result) -> dict[str, object]:
    """All that a result can be asked for."""
    said: dict[str, object] = {
        "ended": (result.succeeded, result.failed, result.remark, result.objects),
        "text": result.text(),
        "document": result.document(),
        "records": result.records(),
    }
    if isinstance(result, Probed):
        ends = [result.traffic.places.labels[key] for key in result.traffic.ends]
        said |= {"repr": repr(result), "reasons": result.reasons, "advice": result.advice}
        said |= {"frames": [result.frames(end, "") for end in ends]}
        said |= {"tcpdump": result.tcpdump("-nn"), "explain": result.explain()}
    return said


def probes(lab: Lab) -> Iterator[Probed]:
    """A result of each kind that calls have, answered and not."""
    lab("bridge create name lan")
    lab(OFFICE)
    for target in ("web", "10.0.1.99"):
        yield lab.ping("alice", target, count=2)
        yield lab.connect("alice", "tcp", target, 80)
        yield lab.traceroute("alice", target)
        yield lab.arping("alice", target)
    yield lab.dhcp("alice")
    yield lab.inject("host0:tap0", "ffffffffffff02000000009908004500")


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_what_a_call_returned_answers_the_same(how: str) -> None:
    for result in probes(Lab()):
        copied = COPIES[how](result)
        assert shown(copied) == shown(result)
        names = [
            name for name in dir(type(result)) if isinstance(getattr(type(result), name), property)
        ]
        assert [getattr(copied, each) for each in names if each != "traffic"] == [
            getattr(result, each) for each in names if each != "traffic"
        ]


def test_what_is_pickled_has_nothing_of_the_network() -> None:
    allowed = (
        "builtins",
        "copyreg",
        "collections",
        "operator",
        "netaddr",
        "grammar.",
        "midocli.results.",
    )
    few = {"midocli.simulator.clock", "midocli.simulator.recorder"}

    class Plain(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            assert module.startswith(allowed) or module in few, (module, name)
            return super().find_class(module, name)

    import io

    for result in probes(Lab()):
        again = Plain(io.BytesIO(pickle.dumps(result))).load()
        assert again.explain() == result.explain()


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_an_error_says_the_same(how: str) -> None:
    lab = Lab()
    lines = ("foo", "router", "router x show", "router create state sideways", "undo",
             "source /nowhere", "expect router list has 1", "expect not router list")  # fmt: skip
    for line in lines:
        with pytest.raises(MidoError) as caught:
            lab(line)
        error = caught.value
        copied = COPIES[how](error)
        assert type(copied) is type(error)
        assert (str(copied), copied.code, copied.line, copied.column, copied.expected) == (
            str(error), error.code, error.line, error.column, error.expected
        )  # fmt: skip
    for kind in (each for each in vars(errors).values() if isinstance(each, type)):
        assert str(COPIES[how](kind("why"))) == "why"
    told = ExpectationError("why", 3, lab("router list"), probe=True)
    assert COPIES[how](told).document() == []


def reaches(port: int) -> Connect:
    """What comes of a connection, in a lab of its own."""
    lab = Lab()
    lab("bridge create name lan")
    lab(OFFICE)
    return lab.connect("alice", "tcp", "web", port)


def refused(port: int) -> None:
    """The error of a line."""
    Lab()(f"ping nobody 10.0.0.1 tos {port}")


def test_other_processes_return_results_and_raise_errors() -> None:
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        for result in pool.map(reaches, (80, 22)):
            assert result.outcome == "timeout"
            assert result.reason is not None and result.reason.code == "rule-drop"
            assert "rule-drop" in result.explain()
        with pytest.raises(MidoError, match="unknown source 'nobody'"):
            pool.submit(refused, 80).result()


def test_a_listing_of_a_store_leaves_the_store_behind(tmp_path: Path) -> None:
    with Lab(store=tmp_path / "net.db") as lab:
        lab("router create name a\nrouter a add port address 10.0.0.1 net 10.0.0.0/24")
    with Lab(store=tmp_path / "net.db") as lab:
        for line in (
            "router list",
            "router a show",
            "router a list port",
            "diff",
            "log",
            "log 1 show",
        ):
            result = lab(line)
            copied = pickle.loads(pickle.dumps(result))
            assert shown(copied) == shown(result)
            assert len(pickle.dumps(lab("router a show"))) < 1000


def test_what_is_read_once_is_at_hand_in_every_form(tmp_path: Path) -> None:
    lab = Lab()
    lab("demo")
    lab(f"ping client vm write {tmp_path}/ping.pcap")
    for line in ("tcpdump read {}", "tcpdump read {} as table", "tcpdump read {} as json"):
        result = lab(line.format(tmp_path / "ping.pcap"))
        assert str(result) == str(result) != ""
