"""What rules can tell apart: ports, MACs and addresses by the conditions that they meet.

Of two ports that are in the same groups, as far as any rule asks for groups, no rule knows which is
which; nor of two addresses that are in the same networks. The kind of something is the set of the
tests that it passes, of all that rules make. A test that is new changes nobody's kind but of those
that pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from midocli.analysis.derived import Steady
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import Prefix, mask_of

if TYPE_CHECKING:
    from midocli.analysis.derived import Making
    from midocli.analysis.members import Groups
    from midocli.simulator.topology.condition import Condition
    from midocli.simulator.topology.topology import Topology

_NONE: frozenset[Key] = frozenset((None,))
#: The tests that something passes: networks and masks, and keys of groups, or of the port itself.
Kind = frozenset[Hashable]


class Asked(NamedTuple):
    """What rules ask for: networks, MACs with their masks, groups of addresses and ports, ports."""

    networks: frozenset[Prefix] = frozenset()
    macs: frozenset[tuple[int, int]] = frozenset()
    address_groups: frozenset[Key] = frozenset()
    port_groups: frozenset[Key] = frozenset()
    ports: frozenset[Key] = frozenset()

    @staticmethod
    def by(condition: Condition) -> Asked:
        """What one condition asks for."""
        c = condition
        networks = (c.src, c.dst, c.icmp_data_src, c.icmp_data_dst)
        macs = ((c.hw_src, c.hw_src_mask), (c.hw_dst, c.hw_dst_mask))
        return Asked(
            frozenset(each for each in networks if each is not None),
            frozenset((mac & mask, mask) for mac, mask in macs if mac is not None),
            frozenset((c.ip_address_group_src, c.ip_address_group_dst)) - _NONE,
            frozenset((c.port_group, c.in_port_group, c.out_port_group)) - _NONE,
            c.in_ports | c.out_ports,
        )

    @staticmethod
    def together(every: Iterable[Asked]) -> Asked:
        """All that is asked for by several."""
        columns = zip(*every, strict=True)
        return Asked(*(frozenset().union(*column) for column in columns))

    def differing(self, other: Asked) -> Asked:
        """What only one of the two asks for."""
        return Asked(
            self.networks ^ other.networks,
            self.macs ^ other.macs,
            self.address_groups ^ other.address_groups,
            self.port_groups ^ other.port_groups,
            self.ports ^ other.ports,
        )


class Networks:
    """Networks, and which of them an address is in."""

    def __init__(self, networks: Iterable[Prefix]) -> None:
        self._by_mask: dict[int, set[int]] = {}
        for address, length in networks:
            mask = mask_of(length)
            self._by_mask.setdefault(mask, set()).add(address & mask)

    def holds(self, address: int) -> bool:
        """Whether an address is in any."""
        return any(address & mask in networks for mask, networks in self._by_mask.items())

    def holding(self, address: int) -> Iterator[Prefix]:
        """Those that hold an address, as address and mask."""
        for mask, networks in self._by_mask.items():
            if address & mask in networks:
                yield address & mask, mask


class Kinds:
    """The kinds that the rules of some chains tell apart; `chains` gives the chains' keys."""

    def __init__(
        self,
        topology: Topology,
        making: Making,
        groups: Groups,
        chains: Callable[[], Iterable[Key]],
    ) -> None:
        self._topology = topology
        self._groups = groups
        self._chains = chains
        self._by_chain = Steady(making, self._asked_by)
        self._asked = Asked()
        self._networks = Networks(())
        self.addresses = Steady(making, self._address)
        self.macs = Steady(making, self._mac)
        #: By the keys of ports.
        self.ports = Steady(making, self._port)

    def renew(self) -> None:
        """Look what rules ask for now."""
        asked = Asked.together([Asked(), *(self._by_chain[key] for key in self._chains())])
        before, self._asked = self._asked, asked
        others = asked.differing(before)
        if others.macs:
            self.macs.renew_where(lambda mac: any(mac & mask == own for own, mask in others.macs))
        if others.port_groups or others.ports:
            members = self._members(self._topology.port_groups, others.port_groups)
            self.ports.renew_where((others.ports | members).__contains__)
        if others.networks or others.address_groups:
            self._networks, networks = Networks(asked.networks), Networks(others.networks)
            members = self._members(self._topology.ip_address_groups, others.address_groups)
            self.addresses.renew_where(lambda each: each in members or networks.holds(each))

    def _members(self, groups: Mapping[Key, frozenset[Key]], some: Iterable[Key]) -> frozenset[Key]:
        return frozenset().union(*(groups[each] for each in some))

    def _address(self, address: int) -> Kind:
        groups = self._groups.ip_address_groups
        among = (key for key in self._asked.address_groups if address in groups[key])
        return frozenset((*self._networks.holding(address), *among))

    def _mac(self, mac: int) -> Kind:
        return frozenset(test for test in self._asked.macs if mac & test[1] == test[0])

    def _port(self, key: Key) -> Kind:
        groups = self._groups.port_groups
        among = frozenset(each for each in self._asked.port_groups if key in groups[each])
        return among | {("port", key)} if key in self._asked.ports else among

    def _asked_by(self, key: Key) -> Asked:
        chain = self._topology.chains[key]
        rules = chain.rules if chain is not None else ()
        return Asked.together([Asked(), *(Asked.by(rule.condition) for rule in rules)])
