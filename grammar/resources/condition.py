"""What a packet must look like: the fields that rules, mirrors and traces share."""

from __future__ import annotations

from grammar import numbers
from grammar.addresses import Mac, MacMask, Network, Ports
from grammar.resources.common import TRUE_FALSE, YES_NO
from grammar.schema import Field
from grammar.values import Choice, Integer, ListOf, Reference

_PORTS = ListOf(Reference("port"))


def _negatable(name: str, type: object, help: str) -> Field:
    return Field(name, type, help, invertible=True)  # type: ignore[arg-type]


CONDITION = (
    Field("inverted", YES_NO, "negates the condition as a whole", default=False),
    _negatable("hw-src", Mac(), "source MAC"),
    Field("hw-src-mask", MacMask(), "the bits of hw-src that count"),
    _negatable("hw-dst", Mac(), "destination MAC"),
    Field("hw-dst-mask", MacMask(), "the bits of hw-dst that count"),
    _negatable(
        "ethertype",
        Integer(0x600, 0xFFFF, hexadecimal=True, called=numbers.ethertype),
        "ethertype: 0x0800 is IPv4",
    ),
    _negatable("src", Network(), "source network; of ARP, the sender's address"),
    _negatable("dst", Network(), "destination network; of ARP, the target's address"),
    _negatable(
        "proto", Integer(0, 255, called=numbers.protocol), "IP protocol; of ARP, the operation"
    ),
    _negatable("tos", Integer(0, 255), "the TOS byte"),
    _negatable("src-port", Ports(), "TCP or UDP source port; of ICMP, the type"),
    _negatable("dst-port", Ports(), "TCP or UDP destination port; of ICMP, the code"),
    Field(
        "flow",
        Choice(("fwd-flow", "return-flow")),
        "direction of the connection the packet belongs to",
    ),
    _negatable("port-group", Reference("port-group"), "group of the port it entered by"),
    _negatable("in-port-group", Reference("port-group"), "group of this device's in-port"),
    _negatable("out-port-group", Reference("port-group"), "group of this device's out-port"),
    _negatable(
        "ip-address-group-src", Reference("ip-address-group"), "group of the source address"
    ),
    _negatable(
        "ip-address-group-dst", Reference("ip-address-group"), "group of the destination address"
    ),
    _negatable("in-ports", _PORTS, "ports of this device it entered by"),
    _negatable("out-ports", _PORTS, "ports of this device it leaves by"),
    Field(
        "fragment-policy",
        Choice(("any", "header", "nonheader", "unfragmented")),
        "which fragments match",
    ),
    Field("no-vlan", TRUE_FALSE, "whether only untagged frames match", default=False),
    Field("vlan", Integer(0, 4095), "outer VLAN"),
    _negatable("icmp-data-src", Network(), "source of the packet an ICMP error quotes"),
    _negatable("icmp-data-dst", Network(), "destination of the packet an ICMP error quotes"),
    Field(
        "match-nw-dst-rewritten",
        TRUE_FALSE,
        "whether only packets with a rewritten destination match",
        default=False,
    ),
)
