"""What in a network looks at ports and protocols, and so cuts packets into atoms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from grammar.errors import RefusedError
from midocli.analysis.alike import port_terms
from midocli.analysis.atoms import FIRST_PORT, LAST_PORT, LOCAL_PORTS, Atoms, Span
from midocli.simulator.topology.topology import Topology
from midocli.simulator.wire.protocol import TCP, UDP

if TYPE_CHECKING:
    from midocli.simulator.topology.keys import Key
    from midocli.store.rows import Row
    from midocli.store.store import Store

#: How many pairs of a source port's and a destination port's classes can be asked about at once.
_MOST_KINDS = 1_000_000
#: What looks at ports, or has what does.
_KINDS = ("chain", "mirror", "load-balancer", "guest")
#: The ports of DHCP, at which bridges look themselves.
_DHCP = (67, 68)


class PortReaders(NamedTuple):
    """Ports and protocols that rules and mirrors ask for, and ports that VIPs and machines serve.

    `mirrored` are the ranges of ports that mirrors ask for, each with whether it is the source's.
    """

    spans: frozenset[Span]
    protocols: frozenset[int]
    mirrored: frozenset[tuple[bool, Span]]
    vip_ports: frozenset[int]
    served: frozenset[int]

    @staticmethod
    def of(store: Store, topology: Topology) -> PortReaders:
        """All there are in a topology."""
        return PortReaders.among(topology, (row for kind in _KINDS for row in store.rows(kind)))

    @staticmethod
    def among(topology: Topology, rows: Iterable[Row]) -> PortReaders:
        """Those that there are among some objects of a topology."""
        keys: dict[str, list[Key]] = {}
        for row in rows:
            keys.setdefault(row.collection.path, []).append(row.id)
        chains = map(topology.chains.__getitem__, keys.get("chain", ()))
        mirrors = map(topology.mirror_plans.__getitem__, keys.get("mirror", ()))
        balancers = map(topology.load_balancers.__getitem__, keys.get("load-balancer", ()))
        guests = map(topology.guests.__getitem__, keys.get("guest", ()))
        copied = [each for plan in mirrors if plan for each in plan.mirror.conditions]
        filtered = [rule.condition for chain in chains if chain for rule in chain.rules]
        conditions = copied + filtered
        return PortReaders(
            frozenset(term.span for each in conditions for term in port_terms(each)),
            frozenset(each.proto for each in conditions if each.proto is not None),
            frozenset((term.is_source, term.span) for each in copied for term in port_terms(each)),
            frozenset(vip.port for each in balancers if each for vip in each.vips),
            frozenset(port for each in guests if each for _, port in each.services),
        )

    def joined(self, other: PortReaders) -> PortReaders:
        """Those of two topologies together."""
        return PortReaders(
            self.spans | other.spans,
            self.protocols | other.protocols,
            self.mirrored | other.mirrored,
            self.vip_ports | other.vip_ports,
            self.served | other.served,
        )

    def atoms(self, proto: int | None = None, port: int | None = None) -> Atoms:
        """The atoms: what none of these tells apart, nor a protocol and port asked about.

        RefusedError where they are too many.
        """
        # What is sent from a VIP's port is answered to it.
        ports = (*self.vip_ports, *_DHCP)
        cuts = {*_cuts(self.spans), *_cuts((port, port) for port in ports)}
        dst_cuts = cuts.union(_cuts((port, port) for port in self.served))
        protocols = self.protocols if proto is None else {*self.protocols, proto}
        named = [number for number in protocols if 0 < number < 256]
        if port is not None:
            # Packets to other ports, or from ports from which nobody sends, are not asked about.
            first, last = LOCAL_PORTS
            near = {first, last + 1, *(cut for cut in cuts if first < cut <= last)}
            return Atoms(near, (port, port + 1), named, dst_cuts)
        if proto is not None and proto not in (TCP, UDP):
            return Atoms((), (), named, dst_cuts)
        kinds = (len(cuts) + 1) * (len(dst_cuts) + 1)
        if kinds > _MOST_KINDS:
            message = f"rules tell {kinds} kinds of ports apart, too many at once"
            raise RefusedError(f"{message}: ask about a protocol and a port")
        return Atoms(cuts, dst_cuts, named)

    def apart(self, atoms: Atoms) -> list[int]:
        """Sets of atoms outside of which none fares as one within, whatever rules say of it.

        Mirrors and DHCP look at packets without telling.
        """
        found = [
            _matching(atoms, is_source is not swapped, span)
            for is_source, span in self.mirrored
            for swapped in (False, True)
        ]
        return [*dict.fromkeys(found), self.asking(atoms)]

    def asking(self, atoms: Atoms) -> int:
        """What may be a request of DHCP, which a bridge takes for itself."""
        server, client = _DHCP
        between = atoms.to_ports(server, server) & atoms.from_ports(client, client)
        return between & atoms.protocol(UDP)


def _cuts(spans: Iterable[Span]) -> Iterator[int]:
    for first, last in spans:
        yield first
        yield last + 1


def _matching(atoms: Atoms, is_source: bool, span: Span) -> int:
    """The atoms whose packets have a port within a range."""
    among = atoms.from_ports if is_source else atoms.to_ports
    return among(max(span[0], FIRST_PORT), min(span[1], LAST_PORT))
