"""Advice where a router port has no address: it neither answers for one nor asks for any."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import Cidr, format_ipv4
from midocli.advice.failure import Change, way
from midocli.advice.whereabouts import (
    bridge_of,
    gateways,
    guests,
    home_of,
    leads_to,
    port_of,
    router_port_with,
)
from midocli.simulator.reason import Reason
from midocli.store.catalog import Catalog
from midocli.store.rows import Row


def addressless(catalog: Catalog, port: Row, asked: int | None = None) -> Iterator[Change]:
    """Give a port the address that was asked for, or the one its machines take to be theirs."""
    why = f"{port.full_alias} has no address"
    for guest, cidr in _on_link(catalog, port):
        for address in (asked, guest.get("gw"), cidr.network + 1):
            if address is not None and _is_free(cidr, address):
                net = f"{format_ipv4(cidr.network)}/{cidr.length}"
                given = f"address {format_ipv4(address)} net {net}"
                commands = [f"{port.full_alias} set {given}"]
                if not leads_to(port, cidr.address):
                    assert port.parent is not None
                    route = f"dst {net} type normal port {port.full_alias}"
                    commands.append(f"router {port.parent.full_alias} add route {route}")
                yield way(why, *commands)
                return
    yield Change(why)


def asked_in_vain(catalog: Catalog, silence: Reason) -> Row | None:
    """The router port without an address on the link of a guest that asked for what nobody has."""
    asker, address = catalog.named("guest", silence.at), silence.details.get("address")
    if asker is None or not isinstance(address, int) or home_of(catalog.store, address):
        return None
    bare = [] if router_port_with(catalog.store, address) else gateways(asker, addressed=False)
    return bare[0] if bare else None


def _on_link(catalog: Catalog, port: Row) -> Iterator[tuple[Row, Cidr]]:
    """The guests on a router port's link, with each of their addresses there."""
    bridge = bridge_of(port)
    for guest, nic in guests(catalog.store):
        its_port = port_of(nic)
        if its_port is port or (bridge is not None and bridge_of(its_port) is bridge):
            yield from ((guest, cidr) for cidr in nic.get("address") or ())


def _is_free(cidr: Cidr, address: int) -> bool:
    """Whether an address is another one of a network."""
    return address != cidr.address and not (address ^ cidr.address) & cidr.mask
