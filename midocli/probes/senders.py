"""Where a ping comes from: a guest, a router's port, or a station nobody modelled."""

from __future__ import annotations

from typing import Any, Protocol

from grammar.addresses import mac_number
from grammar.errors import RefusedError, UnknownObjectError
from grammar.tree import Argument, Path
from midocli.context.context import Context
from midocli.probes.points import Point, find_point, point_of
from midocli.simulator.devices import router_ping
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.reason import LocalError
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Guest, Nic
from midocli.simulator.wire.addresses import BROADCAST, NO_ADDRESS, subnet_broadcast
from midocli.store.rows import Row

_STATION = "station"


class EchoHeader:
    """What to send: the fields of an echo request, shared by all requests of a ping."""

    __slots__ = ("df", "icmp_id", "ip_id", "src", "tos", "ttl")

    def __init__(self, options: dict[str, Any], icmp_id: int, to_group: bool = False) -> None:
        """Options that were not given are as Linux has them for what is sent `to_group` or not."""
        self.icmp_id = icmp_id
        self.ttl: int = options.get("ttl", 64)
        self.tos: int = options["tos"]
        df = options.get("df", "do" if to_group else "want")
        self.df = {"yes": "want", "no": "dont"}.get(df, df)
        self.ip_id: int | None = options.get("ip-id")
        self.src: int = options.get("src", NO_ADDRESS)


class Sender(Protocol):
    """Sends echo requests, and is where the answers come to."""

    name: str
    point: Point | None
    key: Key
    #: Its protocol stack, and the address it sends from (NO_ADDRESS: the stack's choice).
    stack: GuestStack | None
    address: int

    def send(
        self, dst: int, seq: int, data: bytes, header: EchoHeader, origin: object
    ) -> LocalError | None:
        """Send one request now; what ping says if it cannot be sent at all."""

    def is_broadcast(self, dst: int) -> bool:
        """Whether an address is that of all machines on a link of its own."""

    def close(self) -> None:
        """Leave the network as it was."""


class _Machine:
    """Sends through the stack of a machine."""

    stack: GuestStack | None

    def send(
        self, dst: int, seq: int, data: bytes, header: EchoHeader, origin: object
    ) -> LocalError | None:
        """An echo request through the machine's own stack; the error if it cannot be sent."""
        assert self.stack is not None
        return self.stack.send_echo(
            dst,
            header.icmp_id,
            seq,
            data,
            ttl=header.ttl,
            tos=header.tos,
            df=header.df,
            ip_id=header.ip_id,
            src=header.src,
            origin=origin,
        )

    def is_broadcast(self, dst: int) -> bool:
        """As the machine's routing table has it."""
        plan = self.stack.plan if self.stack is not None else None
        return plan is not None and plan.is_broadcast(dst) and plan.route(dst) is not None


class GuestSender(_Machine):
    """A guest of the topology."""

    def __init__(self, context: Context, row: Row, address: int = NO_ADDRESS) -> None:
        self.name = row.full_alias
        self.key: Key = row.id
        self.address = address
        self.stack = context.datapath.network.guest(row.id)
        interface = row.get("interface")
        key = context.datapath.point(interface) if interface is not None else None
        self.point = point_of(key, context) if key is not None else None

    def close(self) -> None:
        """Nothing was put up."""


class RouterSender:
    """A router's port: the router itself pings."""

    def __init__(self, context: Context, port: Row) -> None:
        assert port.parent is not None
        if port.get("address") is None:
            raise RefusedError(f"{port.full_alias} has no address to ping from")
        self._network = context.datapath.network
        self._port = port.id
        self._net = port.get("net")
        self.stack: GuestStack | None = None
        self.address: int = port.get("address")
        self.name = port.full_alias
        self.key: Key = port.parent.id
        self.point: Point | None = None

    def send(
        self, dst: int, seq: int, data: bytes, header: EchoHeader, origin: object
    ) -> LocalError | None:
        """An echo request of the router's own: TTL 64, no DF, IP id 0 unless asked for."""
        return router_ping.send(
            self._network,
            self._port,
            dst,
            header.icmp_id,
            seq,
            data,
            ttl=header.ttl,
            tos=header.tos,
            fragment=0x4000 if header.df == "do" else 0,
            ip_id=header.ip_id or 0,
            origin=origin,
        )

    def is_broadcast(self, dst: int) -> bool:
        """As the port's network has it."""
        net = self._net
        if net is None or net.length > 30:
            return dst == BROADCAST
        return dst in (BROADCAST, subnet_broadcast((net.address, net.length)))

    def close(self) -> None:
        """Nothing was put up."""


