"""The actions of a flow, written as Open vSwitch writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from midocli.simulator.learnt.flows import Flow, Header
from midocli.simulator.wire.addresses import ip_text, mac_text

_NAMES = ("hw-src", "hw-dst", "vlan", "src", "dst", "tos", "ttl", "src-port", "dst-port")
_TEXTS: dict[str, Callable[[Any], str]] = {
    "hw-src": mac_text,
    "hw-dst": mac_text,
    "src": ip_text,
    "dst": ip_text,
}


def flow_actions(flow: Flow) -> str:
    """What was done with the last packet: `set(ttl=63),output(host0:veth1)`, or `drop`."""
    if not flow.outputs:
        return "drop"
    actions: list[str] = []
    now = flow.before()
    for port, wanted in flow.outputs:
        actions.extend(_changes(now, wanted))
        actions.append(f"output({port.interface or port.alias})")
        now = wanted
    return ",".join(actions)


def _changes(before: Header, after: Header) -> Iterator[str]:
    """The actions that make one header of another: tags off, fields set, tags on."""
    old, new = before[2], after[2]
    kept = _common_end(old, new)
    yield from ["pop_vlan"] * (len(old) - kept)
    changed = [
        f"{name}={_TEXTS[name](value) if name in _TEXTS else value}"
        for name, was, value in zip(_NAMES, before, after, strict=True)
        if was != value and name != "vlan"
    ]
    if changed:
        yield f"set({','.join(changed)})"
    for tag in reversed(new[: len(new) - kept]):
        yield f"push_vlan({tag & 0xFFF})"


def _common_end(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How many inner tags two frames have in common."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
