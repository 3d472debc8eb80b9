"""Machines that the network cannot tell apart: what becomes of the packets of one, becomes of all.

Two homes at the same seat, of the same kind, that nothing else in the network points at by address,
MAC or port, may change places, and nothing changes. So of pairs of such machines one is simulated
for all, where the way between them is not plain.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from midocli.analysis.ends import Machine
    from midocli.analysis.laboratory import Laboratory
    from midocli.simulator.topology.topology import Lazy

Record = TypeVar("Record")
#: What copies or diverts packets by conditions of its own.
_DIVERTING = ("mirror", "l2insertion")
#: Where bridges were told of a MAC, it stands with a VLAN before it.
_MAC = (1 << 48) - 1


#: Two of some machines, by their numbers.
Numbers = tuple[int, int]


def alike(
    lab: Laboratory, machines: Sequence[Machine], pairs: Iterable[Numbers]
) -> list[list[Numbers]]:
    """Pairs in groups that fare alike, in the order of the first of each."""
    twins = Twins(lab)
    sorts = [twins.of(machine) for machine in machines]
    found: dict[tuple[Hashable, Hashable], list[Numbers]] = {}
    for one, other in pairs:
        found.setdefault((sorts[one], sorts[other]), []).append((one, other))
    return list(found.values())


class Twins:
    """What the network knows of each machine: the same for all that it cannot tell apart."""

    def __init__(self, lab: Laboratory) -> None:
        self._algebra = None if any(map(lab.keys, _DIVERTING)) else lab.algebra
        self._lab, self._topology = lab, lab.network.topology
        self._ranges = list(self._pointed_ranges())
        self._named = frozenset(self._pointed())

    def of(self, machine: Machine) -> Hashable:
        """What tells it from others; the machine itself, where it is the only one of its sort."""
        post = self._algebra.posts[machine.key] if self._algebra is not None else None
        if post is None or post.home.address != machine.address:
            return machine
        home = post.home
        if {home.address, ("mac", home.nic.mac), ("port", home.port.key)} & self._named:
            return machine
        if any(first <= home.address <= last for first, last in self._ranges):
            return machine
        guest = home.plan.guest
        traits = guest.services, guest.forwarding, guest.reply_df, home.nic.mtu
        return post.seat, post.kind, *traits

    def _pointed_ranges(self) -> Iterator[tuple[int, int]]:
        """The addresses that NAT gives."""
        for chain in self._records("chain", self._topology.chains):
            for rule in chain.rules:
                yield from ((target.first, target.last) for target in rule.targets)

    def _pointed(self) -> Iterator[Hashable]:
        """Addresses, MACs and keys of ports that something names, but for conditions."""
        topology = self._topology
        for chain in self._records("chain", topology.chains):
            yield from (("port", rule.target_port) for rule in chain.rules)
        for balancer in self._records("load-balancer", topology.load_balancers):
            for vip in balancer.vips:
                yield vip.address
                yield from (member.address for member in vip.pool.members)
        for router in self._records("router", topology.routers):
            yield from (route.gw for route in router.routes)
            yield from router.bgp_peers
        for bridge in self._records("bridge", topology.bridges):
            yield from (("mac", mac & _MAC) for mac in bridge.macs)
            yield from bridge.addresses
            yield from (("mac", mac) for mac in bridge.addresses.values())
        for guest in self._records("guest", topology.guests):
            yield guest.gateway
            yield from (route.gateway for route in guest.routes)
            yield from (("mac", nic.gateway_mac) for nic in guest.nics)

    def _records(self, kind: str, table: Lazy[Record | None]) -> Iterator[Record]:
        found = (table[key] for key in self._lab.keys(kind))
        return (each for each in found if each is not None)
