"""Who is meant by the ends of a question: guests, and all that stand on, in or behind something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grammar.addresses import Cidr, format_ipv4, parse_ipv4
from grammar.commands.reach import Place
from grammar.errors import InvalidValueError, UnknownObjectError
from grammar.resources import SCHEMA
from midocli.advice.whereabouts import bridge_of, guests, port_of
from midocli.analysis.outside import outside
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import LOOPBACK
from midocli.store.rows import Row

if TYPE_CHECKING:
    from midocli.context.context import Context


class Machine(NamedTuple):
    """An end: who it is, and one of its addresses.

    `key` is the simulator's: a guest's, or an `Outside` (None: an address that no guest has).
    `chooses`: it sends from the address that its routes prefer; else from this one. `is_itself`:
    packets have to come to this machine, not to any that has its address.
    """

    name: str
    key: Key
    address: int
    chooses: bool = True
    is_itself: bool = True

    @property
    def end(self) -> tuple[str, int]:
        """Its name and address, by which it is called and compared."""
        return self.name, self.address

    @property
    def meant(self) -> Key:
        """The machine that packets have to come to; None: whoever has the address."""
        return self.key if self.is_itself else None


#: In which order a name is looked for; what stands in one row may not be told apart by a name.
_PRECEDENCE = (("guest",), ("bridge",), ("port-group", "ip-address-group", "router"))


def machines(context: Context, place: Place) -> list[Machine]:
    """The machines of a place; UnknownObjectError or InvalidValueError where there are none."""
    network = _network(place)
    if network is not None:
        found = _in_network(context, network)
    else:
        kind, row = _find(context, place)
        found = list(_MEMBERS[kind](context, row))
    if not found:
        message = f"there is no machine with an address in {place.name}"
        raise InvalidValueError(message, place.column)
    return list(dict.fromkeys(found))


def guest_machines(context: Context) -> list[Machine]:
    """All guests with an address."""
    return [each for guest in context.store.rows("guest") for each in _guest(context, guest)]


def further_addresses(context: Context) -> list[Machine]:
    """The addresses of guests besides those by which they are known."""
    known = {(each.key, each.address) for each in guest_machines(context)}
    return [
        Machine(_called(context, guest), guest.id, address, False, False)
        for guest, _, address in _addresses(context)
        if (guest.id, address) not in known
    ]


def group_members(context: Context, kinds: Iterable[str]) -> Iterator[tuple[str, list[Machine]]]:
    """The objects of some kinds where machines stand, with these.

    They go by their names; with the alias where several have the same.
    """
    rows = [(kind, row) for kind in kinds for row in context.store.rows(kind)]
    found = {row: list(dict.fromkeys(_MEMBERS[kind](context, row))) for kind, row in rows}
    shared = Counter(name_of(row) for row, members in found.items() if members)
    for row, members in found.items():
        if members:
            name = name_of(row)
            yield name if shared[name] == 1 else f"{name} ({row.full_alias})", members


def pairs_of(machines: Sequence[Machine]) -> Iterator[tuple[int, int]]:
    """Every machine that sends with every other, a guest not with itself, by their numbers."""
    for one, source in enumerate(machines):
        if source.key is not None:
            yield from ((one, at) for at, each in enumerate(machines) if each.key != source.key)


def names_of(ends: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What machines are called, by name and address: the address where they share the name."""
    machines = dict.fromkeys(ends)
    shared = Counter(name for name, _ in machines)
    return {
        (name, address): name if shared[name] == 1 else f"{name} ({format_ipv4(address)})"
        for name, address in machines
    }


def is_many(context: Context, word: str) -> bool:
    """Whether a word may stand for several machines: not for a guest, an address or a port."""
    kind, _, name = word.partition(" ")
    if kind in _MEMBERS and name:
        return kind != "guest"
    if _is_called(context, "guest", word):
        return False
    kinds = (kind for kind in _MEMBERS if kind != "guest")
    return "/" in word or any(_is_called(context, kind, word) for kind in kinds)


def _network(place: Place) -> Cidr | None:
    """The network that is written as such, or an address alone."""
    if place.kind is not None:
        return None
    text = place.name
    address, _, length = text.partition("/")
    try:
        bits = int(length) if length else 32
        return Cidr(parse_ipv4(address), bits) if 0 <= bits <= 32 else None
    except ValueError:
        return None


def _find(context: Context, place: Place) -> tuple[str, Row]:
    """The kind and object that a name means."""
    kind = place.kind or _kind_of(context, place.name, place.column)
    if kind is None:
        what = "it is no guest, bridge, router, group or network"
        near = context.resolver.suggestion(place.name, *_MEMBERS)
        message = f"unknown machine {place.name[:40]!r}: {what}{near}"
        raise UnknownObjectError(message, place.column)
    return kind, context.resolver.named(SCHEMA[kind], None, place.name, place.column)


