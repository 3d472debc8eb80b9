"""Advice about the packet itself, and about machines that do not take or answer it."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from grammar.words import quoted
from midocli.advice.failure import Change, Failure, way
from midocli.advice.nat import unasked
from midocli.advice.reach import is_shared
from midocli.advice.whereabouts import guest_with, mac_of, router_port_with
from midocli.simulator.reason import Code
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4, TCP, UDP
from midocli.store.catalog import Catalog
from midocli.store.rows import Row

#: Bytes of the IP and the ICMP header of an echo request.
_ECHO_HEADERS = 28


def ttl(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """The TTL ran out."""
    if failure.source is None or failure.destination is None:
        yield Change("send with a larger ttl")
        return
    again = f"ping {quoted(failure.source)} {format_ipv4(failure.destination)} ttl 255"
    why = "a larger TTL gets further; if that ends too, routers send it round in a circle"
    yield way(why, again)


def too_big(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """The packet was too long and must not be fragmented."""
    mtu = failure.reason.details.get("mtu")
    if failure.source is not None and failure.destination is not None:
        size = max(mtu - _ECHO_HEADERS, 0) if isinstance(mtu, int) else 56
        again = f"ping {quoted(failure.source)} {format_ipv4(failure.destination)} size {size}"
        yield way("a smaller packet fits", again)


def wrong_mac(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A router port got a frame for another MAC."""
    yield way("whoever sent it remembers a MAC from before; have all forgotten", "reset")


def going_back(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A frame that would turn round is often for a MAC that two machines have."""
    frame = failure.frame
    twins = list(_with_mac(catalog, frame.hw_dst)) if frame is not None else []
    guests = [row for row in twins if row.collection.path == "guest"]
    if len(twins) > 1 and guests:
        names = " and ".join(row.full_alias for row in twins)
        setting = f"guest {guests[-1].full_alias} set mac {_free_mac(catalog)}"
        yield way(f"{names} have the same MAC", setting, "reset")
        return
    if failure.reason.code == Code.SAME_PORT:
        yield way("have forgotten where MACs were learned", "reset", width=5)


def _with_mac(catalog: Catalog, mac: int) -> Iterator[Row]:
    """The router ports and guests that have a MAC."""
    for router in catalog.store.rows("router"):
        yield from (port for port in router.siblings("router.port") or () if mac_of(port) == mac)
    yield from (guest for guest in catalog.store.rows("guest") if mac_of(guest) == mac)


def _free_mac(catalog: Catalog) -> str:
    """A MAC that nobody has."""
    numbers = (0x02005E000000 | number for number in range(1, 1 << 24))
    free = next(mac for mac in numbers if not list(_with_mac(catalog, mac)))
    return free.to_bytes(6, "big").hex(":")


def source_mac(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A frame's source MAC was a group's."""
    guest = catalog.named("guest", failure.source) if failure.source else None
    if guest is not None:
        why = "a machine's own MAC must not be a group's"
        yield way(why, f"guest {guest.full_alias} set mac {_free_mac(catalog)}", "reset")


def vlan(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A guest takes frames of another VLAN, or is alone in being tagged, or in not being."""
    guest, frame = catalog.named("guest", failure.reason.at), failure.frame
    tagged = frame.vlan_ids()[0] if frame is not None and frame.vlans else None
    source = catalog.named("guest", failure.source) if failure.source else None
    wrong = next((each for each in (guest, source) if each is not None and each.get("vlan")), None)
    if guest is not None and tagged is not None and wrong in (guest, None):
        why = f"what comes to {guest.full_alias} has VLAN {tagged}"
        yield way(why, f"guest {guest.full_alias} set vlan {tagged}")
    elif wrong is not None:
        why = f"{wrong.full_alias} takes and sends frames of VLAN {wrong.get('vlan')} only"
        yield way(why, f"guest {wrong.full_alias} clear vlan")


def no_answer(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A machine that is off, absent, or does not listen there."""
    at, frame = failure.reason.at, failure.frame
    guest = catalog.named("guest", at)
    if guest is None:
        if frame is not None and frame.ethertype == ETHERTYPE_IPV4:
            owner = guest_with(catalog.store, frame.nw_dst)
            if owner is not None and owner[1].get("interface") is None and ":" in at:
                alias = owner[0].full_alias
                setting = f"guest {alias} set interface {quoted(at)}"
                yield way(f"{alias} has the address", setting)
        return
    if guest.get("state") == "down":
        yield way(f"{at} is switched off", f"guest {quoted(at)} set state up")
    elif frame is not None and frame.proto in (TCP, UDP) and frame.tp_dst > 0:
        if at == failure.source:  # an answer that its own socket did not expect
            yield from unasked(catalog, failure)
            return
        proto = "tcp" if frame.proto == TCP else "udp"
        service = f"guest {quoted(at)} add service proto {proto} port {frame.tp_dst}"
        yield way("nothing listens there", service)


def not_addressed(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A machine got a packet that is not for it."""
    guest, frame = catalog.named("guest", failure.reason.at), failure.frame
    if guest is None or frame is None or frame.ethertype != ETHERTYPE_IPV4:
        return
    alias = guest.full_alias
    nics = [guest, *(guest.siblings("guest.nic") or ())]
    if any(mac_of(nic) == frame.hw_dst for nic in nics):
        if len(nics) > 1 and not guest.get("forwarding"):
            why = f"{alias} has the interfaces of a router, but does not forward"
            yield way(why, f"guest {alias} set forwarding yes")
        if _is_known(catalog, frame.nw_dst) or alias == failure.source:
            return
        have = [f"{format_ipv4(each.address)}/{each.length}" for each in guest.get("address") or ()]
        have.append(f"{format_ipv4(frame.nw_dst)}/32")
        why = f"{alias} gets the packet, but has not the address"
        yield way(why, f"guest {alias} set address {','.join(have)}", width=9)
    else:
        yield way("who sent it remembers a MAC from before", "reset", width=5)


def _is_known(catalog: Catalog, address: int) -> bool:
    """Whether an address is a machine's or a router's, or one that is translated."""
    return (
        guest_with(catalog.store, address) is not None
        or router_port_with(catalog.store, address) is not None
        or is_shared(catalog, address)
    )
