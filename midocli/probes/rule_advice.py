"""Advice where a rule or a limit stops a packet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.probes.failure import Change, Failure
from midocli.probes.labels import find_rule
from midocli.simulator.protocol import ETHERTYPE_IPV4, TCP, UDP

if TYPE_CHECKING:
    from midocli.interpreter import Interpreter
    from midocli.simulator.frame import Frame


def rule(interpreter: Interpreter, failure: Failure) -> Iterator[Change]:
    """A rule drops or rejects."""
    alias = failure.reason.rule
    row = find_rule(interpreter, alias) if alias else None
    if row is None or row.parent is None:
        return
    frame = failure.frame
    let_pass = None
    if frame is not None:
        place = f"chain {row.parent.full_alias} add rule pos {interpreter.store.position(row)}"
        let_pass = Change(
            f"let this traffic pass before {alias} is reached",
            (f"{place} {_condition_of(frame)} type accept",),
        )
    yield Change(f"{alias} is what stops it", (f"delete {alias}",))
    if let_pass is not None:
        yield let_pass


def _condition_of(frame: Frame) -> str:
    """The condition of a rule for a frame's like."""
    if frame.ethertype != ETHERTYPE_IPV4 or frame.fault is not None:
        return f"ethertype 0x{frame.ethertype:04x}"
    ends = f"src {format_ipv4(frame.nw_src)} dst {format_ipv4(frame.nw_dst)} proto {frame.proto}"
    if frame.proto in (TCP, UDP) and frame.tp_src >= 0:
        return f"{ends} src-port {frame.tp_src} dst-port {frame.tp_dst}"
    return ends if frame.proto else ends.removesuffix(" proto 0")


def limited(interpreter: Interpreter, failure: Failure) -> Iterator[Change]:
    """A bandwidth limit was exceeded."""
    limit = failure.reason.details.get("limit")
    if limit:
        why = "a limit that lets more pass"
        yield Change(why, (f"{limit} set max-kbps 1000000 max-burst-kb 1000000",))
