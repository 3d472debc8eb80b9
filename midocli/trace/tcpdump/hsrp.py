"""HSRP version 1 (RFC 2281)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.durations import in_units
from midocli.trace.tcpdump.tables import numbered

_OPERATIONS = numbered("0 hello, 1 coup, 2 resign")
_STATES = {0: "initial", 1: "learn", 2: "listen", 4: "speak", 8: "standby", 16: "active"}


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message of `length` bytes."""
    d.protocol = "hsrp"
    version = d.u8(at)
    d.add(f"HSRPv{version}")
    if version:
        return
    d.add("-")
    operation = d.u8(at + 1)
    d.add(f"{_OPERATIONS.get(operation, f'unknown ({operation})')} {length}: ")
    state = d.u8(at + 2)
    d.add(f"state={_STATES.get(state, f'Unknown ({state})')} ")
    d.add(f"group={d.u8(at + 6)} ")
    reserved = d.u8(at + 7)
    if reserved:
        d.add(f"[reserved={reserved}!] ")
    d.add(f"addr={d.names.ipv4(d.taken(at + 16, 4))}")
    if d.flags.verbose:
        d.add(f" hellotime={in_units(d.u8(at + 3))} holdtime={in_units(d.u8(at + 4))}")
        d.add(f' priority={d.u8(at + 5)} auth="')
        text.show_padded(d, at + 8, 8)
        d.add('"')
