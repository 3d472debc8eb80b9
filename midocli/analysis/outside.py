"""Machines that nobody modelled: addresses beyond the exterior ports of routers.

Whoever is outside enters by every exterior port of a router whose routes lead back to it. Addresses
that no rule, route or group tells apart fare alike, so one of each such range stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from grammar.addresses import Cidr, format_ipv4
from midocli.simulator.topology.records import Guest, Nic, Port
from midocli.simulator.wire.addresses import Prefix, contains, mask_of
from midocli.simulator.wire.frame import Frame

if TYPE_CHECKING:
    from midocli.simulator.topology.plans import RouterPlan
    from midocli.simulator.topology.topology import Topology
    from midocli.store.store import Store

#: What is no address of a machine elsewhere: this network, the machine itself, groups and beyond.
_NOBODY = ((0, 8), (127 << 24, 8), (0xE0000000, 3))
_ALL = 1 << 32


class Outside(NamedTuple):
    """A range of addresses beyond a router's port, of which `address` stands for all."""

    port: int
    gateway: int
    address: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """The range in as few words as there are."""
        size = self.last - self.first + 1
        if size == 1:
            return format_ipv4(self.first)
        if size & size - 1 == 0 and self.first % size == 0:
            return f"{format_ipv4(self.first)}/{33 - size.bit_length()}"
        return f"{format_ipv4(self.first)}-{format_ipv4(self.last)}"


def outside(store: Store, topology: Topology, network: Cidr) -> Iterator[Outside]:
    """The ranges of a network that are outside, with the ports that lead there."""
    cuts = sorted(_cuts(store, topology))
    taken = _taken(topology, store)
    for first, last in _ranges(network, cuts):
        if any(contains(each, first) for each in _NOBODY):
            continue
        free = (address for address in range(first, last + 1) if address not in taken)
        address = next(free, None)
        if address is not None:
            for port, gateway in _ways(store, topology, address):
                yield Outside(port, gateway, address, first, last)


def machine(place: Outside, port: Port | None) -> Guest | None:
    """The machine that stands for a range while it sends: behind its gateway, if it has one."""
    if port is None or port.address is None or port.net is None:
        return None
    length = port.net[1]
    own = ((place.gateway, length), (place.address, 32))
    addresses = own if place.gateway != place.address else ((place.address, length),)
    mac = 0x02FF00000000 | place.gateway & 0xFFFFFFFF
    nic = Nic(interface=port.interface or "", port=place.port, mac=mac, addresses=addresses)
    gateway = port.address
    return Guest(key=place, alias=place.name, name=place.name, nics=(nic,), gateway=gateway)


def _cuts(store: Store, topology: Topology) -> Iterator[int]:
    """The addresses at which anything begins or ends to look at them."""
    prefixes: list[Prefix] = list(_NOBODY)
    for row in store.rows("chain"):
        chain = topology.chains[row.id]
        for rule in chain.rules if chain is not None else ():
            condition = rule.condition
            prefixes += [each for each in (condition.src, condition.dst) if each is not None]
            for target in rule.targets:
                yield from (target.first, target.last + 1)
    for row in store.rows("ip-address-group"):
        prefixes += [(address, 32) for address in topology.ip_address_groups[row.id]]
    for router in _routers(store, topology):
        for route in router.router.routes:
            prefixes += [route.src, route.dst]
        prefixes += [port.net for port in router.ports if port.net is not None]
    for address, length in prefixes:
        mask = mask_of(length)
        yield address & mask
        yield (address & mask | ~mask & 0xFFFFFFFF) + 1


def _taken(topology: Topology, store: Store) -> set[int]:
    """Addresses of guests and routers, and those that are no machine's on a port's network."""
    taken: set[int] = set()
    for row in store.rows("guest"):
        plan = topology.guest_plans[row.id]
        taken.update(plan.local if plan is not None else ())
    for router in _routers(store, topology):
        for port in router.ports:
            if port.address is not None:
                taken.add(port.address)
            if port.net is not None and port.net[1] < 31:
                first = port.net[0] & mask_of(port.net[1])
                taken |= {first, first | ~mask_of(port.net[1]) & 0xFFFFFFFF}
    return taken


def _ranges(network: Cidr, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = network.network
    end = first + (1 << 32 - network.length)
    starts = [first, *(cut for cut in dict.fromkeys(cuts) if first < cut < min(end, _ALL))]
    yield from zip(starts, [*(start - 1 for start in starts[1:]), end - 1], strict=True)


def _ways(store: Store, topology: Topology, address: int) -> Iterator[tuple[int, int]]:
    """The exterior ports that lead to an address and have no guest, with the next hop there."""
    frame = Frame(nw_src=0, nw_dst=address)
    for plan in _routers(store, topology):
        active, _ = plan.choose(frame)
        port = active.port if active is not None else None
        if active is None or port is None or active.route.type != "normal":
            continue
        if port.interface is not None and port.guest is None and isinstance(port.key, int):
            yield port.key, active.route.gw or address


def _routers(store: Store, topology: Topology) -> Iterator[RouterPlan]:
    plans = (topology.router_plans[row.id] for row in store.rows("router"))
    return (plan for plan in plans if plan is not None)
