"""Advice about translation: nothing is left to translate to, or it is not translated back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.advice.failure import Change, Failure
from midocli.advice.rule import in_filter
from midocli.advice.whereabouts import gateways, guest_with
from midocli.context.labels import find_rule

if TYPE_CHECKING:
    from midocli.store.catalog import Catalog
    from midocli.store.rows import Row


def exhausted(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A rule has no address and port left to translate to."""
    alias = failure.reason.rule
    row = find_rule(catalog, alias) if alias else None
    target = row.get("target") if row is not None else None
    if target:
        first = catalog.display.word(row.collection.by_name["target"], target)  # type: ignore[union-attr]
        addresses = first.partition(",")[0].partition(":")[0]
        why = "more ports to translate to"
        yield Change(why, (f"{alias} set target {addresses}:1-65535",))


def unrestored(catalog: Catalog, at: str, restorer: str, made_by: str) -> list[Change]:
    """What restores the address that a rule translated: a reverse rule where replies come in."""
    device = catalog.named("router", at) or catalog.named("bridge", at)
    rule = find_rule(catalog, made_by)
    if device is None or rule is None or rule.parent is None:
        return []
    why = f"what {made_by} translates has to be translated back on the way back"
    return [in_filter(device, "infilter", f"type {restorer} action accept", why)]


def unasked(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """An answer came from an address that was not asked: a rule changed the one that was."""
    frame, asked = failure.frame, failure.destination
    if frame is None or asked is None:
        return
    client = catalog.named("guest", failure.source) if failure.source else None
    for device, rule in _translating(catalog, asked, frame.nw_src):
        dynamic = bool(rule.get("target")[0].first_port)
        shared = _shared_link(catalog, client, device, frame.nw_src)
        if shared is not None:
            yield _hairpin(device, shared, asked, frame.nw_src, dynamic)
        elif dynamic:
            yield from unrestored(catalog, device.full_alias, "rev_dnat", rule.full_alias)
        else:
            why = f"what {rule.full_alias} translates has to be translated back on the way back"
            yield in_filter(device, "outfilter", _counterpart(asked, frame.nw_src), why)


def _translating(catalog: Catalog, asked: int, given: int) -> Iterator[tuple[Row, Row]]:
    """Devices with a rule that gives packets for one address another as their destination."""
    for kind in ("router", "bridge"):
        for device in catalog.store.rows(kind):
            chain = device.get("infilter")
            for rule in (chain.siblings("chain.rule") or ()) if chain is not None else ():
                dst, targets = rule.get("dst"), rule.get("target")
                if rule.get("type") != "dnat" or not targets or dst is None:
                    continue
                meets = not (asked ^ dst.address) & dst.mask
                if meets and targets[0].first <= given <= targets[0].last:
                    yield device, rule


def _counterpart(asked: int, given: int) -> str:
    """What a static rule translates, another has to translate the other way round."""
    return f"src {format_ipv4(given)} type snat action accept target {format_ipv4(asked)}"


def _shared_link(catalog: Catalog, client: Row | None, device: Row, address: int) -> Row | None:
    """The device's port on the link that a client shares with who has an address."""
    owner = guest_with(catalog.store, address)
    if client is None or owner is None:
        return None
    ports = [port for port in gateways(client) if port.parent is device]
    return next((port for port in ports if port in gateways(owner[1])), None)


def _hairpin(device: Row, port: Row, asked: int, given: int, dynamic: bool) -> Change:
    """Have answers of a neighbour come back to the router, which translated the request."""
    why = "the two are neighbours, so the answer does not come back to who translated the request"
    net, own = port.get("net"), format_ipv4(port.get("address"))
    inside, outside = device.get("infilter"), device.get("outfilter")
    if dynamic or net is None or outside is None:
        return Change(why, ())
    to = format_ipv4(given)
    near = f"{format_ipv4(net.address & net.mask)}/{net.length}"
    hidden = f"src {near} dst {to} match-nw-dst-rewritten true type snat action accept"
    commands = [
        f"chain {outside.full_alias} add rule pos 1 {hidden} target {own}:20000-60000",
        f"chain {inside.full_alias} add rule pos 1 src {to} dst {own} type rev_snat action accept",
    ]
    if not any(_is_counterpart(rule, given) for rule in outside.siblings("chain.rule") or ()):
        commands.insert(
            0, f"chain {outside.full_alias} add rule pos 1 {_counterpart(asked, given)}"
        )
    return Change(why, tuple(commands))


def _is_counterpart(rule: Row, given: int) -> bool:
    """Whether a rule translates an address as a source."""
    src = rule.get("src")
    return rule.get("type") == "snat" and src is not None and not (given ^ src.address) & src.mask
