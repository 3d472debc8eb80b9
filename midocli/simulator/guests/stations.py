"""Stations: machines that the topology does not have, put behind a port for a while.

A ping from a port with `src` is one: it answers ARP and takes what is for it, as a guest does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import BridgePlan
from midocli.simulator.topology.records import Guest, Port
from midocli.simulator.wire.frame import Frame

if TYPE_CHECKING:
    from midocli.simulator.guests.stack import GuestStack
    from midocli.simulator.network import Network


def attach(network: Network, port_key: Key, guest: Guest) -> GuestStack:
    """Put a machine behind a port, until `detach`.

    On a linked port it gets what is for its MAC; the rest goes to the peer as always. The
    guest's first NIC should name `port_key` as its port.
    """
    network.topology.guests[guest.key] = guest
    network.topology.guest_plans.pop(guest.key, None)
    stack = network.stations[port_key] = network.guest(guest.key)
    return stack


def detach(network: Network, port_key: Key) -> None:
    """Take away what `attach` put there, and all it knew."""
    stack = network.stations.pop(port_key, None)
    if stack is not None:
        network.topology.forget("guest", stack.key)
        network.forget_guest(stack.key)


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
    guest = network.topology.guests[station.key]
    return port.peer is None or (guest is not None and frame.hw_dst == guest.nics[0].mac)
