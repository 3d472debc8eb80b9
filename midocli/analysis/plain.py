"""Who is plugged in plainly: where nothing changes packets, copies them or chooses.

A home is a guest with one interface and one address, on a bridge that only bridges, or plugged into
nothing. What is not quite so is no home, and is left to the simulator.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from midocli.analysis.derived import Derived, Steady
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import GuestPlan, RouterPlan
from midocli.simulator.topology.records import NO_PORT, Nic, Port

if TYPE_CHECKING:
    from midocli.analysis.chain_sets import ChainSets
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology

#: Links that take less may cut packets up.
_SMALLEST_MTU = 576


class Home(NamedTuple):
    """A guest that is plugged in plainly, or (at `NO_PORT`) not at all.

    `mute`: nothing gets out of it, nor in.
    """

    plan: GuestPlan
    nic: Nic
    port: Port
    address: int
    mute: bool


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
        self.chains, self.holders = chains, holders
        self.homes = Steady(making, self._home)
        self._shared = Steady(making, self._shared_on)
        self._are_up = Steady(making, self._is_up)

    def _home(self, key: Key) -> Home | None:
        topology = self._topology
        plan = topology.guest_plans[key]
        if plan is None or not all(route.gateway for route in plan.guest.routes):
            return None
        nic, *others = plan.guest.nics
        if any(each.port is not None or each.addresses for each in others):
            return None
        if nic.vlan or nic.gateway_mac is not None or len(nic.addresses) != 1:
            return None
        address = nic.addresses[0][0]
        if nic.mtu < _SMALLEST_MTU or self.holders[address] != (key,):
            return None
        port = topology.ports[nic.port] if nic.port is not None else None
        if port is None:
            return Home(plan, nic, NO_PORT, address, mute=True)
        if port.is_router or port.guest != (key, 0) or not _is_plain_feature(port):
            return None
        shared = self._shared[port.device]
        if shared is None or nic.mac in shared or address in shared:
            return None
        is_heard = plan.guest.up and nic.up and port.up and port.active
        return Home(plan, nic, port, address, mute=not (is_heard and self._are_up[port.device]))

    def _is_up(self, key: Key) -> bool:
        """Whether a bridge lets anything through."""
        plan = self._topology.bridge_plans[key]
        return plan is not None and plan.bridge.up

    def _shared_on(self, key: Key) -> frozenset[int] | None:
        """The MACs and addresses of several guests on a bridge; None: it does more than bridge."""
        topology = self._topology
        plan = topology.bridge_plans[key]
        if plan is None or plan.bridge.macs or plan.bridge.addresses:
            return None
        bridge = plan.bridge
        if bridge.in_mirrors or bridge.out_mirrors or plan.vlan_of or plan.trunks:
            return None
        chains = [bridge.infilter, bridge.outfilter]
        macs, addresses = Counter(list(plan.router_ports)), Counter(list(plan.router_macs))
        routers = 0
        for port in plan.ports.values():
            chains += [port.infilter, port.outfilter]
            peer = topology.ports[port.peer] if port.peer is not None else None
            if not _is_plain_feature(port) or (port.peer is not None and peer is None):
                return None
            if peer is not None:
                if not peer.is_router or peer.address is None:
                    return None
                routers += 1
            if port.guest is not None:
                guest = topology.guest_plans[port.guest[0]]
                if guest is not None:
                    macs[guest.guest.nics[port.guest[1]].mac] += 1
                    addresses.update(guest.local.keys())
        counts = (*macs.items(), *addresses.items())
        shared = frozenset(each for each, count in counts if count > 1)
        is_complete = routers == len(plan.router_ports) == len(plan.router_macs)
        if not is_complete or shared & {*plan.router_ports, *plan.router_macs}:
            return None
        plain = self.chains.plain
        return shared if all(plain[each] for each in chains if each is not None) else None


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
