"""Chains, rules, groups, mirrors, insertions and trace requests in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from grammar.addresses import NatTarget, format_ipv4
from midocli.store.api.condition import ALONE, CONDITION
from midocli.store.api.forms import (
    Children,
    Form,
    Given,
    Json,
    Nested,
    One,
    Pairs,
    Shown,
    WrongFieldError,
    address_of,
    number_of,
)
from midocli.store.api.leaves import ReferenceLeaf, Schema, WordsLeaf, WrongJsonError, whole
from midocli.store.api.objects import ID, UUID, UUIDS, declared
from midocli.store.display import Display
from midocli.store.rows import Row

_FOREVER = 2**63 - 1
_TARGET = ("addressFrom", "addressTo", "portFrom", "portTo")

CHAIN = declared(
    "Chain",
    "Chain-v1",
    "chain",
    ID,
    One("tenantId", "tenant"),
    One("name", "name"),
    links="""
    uri /chains/{id}
    rules {uri}/rules
    """,
    takes=("chain.rule jump-to",),
)

#: Types of rules in the API, by the language's words; `redirect` is the language's own.
_TYPES = {
    "accept": "accept",
    "drop": "drop",
    "reject": "reject",
    "return": "return",
    "jump": "jump",
    "dnat": "dnat",
    "snat": "snat",
    "rev_dnat": "rev_dnat",
    "rev_snat": "rev_snat",
    "l2-transform": "l2_transform",
    "redirect": "l2_transform",
    "trace": "trace",
}
_ALL_NAT = ("dnat", "snat", "rev_dnat", "rev_snat")
_L2 = ("l2-transform", "redirect")


class RuleType(One):
    """A rule's type, which comes first and says what other fields there are."""

    def __init__(self) -> None:
        super().__init__(
            "type", "type", WordsLeaf(_TYPES, {"l2_transform": "l2-transform"}), required=True
        )


class Position(Form):
    """A rule's place in its chain, from 1; 0 and none are the first."""

    def __init__(self) -> None:
        super().__init__("position")

    def write(self, out: Json, row: Row, display: Display) -> None:
        out["position"] = display.store.position(row)

    def read(self, given: Given) -> Pairs:
        try:
            position = whole(given.get("position", 1))
        except WrongJsonError as error:
            raise WrongFieldError("position", str(error)) from None
        if not 0 <= position <= 1_000_000:
            raise WrongFieldError("position", "expected a number from 1 to 1000000")
        yield "pos", position or 1

    def schema(self) -> dict[str, Schema]:
        return {"position": {"type": "integer", "minimum": 1}}


class Action(One):
    """What follows a translation or an l2-transform, which the API wants to be told."""

    def __init__(self) -> None:
        super().__init__("flowAction", "action", required=True, only=(*_ALL_NAT, *_L2))

    def write(self, out: Json, row: Row, display: Display) -> None:
        super().write(out, row, display)
        if row.get("type") == "redirect":
            out["flowAction"] = "redirect"


def _chain(row: Row, display: Display) -> str | None:
    return row.parent.uuid if row.parent is not None else None


class Targets(Form):
    """What NAT translates to."""

    def write(self, out: Json, row: Row, display: Display) -> None:
        targets: tuple[NatTarget, ...] = row.get("target") or ()
        ends = ((format_ipv4(t.first), format_ipv4(t.last), t[2], t[3]) for t in targets)
        out[self.names[0]] = [dict(zip(_TARGET, each, strict=True)) for each in ends]

    def read(self, given: Given) -> Pairs:
        name = self.names[0]
        targets = given.get(name, [])
        if not isinstance(targets, list) or not all(isinstance(each, dict) for each in targets):
            raise WrongFieldError(name, "expected a list of targets")
        yield "target", tuple(self._target(given, each) for each in targets) or None

    def _target(self, given: Given, target: Json) -> NatTarget:
        name = self.names[0]
        each = Given(target, given.store, None)
        first = address_of(name, each.get("addressFrom"))
        last = address_of(name, each.get("addressTo", each.get("addressFrom")))
        first_port = number_of(each, "portFrom", 0, 0xFFFF)
        last_port = number_of(each, "portTo", 0, 0xFFFF)
        if last < first or last_port < first_port:
            raise WrongFieldError(name, "a range ends before it starts")
        return NatTarget(first, last, first_port, last_port)

    def schema(self) -> dict[str, Schema]:
        port = {"type": "integer", "minimum": 0, "maximum": 0xFFFF}
        kinds = ({"type": "string"}, {"type": "string"}, port, port)
        item = {"type": "object", "properties": dict(zip(_TARGET, kinds, strict=True))}
        return {self.names[0]: {"type": "array", "items": item}}


RULE = declared(
    "Rule",
    "Rule-v2",
    "chain.rule",
    RuleType(),
    *CONDITION,
    ID,
    Shown("chainId", UUID, _chain),
    Shown("meterName", {"type": ["string", "null"]}),
    Position(),
    Shown("jumpChainName", {"type": ["string", "null"]}, only=("jump",)),
    One("jumpChainId", "jump-to", required=True, only=("jump",)),
    Action(),
    Targets("natTargets", only=("dnat", "snat")),
    One("popVlan", "pop-vlan", only=_L2, absent=False),
    One("pushVlan", "push-vlan", only=_L2, absent=0),
    One("targetPortId", "target-port", only=_L2),
    One("ingress", "ingress", only=_L2, absent=False),
    One("failOpen", "fail-open", only=_L2, absent=False),
    One("requestId", "traceid", required=True, only=("trace",)),
    One("limit", "tracelimit", only=("trace",), absent=0),
    refused=409,
    links="uri /rules/{id}",
)