def _kind_of(context: Context, name: str, column: int | None = None) -> str | None:
    """The kind of what a name means; None where nothing is called so."""
    for kinds in _PRECEDENCE:
        found = [kind for kind in kinds if _is_called(context, kind, name)]
        if len(found) > 1:
            message = f"{name} is the name of {' and '.join(found)}: say which, as in"
            raise InvalidValueError(f"{message} {found[0]} {name}", column)
        if found:
            return found[0]
    return None


def _is_called(context: Context, kind: str, name: str) -> bool:
    """Whether one or several objects of a kind are called by a name."""
    collection = SCHEMA[kind]
    is_name = bool(context.store.keyed(collection, None, name))
    return is_name or context.named(kind, name) is not None


def _in_network(context: Context, network: Cidr) -> list[Machine]:
    """The guests with an address in a network; an address that nobody has stands for itself."""
    there = [
        Machine(_called(context, guest), guest.id, address, False, False)
        for guest, _, address in _addresses(context)
        if not (address ^ network.network) & network.mask
    ]
    topology = context.datapath.network.topology
    beyond = [
        Machine(place.name, place, place.address, False, False)
        for place in outside(context.store, topology, network)
    ]
    if not there and not beyond and network.length == 32:
        return [Machine(format_ipv4(network.network), None, network.network, True, False)]
    return there + beyond


def _addresses(context: Context) -> Iterator[tuple[Row, Row, int]]:
    """Every guest with each interface and each of its addresses."""
    for guest, nic in guests(context.store):
        for address in _own(nic):
            yield guest, nic, address


def _own(nic: Row) -> list[int]:
    """The addresses of an interface, but for those by which every machine calls itself."""
    addresses = [int(cidr.address) for cidr in nic.get("address") or ()]
    return [each for each in addresses if each and each >> 24 != LOOPBACK]


def _behind(context: Context, is_there: Callable[[Row], bool]) -> Iterator[Machine]:
    """The guests behind some ports, with the first address they have there."""
    for guest, nic in guests(context.store):
        port = port_of(nic)
        addresses = _own(nic)
        if port is not None and addresses and is_there(port):
            only = nic is guest and not len(guest.siblings("guest.nic") or ())
            yield Machine(_called(context, guest), guest.id, addresses[0], only)


def name_of(row: Row) -> str:
    """What something is called: its name, where it has one, else its alias."""
    return str(row.get("name") or row.full_alias)


def _called(context: Context, guest: Row) -> str:
    """What a machine is called; with its alias where another has both its name and an address."""
    name = name_of(guest)
    own = set(_addresses_of(guest))
    namesakes = context.store.keyed(SCHEMA["guest"], None, name)
    shared = any(each is not guest and own & set(_addresses_of(each)) for each in namesakes)
    return f"{name} ({guest.full_alias})" if shared else name


def _addresses_of(guest: Row) -> Iterator[int]:
    """All addresses of a machine, those of its own interface first."""
    for nic in (guest, *(guest.siblings("guest.nic") or ())):
        yield from _own(nic)


def _guest(context: Context, row: Row) -> Iterable[Machine]:
    first = next(_addresses_of(row), None)
    return () if first is None else (Machine(_called(context, row), row.id, first),)


def _on_bridge(context: Context, row: Row) -> Iterable[Machine]:
    return _behind(context, lambda port: port.parent is row)


def _at_router(context: Context, row: Row) -> Iterable[Machine]:
    """The machines of a router's networks: on bridges linked to it, and at its own ports."""
    ports = list(row.siblings("router.port") or ())
    bridges = [bridge for bridge in map(bridge_of, ports) if bridge is not None]
    return _behind(context, lambda port: port in ports or port.parent in bridges)


def _in_port_group(context: Context, row: Row) -> Iterable[Machine]:
    ports = [member.get("port") for member in row.siblings("port-group.member") or ()]
    return _behind(context, lambda port: port in ports)


def _in_address_group(context: Context, row: Row) -> Iterable[Machine]:
    for member in row.siblings("ip-address-group.ip") or ():
        word = member.get("address")
        if ":" not in word:
            yield from _in_network(context, Cidr(parse_ipv4(word), 32))


_MEMBERS: dict[str, Callable[[Context, Row], Iterable[Machine]]] = {
    "guest": _guest,
    "bridge": _on_bridge,
    "router": _at_router,
    "port-group": _in_port_group,
    "ip-address-group": _in_address_group,
}
