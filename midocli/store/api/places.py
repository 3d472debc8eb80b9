"""The paths of the API: what is there, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from midocli.store.api import devices as d
from midocli.store.api import filters as f
from midocli.store.api import machines as m
from midocli.store.api import services as s
from midocli.store.api.leaves import uuid_number
from midocli.store.api.objects import ApiObject
from midocli.store.display import is_vxlan
from midocli.store.rows import Row
from midocli.store.store import Store

Rows = Callable[[Store, Row], Iterator[Row]]
#: Whether a list whose query gives a value shows a row.
Query = Callable[[Row, str], bool]


class Place(NamedTuple):
    """A path of the API, a list's or an item's.

    `objects` are what stands there, the first being what POST makes. `parent` is the path of the
    item that holds it, `rows` finds what a list shows where that is not what the item holds.
    `said` are words of the path that are fields of what stands there, each with its JSON name.
    """

    path: str
    objects: tuple[ApiObject, ...]
    methods: tuple[str, ...]
    parent: str = ""
    rows: Rows | str | None = None
    queries: dict[str, Query] = {}  # noqa: RUF012 (never changed)
    said: tuple[tuple[str, str], ...] = ()

    @property
    def is_item(self) -> bool:
        """Whether this is one object, not a list."""
        return self.path.endswith("}")


def _of_tenant(row: Row, tenant: str) -> bool:
    return bool(row.get("tenant") == tenant)


def _holds_port(row: Row, port: str) -> bool:
    members = row.siblings("port-group.member") or ()
    return any(member.get("port").uuid == port.lower() for member in members)


def _checked_by(row: Row, monitor: str) -> bool:
    return _is(row.get("health-monitor"), monitor)


def _is(row: Row | None, uuid: str) -> bool:
    return row is not None and row.uuid == uuid.lower()


def _device_of(row: Row, tenant: str) -> bool:
    """Whether what a trace request watches is a tenant's."""
    port = row.get("port")
    device = port.parent if port is not None else row.get("router") or row.get("bridge")
    return device is not None and device.get("tenant") == tenant


_SAID = {"vlan": "vlanId"}
_TENANT: dict[str, Query] = {"tenant_id": _of_tenant}


def _peers(store: Store, device: Row) -> Iterator[Row]:
    for port in store.rows(f"{device.collection.path}.port", device):
        if port.get("peer") is not None:
            yield port.get("peer")


def _interfaces(store: Store, host: Row) -> Iterator[Row]:
    return m.reported(host)


def _vxlan_ports(store: Store, bridge: Row) -> Iterator[Row]:
    return filter(is_vxlan, store.rows("bridge.port", bridge))


def _memberships(store: Store, port: Row) -> Iterator[Row]:
    for source, _ in port.referrers or ():
        if source.collection.path == "port-group.member":
            yield source


def _bindings_of(store: Store, port: Row) -> Iterator[Row]:
    """The bindings of a VTEP that a bridge's VXLAN port is there for."""
    vtep = port.get("vtep") if is_vxlan(port) else None
    for binding in store.rows("vtep.binding", vtep) if vtep is not None else ():
        if port.parent is not None and binding.get("network-id") == port.parent.uuid:
            yield binding


_PORTS = (d.ROUTER_PORT, d.BRIDGE_PORT, d.VXLAN_PORT)