class StationSender(_Machine):
    """A machine at a point for as long as the ping lasts.

    Its network is that of the router behind the point, where one is, with that
    router as its gateway; otherwise every address is on its link. With `hw-dst`
    every packet goes to that MAC without asking.
    """

    def __init__(self, context: Context, point: Point, options: dict[str, Any]) -> None:
        self._network = context.datapath.network
        if point.port is None:
            raise RefusedError(f"no port is bound to {point.name}; nothing can be sent there")
        self._port = point.port
        self.name = point.name
        self.point: Point | None = point
        hw_src = options.get("hw-src") or "02:" + context.chance.getrandbits(40).to_bytes(
            5, "big"
        ).hex(":")
        hw_dst = options.get("hw-dst")
        router_port = router_behind(context, point.port)
        net = router_port.get("net") if router_port else None
        if net is not None and (options["src"] ^ net.address) & net.mask:
            router_port = net = None
        guest = Guest(
            key=(_STATION, point.key),
            alias=point.name,
            name=point.name,
            nics=(
                Nic(
                    interface=point.name,
                    port=point.port,
                    mac=mac_number(hw_src),
                    addresses=((options["src"], net.length if net else 0),),
                    gateway_mac=mac_number(hw_dst) if hw_dst else None,
                ),
            ),
            gateway=router_port.get("address") if router_port else None,
        )
        self.key: Key = guest.key
        self.address: int = options["src"]
        self.stack = self._network.attach(point.port, guest)

    def close(self) -> None:
        """Take the machine away again."""
        self._network.detach(self._port)


def router_behind(context: Context, port: int) -> Row | None:
    """The only router port that a port's bridge is linked to (or that the port is)."""
    row = context.store.by_id(port)
    if row is None or row.collection.path == "router.port":
        return row
    peers = [
        sibling.get("peer")
        for sibling in (row.parent.siblings("bridge.port") if row.parent else None) or ()
        if sibling.get("peer") is not None
    ]
    routers = [peer for peer in peers if peer.collection.path == "router.port"]
    return routers[0] if len(routers) == 1 else None


def find_sender(context: Context, given: Argument | Path, options: dict[str, Any]) -> Sender:
    """The source a probe names; UnknownObjectError or RefusedError where it is none."""
    address = options.get("src", NO_ADDRESS)
    if not isinstance(given, Argument):
        row = context.resolver.path(given)
        assert row is not None, "the grammar lets no empty path through"
        return GuestSender(context, row, address)
    guest = context.named("guest", given.text)
    if guest is not None:
        return GuestSender(context, guest, address)
    if "src" in options:
        return StationSender(context, find_point(context, given.text, given.column), options)
    port = context.named("port", given.text)
    if port is not None and port.collection.path == "router.port":
        return RouterSender(context, port)
    point = find_point_or_guest(context, given)
    guest = guest_at(context, point)
    if guest is not None:
        return GuestSender(context, guest, address)
    raise RefusedError(
        f"{point.name} is a point without a guest: give the address to ping from with src",
        None,
        given.column,
    )


def find_guest(context: Context, given: Argument | Path) -> Row:
    """The guest a probe names, by itself or by its interface; UnknownObjectError for others."""
    if not isinstance(given, Argument):
        row = context.resolver.path(given)
        assert row is not None, "the grammar lets no empty path through"
        return row
    guest = context.named("guest", given.text)
    if guest is not None:
        return guest
    try:
        guest = guest_at(context, find_point(context, given.text, given.column))
    except UnknownObjectError:
        guest = None
    if guest is None:
        near = context.resolver.suggestion(given.text, "guest", "host.interface")
        raise UnknownObjectError(f"unknown guest {given.text[:40]!r}{near}", given.column)
    return guest


def find_point_or_guest(context: Context, given: Argument) -> Point:
    """A point, with an error that also speaks of guests."""
    try:
        return find_point(context, given.text, given.column)
    except UnknownObjectError:
        if context.resolver.interfaces(given.text):
            raise
        near = context.resolver.suggestion(given.text, "guest", "port", "host.interface")
        message = f"unknown source {given.text[:40]!r}: it is no guest, port or interface{near}"
        raise UnknownObjectError(message, given.column) from None


def guest_at(context: Context, point: Point) -> Row | None:
    """The guest behind a point."""
    from midocli.datapath.wiring import guest_behind

    if not isinstance(point.key, str):
        return None
    nic = guest_behind(context.resolver.interface(point.key))
    return None if nic is None else nic.parent or nic
