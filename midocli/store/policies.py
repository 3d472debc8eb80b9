"""The policy of each collection: what the API refuses, and what follows from a change.

These are the checks MidoNet's API makes and the consequences its storage layer
draws (`MidonetBackend.scala`, `rest_api/models`). A collection without an entry
has none of its own.
"""

from __future__ import annotations

from midocli.store.condition_policy import ConditionPolicy
from midocli.store.host_policy import (
    BindingPolicy,
    GuestPolicy,
    HostPolicy,
    InterfacePolicy,
    NicPolicy,
)
from midocli.store.policy import Policy
from midocli.store.port_policy import PortPolicy, RoutePolicy, RouterPortPolicy
from midocli.store.rule_policy import RulePolicy
from midocli.store.service_policy import (
    BalancerPolicy,
    BgpPeerPolicy,
    ContainerPolicy,
    DhcpPolicy,
    InsertionPolicy,
    RouterPolicy,
    TracePolicy,
    VipPolicy,
)
from midocli.store.table_policy import ArpPolicy, MacPolicy
from midocli.store.vtep_policy import (
    BridgePolicy,
    TunnelZonePolicy,
    VtepBindingPolicy,
    VtepPolicy,
)

POLICIES: dict[str, Policy] = {
    "bridge": BridgePolicy(),
    "bridge.port": PortPolicy(),
    "bridge.mac": MacPolicy(),
    "bridge.arp": ArpPolicy(),
    "router.port": RouterPortPolicy(),
    "router.route": RoutePolicy(),
    "chain.rule": RulePolicy(),
    "host": HostPolicy(),
    "host.binding": BindingPolicy(),
    "host.interface": InterfacePolicy(),
    "guest": GuestPolicy(),
    "guest.nic": NicPolicy(),
    "router": RouterPolicy(),
    "router.bgp-peer": BgpPeerPolicy(),
    "container": ContainerPolicy(),
    "load-balancer": BalancerPolicy(),
    "load-balancer.pool.vip": VipPolicy(),
    "bridge.dhcp": DhcpPolicy(),
    "tunnel-zone": TunnelZonePolicy(),
    "vtep": VtepPolicy(),
    "vtep.binding": VtepBindingPolicy(),
    "tracerequest": TracePolicy(),
    "mirror.matches": ConditionPolicy(),
    "l2insertion": InsertionPolicy(),
}
