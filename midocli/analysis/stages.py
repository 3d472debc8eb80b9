"""The filters that frames go through on a plain way, device by device.

Where a machine's own port, MAC or address stands, it has `SENDER` or `TAKER`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port

Filter = Literal["infilter", "outfilter", "local-redirect-chain", "forward-chain"]


class End(NamedTuple):
    """Who sends frames on a way, or takes them: one of the two machines, or a router's port."""

    port: Port
    mac: int = 0
    address: int = 0


#: The machine that sends the packets, and the one they are for.
SENDER, TAKER = End(Port(key="sender")), End(Port(key="taker"))


class Stage(NamedTuple):
    """A filter on a way: its chain, whose it is, and where packets are when they go through it.

    The filters of the two machines' ports stand with no chain.
    """

    chain: Key
    at: str
    name: Filter
    in_port: Port
    out_port: Port


Stages = tuple[Stage, ...]


class BridgeFilters(NamedTuple):
    """What a bridge that only bridges does: its filters, and whether it serves DHCP."""

    alias: str
    infilter: Key
    outfilter: Key
    serves: bool


class RouterFilters(NamedTuple):
    """What a router that only routes does with what it forwards: its filters, or nothing at all."""

    up: bool
    alias: str
    infilter: Key
    outfilter: Key
    forward: Key
    local_redirect: Key


def through(bridge: BridgeFilters, in_port: Port, out_port: Port) -> Stages:
    """The filters of a bridge, from a port to a port that it knows the frame is for."""
    return _bridged(bridge, in_port, out_port, out_port)


def flooding(bridge: BridgeFilters, in_port: Port, out_port: Port) -> Stages:
    """The same of a frame that goes to all ports, on its way to one of them."""
    return _bridged(bridge, in_port, NO_PORT, out_port)


def _bridged(bridge: BridgeFilters, in_port: Port, known: Port, out_port: Port) -> Stages:
    return (
        *entering(bridge, in_port),
        *staged(bridge.outfilter, bridge.alias, "outfilter", in_port, known),
        *own("outfilter", in_port, out_port),
    )


def entering(bridge: BridgeFilters, in_port: Port) -> Stages:
    """The filters where a frame comes into a bridge by a port."""
    return (
        *own("infilter", in_port, NO_PORT),
        *staged(bridge.infilter, bridge.alias, "infilter", in_port, NO_PORT),
    )


def over(router: RouterFilters, inside: Port, port: Port) -> Stages:
    """The filters of a router, from a port into the next, but for the one where it leaves."""
    return (
        *staged(inside.infilter, inside.alias, "infilter", inside, NO_PORT),
        *staged(router.local_redirect, router.alias, "local-redirect-chain", inside, NO_PORT),
        *staged(router.infilter, router.alias, "infilter", inside, NO_PORT),
        *staged(router.forward, router.alias, "forward-chain", inside, port),
        *staged(router.outfilter, router.alias, "outfilter", inside, port),
    )


def own(name: Literal["infilter", "outfilter"], in_port: Port, out_port: Port) -> Stages:
    """The filter of a port of a bridge: where packets come in, or where they leave."""
    port = in_port if name == "infilter" else out_port
    if port in (SENDER.port, TAKER.port):
        return (Stage(None, "", name, in_port, out_port),)
    chain = port.infilter if name == "infilter" else port.outfilter
    return staged(chain, port.alias, name, in_port, out_port)


def staged(chain: Key, at: str, name: Filter, in_port: Port, out_port: Port) -> Stages:
    """A filter on the way, where there is one."""
    return () if chain is None else (Stage(chain, at, name, in_port, out_port),)
