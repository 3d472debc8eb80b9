"""The standard input, read with attention to what waits while no further line comes."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _Attentive(RawIOBase):
    def __init__(self, descriptor: int, patience: float, idle: Callable[[], object]) -> None:
        self._descriptor = descriptor
        self._patience = patience
        self._idle = idle

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not select([self._descriptor], [], [], self._patience)[0]:
            self._idle()
        return os.readv(self._descriptor, [buffer])


def attentive(descriptor: int, patience: float, idle: Callable[[], object]) -> BufferedReader:
    """What a descriptor gives; calls `idle` where nothing comes for `patience` seconds."""
    return BufferedReader(_Attentive(descriptor, patience, idle))
