"""Routers and bridges in the API, with their ports, routes, DHCP subnets and tables."""

from __future__ import annotations

from midocli.store.api.forms import Children, Form, Net, One, Shown, Word
from midocli.store.api.leaves import WordsLeaf
from midocli.store.api.objects import ID, NUMBER, TEXT, UUID, UUIDS, declared
from midocli.store.api.subnets import Subnets
from midocli.store.display import Display, binding_of, is_vxlan
from midocli.store.rows import Row

_MAYBE_UUID = {"type": ["string", "null"], "format": "uuid"}
_MAYBE_TEXT = {"type": ["string", "null"]}


def _parent(row: Row, display: Display) -> str | None:
    return row.parent.uuid if row.parent is not None else None


def _host(row: Row, display: Display) -> str | None:
    binding = binding_of(row)
    return binding.parent.uuid if binding is not None and binding.parent is not None else None


def _interface(row: Row, display: Display) -> str | None:
    binding = binding_of(row)
    return None if binding is None else binding.get("interface")


def _tunnel_key(row: Row, display: Display) -> int:
    return row.shared_number + 1 & 0xFFFFF


def _insertions(row: Row, display: Display) -> list[str]:
    sources = dict.fromkeys(source for source, _ in row.referrers or ())
    return [each.uuid for each in sources if each.collection.path == "l2insertion"]


def _container(row: Row, display: Display) -> str | None:
    sources = (source for source, _ in row.referrers or ())
    return next((each.uuid for each in sources if each.collection.path == "container"), None)


def _vxlan_ports(row: Row, display: Display) -> list[str]:
    return [port.uuid for port in row.siblings("bridge.port") or () if is_vxlan(port)]


_FILTER_LINKS = """
    inboundFilter /chains/{inboundFilterId}
    outboundFilter /chains/{outboundFilterId}
"""


def _filters() -> tuple[Form, ...]:
    return (One("inboundFilterId", "infilter"), One("outboundFilterId", "outfilter"))


def _mirrors() -> tuple[Form, ...]:
    return (
        One("inboundMirrorIds", "in-mirrors", absent=[]),
        One("outboundMirrorIds", "out-mirrors", absent=[]),
    )


ROUTER = declared(
    "Router",
    "Router-v3",
    "router",
    ID,
    One("tenantId", "tenant"),
    One("name", "name"),
    One("adminStateUp", "state"),
    *_filters(),
    One("loadBalancerId", "load-balancer"),
    One("asNumber", "asn"),
    *_mirrors(),
    One("localRedirectChainId", "local-redirect-chain"),
    One("forwardChainId", "forward-chain"),
    links="uri /routers/{id}"
    + _FILTER_LINKS
    + """
    ports {uri}/ports
    peerPorts {uri}/peer_ports
    routes {uri}/routes
    loadBalancer /load_balancers/{loadBalancerId}
    bgpNetworks {uri}/bgp_networks
    bgpPeers {uri}/bgp_peers
    localRedirectChain /chains/{localRedirectChainId}
    forwardChain /chains/{forwardChainId}
    """,
)

BRIDGE = declared(
    "Bridge",
    "Bridge-v4 Bridge-v5",
    "bridge",
    ID,
    One("tenantId", "tenant"),
    One("name", "name"),
    One("adminStateUp", "state"),
    *_filters(),
    Shown("vxLanPortIds", UUIDS, _vxlan_ports),
    *_mirrors(),
    One("qosPolicyId", "qos-policy"),
    kind="Network",
    links="uri /bridges/{id}"
    + _FILTER_LINKS
    + """
    ports {uri}/ports
    peerPorts {uri}/peer_ports
    vxLanPorts {uri}/vxlan_ports
    macTable {uri}/mac_table
    arpTable {uri}/arp_table
    dhcpSubnets {uri}/dhcp
    dhcpSubnet6s {uri}/dhcpV6
    vlanMacTableTemplate {uri}/vlans/{vlanId}/mac_table
    macPortTemplate {uri}/mac_table/{macAddress}_{portId}
    vlanMacPortTemplate {uri}/vlans/{vlanId}/mac_table/{macAddress}_{portId}
    """,
)

