"""What the datapath has learnt and bound: collections that only the simulator fills."""

from __future__ import annotations

from typing import Any

from grammar.addresses import IPv4, Mac
from grammar.resources.common import YES_NO
from grammar.schema import Collection, Field
from grammar.times import Seconds
from grammar.values import Choice, Integer, Reference, Text

_PORT = Integer(0, 65535)
_PROTO = Field("proto", Integer(0, 255), "IP protocol", read_only=True)
_MAC = Field("mac", Mac(), "the MAC address", read_only=True)


def _flow(prefix: str, what: str) -> tuple[Field, ...]:
    """Addresses and ports of one direction; for ICMP the identifier stands for the ports."""
    return (
        Field(f"{prefix}src", IPv4(), f"source address {what}", read_only=True),
        Field(f"{prefix}src-port", _PORT, f"source port {what}", read_only=True),
        Field(f"{prefix}dst", IPv4(), f"destination address {what}", read_only=True),
        Field(f"{prefix}dst-port", _PORT, f"destination port {what}", read_only=True),
    )


def _live(path: str, help: str, fields: tuple[Field, ...], **more: Any) -> Collection:
    name = path.rpartition(".")[2]
    more = {"creatable": False, **more}
    return Collection(path, name, help, fields, has_id=False, live=True, **more)


ARP = _live(
    "router.arp",
    "an entry of the router's ARP cache",
    (
        Field("address", IPv4(), "the address", read_only=True),
        _MAC,
        Field("state", Choice(("fresh", "stale")), "a stale one is asked again", read_only=True),
    ),
    more=("router router0 arp list state fresh",),
    see=("arping", "reset"),
)

MAC_TABLE = _live(
    "bridge.mac",
    "a MAC address the bridge has learnt, or was told",
    (
        Field("mac", Mac(), "the MAC address", required=True, fixed=True),
        Field("vlan", Integer(0, 4095), "its VLAN; 0 is untagged", default=0, fixed=True),
        Field(
            "port",
            Reference("port"),
            "the port it is behind",
            required=True,
            fixed=True,
            on_delete="cascade",
        ),
        Field("static", YES_NO, "yes where the bridge was told", read_only=True),
    ),
    creatable=True,
    example="mac 02:00:00:00:00:01 port bridge0:port1",
    more=(
        "bridge bridge0 mac list vlan 0",
        "bridge bridge0 add mac mac 02:00:00:00:00:02 port bridge0:port1  # stays through reset",
    ),
    see=("reset",),
)

ARP_TABLE = Collection(
    "bridge.arp",
    "arp",
    "an address the bridge answers ARP requests for",
    (
        Field("address", IPv4(), "the address", required=True, fixed=True),
        Field("mac", Mac(), "the MAC address it answers", required=True, fixed=True),
    ),
    has_id=False,
    key=("address",),
    settled=True,
    example="address 192.168.77.9 mac 02:00:00:00:00:01",
    more=("bridge bridge0 arp list",),
    see=("reset",),
)

NAT = _live(
    "router.nat",
    "a dynamic NAT binding of the router or its load balancer",
    (
        Field(
            "type",
            Choice(("dnat", "snat", "sticky-dnat")),
            "what was translated; sticky-dnat is for all of a client's ports",
            read_only=True,
        ),
        _PROTO,
        *_flow("", "before"),
        *_flow("new-", "after"),
        Field("rule", Text("a rule"), "the rule, or pool member, that made it", read_only=True),
    ),
    more=("router router0 nat list type dnat",),
    see=("rule", "connection", "reset"),
)

CONNECTION = _live(
    "connection",
    "a tracked connection, by its return direction",
    (
        _PROTO,
        *_flow("", "of the return direction"),
        Field("device", Text("a device"), "the device it returns to", read_only=True),
    ),
    group="watching",
    more=("connection list proto 1 as table",),
    see=("flow", "nat", "reset"),
)

WALK = _live(
    "tracerequest.walk",
    "the walk of a frame that a trace request has kept",
    (
        Field("walk", Text("a walk", "walk0"), "its name", read_only=True),
        Field("time", Text("a time", "2026-01-05T09:00:00+00:00"), "when it began", read_only=True),
        Field("at", Text("a port", "bridge0:port0"), "where it began", read_only=True),
        Field("hw-src", Mac(), "source MAC there", read_only=True),
        Field("hw-dst", Mac(), "destination MAC there", read_only=True),
        Field("ethertype", Integer(0, 65535, hexadecimal=True), "its ethertype", read_only=True),
        Field("src", IPv4(), "source address there; of ARP, the sender's", read_only=True),
        Field("dst", IPv4(), "destination address there; of ARP, the target's", read_only=True),
        _PROTO,
        Field("src-port", _PORT, "source port there; of ICMP, the type", read_only=True),
        Field("dst-port", _PORT, "destination port there; of ICMP, the code", read_only=True),
        Field(
            "outcome",
            Text("an outcome", "out at host0:tap1"),
            "where the frame ended",
            read_only=True,
        ),
    ),
)


FLOW = _live(
    "flow",
    "a flow of the datapath: what it matches, and what is done with its packets",
    (
        Field("port", Text("a port"), "the port its packets enter by", read_only=True),
        Field("hw-src", Mac(), "source MAC address", read_only=True),
        Field("hw-dst", Mac(), "destination MAC address", read_only=True),
        Field("vlan", Integer(0, 4095), "outer VLAN", read_only=True),
        Field("ethertype", Integer(0, 0xFFFF, hexadecimal=True), "their ethertype", read_only=True),
        Field("src", IPv4(), "source address", read_only=True),
        Field("dst", IPv4(), "destination address", read_only=True),
        Field("proto", Integer(0, 0xFFFF), "IP protocol, or ARP opcode", read_only=True),
        Field("src-port", _PORT, "source port, or ICMP type", read_only=True),
        Field("dst-port", _PORT, "destination port, or ICMP code", read_only=True),
        Field("icmp-id", _PORT, "identifier of an ICMP echo", read_only=True),
        Field("packets", Integer(0, 2**63 - 1), "how many there were", read_only=True),
        Field("used", Seconds(), "seconds since the last one", read_only=True),
        Field("expires", Seconds(), "seconds until it goes, unused", read_only=True),
        Field("actions", Text("actions"), "what was done with the last one", read_only=True),
    ),
    group="watching",
    more=("flow list as table",),
    see=("connection", "reset", "clock"),
)

COLLECTIONS = (ARP, MAC_TABLE, ARP_TABLE, NAT, CONNECTION, FLOW, WALK)
