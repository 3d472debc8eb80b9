"""One event of the simulator as one line of plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from midocli.simulator.events import Event, Kind
from midocli.trace.frame_text import Details, frame, ip, mac, network

# The types of rule whose action says what comes next.
_ACTING = {"dnat", "snat", "rev_dnat", "rev_snat", "l2-transform"}
_FIELD_NAMES = {
    "nw_src": "source",
    "nw_dst": "destination",
    "hw_src": "source MAC",
    "hw_dst": "destination MAC",
    "tp_src": "source port",
    "tp_dst": "destination port",
    "quoted_src": "quoted source",
    "quoted_dst": "quoted destination",
    "ttl": "TTL",
    "vlans": "VLAN tags",
    "tos": "TOS",
}
#: What is sent and taken, where its name is no plain word.
_PACKET_NAMES = {
    "arp-request": "ARP request",
    "arp-reply": "ARP reply",
    "icmp-error": "ICMP error",
    "tcp": "TCP segment",
    "udp": "UDP datagram",
}


def text_of(event: Event) -> str:
    """What happened, without where."""
    return _TEXTS[event.kind](event.details)


def _entered(d: Details) -> str:
    return f"enters {d['device']}"


def _delivered(d: Details) -> str:
    return f"comes out at {d['point']}" if d.get("point") else "comes out here"


def _tunnelled(d: Details) -> str:
    tunnel = str(d["type"]).upper()
    return f"crosses the underlay from {d['from']} to {d['to']} in {tunnel}, key {d['key']}"


def _consumed(d: Details) -> str:
    return f"takes the {_packet(d)}"


def _packet(d: Details) -> str:
    what = str(d["what"])
    return _PACKET_NAMES.get(what, what.replace("-", " "))


def _dropped(d: Details) -> str:
    return f"dropped ({d['reason'].code}): {d['reason'].text}"


def passed_rules(d: Details) -> str:
    """Rules that did not match, the first of them with the fields that were otherwise."""
    rules = [
        f"{rule} ({', '.join(name.replace('_', '-') for name in fields)})" if fields else str(rule)
        for rule, fields in d["rules"][:3]
    ]
    more = len(d["rules"]) - len(rules)
    return f"{', '.join(rules)} and {more} more" if more > 0 else ", ".join(rules)


def matched_rule(d: Details) -> str:
    """What a rule that matched does."""
    text = str(d["type"])
    if d["type"] in _ACTING and d.get("action"):
        text += f", then {d['action']}"
    if d.get("jump_to"):
        text += f" to {d['jump_to']}"
    return text


def _passed(d: Details) -> str:
    return f"{d['filter']} {d['chain']}: not matched: {passed_rules(d)}"


def _matched(d: Details) -> str:
    return f"{d['filter']} {d['chain']}: {d['rule']} matched: {matched_rule(d)}"


def _not_applied(d: Details) -> str:
    text = f"{d['rule']} ({d['type']}) passed over: {str(d['why']).replace('-', ' ')}"
    existing = d.get("existing")
    if existing:
        text += f" (there is a {existing['type']} binding, made by {existing['rule']})"
    return text


def _ended(d: Details) -> str:
    outcome = {"continue": "goes on", "accept": "accepted"}.get(d["outcome"], d["outcome"])
    return f"{d['filter']} {d['chain']}: {outcome}"


def _redirected(d: Details) -> str:
    way = "into" if d.get("ingress") else "out of"
    return f"redirected by {d['rule']} {way} {d['port']}"


def _tracked(d: Details) -> str:
    return f"belongs to a connection's {d['direction']} flow"


def changes_of(event: Event) -> list[tuple[str, str, str]]:
    """What an event that rewrote headers changed: names, values before, and after."""
    return _changes(event.details)


def _changes(d: Details) -> list[tuple[str, str, str]]:
    return [
        (_FIELD_NAMES.get(name, name), _shown(name, before), _shown(name, after))
        for name, (before, after) in d["changes"].items()
    ]


def _rewritten(d: Details) -> str:
    text = ", ".join(f"{name} {before} -> {after}" for name, before, after in _changes(d))
    why = _why(d)
    return f"{text} ({why})" if why else text


def why_of(event: Event) -> str:
    """Why headers were rewritten; empty where that needs no words."""
    return _why(event.details)


def _why(d: Details) -> str:
    why = str(d["why"]).replace("-", " ")
    return "" if why in ("ttl", "next hop") else why


def _shown(name: str, value: Any) -> str:
    if name in ("nw_src", "nw_dst", "quoted_src", "quoted_dst"):
        return ip(value)
    if name in ("hw_src", "hw_dst"):
        return mac(value)
    if name == "tos":
        return f"0x{value:02x}"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return str(value)


def _flow(value: Any) -> str:
    source, source_port, destination, destination_port = value
    return f"{ip(source)}:{source_port} > {ip(destination)}:{destination_port}"


def _nat(verb: str) -> Callable[[Details], str]:
    def text(d: Details) -> str:
        return (
            f"{d['type']} binding of {d['made_by']} {verb}: "
            f"{_flow(d['before'])} becomes {_flow(d['after'])}"
        )

    return text


def unrestored(d: Details) -> str:
    """Why a reply keeps the address of the machine that sent it."""
    address = ip(d["original"][0])
    side = "source" if d["type"] == "dnat" else "destination"
    return (
        f"no rule restores the {side} {address} that {d['made_by']} ({d['type']}) translated; "
        f"a {d['restorer']} rule would"
    )


def _balanced(d: Details) -> str:
    how = "stays with" if d["known"] else "goes to"
    kept = ", which its client keeps" if d["sticky"] else ""
    return f"for {d['vip']} of {d['balancer']}: {how} {d['member']}{kept}"


def _route(d: Details) -> str:
    if d["type"] == "local":
        return f"route {d['route']}: the router's own address"
    text = f"route {d['route']}: {network(d['dst'])}"
    if d["type"] != "normal":
        return f"{text} {d['type']}"
    text += f" by {d['port']}"
    if d.get("gw"):
        text += f" via {ip(d['gw'])}"
    equals = d.get("equals") or 1
    return f"{text} (one of {equals} equal ones)" if equals > 1 else text


def _no_route(d: Details) -> str:
    return f"no route to {ip(d['destination'])}"


def _next_hop(d: Details) -> str:
    how = {"arp-cache": "by ARP", "peer-port": "the peer port", "peer-bridge": "its bridge"}
    source = how.get(str(d["source"]), str(d["source"]))
    return f"next hop {ip(d['address'])} is {mac(d['mac'])} ({source})"


def _arp_waiting(d: Details) -> str:
    return f"waits for the MAC of {ip(d['address'])}"


def _arp_learned(d: Details) -> str:
    return f"learns that {ip(d['address'])} is at {mac(d['mac'])}"


def _arp_failed(d: Details) -> str:
    return f"nobody answered for {ip(d['address'])}"


def _mac_learned(d: Details) -> str:
    moved = f" (it was at {d['moved_from']})" if d.get("moved_from") else ""
    return f"learns that {mac(d['mac'])} is behind {d['port']}{moved}"


def _bridged(d: Details) -> str:
    known = "a router's port" if d["known"] == "router-port" else "learned"
    return f"{mac(d['mac'])} is behind {d['port']} ({known})"


def _flooded(d: Details) -> str:
    return f"flooded to {', '.join(d['ports']) or 'no port'} ({d['why']})"


def _dhcp(d: Details) -> str:
    subnet, address = network(d["subnet"]), ip(d["address"])
    text = f"DHCP {d['message']} of {mac(d['mac'])} answered with {d['answer']}"
    return f"{text}: its address is {address} (subnet {subnet})"


def _generated(d: Details) -> str:
    return f"sends {frame(d['frame'])}"


def _not_generated(d: Details) -> str:
    return f"sends no {_packet(d)}: {d['why']}"


_TEXTS: dict[Kind, Callable[[Details], str]] = {
    Kind.SENT: lambda d: f"puts {frame(d['frame'])} on {d['nic']}",
    Kind.ENTERED: _entered,
    Kind.LEFT: lambda d: f"leaves {d['device']}",
    Kind.TUNNELLED: _tunnelled,
    Kind.DELIVERED: _delivered,
    Kind.CONSUMED: _consumed,
    Kind.DROPPED: _dropped,
    Kind.RULES_PASSED: _passed,
    Kind.RULE_MATCHED: _matched,
    Kind.RULE_NOT_APPLIED: _not_applied,
    Kind.CHAIN_ENDED: _ended,
    Kind.REDIRECTED: _redirected,
    Kind.MIRRORED: lambda d: f"{d['mirror']} copies it to {d['port']}",
    Kind.TRACED: lambda d: f"kept for {d['trace_request']}",
    Kind.TRACKED: _tracked,
    Kind.REWRITTEN: _rewritten,
    Kind.NAT_CREATED: _nat("created"),
    Kind.NAT_USED: _nat("used"),
    Kind.NAT_REVERSED: _nat("reversed"),
    Kind.NAT_UNRESTORED: unrestored,
    Kind.BALANCED: _balanced,
    Kind.ROUTE_CHOSEN: _route,
    Kind.NO_ROUTE: _no_route,
    Kind.NEXT_HOP: _next_hop,
    Kind.ARP_WAITING: _arp_waiting,
    Kind.ARP_LEARNED: _arp_learned,
    Kind.ARP_FAILED: _arp_failed,
    Kind.MAC_LEARNED: _mac_learned,
    Kind.BRIDGED: _bridged,
    Kind.FLOODED: _flooded,
    Kind.BRANCHED: lambda d: f"a copy goes its own way ({d['why']})",
    Kind.DHCP_ANSWERED: _dhcp,
    Kind.GENERATED: _generated,
    Kind.NOT_GENERATED: _not_generated,
}
