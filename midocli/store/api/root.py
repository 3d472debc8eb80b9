"""What the API says of itself: the application object, and what is under /neutron."""

from __future__ import annotations

from collections.abc import Mapping

#: The names of the links, where the application has them: a list and an item of it.
_NAMES = {
    "/routers": ("routers", "routerTemplate"),
    "/bridges": ("bridges", "bridgeTemplate"),
    "/ports": ("ports", "portTemplate"),
    "/routes": ("", "routeTemplate"),
    "/bgp_networks": ("", "bgpNetworkTemplate"),
    "/bgp_peers": ("", "bgpPeerTemplate"),
    "/chains": ("chains", "chainTemplate"),
    "/rules": ("", "ruleTemplate"),
    "/hosts": ("hosts", "hostTemplate"),
    "/port_groups": ("portGroups", "portGroupTemplate"),
    "/ip_addr_groups": ("ipAddrGroups", "ipAddrGroupTemplate"),
    "/tunnel_zones": ("tunnelZones", "tunnelZoneTemplate"),
    "/tenants": ("tenants", "tenantTemplate"),
    "/system_state": ("systemState", ""),
    "/load_balancers": ("loadBalancers", "loadBalancerTemplate"),
    "/pools": ("pools", "poolTemplate"),
    "/pool_members": ("poolMembers", "poolMemberTemplate"),
    "/vips": ("vips", "vipTemplate"),
    "/health_monitors": ("healthMonitors", "healthMonitorTemplate"),
    "/mirrors": ("mirrors", "mirrorTemplate"),
    "/l2insertions": ("l2insertions", "l2InsertionTemplate"),
    "/traces": ("traceRequests", "traceRequestTemplate"),
    "/service_containers": ("serviceContainers", "serviceContainerTemplate"),
    "/service_container_groups": ("serviceContainerGroups", "serviceContainerGroupTemplate"),
    "/qos_policies": ("qosPolicies", "qosPolicyTemplate"),
    "/qos_bw_limit_rules": ("", "qosBwLimitRuleTemplate"),
    "/qos_dscp_rules": ("", "qosDscpRuleTemplate"),
    "/vteps": ("vteps", "vtepTemplate"),
    "/neutron": ("neutron", ""),
}

#: Neutron's resources as (list link, item link, path); `load_balancer` holds those of LBaaS v1.
_NEUTRON = """
networks network_template networks
subnets subnet_template subnets
ports port_template ports
routers router_template routers
floating_ips floating_ip_template floating_ips
security_groups security_group_template security_groups
security_group_rules security_group_rule_template security_group_rules
load_balancers_v2 load_balancer_v2_template lbs_v2
pools_v2 pool_v2_template pools_v2
pool_members_v2 pool_member_v2_template pool_members_v2
listeners_v2 listener_v2_template listeners_v2
health_monitors_v2 health_monitor_v2_template health_monitors_v2
firewalls firewall_template firewalls
vpn_services vpn_service_template vpnservices
ipsec_site_conns ipsec_site_conn_template ipsec_site_connections
l2_gateway_connections l2_gateway_connection_template l2_gateway_connections
gateway_devices gateway_device_template gateway_devices
remote_mac_entries remote_mac_entry_template remote_mac_entries
bgp_speakers bgp_speaker_template bgp_speakers
bgp_peers bgp_peer_template bgp_peers
tap_flows tap_flow_template tap_flows
tap_services tap_service_template tap_services
firewall_logs firewall_log_template firewall_logs
logging_resources logging_resource_template logging_resources
"""
_BALANCING = """
vips vip_template lb/vips
pools pool_template lb/pools
members member_template lb/members
health_monitors health_monitor_template lb/health_monitors
"""


def application(base: str) -> dict[str, str]:
    """The application object: where everything is."""
    links = {"uri": f"{base}/", "version": "v5.0"}
    for path, (listed, item) in _NAMES.items():
        links |= {listed: base + path} if listed else {}
        links |= {item: f"{base}{path}/{{id}}"} if item else {}
    return links


def neutron(base: str) -> dict[str, str | Mapping[str, str]]:
    """Where Neutron's driver finds its resources."""
    at = f"{base}/neutron"
    routers = f"{at}/routers/{{id}}"
    return {
        "uri": at,
        **_links(at, _NEUTRON),
        "add_router_interface_template": f"{routers}/add_router_interface",
        "remove_router_interface_template": f"{routers}/remove_router_interface",
        "load_balancer": {
            **_links(at, _BALANCING),
            "pool_health_monitors": f"{at}/lb/pool_health_monitor",
        },
    }


def _links(at: str, table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table.split("\n"):
        if line:
            listed, item, path = line.split()
            found |= {listed: f"{at}/{path}", item: f"{at}/{path}/{{id}}"}
    return found