def _places() -> Iterator[Place]:
    """All places that are lists and items of rows; what is a thing of its own is the server's."""

    def at(
        path: str,
        objects: ApiObject | tuple[ApiObject, ...],
        methods: str,
        rows: Rows | str | None = None,
        queries: dict[str, Query] | None = None,
    ) -> Place:
        known = (objects,) if isinstance(objects, ApiObject) else objects
        above, said = _above(path), tuple(_SAID.items()) if "{vlan}/mac" in path else ()
        place = Place(path, known, tuple(methods.split()), above, rows, queries or {}, said)
        items.update({path} if place.is_item else ())
        return place

    def _above(path: str) -> str:
        return max((item for item in items if path.startswith(item + "/")), key=len, default="")

    items: set[str] = set()
    yield at("/routers", d.ROUTER, "GET POST", queries=_TENANT)
    yield at("/routers/{id}", d.ROUTER, "GET PUT DELETE")
    yield at("/routers/{id}/ports", d.ROUTER_PORT, "GET POST")
    yield at("/routers/{id}/ports/{port}", d.ROUTER_PORT, "")
    yield at("/routers/{id}/ports/{port}/peering_table", d.MAC_IP, "GET POST")
    yield at("/routers/{id}/ports/{port}/peering_table/{entry}", d.MAC_IP, "GET DELETE")
    yield at("/routers/{id}/peer_ports", _PORTS, "GET", _peers)
    yield at("/routers/{id}/routes", d.ROUTE, "GET POST")
    yield at("/routers/{id}/bgp_networks", d.BGP_NETWORK, "GET POST")
    yield at("/routers/{id}/bgp_peers", d.BGP_PEER, "GET POST")
    yield at("/bridges", d.BRIDGE, "GET POST", queries=_TENANT)
    yield at("/bridges/{id}", d.BRIDGE, "GET PUT DELETE")
    yield at("/bridges/{id}/ports", (d.BRIDGE_PORT, d.VXLAN_PORT), "GET POST")
    yield at("/bridges/{id}/ports/{port}", (d.BRIDGE_PORT, d.VXLAN_PORT), "")
    yield at("/bridges/{id}/ports/{port}/vtep_bindings", m.VTEP_BINDING, "GET", _bindings_of)
    yield at(
        "/bridges/{id}/ports/{port}/vtep_bindings/{name}/{vlan}",
        m.VTEP_BINDING,
        "GET",
        _bindings_of,
    )
    yield at("/bridges/{id}/peer_ports", _PORTS, "GET", _peers)
    yield at("/bridges/{id}/vxlan_ports", d.VXLAN_PORT, "GET", _vxlan_ports)
    yield at("/bridges/{id}/dhcp", d.DHCP_SUBNET, "GET POST")
    yield at("/bridges/{id}/dhcp/{subnet}", d.DHCP_SUBNET, "GET PUT DELETE")
    yield at("/bridges/{id}/dhcp/{subnet}/hosts", d.DHCP_HOST, "GET POST")
    yield at("/bridges/{id}/dhcp/{subnet}/hosts/{mac}", d.DHCP_HOST, "GET PUT DELETE")
    macs = (d.MAC_PORT, d.VLAN_MAC_PORT)
    for table in ("/bridges/{id}/mac_table", "/bridges/{id}/vlans/{vlan}/mac_table"):
        yield at(table, macs, "GET POST")
        yield at(f"{table}/{{entry}}", macs, "GET DELETE")
    yield at("/bridges/{id}/arp_table", d.IP4_MAC, "GET POST")
    yield at("/bridges/{id}/arp_table/{entry}", d.IP4_MAC, "GET DELETE")
    yield at("/ports", _PORTS, "GET", "port")
    yield at("/ports/{id}", _PORTS, "GET PUT DELETE")
    yield at("/ports/{id}/port_groups", f.PORT_GROUP_PORT, "GET", _memberships)
    yield at("/routes/{id}", d.ROUTE, "GET DELETE")
    yield at("/bgp_networks/{id}", d.BGP_NETWORK, "GET DELETE")
    yield at("/bgp_peers/{id}", d.BGP_PEER, "GET PUT DELETE")
    yield at("/chains", f.CHAIN, "GET POST", queries=_TENANT)
    yield at("/chains/{id}", f.CHAIN, "GET DELETE")
    yield at("/chains/{id}/rules", f.RULE, "GET POST")
    yield at("/rules/{id}", f.RULE, "GET DELETE")
    yield at("/hosts", m.HOST, "GET POST")
    yield at("/hosts/{id}", m.HOST, "GET PUT DELETE")
    yield at("/hosts/{id}/interfaces", m.INTERFACE, "GET", _interfaces)
    yield at("/hosts/{id}/interfaces/{name}", m.INTERFACE, "GET", _interfaces)
    yield at("/hosts/{id}/ports", m.BINDING, "GET POST")
    yield at("/hosts/{id}/ports/{port}", m.BINDING, "GET DELETE")
    groups = {**_TENANT, "port_id": _holds_port}
    yield at("/port_groups", f.PORT_GROUP, "GET POST", queries=groups)
    yield at("/port_groups/{id}", f.PORT_GROUP, "GET PUT DELETE")
    yield at("/port_groups/{id}/ports", f.PORT_GROUP_PORT, "GET POST")
    yield at("/port_groups/{id}/ports/{port}", f.PORT_GROUP_PORT, "GET DELETE")
    yield at("/ip_addr_groups", f.IP_ADDR_GROUP, "GET POST")
    yield at("/ip_addr_groups/{id}", f.IP_ADDR_GROUP, "GET DELETE")
    yield at("/ip_addr_groups/{id}/ip_addrs", f.IP_ADDR_GROUP_ADDR, "GET POST")
    address = "/ip_addr_groups/{id}/versions/{version}/ip_addrs/{addr}"
    yield at(address, f.IP_ADDR_GROUP_ADDR, "GET DELETE")
    yield at("/tunnel_zones", m.TUNNEL_ZONE, "GET POST")
    yield at("/tunnel_zones/{id}", m.TUNNEL_ZONE, "GET PUT DELETE")
    yield at("/tunnel_zones/{id}/hosts", m.TUNNEL_ZONE_HOST, "GET POST")
    yield at("/tunnel_zones/{id}/hosts/{host}", m.TUNNEL_ZONE_HOST, "GET DELETE")
    yield at("/load_balancers", s.LOAD_BALANCER, "GET POST")
    yield at("/load_balancers/{id}", s.LOAD_BALANCER, "GET PUT DELETE")
    yield at("/load_balancers/{id}/pools", s.POOL, "GET POST")
    yield at("/load_balancers/{id}/vips", s.VIP, "GET", "load-balancer.vip")
    yield at("/pools", s.POOL, "GET POST", queries={"hm_id": _checked_by})
    yield at("/pools/{id}", s.POOL, "GET PUT DELETE")
    yield at("/pools/{id}/vips", s.VIP, "GET POST")
    yield at("/pools/{id}/pool_members", s.POOL_MEMBER, "GET POST")
    yield at("/pool_members", s.POOL_MEMBER, "GET POST")
    yield at("/pool_members/{id}", s.POOL_MEMBER, "GET PUT DELETE")
    yield at("/vips", s.VIP, "GET POST")
    yield at("/vips/{id}", s.VIP, "GET PUT DELETE")
    yield at("/health_monitors", s.HEALTH_MONITOR, "GET POST")
    yield at("/health_monitors/{id}", s.HEALTH_MONITOR, "GET PUT DELETE")
    yield at("/health_monitors/{id}/pools", s.POOL, "GET", "health-monitor.pool")
    yield at("/mirrors", f.MIRROR, "GET POST")
    yield at("/mirrors/{id}", f.MIRROR, "GET PUT DELETE")
    ports: dict[str, Query] = {
        "port": lambda row, port: _is(row.get("port"), port),
        "srv_port": lambda row, port: _is(row.get("srv-port"), port),
    }
    yield at("/l2insertions", f.L2_INSERTION, "GET POST", queries=ports)
    yield at("/l2insertions/{id}", f.L2_INSERTION, "GET PUT DELETE")
    yield at("/traces", f.TRACE_REQUEST, "GET POST", queries={"tenant_id": _device_of})
    yield at("/traces/{id}", f.TRACE_REQUEST, "GET PUT DELETE")
    yield at("/service_containers", s.SERVICE_CONTAINER, "GET POST")
    yield at("/service_containers/{id}", s.SERVICE_CONTAINER, "GET PUT DELETE")
    yield at("/service_container_groups", s.SERVICE_CONTAINER_GROUP, "GET POST")
    yield at("/service_container_groups/{id}", s.SERVICE_CONTAINER_GROUP, "GET PUT DELETE")
    contained = "/service_container_groups/{id}/service_containers"
    yield at(contained, s.SERVICE_CONTAINER, "GET POST", "container-group.container")
    yield at(f"{contained}/{{container}}", s.SERVICE_CONTAINER, "GET", "container-group.container")
    yield at("/qos_policies", s.QOS_POLICY, "GET POST")
    yield at("/qos_policies/{id}", s.QOS_POLICY, "GET PUT DELETE")
    yield at("/qos_policies/{id}/qos_bw_limit_rules", s.QOS_BANDWIDTH, "GET POST")
    yield at("/qos_policies/{id}/qos_dscp_rules", s.QOS_DSCP, "GET POST")
    yield at("/qos_bw_limit_rules/{id}", s.QOS_BANDWIDTH, "GET PUT DELETE")
    yield at("/qos_dscp_rules/{id}", s.QOS_DSCP, "GET PUT DELETE")
    yield at("/vteps", m.VTEP, "GET POST")
    yield at("/vteps/{id}", m.VTEP, "GET PUT DELETE")
    yield at("/vteps/{id}/bindings", m.VTEP_BINDING, "GET POST")
    yield at("/vteps/{id}/bindings/{name}/{vlan}", m.VTEP_BINDING, "GET DELETE")
    yield at("/vteps/{id}/ports", m.VTEP_PORT, "GET")
    yield at("/vteps/{id}/ports/{name}", m.VTEP_PORT, "GET")


