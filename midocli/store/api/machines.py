"""Hosts, their interfaces and bindings, tunnel zones and VTEPs in the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grammar.errors import ConflictError, RefusedError
from grammar.resources import SCHEMA
from midocli.store.api.forms import Form, One, Shown
from midocli.store.api.objects import ID, TEXTS, UUID, Change, declared
from midocli.store.display import Display
from midocli.store.rows import Row

_WORD = {"type": ["string", "null"]}


def _parent(row: Row, display: Display) -> str | None:
    return row.parent.uuid if row.parent is not None else None


_INTERFACE: tuple[Form, ...] = (
    Shown("hostId", UUID, _parent),
    One("name", "iface"),
    One("mac", "mac"),
    One("mtu", "mtu"),
    One("type", "type"),
    One("endpoint", "endpoint"),
    Shown("portType", _WORD),
    One("addresses", "addresses", absent=[]),
    One("status", "status"),
)

INTERFACE = declared(
    "Interface",
    "Interface-v1 HostInterfacePort-v1",
    "host.interface",
    *_INTERFACE,
    key="{name}",
    links="uri /hosts/{hostId}/interfaces/{name}",
)


def reported(host: Row) -> Iterator[Row]:
    """The interfaces that a host's agent has reported.

    Not those of which no more is known than that a port is bound to them: in MidoNet a binding
    makes no interface.
    """
    bindings = host.siblings("host.binding")
    bound = bindings.by_key if bindings is not None else {}
    for interface in host.siblings("host.interface") or ():
        if interface.get("iface") not in bound or _is_described(interface):
            yield interface


def _is_described(interface: Row) -> bool:
    if any(source.collection.path.startswith("guest") for source, _ in interface.referrers or ()):
        return True
    fields = enumerate(interface.collection.fields)
    own = (i for i, field in fields if field.name not in ("iface", "host_id"))
    return any(interface.values[i] != interface.collection.fields[i].default for i in own)


def _interfaces(row: Row, display: Display) -> list[dict[str, Any]]:
    found = []
    for interface in reported(row):
        inner: dict[str, Any] = {}
        for form in _INTERFACE:
            form.write(inner, interface, display)
        found.append({**inner, "uri": None})
    return found


def _check_weights(change: Change) -> None:
    """A host's weights and limits are changed all at once."""
    for name in _WEIGHTS if change.row is not None else ():
        if change.body.get(name) is None:
            raise RefusedError(f"{name} may not be null", name)


def _check_zone(change: Change) -> None:
    """Ports are bound to hosts that others reach."""
    referrers = (source for source, _ in (change.parent and change.parent.referrers) or ())
    if all(each.collection.path != "tunnel-zone.member" for each in referrers):
        raise ConflictError("the host is a member of no tunnel zone")


def _check_name(change: Change) -> None:
    """A zone's name is not there yet, although it were its own: so it is in MidoNet."""
    siblings = change.store.siblings(SCHEMA["tunnel-zone"], None)
    name = change.values.get("name")
    if siblings is not None and name in siblings.by_key:
        raise ConflictError(f"there is a tunnel zone of the name {name}")


_WEIGHTS = ("floodingProxyWeight", "containerWeight", "containerLimit", "enforceContainerLimit")

HOST = declared(
    "Host",
    "Host-v3",
    "host",
    ID,
    One("name", "name", put=False),
    One("addresses", "addresses", post=False, put=False, absent=[]),
    Shown("hostInterfaces", {"type": "array", "items": {"type": "object"}}, _interfaces),
    One("alive", "alive", post=False, put=False),
    One("floodingProxyWeight", "flooding-proxy-weight"),
    One("containerWeight", "container-weight"),
    One("containerLimit", "container-limit"),
    One("enforceContainerLimit", "enforce-container-limit"),
    links="""
    uri /hosts/{id}
    interfaces {uri}/interfaces
    ports {uri}/ports
    """,
    checks=(_check_weights,),
    refused=403,
    put=200,
    deleted=200,
)

BINDING = declared(
    "HostInterfacePort",
    "HostInterfacePort-v1",
    "host.binding",
    One("portId", "port"),
    One("hostId", "host", post=False, put=False),
    One("interfaceName", "interface"),
    links="""
    uri /hosts/{hostId}/ports/{portId}
    host /hosts/{hostId}
    port /ports/{portId}
    """,
    key="{portId}",
    checks=(_check_zone,),
)

TUNNEL_ZONE = declared(
    "TunnelZone",
    "TunnelZone-v1",
    "tunnel-zone",
    ID,
    One("name", "name"),
    One("type", "type"),
    links="""
    uri /tunnel_zones/{id}
    hosts {uri}/hosts
    """,
    checks=(_check_name,),
)

TUNNEL_ZONE_HOST = declared(
    "TunnelZoneHost",
    "TunnelZoneHost-v1 GreTunnelZoneHost-v1",
    "tunnel-zone.member",
    One("tunnelZoneId", "zone", post=False, put=False),
    One("hostId", "host"),
    One("ipAddress", "address"),
    links="""
    uri /tunnel_zones/{tunnelZoneId}/hosts/{hostId}
    host /hosts/{hostId}
    tunnelZone /tunnel_zones/{tunnelZoneId}
    """,
    key="{hostId}",
    silent=True,
)

VTEP = declared(
    "VTEP",
    "VTEP-v2",
    "vtep",
    ID,
    One("managementIp", "management-ip"),
    One("managementPort", "management-port"),
    One("tunnelZoneId", "tunnel-zone"),
    One("name", "name", post=False, put=False),
    One("description", "description", post=False, put=False),
    One("connectionState", "connection-state", post=False, put=False),
    Shown("tunnelIpAddrs", TEXTS, constant=[]),
    links="""
    uri /vteps/{id}
    bindings {uri}/bindings
    ports {uri}/ports
    vtepBindingTemplate {uri}/{portName}/{vlanId}
    """,
    refused=400,
)

VTEP_BINDING = declared(
    "VTEPBinding",
    "VTEPBinding-v2",
    "vtep.binding",
    Shown("vtepId", UUID, _parent),
    One("portName", "physical-port"),
    One("vlanId", "vlan"),
    One("networkId", "network-id"),
    key="{portName}/{vlanId}",
    links="uri /vteps/{vtepId}/bindings/{portName}/{vlanId}",
)

VTEP_PORT = declared(
    "VTEPPort",
    "VTEPPort-v1",
    "vtep.port",
    One("name", "name"),
    One("description", "description"),
    links="""
    uri /vteps/{vtep}/ports/{name}
    vtep /vteps/{vtep}
    """,
    key="{name}",
)

OBJECTS = (
    HOST,
    INTERFACE,
    BINDING,
    TUNNEL_ZONE,
    TUNNEL_ZONE_HOST,
    VTEP,
    VTEP_BINDING,
    VTEP_PORT,
)
