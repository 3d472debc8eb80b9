"""One event of the simulator as one line of plain words."""

from __future__ import annotations

from typing import assert_never

from midocli.simulator import events
from midocli.simulator.wire.addresses import Ends, ip_text, mac_text
from midocli.trace.frame_text import frame, network

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
_NEXT_HOPS = {"arp-cache": "by ARP", "peer-port": "the peer port", "peer-bridge": "its bridge"}
#: What is sent and taken, where its name is no plain word.
_PACKET_NAMES = {
    "arp-request": "ARP request",
    "arp-reply": "ARP reply",
    "icmp-error": "ICMP error",
    "tcp": "TCP segment",
    "udp": "UDP datagram",
}


def text_of(event: events.Event) -> str:
    """What happened, without where."""
    match event:  # the ordinary ones first, for they are many
        case events.Entered():
            return f"enters {event.device}"
        case events.Left():
            return f"leaves {event.device}"
        case events.Rewritten():
            return _rewritten(event)
        case events.RouteChosen():
            return _route(event)
        case events.NextHop():
            how = _NEXT_HOPS.get(event.source, event.source)
            return f"next hop {ip_text(event.address)} is {mac_text(event.mac)} ({how})"
        case events.Generated():
            return f"sends {frame(event.frame)}"
        case events.Sent():
            return f"puts {frame(event.frame)} on {event.nic}"
        case events.Delivered():
            return f"comes out at {event.point}" if event.point else "comes out here"
        case events.Consumed():
            return f"accepts the {_packet(event.what)}"
        case events.Bridged():
            known = "a router's port" if event.known == "router-port" else event.known
            return f"{mac_text(event.mac)} is behind {event.port} ({known})"
        case events.ChainEnded():
            outcome = {"continue": "goes on", "accept": "accepted"}.get(event.outcome)
            return f"{event.filter} {event.chain}: {outcome or event.outcome}"
        case events.RulesPassed():
            return f"{event.filter} {event.chain}: not matched: {passed_rules(event)}"
        case events.RuleMatched():
            rule = f"{event.rule} matched: {rule_effect(event)}"
            return f"{event.filter} {event.chain}: {rule}"
        case events.Tunnelled():
            way = f"from {event.here} to {event.there} in {event.type.upper()}"
            return f"crosses the underlay {way}, key {event.key}"
        case events.Dropped():
            return f"dropped ({event.reason.code}): {event.reason.text}"
        case events.Branched():
            return f"a copy goes its own way ({event.why})"
        case events.RuleNotApplied():
            return _not_applied(event)
        case events.Redirected():
            way = "into" if event.ingress else "out of"
            return f"redirected by {event.rule} {way} {event.port}"
        case events.Mirrored():
            return f"{event.mirror} copies it to {event.port}"
        case events.Traced():
            return f"kept for {event.trace_request}"
        case events.Tracked():
            return f"belongs to a connection's {event.direction} flow"
        case events.NatCreated():
            return _binding(event, "created")
        case events.NatUsed():
            return _binding(event, "used")
        case events.NatReversed():
            return _binding(event, "reversed")
        case events.NatUnrestored():
            return _unrestored(event)
        case events.Balanced():
            how = "stays with" if event.known else "goes to"
            kept = ", which its client keeps" if event.sticky else ""
            return f"for {event.vip} of {event.balancer}: {how} {event.member}{kept}"
        case events.NoRoute():
            return f"no route to {ip_text(event.destination)}"
        case events.ArpWaiting():
            return f"waits for the MAC of {ip_text(event.address)}"
        case events.ArpLearned():
            return f"learns that {ip_text(event.address)} is at {mac_text(event.mac)}"
        case events.ArpFailed():
            return f"nobody answered for {ip_text(event.address)}"
        case events.MacLearned():
            moved = f" (it was at {event.moved_from})" if event.moved_from else ""
            return f"learns that {mac_text(event.mac)} is behind {event.port}{moved}"
        case events.Flooded():
            return f"flooded to {', '.join(event.ports) or 'no port'} ({event.why})"
        case events.DhcpAnswered():
            text = f"DHCP {event.message} of {mac_text(event.mac)} answered with {event.answer}"
            given = f"its address is {ip_text(event.address)} (subnet {network(event.subnet)})"
            return f"{text}: {given}"
        case events.NotGenerated():
            return f"sends no {_packet(event.what)}: {event.why}"
        case _:
            assert_never(event)


def _packet(what: str) -> str:
    return _PACKET_NAMES.get(what, what.replace("-", " "))


def passed_rules(event: events.RulesPassed) -> str:
    """Rules that did not match, the first of them with the fields that were otherwise."""
    rules = [
        f"{rule} ({', '.join(name.replace('_', '-') for name in fields)})" if fields else rule
        for rule, fields in event.rules[:3]
    ]
    more = len(event.rules) - len(rules)
    return f"{', '.join(rules)} and {more} more" if more > 0 else ", ".join(rules)


def rule_effect(event: events.RuleMatched) -> str:
    """What a rule that matched does."""
    text = event.type
    if event.type in _ACTING and event.action:
        text += f", then {event.action}"
    if event.jump_to:
        text += f" to {event.jump_to}"
    return text


def _not_applied(event: events.RuleNotApplied) -> str:
    text = f"{event.rule} ({event.type}) passed over: {event.why.replace('-', ' ')}"
    if event.existing:
        type_, made_by = event.existing
        text += f" (there is a {type_} binding, made by {made_by})"
    return text


def changes_of(event: events.Rewritten) -> list[tuple[str, str, str]]:
    """The headers that were rewritten: names, values before, and after."""
    return [
        (_FIELD_NAMES.get(name, name), _shown(name, before), _shown(name, after))
        for name, (before, after) in event.changes.items()
    ]


def why_of(event: events.Rewritten) -> str:
    """Why headers were rewritten; empty where that needs no words."""
    return "" if event.why in ("ttl", "next-hop") else event.why.replace("-", " ")


def _rewritten(event: events.Rewritten) -> str:
    text = ", ".join(f"{name} {before} -> {after}" for name, before, after in changes_of(event))
    why = why_of(event)
    return f"{text} ({why})" if why else text


def _shown(name: str, value: events.Value) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    if name in ("nw_src", "nw_dst", "quoted_src", "quoted_dst"):
        return ip_text(value)
    if name in ("hw_src", "hw_dst"):
        return mac_text(value)
    return f"0x{value:02x}" if name == "tos" else str(value)


def _binding(event: events.BindingEvent, verb: str) -> str:
    becomes = f"{_flow(event.before)} becomes {_flow(event.after)}"
    return f"{event.type} binding of {event.made_by} {verb}: {becomes}"


def _flow(ends: Ends) -> str:
    source, source_port, destination, destination_port = ends
    return f"{ip_text(source)}:{source_port} > {ip_text(destination)}:{destination_port}"


def _unrestored(event: events.NatUnrestored) -> str:
    """Why a reply keeps the address of the machine that sent it."""
    side = "source" if event.type == "dnat" else "destination"
    return (
        f"no rule restores the {side} {ip_text(event.original[0])} that {event.made_by} "
        f"({event.type}) translated; a {event.restorer} rule would"
    )


def _route(event: events.RouteChosen) -> str:
    if event.type == "local":
        return f"{event.route and f'route {event.route}: '}the router's own address"
    text = f"route {event.route}: {network(event.dst)}"
    if event.type != "normal":
        return f"{text} {event.type}"
    text += f" by {event.port}"
    if event.gw:
        text += f" via {ip_text(event.gw)}"
    return f"{text} (one of {event.equals} equal ones)" if event.equals > 1 else text
