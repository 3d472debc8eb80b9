"""The policy of each collection: what the API refuses, and what follows from a change.

These are the checks MidoNet's API makes and the consequences its storage layer
draws (`MidonetBackend.scala`, `rest_api/models`). A collection without an entry
has none of its own.
"""

from __future__ import annotations

from midocli.store.condition_policy import ConditionPolicy
from midocli.store.host_policy import BindingPolicy, GuestPolicy, InterfacePolicy, NicPolicy
from midocli.store.policy import Policy
from midocli.store.port_policy import PortPolicy, RoutePolicy, RouterPortPolicy
from midocli.store.rule_policy import RulePolicy
from midocli.store.service_policy import (
    BalancerPolicy,
    DhcpPolicy,
    InsertionPolicy,
    RouterPolicy,
    TracePolicy,
    TunnelZonePolicy,
    VipPolicy,
    VtepBindingPolicy,
    VtepPolicy,
)

POLICIES: dict[str, Policy] = {
    "bridge.port": PortPolicy(),
    "router.port": RouterPortPolicy(),
    "router.route": RoutePolicy(),
    "chain.rule": RulePolicy(),
    "host.binding": BindingPolicy(),
    "host.interface": InterfacePolicy(),
    "guest": GuestPolicy(),
    "guest.nic": NicPolicy(),
    "router": RouterPolicy(),
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