_PORT_LINKS = (
    _FILTER_LINKS
    + """
    host /hosts/{hostId}
    peer /ports/{peerId}
    link {uri}/link
    portGroups {uri}/port_groups
    hostInterfacePort /hosts/{hostId}/ports/{id}
"""
)


def _port(word: str, *also: str, qos: Form) -> tuple[Form, ...]:
    """What ports of all devices have, the one of a type that is called `word`."""
    return (
        ID,
        Word("type", word, *also),
        Shown("deviceId", UUID, _parent),
        One("adminStateUp", "state"),
        *_filters(),
        Shown("tunnelKey", NUMBER, _tunnel_key),
        Shown("vifId", _MAYBE_UUID),
        Shown("hostId", _MAYBE_UUID, _host),
        Shown("interfaceName", _MAYBE_TEXT, _interface),
        One("peerId", "peer", put=False),
        *_mirrors(),
        One("postInFilterMirrorIds", "post-in-filter-mirrors", absent=[]),
        One("preOutFilterMirrorIds", "pre-out-filter-mirrors", absent=[]),
        Shown("insertionIds", UUIDS, _insertions),
        qos,
        One("active", "plugged", post=False, put=False),
    )


ROUTER_PORT = declared(
    "RouterPort",
    "Port-v3 Port-v4",
    "router.port",
    *_port("Router", "ExteriorRouter", "InteriorRouter", qos=Shown("qosPolicyId", _MAYBE_UUID)),
    Subnets(),
    One("portMac", "mac", keeps=True),
    One("rtrPortVni", "vni"),
    One("offRampVxlan", "vxlan-off-ramp"),
    Shown("serviceContainerId", _MAYBE_UUID, _container),
    One("bgpStatus", "bgp-status", post=False, put=False),
    kind="Port",
    links="uri /ports/{id}"
    + _PORT_LINKS
    + """
    device /routers/{deviceId}
    peeringTable /routers/{deviceId}/ports/{id}/peering_table
    serviceContainer /service_containers/{serviceContainerId}
    """,
)

BRIDGE_PORT = declared(
    "BridgePort",
    "Port-v3 Port-v4",
    "bridge.port",
    *_port("Bridge", "ExteriorBridge", "InteriorBridge", qos=One("qosPolicyId", "qos-policy")),
    One("vlanId", "vlan"),
    kind="Port",
    links="uri /ports/{id}" + _PORT_LINKS + "device /bridges/{deviceId}",
)

VXLAN_PORT = declared(
    "VxLanPort",
    "Port-v3 Port-v4",
    "bridge.port",
    *_port("Vxlan", qos=One("qosPolicyId", "qos-policy")),
    One("vtepId", "vtep", post=False, put=False),
    kind="Port",
    links="uri /ports/{id}" + _PORT_LINKS + "device /bridges/{deviceId}",
)

_ROUTE_TYPES = {"normal": "Normal", "blackhole": "BlackHole", "reject": "Reject"}


def _learned(row: Row, display: Display) -> bool:
    return bool(row.get("learned"))


ROUTE = declared(
    "Route",
    "Route-v1",
    "router.route",
    ID,
    Shown("routerId", UUID, _parent),
    One("nextHopPort", "port"),
    Shown("attributes", _MAYBE_TEXT),
    Net("dstNetworkAddr", "dstNetworkLength", "dst"),
    Net("srcNetworkAddr", "srcNetworkLength", "src", required=True),
    One("nextHopGateway", "gw"),
    Shown("learned", {"type": "boolean"}, _learned),
    One("type", "type", WordsLeaf(_ROUTE_TYPES), absent="Local", required=True),
    One("weight", "weight"),
    links="""
    uri /routes/{id}
    router /routers/{routerId}
    """,
)