PLACES = {place.path: place for place in _places()}


def listed(store: Store, place: Place, parent: Row | None) -> Iterator[Row]:
    """The rows of a place, inside the item that holds it."""
    if isinstance(place.rows, str):
        return _inside(store, place.rows, parent)
    if place.rows is not None and parent is not None:
        return place.rows(store, parent)
    path = place.objects[0].path
    return _everywhere(store, path) if parent is None else _inside(store, path, parent)


def by_uuid(store: Store, place: Place, word: str) -> Row | None:
    """The row of a root item's place that a UUID names."""
    number = uuid_number(word)
    row = store.by_id(number) if number is not None else None
    paths = {each.path for each in place.objects}
    return row if row is not None and row.collection.path in paths else None


def _everywhere(store: Store, path: str) -> Iterator[Row]:
    """The rows of a collection, whoever holds them."""
    parent = store.schema[path].parent
    if not parent:
        yield from _inside(store, path, None)
        return
    for holder in _everywhere(store, parent):
        yield from _inside(store, path, holder)


def _inside(store: Store, path: str, parent: Row | None) -> Iterator[Row]:
    """The rows of a collection in one object, or at the root, as they came."""
    siblings = store.siblings(store.schema[path], parent)
    return siblings.as_made() if siblings is not None else iter(())
