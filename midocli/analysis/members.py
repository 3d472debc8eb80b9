"""What is in groups of ports and addresses: who asks hears of what comes and goes alone.

A rule asks whether one port is in a group. What was made of the answer stands as long as that port
does not come or go, whatever else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from midocli.analysis.derived import Derived, Steady
from midocli.simulator.topology.keys import Key

if TYPE_CHECKING:
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology


class Groups:
    """The groups of a topology, as conditions ask for them."""

    def __init__(self, topology: Topology, making: Making) -> None:
        self.port_groups = _Groups(making, topology.port_groups)
        self.ip_address_groups = _Groups(making, topology.ip_address_groups)


class _Groups:
    """Those of a kind, by their keys."""

    def __init__(self, making: Making, groups: Mapping[Key, frozenset[Any]]) -> None:
        self._answers: Derived[bool] = Derived(making, self._is_in)
        self._members = _Members(making, groups, self._answers)

    def __getitem__(self, key: Key) -> _Group:
        return _Group(self._answers, key)

    def _is_in(self, asked: tuple[Key, Key]) -> bool:
        group, member = asked
        return member in self._members[group]


class _Group:
    """One of them."""

    __slots__ = ("_answers", "_key")

    def __init__(self, answers: Derived[bool], key: Key) -> None:
        self._answers, self._key = answers, key

    def __contains__(self, member: object) -> bool:
        return self._answers[self._key, member]


class _Members(Steady[frozenset[Any]]):
    """All that are in each group; what comes and goes drops the answers about it."""

    __slots__ = ("_answers",)

    def __init__(
        self, making: Making, groups: Mapping[Key, frozenset[Any]], answers: Derived[bool]
    ) -> None:
        super().__init__(making, groups.__getitem__)
        self._answers = answers

    def renew(self, key: Key) -> None:
        """Look what is in a group now."""
        before, self[key] = self[key], self._made(key)
        for member in before ^ self[key]:
            self._answers.pop((key, member))