BGP_NETWORK = declared(
    "BgpNetwork",
    "BgpNetwork-v1",
    "router.bgp-network",
    ID,
    Net("subnetAddress", "subnetLength", "net"),
    links="""
    uri /bgp_networks/{id}
    router /routers/{router}
    """,
)

BGP_PEER = declared(
    "BgpPeer",
    "BgpPeer-v1",
    "router.bgp-peer",
    ID,
    One("asNumber", "asn"),
    One("address", "address"),
    One("keepAlive", "keep-alive"),
    One("holdTime", "hold-time"),
    One("connectRetry", "connect-retry"),
    One("password", "password"),
    links="""
    uri /bgp_peers/{id}
    router /routers/{router}
    """,
    refused=400,
)

MAC_IP = declared(
    "MacIp",
    "MacIp-v1",
    "router.port.remote-peers",
    One("ip", "ip"),
    One("mac", "mac"),
    key="{ip}_{mac-}",
    links="uri /routers/{router}/ports/{port}/peering_table/{ip}_{mac-}",
)

DHCP_SUBNET = declared(
    "DhcpSubnet",
    "DhcpSubnet-v2",
    "bridge.dhcp",
    Net("subnetPrefix", "subnetLength", "subnet", put=False),
    One("defaultGateway", "gw"),
    One("serverAddr", "server"),
    One("dnsServerAddrs", "dns-servers"),
    One("interfaceMTU", "interface-mtu"),
    Children(
        "opt121Routes",
        "bridge.dhcp.opt121-routes",
        (
            Net("destinationPrefix", "destinationLength", "destination"),
            One("gatewayAddr", "gateway"),
        ),
    ),
    One("enabled", "enabled", absent=True),
    kind="Dhcp",
    links="""
    uri /bridges/{bridge}/dhcp/{subnetPrefix}_{subnetLength}
    hosts {uri}/hosts
    """,
    key="{subnetPrefix}_{subnetLength}",
)

DHCP_HOST = declared(
    "DhcpHost",
    "DhcpHost-v2",
    "bridge.dhcp.host",
    One("macAddr", "mac", put=False),
    One("ipAddr", "address", required=True),
    One("name", "name", required=True),
    Shown("extraDhcpOpts", {"type": "array", "items": TEXT}, constant=[]),
    key="{macAddr}",
    links="uri /bridges/{bridge}/dhcp/{dhcp}/hosts/{macAddr}",
)

_MAC_PORT = (One("macAddr", "mac"), One("portId", "port"), One("vlanId", "vlan"))
MAC_PORT = declared(
    "MacPort",
    "MacPort-v2",
    "bridge.mac",
    *_MAC_PORT,
    links="uri /bridges/{bridge}/mac_table/{macAddr-}_{portId}",
    key="{macAddr-}_{portId}",
)
VLAN_MAC_PORT = declared(
    "VlanMacPort",
    "MacPort-v2",
    "bridge.mac",
    *_MAC_PORT,
    kind="MacPort",
    links="uri /bridges/{bridge}/vlans/{vlanId}/mac_table/{macAddr-}_{portId}",
    key="{macAddr-}_{portId}",
)

IP4_MAC = declared(
    "Ip4Mac",
    "IP4Mac-v1",
    "bridge.arp",
    One("ip", "address"),
    One("mac", "mac"),
    links="uri /bridges/{bridge}/arp_table/{ip}_{mac-}",
    key="{ip}_{mac-}",
)

OBJECTS = (
    ROUTER,
    BRIDGE,
    ROUTER_PORT,
    BRIDGE_PORT,
    VXLAN_PORT,
    ROUTE,
    BGP_NETWORK,
    BGP_PEER,
    MAC_IP,
    DHCP_SUBNET,
    DHCP_HOST,
    MAC_PORT,
    VLAN_MAC_PORT,
    IP4_MAC,
)
