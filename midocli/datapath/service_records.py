"""Records of load balancers, DHCP and what ports do beyond forwarding, from the store's rows."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4, mac_number
from midocli.datapath.conditions import condition
from midocli.simulator.topology import service_records as records
from midocli.simulator.topology.insertion import InsertionChain
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import BandwidthLimit
from midocli.store.display import binding_of
from midocli.store.rows import Row

_ETHERNET_MTU, _TUNNEL_OVERHEAD = 1500, 50


def load_balancer(row: Row) -> records.LoadBalancer:
    """A load balancer with its pools' VIPs and members."""
    return records.LoadBalancer(
        key=row.id,
        alias=row.full_alias,
        up=_is_up(row),
        vips=tuple(
            _vip(vip, pool)
            for pool_row in row.siblings("load-balancer.pool") or ()
            for pool in (_pool(pool_row),)
            for vip in pool_row.siblings("load-balancer.pool.vip") or ()
        ),
    )


def subnets(bridge: Row) -> tuple[records.DhcpSubnet, ...]:
    """The subnets a bridge gives addresses of."""
    return tuple(
        records.DhcpSubnet(
            network=(row.get("subnet").network, row.get("subnet").length),
            gateway=row.get("gw"),
            server=row.get("server"),
            dns_servers=tuple(row.get("dns-servers") or ()),
            mtu=row.get("interface-mtu") or 0,
            routes=tuple(
                (
                    (route.get("destination").network, route.get("destination").length),
                    route.get("gateway"),
                )
                for route in row.siblings("bridge.dhcp.opt121-routes") or ()
            ),
            hosts={
                mac_number(host.get("mac")): host.get("address")
                for host in row.siblings("bridge.dhcp.host") or ()
            },
        )
        for row in bridge.siblings("bridge.dhcp") or ()
        if row.get("enabled") is not False
    )


def underlay_mtu(port: Row) -> int | None:
    """The largest IP packet that fits the tunnels of a port's host; None where it has none.

    Of an interface of the host with an address in a tunnel zone the MTU counts, less what a
    tunnel takes; where no interface has the address, 1500 (MidoNet: `DatapathController.scala`).
    """
    binding = binding_of(port)
    host = binding.parent if binding is not None else None
    if host is None:
        return None
    addresses = {
        format_ipv4(source.get("address"))
        for source, _ in host.referrers or ()
        if source.collection.path == "tunnel-zone.member"
    }
    mtus = [
        interface.get("mtu")
        for interface in host.siblings("host.interface") or ()
        if addresses.intersection(interface.get("addresses") or ())
    ]
    return min(mtus, default=_ETHERNET_MTU) - _TUNNEL_OVERHEAD if addresses else None


def features(row: Row) -> records.PortFeatures | None:
    """What a port has beyond filters; None for the many that have nothing."""
    inserted = next(insertions_naming(row), None) is not None
    policy = _policy(row) if row.collection.path == "bridge.port" else None
    found = records.PortFeatures(
        in_mirrors=keys(row, "in-mirrors"),
        post_in_mirrors=keys(row, "post-in-filter-mirrors"),
        pre_out_mirrors=keys(row, "pre-out-filter-mirrors"),
        out_mirrors=keys(row, "out-mirrors"),
        redirect_in=InsertionChain(row.id, "in") if inserted else None,
        redirect_out=InsertionChain(row.id, "out") if inserted else None,
        dscp=_dscp(policy),
        limit=_limit(policy),
        traces=traces(row),
    )
    return None if found == records.NO_FEATURES else found


def traces(row: Row) -> tuple[records.TraceRequest, ...]:
    """The enabled trace requests on a port, bridge or router."""
    return tuple(
        records.TraceRequest(
            key=request.id,
            alias=request.full_alias,
            condition=condition(request),
            limit=request.get("limit"),
        )
        for request in requests_on(row)
        if request.get("enabled")
    )


