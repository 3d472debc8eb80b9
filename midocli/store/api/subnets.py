"""The addresses of a router port, which clients of two generations write differently."""

from __future__ import annotations

from grammar.addresses import Cidr, format_ipv4, parse_cidr
from midocli.store.api.forms import (
    LENGTH,
    Form,
    Given,
    Json,
    Pairs,
    WrongFieldError,
    address_of,
    number_of,
    optional,
)
from midocli.store.api.leaves import Schema
from midocli.store.display import Display
from midocli.store.rows import Row


class Subnets(Form):
    """A router port's addresses, in the form of 5.2 clients and in that of newer ones.

    MidoNet stores `portSubnet`. A 5.2 client that changes an address sends the old `portSubnet`
    back beside it, so that what differs from what is stored is meant; `portSubnet` where both do.
    """

    def __init__(self) -> None:
        super().__init__("portAddress", "networkAddress", "networkLength", "portSubnet")

    def write(self, out: Json, row: Row, display: Display) -> None:
        addresses = _addresses(row)
        net = _net_of(row)
        out["networkAddress"] = None if net is None else format_ipv4(net.address)
        out["networkLength"] = 0 if net is None else net.length
        out["portSubnet"] = [f"{format_ipv4(each.address)}/{each.length}" for each in addresses]
        out["portAddress"] = format_ipv4(addresses[0].address) if addresses else None

    def read(self, given: Given) -> Pairs:
        stored = _addresses(given.row) if given.row is not None else ()
        newer = self._newer(given)
        older = self._older(given, stored)
        net = self._net(given)
        chosen = newer if newer and (newer != stored or not older) else older
        if given.row is not None and chosen == stored:
            if net is not None and net != _net_of(given.row):
                yield "net", net
            return
        first = chosen[0] if chosen else None
        yield "addresses", chosen if len(chosen) > 1 else None
        yield "address", None if first is None else first.address
        is_said = first is None or (net is not None and net.network == first.network)
        yield "net", net if is_said or first is None else Cidr(first.network, first.length)

    def _newer(self, given: Given) -> tuple[Cidr, ...]:
        subnets = given.get("portSubnet", [])
        if isinstance(subnets, str):
            subnets = [subnets]
        try:
            return tuple(parse_cidr(each) for each in subnets)
        except (ValueError, TypeError, AttributeError):
            expected = "expected a list of IPv4 addresses with their prefix lengths"
            raise WrongFieldError("portSubnet", expected) from None

    def _older(self, given: Given, stored: tuple[Cidr, ...]) -> tuple[Cidr, ...]:
        address = given.get("portAddress")
        if address in (None, ""):
            return ()
        length = number_of(given, "networkLength", 0, 32)
        return (Cidr(address_of("portAddress", address), length), *stored[1:])

    def _net(self, given: Given) -> Cidr | None:
        network = given.get("networkAddress")
        if network in (None, ""):
            return None
        length = number_of(given, "networkLength", 0, 32)
        return Cidr(address_of("networkAddress", network), length)

    def schema(self) -> dict[str, Schema]:
        text = {"type": "string"}
        return {
            "networkAddress": optional(text),
            "networkLength": LENGTH,
            "portSubnet": {"type": "array", "items": text},
            "portAddress": optional(text),
        }


def _net_of(row: Row) -> Cidr | None:
    """The network a router port is on: as it was said, or else that of its first address."""
    addresses = _addresses(row)
    if not addresses or (row.get("net") is not None and not row.get("addresses")):
        net: Cidr | None = row.get("net")
        return net
    return Cidr(addresses[0].network, addresses[0].length)


def _addresses(row: Row) -> tuple[Cidr, ...]:
    """A router port's addresses with their prefix lengths."""
    addresses: tuple[Cidr, ...] = row.get("addresses") or ()
    if addresses or row.get("address") is None:
        return addresses
    net: Cidr | None = row.get("net")
    return (Cidr(row.get("address"), 32 if net is None else net.length),)
