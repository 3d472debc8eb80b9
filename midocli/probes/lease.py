"""What a DHCP lease makes of a guest, and why there is none.

A lease is configuration: it ends up in the guest's own fields, in the place of what was there
(dhclient flushes the interface, too), so that it shows, is saved, and can be undone.
"""

from __future__ import annotations

from grammar.addresses import format_cidr, format_ipv4
from grammar.schema import Collection
from grammar.tree import FieldName, Setting
from midocli.context.context import Context
from midocli.simulator.guests.dhcp_client import Lease
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Bridge
from midocli.simulator.wire.addresses import mac_text, network_text
from midocli.store.editor import Editor
from midocli.store.rows import Row

#: The smallest MTU an Internet host may have (RFC 791); smaller ones are not taken.
_LEAST_MTU = 68
#: Where a frame got nowhere near a server: these reasons tell more than ours.
_AT_THE_PLUG = (Code.UNPLUGGED, Code.PORT_INACTIVE)


def take(context: Context, guest: Row, lease: Lease) -> None:
    """Give a guest the address, gateway, MTU and routes of a lease, as one command.

    The routes of an earlier lease (`proto dhcp`) go; those given by hand stay.
    """
    collection = guest.collection
    settings = [_setting(collection, "address", network_text((lease.address, lease.length)))]
    if lease.mtu is not None and lease.mtu >= _LEAST_MTU:
        settings.append(_setting(collection, "mtu", str(lease.mtu)))
    if lease.gateway:
        settings.append(_setting(collection, "gw", format_ipv4(lease.gateway)))
    with context.changing() as editor:
        editor.set(guest, settings)
        if not lease.gateway:
            editor.clear(guest, [FieldName(collection.by_name["gw"], 1)])
        _take_routes(context, editor, guest, lease)


def _take_routes(context: Context, editor: Editor, guest: Row, lease: Lease) -> None:
    """Make the routes of a lease those of the guest; what it has already stays as it is."""
    collection = context.store.schema["guest.route"]
    wanted = dict.fromkeys(lease.routes)
    for row in list(guest.siblings("guest.route") or ()):
        dst = row.get("dst")
        route = ((dst.network, dst.length), row.get("gw") or 0)
        if route in wanted:
            del wanted[route]
        elif row.get("proto") == "dhcp":
            editor.delete(row)
    for network, gateway in wanted:
        settings = [_setting(collection, "dst", network_text(network))]
        if gateway:
            settings.append(_setting(collection, "gw", format_ipv4(gateway)))
        editor.create(collection, guest, [*settings, _setting(collection, "proto", "dhcp")])


def _setting(collection: Collection, name: str, word: str) -> Setting:
    field = collection.by_name[name]
    return Setting(field, field.type.parse(word), 1, word)


def silence(context: Context, guest: Row, dropped: Reason | None) -> Reason:
    """Why a guest got no lease; `details` say what lacks of a bridge's DHCP service.

    `dropped` is what became of its messages, which tells where a server did answer.
    """
    alias, network = guest.full_alias, context.datapath.network
    nic = network.guest(guest.id).plan
    assert nic is not None
    mac, key = nic.guest.nics[0].mac, nic.guest.nics[0].port
    if guest.get("state") != "up":
        return Reason(Code.NO_ANSWER, alias, None, f"{alias} is down")
    if guest.get("interface") is None:
        return Reason(Code.UNPLUGGED, alias, None, f"{alias} is behind no interface")
    port = network.topology.ports[key] if key is not None else None
    bridge = network.topology.bridges[port.device] if port and not port.is_router else None
    if bridge is not None and (dropped is None or dropped.code not in _AT_THE_PLUG):
        lacking = _lacking(context, bridge, mac)
        if lacking is not None:
            return lacking
    return dropped or Reason(Code.NO_ANSWER, alias, None, "no server answers")


def _not_enabled(context: Context, bridge: Bridge) -> str | None:
    """The first subnet of a bridge that is not enabled."""
    row = context.store.by_id(bridge.key) if isinstance(bridge.key, int) else None
    subnets = context.store.rows("bridge.dhcp", row) if row is not None else ()
    off = (each for each in subnets if each.get("enabled") is False)
    return next((format_cidr(each.get("subnet")) for each in off), None)


def _lacking(context: Context, bridge: Bridge, mac: int) -> Reason | None:
    """What a bridge's DHCP service lacks to serve a MAC; None where it does serve it."""
    at, hw = bridge.alias, mac_text(mac)
    if any(subnet.hosts.get(mac) for subnet in bridge.subnets):
        return None
    off = _not_enabled(context, bridge)
    if off is not None:
        text = f"{at} gives out no addresses of {off}, which is not enabled"
        return Reason(Code.NO_ANSWER, at, None, text, {"unleased": hw})
    if not bridge.subnets:
        text = f"{at} has no DHCP subnet, so requests are flooded, and nobody answers"
        return Reason(Code.NO_ANSWER, at, None, text, {"unleased": hw})
    details = {"unleased": hw}
    subnet = network_text(bridge.subnets[0].network)
    if mac in bridge.subnets[0].hosts:
        text = f"the DHCP host of {hw} in {subnet} has no address"
    else:
        text = f"no DHCP subnet of {at} has a host with MAC {hw}, so its requests are flooded"
    return Reason(Code.NO_ANSWER, at, None, text, details)
