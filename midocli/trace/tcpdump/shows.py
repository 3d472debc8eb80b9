"""Tables of the functions that show protocols, each imported when it is first needed.

A function is named `module.function`, of the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from importlib import import_module
from typing import Any, Generic, Literal, TypeVar

Key = TypeVar("Key", bound=Hashable)
Show = TypeVar("Show")

# Which of a packet's two ports an entry is for.
Side = Literal["either", "source", "destination"]


def function(name: str) -> Any:
    """The function of that name."""
    module, _, what = name.partition(".")
    return getattr(import_module(f"{__package__}.{module}"), what)


class Shows(Generic[Key, Show]):
    """Functions by number, or whatever else tells protocols apart."""

    __slots__ = ("_loaded", "_names")

    def __init__(self, names: Mapping[Key, str]) -> None:
        self._names = names
        self._loaded: dict[Key, Show] = {}

    def get(self, key: Key) -> Show | None:
        """What shows it; None where nothing does."""
        known = self._loaded.get(key)
        if known is None and key in self._names:
            known = self._loaded[key] = function(self._names[key])
        return known


class Ports(Generic[Show]):
    """Functions by port, in the order in which tcpdump tries them: the first that fits shows."""

    __slots__ = ("_by_destination", "_by_source", "_shows")

    def __init__(self, *entries: tuple[Side, tuple[int, ...], str]) -> None:
        names = {rank: name for rank, (_, _, name) in enumerate(entries)}
        self._shows: Shows[int, Show] = Shows(names)
        self._by_source: dict[int, int] = {}
        self._by_destination: dict[int, int] = {}
        for rank, (side, ports, _) in enumerate(entries):
            for port in ports:
                if side != "destination":
                    self._by_source.setdefault(port, rank)
                if side != "source":
                    self._by_destination.setdefault(port, rank)

    def get(self, source: int, destination: int) -> Show | None:
        """What shows a packet with these ports; None where nothing does."""
        ranks = self._by_source.get(source), self._by_destination.get(destination)
        known = [rank for rank in ranks if rank is not None]
        return self._shows.get(min(known)) if known else None
