"""Load balancers: pools with their members and VIPs, health monitors, statistics."""

from __future__ import annotations

from grammar import numbers
from grammar.addresses import IPv4
from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, Reference

_PORT = Integer(0, 65535, called=numbers.port)
_HEALTH = Choice(("ACTIVE", "INACTIVE"))

LOAD_BALANCER = Collection(
    "load-balancer",
    "lb",
    "a load balancer, put on a router",
    (common.ID, Field("router", Reference("router"), "the router it is on"), common.STATE),
    children=("pool", "vip"),
    group="services",
    more=("router router0 set load-balancer lb0  # to use it", "load-balancer list as table"),
)

POOL = Collection(
    "load-balancer.pool",
    "pool",
    "a pool of members that share a service",
    (
        common.ID,
        Field("load-balancer", Reference("load-balancer"), "its load balancer", parent=True),
        Field(
            "health-monitor", Reference("health-monitor"), "who checks its members", clearable=True
        ),
        Field(
            "lb-method", Choice(("ROUND_ROBIN",)), "how members are chosen", default="ROUND_ROBIN"
        ),
        Field("protocol", Choice(("TCP",)), "its protocol", default="TCP", read_only=True),
        common.STATE,
    ),
    children=("member", "vip"),
)

MEMBER = Collection(
    "load-balancer.pool.member",
    "pm",
    "a server of a pool",
    (
        common.ID,
        Field("address", IPv4(), "its address", required=True),
        Field("protocol-port", _PORT, "its port", required=True),
        Field("weight", Integer(0, 0x7FFFFFFF), "its share of connections", default=1),
        common.STATE,
        # Read-only in midonet-cli. Where no monitor looks the user plays that part here.
        Field(
            "status",
            _HEALTH,
            "its health: what its monitor found, else as set",
            default="ACTIVE",
            live=True,
        ),
    ),
    example="address 192.168.77.119 protocol-port 80",
)

VIP = Collection(
    "load-balancer.pool.vip",
    "vip",
    "an address and port that a pool serves",
    (
        common.ID,
        Field("load-balancer", Reference("load-balancer"), "its load balancer", parent=True),
        Field("address", IPv4(), "its address", required=True),
        Field("protocol-port", _PORT, "its port", required=True),
        Field(
            "persistence",
            Choice(("SOURCE_IP", "NONE")),
            "whether a client keeps its member; NONE is not shown",
        ),
        common.STATE,
    ),
    example="address 192.168.79.1 protocol-port 80",
)

HEALTH_MONITOR = Collection(
    "health-monitor",
    "hm",
    "checks the members of pools",
    (
        common.ID,
        Field("delay", Integer(0, 0x7FFFFFFF, "seconds"), "time between checks"),
        Field("timeout", Integer(0, 0x7FFFFFFF, "seconds"), "time to wait for an answer"),
        Field("max-retries", Integer(0, 0x7FFFFFFF), "checks that may fail"),
        common.STATE,
        Field("status", _HEALTH, "whether the monitor works", read_only=True),
        Field("type", Choice(("TCP",)), "kind of check", default="TCP"),
    ),
    children=("pool",),
    example="delay 5 timeout 2 max-retries 3 type TCP",
    group="services",
)

POOL_STATISTIC = Collection(
    "pool-statistic",
    "ps",
    "counters of a pool",
    (
        common.ID,
        Field("bytes-in", Integer(0, 2**63 - 1, "bytes"), "bytes received"),
        Field("bytes-out", Integer(0, 2**63 - 1, "bytes"), "bytes sent"),
        Field("active-connections", Integer(0, 2**63 - 1), "connections now"),
        Field("total-connections", Integer(0, 2**63 - 1), "connections so far"),
        Field("pool", Reference("load-balancer.pool"), "the pool", on_delete="cascade"),
    ),
    example="pool lb0:pool0 bytes-in 1000",
    group="services",
)

BALANCER_VIP = Collection(
    "load-balancer.vip",
    "vip",
    "a VIP of any of the load balancer's pools",
    VIP.fields,
    creatable=False,
    gathers=(VIP.path,),
)

MONITOR_POOL = Collection(
    "health-monitor.pool",
    "pool",
    "a pool that the monitor checks",
    POOL.fields,
    children=("member", "vip"),
    gathers=(POOL.path,),
    through="health-monitor",
    example="load-balancer lb0",
)

MONITOR_POOL_MEMBER = Collection(
    "health-monitor.pool.member",
    "pm",
    MEMBER.help,
    MEMBER.fields,
    gathers=(MEMBER.path,),
    example=MEMBER.example,
)
MONITOR_POOL_VIP = Collection(
    "health-monitor.pool.vip", "vip", VIP.help, VIP.fields, gathers=(VIP.path,), example=VIP.example
)

COLLECTIONS = (
    LOAD_BALANCER,
    POOL,
    MEMBER,
    VIP,
    BALANCER_VIP,
    HEALTH_MONITOR,
    MONITOR_POOL,
    MONITOR_POOL_MEMBER,
    MONITOR_POOL_VIP,
    POOL_STATISTIC,
)