PORT_GROUP = declared(
    "PortGroup",
    "PortGroup-v1",
    "port-group",
    ID,
    One("tenantId", "tenant"),
    One("name", "name"),
    One("stateful", "stateful"),
    links="""
    uri /port_groups/{id}
    ports {uri}/ports
    """,
)

PORT_GROUP_PORT = declared(
    "PortGroupPort",
    "PortGroupPort-v1",
    "port-group.member",
    One("portGroupId", "port-group", post=False, put=False),
    One("portId", "port"),
    links="""
    uri /port_groups/{portGroupId}/ports/{portId}
    port /ports/{portId}
    portGroup /port_groups/{portGroupId}
    """,
    key="{portId}",
    silent=True,
)

IP_ADDR_GROUP = declared(
    "IpAddrGroup",
    "IpAddrGroup-v1",
    "ip-address-group",
    ID,
    One("name", "name", required=True),
    Shown("ipAddrPorts", {"type": "array"}, constant=[]),
    Shown("inboundChainId", {"type": ["string", "null"]}),
    Shown("outboundChainId", {"type": ["string", "null"]}),
    Shown("ruleIds", UUIDS, lambda row, display: _rules_of(row)),
    kind="IPAddrGroup",
    links="""
    uri /ip_addr_groups/{id}
    addrs {uri}/ip_addrs
    """,
)


def _rules_of(row: Row) -> list[str]:
    sources = dict.fromkeys(source for source, _ in row.referrers or ())
    return [each.uuid for each in sources if each.collection.path == "chain.rule"]


def _version(row: Row, display: Display) -> int:
    return 6 if ":" in row.get("address") else 4


IP_ADDR_GROUP_ADDR = declared(
    "IpAddrGroupAddr",
    "IpAddrGroupAddr-v1",
    "ip-address-group.ip",
    Shown("version", {"type": "integer", "enum": [4, 6]}, _version),
    One("addr", "address"),
    Shown("ipAddrGroupId", UUID, _chain),
    links="""
    uri /ip_addr_groups/{ipAddrGroupId}/versions/{version}/ip_addrs/{addr}
    ipAddrGroup /ip_addr_groups/{ipAddrGroupId}
    """,
    key="{addr}",
)

MIRROR = declared(
    "Mirror",
    "Mirror-v1",
    "mirror",
    ID,
    One("toPortId", "to-port"),
    Children("conditions", "mirror.matches", ALONE),
    links="uri /mirrors/{id}",
)

L2_INSERTION = declared(
    "L2Insertion",
    "L2Insertion-v1",
    "l2insertion",
    ID,
    One("portId", "port"),
    One("srvPortId", "srv-port"),
    One("vlan", "vlan"),
    One("position", "pos"),
    One("failOpen", "fail-open"),
    One("mac", "mac"),
    links="uri /l2insertions/{id}",
)


class TraceLimit(One):
    """How many packets are traced; the largest number, which the API has, is no limit here."""

    def __init__(self) -> None:
        super().__init__("limit", "limit", absent=_FOREVER)

    def of_json(self, given: Given, json: Any) -> Any:
        try:
            is_none = whole(json) >= 2**31
        except WrongJsonError as error:
            raise WrongFieldError("limit", str(error)) from None
        return None if is_none else super().of_json(given, json)

    def schema(self) -> dict[str, Schema]:
        return {"limit": {"type": "integer", "minimum": 1}}


class Device(Form):
    """The one port, router or bridge that is meant, with its kind."""

    _KINDS: ClassVar = {"PORT": "port", "ROUTER": "router", "BRIDGE": "bridge"}

    def __init__(self) -> None:
        super().__init__("deviceType", "deviceId", required=True)

    def write(self, out: Json, row: Row, display: Display) -> None:
        for kind, field in self._KINDS.items():
            if row.get(field) is not None:
                out["deviceType"], out["deviceId"] = kind, row.get(field).uuid

    def read(self, given: Given) -> Pairs:
        kind = given.get("deviceType")
        if kind not in self._KINDS:
            raise WrongFieldError("deviceType", f"expected one of {', '.join(self._KINDS)}")
        for each, field in self._KINDS.items():
            yield field, self._device(given, field) if each == kind else None

    def _device(self, given: Given, field: str) -> Row:
        try:
            return ReferenceLeaf(field).of_json(given.store, given.get("deviceId"))
        except WrongJsonError as error:
            raise WrongFieldError("deviceId", str(error)) from None

    def schema(self) -> dict[str, Schema]:
        return {"deviceType": {"type": "string"}, "deviceId": {"type": "string", "format": "uuid"}}


TRACE_REQUEST = declared(
    "TraceRequest",
    "TraceRequest-v1",
    "tracerequest",
    ID,
    One("name", "name", required=True),
    Device(),
    Nested("condition", ALONE, required=True),
    Shown("creationTimestampMs", {"type": "integer"}, constant=0),
    TraceLimit(),
    One("enabled", "enabled"),
    links="uri /traces/{id}",
)

OBJECTS = (
    CHAIN,
    RULE,
    PORT_GROUP,
    PORT_GROUP_PORT,
    IP_ADDR_GROUP,
    IP_ADDR_GROUP_ADDR,
    MIRROR,
    L2_INSERTION,
    TRACE_REQUEST,
)
