"""The time synchronization protocol of 4.3BSD's timed."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_NAMES = numbered("""
    0 ANY, 1 ADJTIME, 2 ACK, 3 MASTERREQ, 4 MASTERACK, 5 SETTIME, 6 MASTERUP, 7 SLAVEUP, 8 ELECTION,
    9 ACCEPT, 10 REFUSE, 11 CONFLICT, 12 RESOLVE, 13 QUIT, 14 DATE, 15 DATEREQ, 16 DATEACK,
    17 TRACEON, 18 TRACEOFF, 19 MSITE, 20 MSITEREQ, 21 TEST, 22 SETDATE, 23 SETDATEREQ, 24 LOOP
""")
_WITH_TIME = frozenset((1, 5, 22, 23))
_LOOP = 24
_NAME_LENGTH = 256


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message; its length is not looked at."""
    d.protocol = "timed"
    kind = d.u8(at)
    d.add(f"TSP_{_NAMES[kind]}" if kind in _NAMES else f"(tsp_type 0x{kind:x})")
    d.add(f" vers {d.u8(at + 1)}")
    d.add(f" seq {d.u16(at + 2)}")
    if kind == _LOOP:
        d.add(f" hopcnt {d.u8(at + 4)}")
    elif kind in _WITH_TIME:
        seconds, fraction = _signed(d, at + 4), _signed(d, at + 8)
        if fraction < 0:
            return
        d.add(f" time {_time(seconds, fraction)}")
    d.add(" name ")
    text.show_padded(d, at + 12, _NAME_LENGTH)


def _signed(d: Dissection, at: int) -> int:
    return int.from_bytes(d.taken(at, 4), "big", signed=True)


def _time(seconds: int, fraction: int) -> str:
    if seconds >= 0 or not fraction:
        return f"{seconds}.{fraction:06}"
    seconds += 1
    sign = "-" if seconds == 0 else ""
    return f"{sign}{seconds}.{1_000_000 - fraction:06}"
