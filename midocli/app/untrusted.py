"""`--untrusted`: what the process itself may take for a script that its user did not write."""

from __future__ import annotations

import resource
import signal
from types import FrameType
from typing import NoReturn

SECONDS = 60
MEGABYTES = 512
#: The kernel ends what does not listen to the alarm, so many seconds of CPU after it was due.
_GRACE = 5


class TimeIsUp(BaseException):
    """The script has taken all the time there is for it; nothing that catches errors stops it."""


def bound() -> None:
    """From now on the process has its time, its memory, and files of at most that size.

    The alarm rings again each second: where it interrupts a finalizer or a callback of the garbage
    collector, Python prints the exception and goes on.
    """
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)
    most = MEGABYTES << 20
    for kind, limit in (
        (resource.RLIMIT_AS, most),
        (resource.RLIMIT_FSIZE, most),
        (resource.RLIMIT_CPU, SECONDS + _GRACE),
    ):
        _, hard = resource.getrlimit(kind)
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (soft, hard))


def unbound() -> None:
    """The script has ended in time."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeIsUp
