"""Advice about translation: nothing is left to translate to, or it is not translated back."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from midocli.advice.failure import Change, Failure, way
from midocli.advice.reach import filtering, holds, routers, translators
from midocli.advice.rule import in_filter
from midocli.advice.whereabouts import gateways, guest_with, guests
from midocli.context.labels import find_rule
from midocli.store.catalog import Catalog
from midocli.store.rows import Row

_FILTERS = ("infilter", "outfilter")


def exhausted(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A rule has no address and port left to translate to."""
    alias = failure.reason.rule
    row = find_rule(catalog, alias) if alias else None
    target = row.get("target") if row is not None else None
    if target:
        first = catalog.display.word(row.collection.by_name["target"], target)  # type: ignore[union-attr]
        addresses = first.partition(",")[0].partition(":")[0]
        why = "more ports to translate to"
        yield way(why, f"{alias} set target {addresses}:1-65535")


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
        return Change(why)
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
    return way(why, *commands)


def _is_counterpart(rule: Row, given: int) -> bool:
    """Whether a rule translates an address as a source."""
    src = rule.get("src")
    return rule.get("type") == "snat" and src is not None and not (given ^ src.address) & src.mask


def translated(catalog: Catalog, address: int) -> Iterator[Change]:
    """Nothing translates what is for an address, though answers are translated to it.

    So a static snat rule tells which dnat rule is missing, or is not asked in time.
    """
    text = format_ipv4(address)
    for device, rule in filtering(catalog):
        src, targets = rule.get("src"), rule.get("target")
        if rule.get("type") != "snat" or not targets or not hasattr(src, "mask"):
            continue
        if not targets[0].first <= address <= targets[0].last or src.length != 32:
            continue
        if targets[0].first_port:
            continue
        inside = format_ipv4(src.address)
        why = f"{rule.full_alias} translates {inside} to {text}, and nothing does so the other way"
        yield from _asked_first(catalog, device, address)
        condition = f"dst {text} type dnat action accept target {inside}"
        yield in_filter(device, "infilter", condition, why)
    for chain in catalog.store.rows("chain"):
        for rule in chain.siblings("chain.rule") or ():
            if rule.get("type") == "dnat" and holds_word(rule.get("dst"), address):
                yield from _hung(catalog, chain, rule, "infilter")


def _asked_first(catalog: Catalog, device: Row, address: int) -> Iterator[Change]:
    """A dnat rule that is there, but others decide before it, or leads to somebody else."""
    for owner, rule in translators(catalog, "dnat", "dst", address):
        if owner is device and (catalog.store.position(rule) or 1) > 1:
            why = f"{rule.full_alias} translates it, but others decide before"
            yield way(why, f"{rule.full_alias} set pos 1", width=1)


def holds_word(value: object, address: int) -> bool:
    """Whether a condition's network, which is not inverted, holds an address."""
    return hasattr(value, "mask") and holds(value, address)  # type: ignore[arg-type]


def _hung(catalog: Catalog, chain: Row, rule: Row, field: str) -> Iterator[Change]:
    """A chain that translates is the filter of no router: of one that has none it may be."""
    used = any(device.get(name) is chain for device in routers(catalog) for name in _FILTERS)
    for router in routers(catalog):
        if not used and router.get(field) is None:
            why = f"{rule.full_alias} translates it, but {chain.full_alias} filters nothing"
            setting = f"set {field} {chain.full_alias}"
            yield way(why, f"router {router.full_alias} {setting}", width=1)


def retargeted(catalog: Catalog, address: int, asker: Row | None) -> Iterator[Change]:
    """A dnat rule leads to an address that nobody has: its counterpart knows the right one."""
    for _, rule in filtering(catalog):
        targets, dst = rule.get("target"), rule.get("dst")
        if rule.get("type") != "dnat" or not targets or not hasattr(dst, "mask"):
            continue
        if not targets[0].first <= address <= targets[0].last:
            continue
        ports = f":{targets[0].first_port}" if targets[0].first_port else ""
        for inside, known in _insiders(catalog, dst.address, asker):
            why = f"{rule.full_alias} leads to {format_ipv4(address)}, which is not there"
            setting = f"set target {format_ipv4(inside)}{ports}"
            yield way(why, f"{rule.full_alias} {setting}", width=1 if known else 6)


def _insiders(catalog: Catalog, outside: int, asker: Row | None) -> Iterator[tuple[int, bool]]:
    """Whom an address may stand for: who is known to be translated to it, then any other."""
    for _, rule in filtering(catalog):
        src, targets = rule.get("src"), rule.get("target")
        static = rule.get("type") == "snat" and targets and hasattr(src, "mask")
        if static and targets[0].first <= outside <= targets[0].last and src.length == 32:
            yield src.address, True
    for guest, nic in guests(catalog.store):
        if guest is not asker:
            yield from [(cidr.address, False) for cidr in nic.get("address") or ()][:1]


def returning(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """Translations of which nothing is there for the way back."""
    for router in routers(catalog):
        yield from _reversing(router, "outfilter", "snat")
        yield from _reversing(router, "infilter", "dnat")
    yield from _uncountered(catalog, failure)


def _reversing(router: Row, field: str, kind: str) -> Iterator[Change]:
    """A dynamic translation without a reverse rule, or with one that is asked too late."""
    filters = [chain for name in _FILTERS if (chain := router.get(name)) is not None]
    for rule in _rules(router.get(field)):
        targets = rule.get("target")
        if rule.get("type") == kind and targets and targets[0].first_port:
            why = f"what {rule.full_alias} translates has to be translated back on the way back"
            for there in (each for chain in filters for each in _rules(chain)):
                if there.get("type") == f"rev_{kind}":
                    yield way(why, f"{there.full_alias} set pos 1", width=2)
            yield in_filter(router, "infilter", f"type rev_{kind} action accept", why)
            return


def _rules(chain: Row | None) -> list[Row]:
    """The rules of a chain, none where there is none."""
    return list(chain.siblings("chain.rule") or ()) if chain is not None else []


def _uncountered(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A static dnat rule for what was asked, without the snat rule for the answers."""
    asked = failure.destination
    if asked is None:
        return
    for device, rule in translators(catalog, "dnat", "dst", asked):
        targets = rule.get("target")
        if targets and not targets[0].first_port and rule.get("dst").length == 32:
            why = f"what {rule.full_alias} translates has to be translated back on the way back"
            counterpart = _counterpart(asked, targets[0].first)
            client = catalog.named("guest", failure.source) if failure.source else None
            for cidr in (client.get("address") or ())[:1] if client is not None else ():
                narrow = f"dst {format_ipv4(cidr.address)} {counterpart}"
                yield in_filter(device, "outfilter", narrow, why)
            yield in_filter(device, "outfilter", counterpart, why)


def hidden(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """Answers find no way back to an inside address: have it hidden behind the router's own."""
    source = catalog.named("guest", failure.source) if failure.source else None
    frame = failure.frame
    if source is None or frame is None or failure.destination is None:
        return
    owner = guest_with(catalog.store, failure.destination)
    nearest = gateways(owner[1])[:1] if owner is not None else []
    for port in nearest:
        router, own = port.parent, format_ipv4(port.get("address"))
        for cidr in (source.get("address") or ())[:1]:
            if router is None:
                continue
            text = f"src {format_ipv4(cidr.address)} dst {format_ipv4(failure.destination)}"
            why = f"answers do not find {format_ipv4(cidr.address)}; they find {own}"
            out = in_filter(
                router, "outfilter", f"{text} type snat action accept target {own}:20000-60000", why
            )
            back = in_filter(router, "infilter", f"dst {own} type rev_snat action accept", why)
            yield Change(why, (*out.commands, *back.commands), 5)
