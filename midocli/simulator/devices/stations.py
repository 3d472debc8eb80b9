"""Stations: machines that the topology does not have, put behind a port for a while.

A ping from a port with `src` is one: it answers ARP and takes what is for it, as a guest does
(`Simulator.attach`).
"""

from __future__ import annotations

from midocli.simulator.network import Network
from midocli.simulator.topology.plans import BridgePlan
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.frame import Frame


def ports(network: Network, plan: BridgePlan) -> tuple[Port, ...]:
    """A bridge's ports with a station and nothing else behind them: floods reach them."""
    if not network.stations:
        return ()
    found = (plan.ports.get(key) for key in network.stations)
    return tuple(port for port in found if port and not port.interface and not port.peer)


def takes(network: Network, port: Port, frame: Frame) -> bool:
    """Whether a station on a port without an interface gets this frame."""
    station = network.stations.get(port.key)
    if station is None:
        return False
    guest = network.topology.guests[station]
    return port.peer is None or (guest is not None and frame.hw_dst == guest.nics[0].mac)