def requests_on(row: Row) -> list[Row]:
    """The trace requests on a port, bridge or router (not those that only name it)."""
    found = {
        source
        for source, _ in row.referrers or ()
        if source.collection.path == "tracerequest"
        and any(source.get(place) is row for place in ("port", "router", "bridge"))
    }
    return sorted(found, key=lambda request: request.number)


def _policy(port: Row) -> Row | None:
    """The QoS policy of a bridge's port or, without one, of the bridge."""
    policy: Row | None = port.get("qos-policy")
    if policy is None and port.parent is not None:
        policy = port.parent.get("qos-policy")
    return policy


def _dscp(policy: Row | None) -> int | None:
    """The mark of a policy: that of its first rule."""
    rules = policy.siblings("qos-policy.dscp-rule") if policy is not None else None
    return next((rule.get("dscp-mark") for rule in rules or ()), None)


def _limit(policy: Row | None) -> BandwidthLimit | None:
    """The limit of a policy: that of its first rule.

    Without a burst, that is 80% of the rate (MidoNet: `topology/QosPolicyMapper.scala`).
    """
    rules = policy.siblings("qos-policy.bw-limit-rule") if policy is not None else None
    for rule in rules or ():
        kbps = rule.get("max-kbps")
        burst_kb = rule.get("max-burst-kb") or (kbps * 4 + 2) // 5
        return BandwidthLimit(rule.full_alias, kbps, burst_kb)
    return None


def read_for_extras(port: Row) -> Iterator[Row]:
    """Other rows that what a port has beyond filters depends on."""
    yield from insertions_naming(port)
    yield from requests_on(port)
    policy = _policy(port) if port.collection.path == "bridge.port" else None
    if port.collection.path == "bridge.port" and port.parent is not None:
        yield port.parent
    if policy is not None:
        yield policy
        yield from policy.siblings("qos-policy.dscp-rule") or ()
        yield from policy.siblings("qos-policy.bw-limit-rule") or ()


def is_service(row: Row) -> bool:
    """Whether an inserted service is behind a port."""
    return any(insertion.get("srv-port") is row for insertion in insertions_naming(row))


def containers(port: Row) -> Iterator[Row]:
    """The service containers behind a router port."""
    return (source for source, _ in port.referrers or () if source.collection.path == "container")


def insertions(port: Row) -> tuple[records.Insertion, ...]:
    """The insertions that name a port, in either role."""
    return tuple(
        records.Insertion(
            key=row.id,
            alias=row.full_alias,
            port=row.get("port").id,
            service=row.get("srv-port").id,
            mac=mac_number(row.get("mac")),
            vlan=row.get("vlan"),
            pos=row.get("pos"),
            fail_open=bool(row.get("fail-open")),
        )
        for row in sorted(insertions_naming(port), key=lambda row: row.number)
    )


def insertions_naming(port: Row) -> Iterator[Row]:
    """The rows of insertions that name a port, in either role."""
    for source, _ in port.referrers or ():
        if source.collection.path == "l2insertion":
            yield source


def keys(row: Row, field: str) -> tuple[Key, ...]:
    """The keys of the rows that a field lists."""
    return tuple(each.id for each in row.get(field) or ())


def _pool(row: Row) -> records.Pool:
    return records.Pool(
        alias=row.full_alias,
        up=_is_up(row),
        members=tuple(
            records.Member(
                alias=member.full_alias,
                address=member.get("address"),
                port=member.get("protocol-port"),
                weight=member.get("weight"),
                up=_is_up(member),
                active=member.get("status") == "ACTIVE",
                key=member.id,
            )
            for member in row.siblings("load-balancer.pool.member") or ()
        ),
    )


def _vip(row: Row, pool: records.Pool) -> records.Vip:
    return records.Vip(
        alias=row.full_alias,
        address=row.get("address"),
        port=row.get("protocol-port"),
        pool=pool,
        up=_is_up(row),
        sticky=row.get("persistence") == "SOURCE_IP",
    )


def _is_up(row: Row) -> bool:
    return bool(row.get("state") == "up")
