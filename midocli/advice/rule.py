"""Advice where a rule or a limit stops a packet."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from midocli.advice.failure import WIDE, Change, Failure, way
from midocli.context.labels import find_rule
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import (
    ECHO_REPLY,
    ERROR_TYPES,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    ICMP,
    TCP,
    UDP,
)
from midocli.store.catalog import Catalog
from midocli.store.rows import Row

#: Ports that traceroute counts up, one a probe.
_TRACED = range(33434, 33534)


def rule(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A rule drops or rejects."""
    alias, frame = failure.reason.rule, failure.frame
    row = find_rule(catalog, alias) if alias else None
    if row is None or row.parent is None:
        return
    place = f"chain {row.parent.full_alias} add rule pos {catalog.store.position(row)}"
    if frame is not None and frame.ethertype == ETHERTYPE_ARP and _means_ip(row):
        why = f"{alias} asks for a protocol, and of ARP the operation is taken for that"
        yield way(why, f"{alias} set ethertype 0x0800")
    filtered = "filter" in failure.reason.details
    answers = filtered and frame is not None and _is_answer(catalog, failure, frame)
    if answers:
        # It opens nothing that the other side could begin.
        yield _return_flow(catalog, failure, None if _lets_answers_pass(row) else place)
    if frame is not None:
        why = f"let this traffic pass before {alias} is reached"
        for wider, condition in enumerate(_conditions_of(frame, failure), int(answers)):
            yield way(why, f"{place} {condition} type accept", width=wider)
    yield way(f"{alias} is what stops it", f"delete {alias}", width=WIDE)


def _means_ip(rule: Row) -> bool:
    """Whether a rule asks for an IP protocol without saying that it means IP."""
    return rule.get("proto") is not None and rule.get("ethertype") is None


def _is_answer(catalog: Catalog, failure: Failure, frame: Frame) -> bool:
    """Whether a frame belongs to what was begun by a probe, and goes the other way."""
    if frame.ethertype != ETHERTYPE_IPV4 or frame.fault is not None:
        return False
    if frame.proto == ICMP:
        return frame.tp_src == ECHO_REPLY
    if frame.proto not in (TCP, UDP) or frame.nw_dst == failure.destination:
        return False
    source = catalog.named("guest", failure.source) if failure.source else None
    own = [cidr.address for cidr in source.get("address") or ()] if source is not None else ()
    return frame.nw_dst in own or frame.nw_src == failure.destination


def _lets_answers_pass(rule: Row) -> bool:
    """Whether answers would have passed before they came to a rule, had they been known as such."""
    for other in rule.parent.siblings("chain.rule") or () if rule.parent is not None else ():
        if other is rule:
            break
        if other.get("type") == "accept" and other.get("flow") == "return-flow":
            return True
    return False


def _return_flow(catalog: Catalog, failure: Failure, place: str | None) -> Change:
    """Let answers pass, of connections that are remembered: some rule has to ask on the way out."""
    condition, why = "flow return-flow type accept", "let answers pass to what was begun from here"
    here = [f"{place} {condition}"] if place is not None else []
    at, field = failure.reason.at, str(failure.reason.details["filter"])
    device = catalog.named("router", at) or catalog.named("bridge", at)
    port = catalog.named("port", at)
    if failure.remembered:
        return way(why, *here)
    if device is not None:
        return in_filter(device, field, condition, why)
    if port is None:
        return Change(why)
    why += "; they are known if a rule asks on the way out"
    asking = in_filter(port, "infilter" if field == "outfilter" else "outfilter", condition, why)
    return Change(why, (*asking.commands, *way("", *here).commands), 1)


def in_filter(row: Row, field: str, rule: str, why: str) -> Change:
    """A rule in front of the filter of a device or port, which is made if there is none."""
    chain = row.get(field)
    if chain is not None:
        return way(why, f"chain {chain.full_alias} add rule pos 1 {rule}")
    name = f"{row.full_alias.replace(':', '-')}-back"
    setting = f"{row.full_alias} set {field} {name}"
    commands = (
        f"chain create name {name}",
        f"chain {name} add rule pos 1 {rule}",
        setting if row.parent is not None else f"{row.collection.name} {setting}",
    )
    return way(why, *commands)


def _conditions_of(frame: Frame, failure: Failure) -> Iterator[str]:
    """The conditions of rules for a frame's like, the narrowest first.

    Ports that a client made up for once are not asked for.
    """
    if frame.ethertype != ETHERTYPE_IPV4 or frame.fault is not None:
        yield f"ethertype 0x{frame.ethertype:04x}"
        return
    source, destination = format_ipv4(frame.nw_src), format_ipv4(frame.nw_dst)
    ends = f"ethertype 0x0800 src {source} dst {destination}"
    ends = ends if not frame.proto else f"src {source} dst {destination} proto {frame.proto}"
    traced = frame.proto == UDP and failure.port is None and frame.tp_dst in _TRACED
    if frame.proto in (TCP, UDP) and frame.tp_src >= 0 and not traced:
        port = (
            f"src-port {frame.tp_src}" if _is_from(frame, failure) else f"dst-port {frame.tp_dst}"
        )
        yield f"{ends} {port}"
    yield ends
    if frame.proto == ICMP and frame.tp_src in ERROR_TYPES:
        yield f"dst {destination} proto {ICMP}"


def _is_from(frame: Frame, failure: Failure) -> bool:
    """Whether a frame comes from the service that was asked."""
    if failure.port in (frame.tp_src, frame.tp_dst) and frame.tp_src != frame.tp_dst:
        return frame.tp_src == failure.port
    return frame.tp_src < frame.tp_dst


def limited(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A bandwidth limit was exceeded."""
    limit = failure.reason.details.get("limit")
    if limit:
        why = "a limit that lets more pass"
        yield way(why, f"{limit} set max-kbps 1000000 max-burst-kb 1000000")
