"""Load balancers, QoS, service containers, tenants and the system's state in the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from grammar.resources import SCHEMA
from midocli.store.api.forms import Children, Form, Given, Json, One, Shown, WrongFieldError
from midocli.store.api.leaves import IntegerLeaf, Schema, WordsLeaf
from midocli.store.api.objects import ID, UUID, declared
from midocli.store.display import Display
from midocli.store.rows import Row

_WORD: Schema = {"type": "string"}
_MAYBE_UUID: Schema = {"type": ["string", "null"], "format": "uuid"}


def _parent(row: Row, display: Display) -> str | None:
    return row.parent.uuid if row.parent is not None else None


class BalancersRouter(Form):
    """The router a load balancer is on, which is set at the router alone."""

    def __init__(self) -> None:
        super().__init__("routerId")

    def write(self, out: Json, row: Row, display: Display) -> None:
        router = row.get("router")
        out["routerId"] = None if router is None else router.uuid

    def read(self, given: Given) -> Any:
        out: Json = {"routerId": None}
        if given.row is not None:
            router = given.row.get("router")
            out["routerId"] = None if router is None else router.uuid
        if given.get("routerId") != out["routerId"]:
            raise WrongFieldError("routerId", "a load balancer is put on a router at the router")
        return iter(())

    def schema(self) -> dict[str, Schema]:
        return {"routerId": _MAYBE_UUID}


LOAD_BALANCER = declared(
    "LoadBalancer",
    "LoadBalancer-v1",
    "load-balancer",
    ID,
    BalancersRouter(),
    One("adminStateUp", "state"),
    links="""
    uri /load_balancers/{id}
    router /routers/{routerId}
    pools {uri}/pools
    vips {uri}/vips
    """,
)


def _health(row: Row, display: Display) -> str:
    return "ACTIVE"


POOL = declared(
    "Pool",
    "Pool-v1",
    "load-balancer.pool",
    ID,
    One("adminStateUp", "state"),
    One("healthMonitorId", "health-monitor"),
    Shown("loadBalancerId", UUID, _parent),
    One("protocol", "protocol", post=False, put=False),
    One("lbMethod", "lb-method", required=True),
    Shown("status", _WORD, _health),
    links="""
    uri /pools/{id}
    healthMonitor /health_monitors/{healthMonitorId}
    loadBalancer /load_balancers/{loadBalancerId}
    vips {uri}/vips
    poolMembers {uri}/pool_members
    """,
    holder="loadBalancerId",
    gone=204,
)

POOL_MEMBER = declared(
    "PoolMember",
    "PoolMember-v1",
    "load-balancer.pool.member",
    ID,
    One("adminStateUp", "state", post=False),
    One("status", "status", post=False, put=False),
    Shown("poolId", UUID, _parent),
    One("address", "address", put=False),
    One("protocolPort", "protocol-port", put=False),
    One("weight", "weight", IntegerLeaf(1, 0x7FFFFFFF)),
    links="""
    uri /pool_members/{id}
    pool /pools/{poolId}
    """,
    holder="poolId",
    gone=204,
)


def _balancer(row: Row, display: Display) -> str | None:
    balancer = row.get("load-balancer")
    return None if balancer is None else balancer.uuid


VIP = declared(
    "VIP",
    "VIP-v1",
    "load-balancer.pool.vip",
    ID,
    One("adminStateUp", "state"),
    Shown("loadBalancerId", UUID, _balancer),
    Shown("poolId", UUID, _parent),
    One("address", "address"),
    One("protocolPort", "protocol-port"),
    One("sessionPersistence", "persistence"),
    kind="Vip",
    links="""
    uri /vips/{id}
    loadBalancer /load_balancers/{loadBalancerId}
    pool /pools/{poolId}
    """,
    holder="poolId",
    gone=204,
)

HEALTH_MONITOR = declared(
    "HealthMonitor",
    "HealthMonitor-v1",
    "health-monitor",
    ID,
    One("adminStateUp", "state", post=False),
    One("type", "type", required=True),
    One("delay", "delay", absent=0),
    One("timeout", "timeout", absent=0),
    One("maxRetries", "max-retries", absent=0),
    links="""
    uri /health_monitors/{id}
    pools {uri}/pools
    """,
    gone=204,
)

_STATUS = {word.lower(): word for word in ("STARTING", "RUNNING", "STOPPING", "STOPPED", "ERROR")}

SERVICE_CONTAINER = declared(
    "ServiceContainer",
    "ServiceContainer-v1",
    "container",
    ID,
    One("serviceGroupId", "container-group", put=False),
    One("configurationId", "configuration", put=False),
    One("portId", "port", put=False),
    One("serviceType", "type", required=True, put=False),
    One("statusCode", "status", WordsLeaf(_STATUS), post=False, put=False),
    One("statusMessage", "status-message", post=False, put=False),
    One("hostId", "host"),
    One("namespaceName", "namespace", post=False, put=False),
    One("interfaceName", "interface", post=False, put=False),
    links="""
    uri /service_containers/{id}
    port /ports/{portId}
    serviceContainerGroup /service_container_groups/{serviceGroupId}
    """,
)

SERVICE_CONTAINER_GROUP = declared(
    "ServiceContainerGroup",
    "ServiceContainerGroup-v1",
    "container-group",
    ID,
    One("policy", "policy", WordsLeaf({"weighted": "WEIGHTED", "least": "LEAST"})),
    Shown("hostGroupId", _MAYBE_UUID),
    One("portGroupId", "port-group"),
    links="""
    uri /service_container_groups/{id}
    serviceContainers {uri}/service_containers
    """,
)


class QosRules(Children):
    """The rules of a QoS policy, as Neutron lists them: they come in, and never go out.

    Null leaves the rules as they are, a list replaces them.
    """

    _LIMIT = (One("max_kbps", "max-kbps", absent=0), One("max_burst_kbps", "max-burst-kb"))
    _MARK = (One("dscp_mark", "dscp-mark", absent=0),)
    _KINDS: ClassVar = {
        "bandwidth_limit": ("qos-policy.bw-limit-rule", _LIMIT),
        "dscp_marking": ("qos-policy.dscp-rule", _MARK),
    }

    def __init__(self) -> None:
        super().__init__("rules", "qos-policy.bw-limit-rule", self._LIMIT)
        for form in self._MARK:
            form.bind(SCHEMA["qos-policy.dscp-rule"])

    def write(self, out: Json, row: Row, display: Display) -> None:
        out["rules"] = None

    def children(self, given: Given) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        if given.get("rules") is None:
            return
        found: dict[str, list[dict[str, Any]]] = {path: [] for path, _ in self._KINDS.values()}
        for item in self._items(given):
            if item.get("type") not in self._KINDS:
                raise WrongFieldError("rules", f"expected a type of {', '.join(self._KINDS)}")
            path, forms = self._KINDS[item["type"]]
            each = Given(item, given.store, None)
            found[path].append({f: value for form in forms for f, value in form.read(each)})
        yield from found.items()

    def schema(self) -> dict[str, Schema]:
        return {"rules": {"type": ["array", "null"], "items": {"type": "object"}}}


QOS_POLICY = declared(
    "QOSPolicy",
    "QOSPolicy-v1",
    "qos-policy",
    ID,
    One("name", "name"),
    One("description", "description"),
    One("shared", "shared"),
    One("tenant_id", "tenant"),
    QosRules(),
    links="""
    uri /qos_policies/{id}
    bwLimitRules {uri}/qos_bw_limit_rules
    dscpRules {uri}/qos_dscp_rules
    """,
)

QOS_BANDWIDTH = declared(
    "QOSRuleBWLimit",
    "QOSRuleBWLimit-v1",
    "qos-policy.bw-limit-rule",
    ID,
    One("maxKbps", "max-kbps", absent=0),
    One("maxBurstKb", "max-burst-kb"),
    One("policyId", "policy", post=False, put=False),
    links="uri /qos_bw_limit_rules/{id}",
)

QOS_DSCP = declared(
    "QOSRuleDSCP",
    "QOSRuleDSCP-v1",
    "qos-policy.dscp-rule",
    ID,
    One("dscpMark", "dscp-mark", absent=0),
    One("policyId", "policy", post=False, put=False),
    links="uri /qos_dscp_rules/{id}",
)

TENANT = declared(
    "Tenant",
    "Tenant-v2",
    "tenant",
    One("id", "tenant-id"),
    One("name", "name"),
    One("description", "description"),
    One("enabled", "enabled"),
    links="""
    uri /tenants/{id}
    routers /routers?tenant_id={id}
    bridges /bridges?tenant_id={id}
    chains /chains?tenant_id={id}
    portGroups /port_groups?tenant_id={id}
    """,
)

SYSTEM_STATE = declared(
    "SystemState",
    "SystemState-v2",
    "system-state",
    One("state", "state"),
    One("availability", "availability"),
    Shown("version", _WORD, constant="5.0.0"),
    Shown("information", {"type": ["string", "null"]}),
)

OBJECTS = (
    LOAD_BALANCER,
    POOL,
    POOL_MEMBER,
    VIP,
    HEALTH_MONITOR,
    SERVICE_CONTAINER,
    SERVICE_CONTAINER_GROUP,
    QOS_POLICY,
    QOS_BANDWIDTH,
    QOS_DSCP,
    TENANT,
    SYSTEM_STATE,
)
