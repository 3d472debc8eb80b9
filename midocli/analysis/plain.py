"""Who is plugged in plainly: where nothing changes packets, copies them or chooses.

A home is a guest with one interface and one address, on a bridge that only bridges. What is not
quite so is no home, and is left to the simulator.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from midocli.analysis.derived import Derived, Steady
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import GuestPlan, RouterPlan
from midocli.simulator.topology.records import Nic, Port

if TYPE_CHECKING:
    from midocli.analysis.chain_sets import ChainSets
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology

#: Links that take less may cut packets up.
_SMALLEST_MTU = 576


class Home(NamedTuple):
    """A guest that is plugged in plainly."""

    plan: GuestPlan
    nic: Nic
    port: Port
    address: int


class Plain:
    """The homes of a topology, by the keys of guests; None: a guest has none.

    `holders` are the guests that have an address.
    """

    def __init__(
        self,
        topology: Topology,
        making: Making,
        chains: ChainSets,
        holders: Derived[tuple[Key, ...]],
    ) -> None:
        self._topology = topology
        self._chains, self._holders = chains, holders
        self.homes = Derived(making, self._home)
        self._bridges = Steady(making, self._is_plain_bridge)

    def _home(self, key: Key) -> Home | None:
        topology = self._topology
        plan = topology.guest_plans[key]
        if plan is None or not plan.guest.up or len(plan.guest.nics) != 1 or plan.guest.routes:
            return None
        nic = plan.guest.nics[0]
        port = topology.ports[nic.port] if nic.port is not None else None
        is_plain = nic.up and not nic.vlan and nic.gateway_mac is None and len(nic.addresses) == 1
        if not is_plain or nic.mtu < _SMALLEST_MTU or port is None or port.is_router:
            return None
        if port.guest != (key, 0) or not port.active or not is_plain_port(port):
            return None
        address = nic.addresses[0][0]
        if self._holders[address] != (key,) or not self._bridges[port.device]:
            return None
        return Home(plan, nic, port, address)

    def _is_plain_bridge(self, key: Key) -> bool:
        """Whether a bridge only bridges, and each MAC and address on it has one owner."""
        topology = self._topology
        plan = topology.bridge_plans[key]
        if plan is None or plan.bridge.macs or plan.bridge.addresses:
            return False
        bridge = plan.bridge
        if not bridge.up or bridge.in_mirrors or bridge.out_mirrors or plan.vlan_of or plan.trunks:
            return False
        chains = [bridge.infilter, bridge.outfilter]
        macs, addresses = Counter(list(plan.router_ports)), Counter(list(plan.router_macs))
        routers = 0
        for port in plan.ports.values():
            chains += [port.infilter, port.outfilter]
            peer = topology.ports[port.peer] if port.peer is not None else None
            if not _is_plain_feature(port) or (port.peer is not None and peer is None):
                return False
            if peer is not None:
                if not peer.is_router or peer.address is None:
                    return False
                routers += 1
            if port.guest is not None:
                guest = topology.guest_plans[port.guest[0]]
                if guest is not None:
                    macs[guest.guest.nics[port.guest[1]].mac] += 1
                    addresses.update(guest.local.keys())
        alone = all(count == 1 for count in (*macs.values(), *addresses.values()))
        is_complete = routers == len(plan.router_ports) == len(plan.router_macs)
        plain = self._chains.plain
        return alone and is_complete and all(plain[each] for each in chains if each is not None)


def is_plain_port(port: Port) -> bool:
    """Whether a port is up, and does nothing but let frames through its filters."""
    return port.up and _is_plain_feature(port)


def is_plain_router(plan: RouterPlan) -> bool:
    """Whether a router does nothing but route, and let packets through its filters."""
    router = plan.router
    mirrors = router.in_mirrors or router.out_mirrors
    return router.up and router.load_balancer is None and not mirrors


def _is_plain_feature(port: Port) -> bool:
    return port.features is None and not port.service and not port.vlan and not port.container
