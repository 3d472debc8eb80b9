"""Advice where a guest gets no lease."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import Cidr, format_ipv4
from midocli.advice.failure import Change, Failure, way
from midocli.advice.whereabouts import guest_with, net_text, router_ports_on
from midocli.store.catalog import Catalog
from midocli.store.rows import Row


def unleased(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A bridge's DHCP service has nothing for a machine: a subnet, or an address."""
    bridge = catalog.named("bridge", failure.reason.at)
    mac = failure.reason.details.get("unleased")
    if bridge is None:
        return
    path = f"bridge {bridge.full_alias}"
    for subnet in bridge.siblings("bridge.dhcp") or ():
        where = f"{path} dhcp subnet {net_text(subnet.get('subnet'))}"
        host = [
            each for each in subnet.siblings("bridge.dhcp.host") or () if each.get("mac") == mac
        ]
        if subnet.get("enabled") is False:
            if host and host[0].get("address") is not None:
                yield way("its addresses are ready", f"{where} set enabled yes")
                return
            continue
        address = _free(catalog, subnet.get("subnet"), _taken(bridge))
        if address is None:
            continue
        text = format_ipv4(address)
        if host:
            yield way(f"{text} is free there", f"{where} host mac {mac} set address {text}")
        else:
            yield way(f"{text} is free there", f"{where} add host mac {mac} address {text}")
        return
    for port in router_ports_on(bridge):
        net, gateway = port.get("net"), port.get("address")
        address = _free(catalog, net, {gateway}) if net is not None else None
        if address is None:
            continue
        subnet_words = f"{path} dhcp subnet {net_text(net)}"
        yield way(
            f"{port.full_alias} is the router on its link",
            f"{path} add dhcp subnet {net_text(net)} gw {format_ipv4(gateway)}",
            f"{subnet_words} add host mac {mac} address {format_ipv4(address)}",
        )
        return
    yield Change(f"{bridge.full_alias} wants a subnet with a gateway (bridge … add dhcp subnet)")


def _taken(bridge: Row) -> set[int]:
    """Addresses of a bridge that are given out, or a router's."""
    subnets = bridge.siblings("bridge.dhcp") or ()
    hosts = [host for subnet in subnets for host in subnet.siblings("bridge.dhcp.host") or ()]
    gateways = {subnet.get("gw") for subnet in subnets}
    own = {port.get("address") for port in router_ports_on(bridge)}
    return {host.get("address") for host in hosts} | gateways | own


def _free(catalog: Catalog, net: Cidr, taken: set[int]) -> int | None:
    """An address of a network that nobody has."""
    first = net.address & net.mask
    for address in range(first + 10, first + min(~net.mask & 0xFFFFFFFF, 1000)):
        if address not in taken and guest_with(catalog.store, address) is None:
            return address
    return None
