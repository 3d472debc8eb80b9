"""The server: what it takes, what it refuses, and whom."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from asgi import BASE, Served

from midocli.server.answers import MOST_BYTES
from midocli.server.login import Account
from midocli.store.saving import script

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def served() -> Served:
    return Served()


def _port(served: Served, router: str, address: str, **more: Any) -> str:
    body = {"type": "Router", "portSubnet": [address], **more}
    return served.made(f"{router}/ports", body)


# -- objects -----------------------------------------------------------------------------


def test_numbers_come_as_text_and_go_as_numbers(served: Served) -> None:
    router = served.made("/routers", {"name": "r", "asNumber": "64513"})
    assert served("GET", router).body["asNumber"] == 64513
    chain = served.made("/chains", {"name": "c"})
    span = {"start": "80", "end": "90"}
    rule = {"type": "accept", "nwProto": "6", "tpDst": span, "position": "1"}
    body = served("GET", served.made(f"{chain}/rules", rule)).body
    assert (body["nwProto"], body["tpDst"], body["position"]) == (6, {"start": 80, "end": 90}, 1)


def test_put_replaces_and_keeps_what_it_must(served: Served) -> None:
    chain = served.made("/chains", {"name": "c"}).rpartition("/")[2]
    router = served.made("/routers", {"name": "r", "inboundFilterId": chain, "asNumber": 7})
    was = served("GET", router).body
    assert served("PUT", router, {"name": "s", "id": NOBODY}).status == 204
    body = served("GET", router).body
    assert (body["id"], body["name"], body["inboundFilterId"]) == (was["id"], "s", None)
    assert (body["asNumber"], body["adminStateUp"]) == (0, True)


def test_both_generations_of_router_ports(served: Served) -> None:
    router = served.made("/routers", {"name": "r"})
    old = {"portAddress": "10.0.0.1", "networkAddress": "10.0.0.0", "networkLength": "24"}
    port = served.made(f"{router}/ports", {"type": "Router", **old})
    body = served("GET", port).body
    assert body["portSubnet"] == ["10.0.0.1/24"]
    # A 5.2 client sends the old portSubnet back beside the new address.
    assert served("PUT", port, {**body, "portAddress": "10.0.0.2"}).status == 204
    body = served("GET", port).body
    assert (body["portSubnet"], body["networkAddress"]) == (["10.0.0.2/24"], "10.0.0.0")
    # A newer one sends portSubnet alone, and may have several.
    body = {**body, "portSubnet": ["10.1.0.1/16", "10.2.0.1/16"], "portAddress": None}
    assert served("PUT", port, body).status == 204
    body = served("GET", port).body
    assert (body["portAddress"], body["networkLength"]) == ("10.1.0.1", 16)
    assert served("PUT", port, body).status == 204
    assert served("GET", port).body == body
    (route,) = served("GET", f"{router}/routes").body
    assert (route["type"], route["dstNetworkAddr"]) == ("Local", "10.1.0.1")
    assert served.run("router list").endswith("state up asn 0\n")


def test_a_port_without_an_address_is_taken(served: Served) -> None:
    router = served.made("/routers", {"name": "r"})
    body = served("GET", served.made(f"{router}/ports", {"type": "Router"})).body
    assert (body["portSubnet"], body["portAddress"], body["networkLength"]) == ([], None, 0)


def test_clients_choose_ids(served: Served) -> None:
    chosen = "12345678-0000-4000-8000-000000000001"
    assert served.made("/bridges", {"id": chosen}) == f"{BASE}/bridges/{chosen}"
    assert served("POST", "/routers", {"id": chosen.upper()}).status == 409
    assert served("POST", "/routers", {"id": "mine"}).status == 400


def test_tenants_filter_lists_and_an_empty_one_is_kept(served: Served) -> None:
    served.made("/routers", {"name": "a", "tenantId": ""})
    served.made("/routers", {"name": "b", "tenantId": "blue"})
    assert [each["name"] for each in served("GET", "/routers?tenant_id=blue").body] == ["b"]
    assert [each["tenantId"] for each in served("GET", "/routers").body] == ["", "blue"]
    assert [each["id"] for each in served("GET", "/tenants").body] == ["admin"]
    assert served("GET", "/tenants/green").body["name"] == "green"
    served.run("tenant create tenant-id blue name Blue")
    (tenant,) = served("GET", "/tenants").body
    assert (tenant["id"], tenant["routers"]) == ("blue", f"{BASE}/routers?tenant_id=blue")
    assert served("GET", "/tenants/green").status == 404
    assert served("POST", "/tenants", {"id": "x"}).status == 405


def test_links_are_symmetric_and_made_once(served: Served) -> None:
    bridge, router = served.made("/bridges", {}), served.made("/routers", {})
    one = served.made(f"{bridge}/ports", {"type": "Bridge"})
    two = _port(served, router, "10.0.0.1/24")
    answer = served("POST", f"{one}/link", {"peerId": two.rpartition("/")[2]})
    assert (answer.status, answer.headers["location"]) == (201, f"{one}/link")
    assert served("GET", two).body["peer"] == one
    assert served("POST", f"{two}/link", {"peerId": one.rpartition("/")[2]}).status == 409
    assert served("PUT", two, served("GET", two).body | {"peerId": None}).status == 204
    assert served("GET", one).body["peerId"] is not None
    assert [served("DELETE", f"{one}/link").status for _ in "12"] == [204, 204]
    assert served("GET", two).body["peer"] is None
    assert served("POST", f"{one}/link", {"peerId": NOBODY}).status == 400


def test_deleting_a_chain_takes_the_jumps_to_it(served: Served) -> None:
    chain, other = served.made("/chains", {"name": "c"}), served.made("/chains", {"name": "d"})
    jump = {"type": "jump", "jumpChainId": other.rpartition("/")[2]}
    served.made(f"{chain}/rules", jump)
    assert served("DELETE", other).status == 204
    assert served("GET", f"{chain}/rules").body == []
    served.run("undo")
    assert served.run("chain list") == "chain chain0 name c\nchain chain1 name d\n"


def test_lists_inside_objects_are_replaced(served: Served) -> None:
    bridge = served.made("/bridges", {})
    route = {"destinationPrefix": "10.9.0.0", "destinationLength": "16", "gatewayAddr": "10.0.0.9"}
    subnet = {"subnetPrefix": "10.0.0.0", "subnetLength": "24", "opt121Routes": [route]}
    at = served.made(f"{bridge}/dhcp", subnet)
    body = served("GET", at).body
    assert body["opt121Routes"] == [{**route, "destinationLength": 16}]
    assert (body["enabled"], body["dnsServerAddrs"]) == (True, None)
    assert served("PUT", at, {**body, "opt121Routes": [], "enabled": False}).status == 204
    assert served.run("bridge bridge0 dhcp list") == "subnet 10.0.0.0/24 enabled no\n"
    assert served("POST", f"{bridge}/dhcp", subnet).status == 409


def test_the_rules_of_a_qos_policy_are_replaced_by_a_list(served: Served) -> None:
    rules = [
        {"type": "bandwidth_limit", "max_kbps": 100, "max_burst_kbps": 10},
        {"type": "dscp_marking", "dscp_mark": "46"},
    ]
    policy = served.made("/qos_policies", {"name": "gold", "rules": rules})
    assert served("GET", policy).body["rules"] is None
    (limit,) = served("GET", f"{policy}/qos_bw_limit_rules").body
    assert (limit["maxKbps"], limit["maxBurstKb"]) == (100, 10)
    assert served("PUT", policy, {"name": "silver", "rules": None}).status == 204
    assert len(served("GET", f"{policy}/qos_dscp_rules").body) == 1
    assert served("PUT", policy, {"name": "silver", "rules": []}).status == 204
    assert served("GET", f"{policy}/qos_dscp_rules").body == []


def test_a_bridges_tables(served: Served) -> None:
    bridge = served.made("/bridges", {})
    port = served.made(f"{bridge}/ports", {"type": "Bridge"}).rpartition("/")[2]
    entry = {"macAddr": "02:00:00:00:00:01", "portId": port}
    at = served.made(f"{bridge}/mac_table", entry)
    assert at == f"{bridge}/mac_table/02-00-00-00-00-01_{port}"
    tagged = served.made(f"{bridge}/vlans/7/mac_table", entry)
    assert served("GET", tagged).body["vlanId"] == 7
    assert len(served("GET", f"{bridge}/mac_table").body) == 2
    assert len(served("GET", f"{bridge}/vlans/7/mac_table").body) == 1
    assert served("POST", f"{bridge}/mac_table", entry).status == 409
    assert served("DELETE", at).status == 204
    told = served.made(f"{bridge}/arp_table", {"ip": "10.0.0.9", "mac": "02:00:00:00:00:09"})
    assert told == f"{bridge}/arp_table/10.0.0.9_02-00-00-00-00-09"
    assert served.run("bridge bridge0 arp list") == "address 10.0.0.9 mac 02:00:00:00:00:09\n"


def test_names_that_are_quoted_in_addresses(served: Served) -> None:
    bridge = served.made("/bridges", {}).rpartition("/")[2]
    zone = served.made("/tunnel_zones", {"name": "z", "type": "vtep"}).rpartition("/")[2]
    body = {"managementIp": "10.0.0.9", "managementPort": "6632", "tunnelZoneId": zone}
    vtep = served.made("/vteps", body)
    binding = {"portName": "eth 1/1", "vlanId": "10", "networkId": bridge}
    at = served.made(f"{vtep}/bindings", binding)
    assert at == f"{vtep}/bindings/eth%201%2F1/10"
    assert served("GET", at).body["portName"] == "eth 1/1"
    assert served("DELETE", at).status == 204
    served.run("tenant create tenant-id 'a&b'")
    (tenant,) = served("GET", "/tenants").body
    served.made("/routers", {"name": "r", "tenantId": "a&b"})
    assert served("GET", tenant["uri"]).status == 200
    assert len(served("GET", tenant["routers"]).body) == 1


def test_hosts_are_changed_whole_and_deleted_when_they_may(served: Served) -> None:
    host = served.made("/hosts", {"name": "h"})
    body = served("GET", host).body
    assert served("PUT", host, {**body, "floodingProxyWeight": "3"}).status == 200
    assert served("GET", host).body["floodingProxyWeight"] == 3
    assert served("PUT", host, {"floodingProxyWeight": 3}).status == 400
    assert served("DELETE", host).status == 403
    served.run("host host0 set alive false")
    assert served("DELETE", host).status == 200


# -- what is refused ---------------------------------------------------------------------


def test_checks_that_only_the_api_makes(served: Served) -> None:
    """With what each is answered; none leaves anything."""
    router = served.made("/routers", {"name": "r"})
    host, zone = served.made("/hosts", {"name": "h"}), {"name": "tz", "type": "vxlan"}
    at = served.made("/tunnel_zones", zone)
    bridge = served.made("/bridges", {})
    port = served.made(f"{bridge}/ports", {"type": "Bridge"}).rpartition("/")[2]
    chain = served.made("/chains", {"name": "c"})
    pool = served.made("/load_balancers", {}) + "/pools"
    before = script(served.context.store)
    wanted = [
        ("POST", f"{host}/ports", {"portId": port, "interfaceName": "tap0"}, 409),
        ("POST", "/tunnel_zones", zone, 409),
        ("PUT", at, zone, 409),
        ("PUT", chain, {"name": "d"}, 405),
        ("POST", "/load_balancers", {"routerId": router.rpartition("/")[2]}, 400),
        ("POST", pool, {}, 400),
        ("POST", f"{router}/ports", {"type": "Bridge"}, 400),
        ("POST", f"{router}/routes", {"type": "Normal", "dstNetworkAddr": "10.0.0.0"}, 400),
        ("POST", f"{chain}/rules", {"type": "jump"}, 400),
        ("POST", f"{chain}/rules", {"type": "dnat", "flowAction": "accept"}, 400),
        ("POST", f"{chain}/rules", {"type": "rev_dnat"}, 400),
        ("POST", f"{chain}/rules", {"type": "accept", "position": 3}, 400),
        ("POST", f"{chain}/rules", {"type": "accept", "tpDst": {"start": 0, "end": 9}}, 400),
        ("POST", f"{chain}/rules", {"type": "accept", "inPorts": [NOBODY]}, 404),
        ("POST", f"{chain}/rules", {"type": "accept", "traversedDevice": NOBODY}, 501),
        ("POST", "/vips", {"poolId": NOBODY, "address": "10.0.0.1", "protocolPort": 80}, 400),
        ("POST", "/traces", {"name": "t", "enabled": True}, 400),
        ("POST", f"{bridge}/dhcpV6", {"prefix": "2001:db8::", "prefixLength": 64}, 501),
        ("POST", "/neutron/networks", {"id": NOBODY}, 501),
    ]
    for method, path, body, status in wanted:
        answer = served(method, path, body)
        assert answer.status == status, (method, path, answer)
        assert script(served.context.store) == before, (method, path)


def test_neutrons_addresses_lead_somewhere(served: Served) -> None:
    links = served("GET", "/neutron").body
    addresses = [*links.pop("load_balancer").values(), *links.values()]
    for address in addresses:
        if not address.endswith(("/neutron", "_router_interface")):
            status = 404 if "{" in address else 200
            assert served("GET", address).status == status, address
            answer = served("POST", address, {}, content_type="application/vnd.x-v1+json")
            assert (answer.status, answer.body["code"]) == (501, 501)


def test_violations_name_the_fields(served: Served) -> None:
    bridge = served.made("/bridges", {})
    body = {"subnetPrefix": "10.0.0", "subnetLength": 40, "serverAddr": 7}
    answer = served("POST", f"{bridge}/dhcp", body)
    assert answer.headers["content-type"] == "application/vnd.org.midonet.Error-v1+json"
    assert answer.body["code"] == 400
    found = {each["property"]: each["message"] for each in answer.body["violations"]}
    assert found["serverAddr"] == "expected an IPv4 address"
    assert found.keys() == {"subnetLength", "serverAddr"}


@pytest.mark.parametrize("raw", [b"{", b"[]", b"1", b'"x"', b"\xff", b'{"name": NaN}', b"[" * 9999,
                                 b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}'])  # fmt: skip
def test_bodies_that_are_none(served: Served, raw: bytes) -> None:
    assert served("POST", "/routers", raw).status == 400
    assert served("GET", "/routers").body == []


def test_what_is_deleted_twice(served: Served) -> None:
    for path, status in (("/routers", 404), ("/pools", 204), ("/vips", 204),
                         ("/health_monitors", 204), ("/pool_members", 204)):  # fmt: skip
        assert served("DELETE", f"{path}/{NOBODY}").status == status


# -- HTTP --------------------------------------------------------------------------------


def test_media_types(served: Served) -> None:
    def media(accept: str) -> str:
        return served("GET", "/ports", accept=accept).headers.get("content-type", "")

    vendor = "application/vnd.org.midonet."
    assert media("*/*") == f"{vendor}collection.Port-v3+json"
    assert media("application/json") == "application/json"
    assert media(f"text/html, {vendor}collection.Port-v4+json;q=0.5") == (
        f"{vendor}collection.Port-v4+json"
    )
    assert served("GET", "/ports", accept="text/html").status == 406
    assert served("GET", "/ports", accept=f"{vendor}Router-v3+json").raw == b""
    answer = served("POST", "/routers", {}, content_type="text/plain")
    assert (answer.status, answer.raw) == (406, b"")
    assert served("POST", "/routers", {}, content_type=f"{vendor}Router-v3+json").status == 201


def test_a_body_may_be_packed_and_is_bounded(served: Served) -> None:
    packed = gzip.compress(json.dumps({"name": "r"}).encode())
    assert served("POST", "/routers", packed, content_encoding="gzip").status == 201
    bomb = gzip.compress(b" " * (MOST_BYTES + 1))
    assert served("POST", "/routers", bomb, content_encoding="gzip").status == 413
    assert served("POST", "/routers", b"no gzip", content_encoding="gzip").status == 400
    assert served("POST", "/routers", b" " * (MOST_BYTES + 1)).status == 413


def test_who_may_ask(served: Served) -> None:
    assert served("GET", "/routers", host="localhost:8181").status == 200
    assert served("GET", "/routers", host="evil.example").status == 421
    assert served("GET", "/routers", host=None).status == 421
    assert served("POST", "/routers", {}, origin="https://evil.example").status == 403
    assert served("GET", "/routers").body == []
    assert "access-control-allow-origin" not in served("GET", "/routers").headers


def test_pages_of_one_origin_may_be_let_in() -> None:
    served = Served(cors="https://ours.example")
    answer = served("OPTIONS", "/routers", origin="https://ours.example")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://ours.example"
    assert served("GET", "/routers", origin="https://evil.example").status == 403


def test_logging_in() -> None:
    served = Served(account=Account("admin", "sécret"))
    assert served("GET", "/routers").status == 401
    assert served("POST", "/midocli/ping", {}).status == 401
    wrong = served("POST", "/login", authorization="Basic YWRtaW46eA==")
    assert (wrong.status, wrong.headers["www-authenticate"][:5]) == (401, "Basic")
    for header in (None, "Basic !", "Bearer x", "Basic YWRtaW4="):
        assert served("POST", "/login", authorization=header).status == 401
    right = served("POST", "/login", b"{}", authorization="Basic YWRtaW46c8OpY3JldA==")
    token = right.body["key"]
    assert right.headers["set-cookie"] == f"sessionId={token}"
    assert served("GET", "/routers", x_auth_token=token).status == 200
    assert served("GET", "/routers", x_auth_token="00000000").status == 401


def test_without_an_account_everybody_is_let_in(served: Served) -> None:
    answer = served("POST", "/login", authorization="Basic YTpi")
    assert answer.body == {"key": "00000000", "expires": None}


def test_many_at_once_lose_nothing(served: Served) -> None:
    chain = served.made("/chains", {"name": "c"})

    async def client(number: int) -> list[bool]:
        found = []
        for index in range(3):
            name = f"r{number}-{index}"
            answer = await served.ask("POST", "/routers", {"name": name}, {})
            seen = await served.ask("GET", answer.headers["location"], None, {})
            found.append((answer.status, seen.body["name"]) == (201, name))
            await served.ask("POST", f"{chain}/rules", {"type": "accept"}, {})
        return found

    async def all_of_them() -> list[list[bool]]:
        return await asyncio.gather(*map(client, range(8)))

    assert all(map(all, asyncio.run(all_of_them())))
    assert len(served("GET", "/routers").body) == 24
    rules = served("GET", f"{chain}/rules").body
    assert [rule["position"] for rule in rules] == list(range(1, 25))


# -- beside MidoNet's --------------------------------------------------------------------


def test_machines_and_traffic_in_any_language() -> None:
    served = Served("bridge create name lan", "bridge lan add port", "bridge lan add port")
    served("POST", "/midocli/hosts", {"name": "h"})
    for number in (1, 2):
        name, tap = f"vm{number}", f"tap{number}"
        body = {"name": name, "interface": f"h:{tap}", "address": [f"10.0.0.{number}/24"]}
        answer = served("POST", "/midocli/guests", body)
        assert answer.status == 201
        served.run(f"host h add binding port bridge0:port{number - 1} interface {tap}")
    asked = {"source": "vm1", "destination": "10.0.0.2", "count": 2}
    document = served("POST", "/midocli/ping", asked).body
    assert (document["transmitted"], document["received"]) == (2, 2)
    at = answer.headers["location"].partition(":8181")[2]
    assert served("PUT", at, {"state": "down", "gw": None}).status == 204
    document = served("POST", "/midocli/explain", {**asked, "count": 1}).body
    assert document["received"] == 0
    assert document["steps"]
    assert served("POST", f"{at}/services", {"proto": "tcp", "port": 22}).status == 201
    assert served("GET", f"{at}/services").body[0]["port"] == 22
    assert served("DELETE", at).status == 204
    assert served("GET", at).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"source": "vm"},
        {"source": "vm", "destination": "10.0.0.1", "write": "/tmp/x"},
        {"source": "vm", "destination": "10.0.0.1", "report": "/tmp/x"},
        {"source": "vm", "destination": "10.0.0.1", "draw": "x.svg"},
        {"source": "vm", "destination": "10.0.0.1", "count": 1001},
        {"source": "vm", "destination": "10.0.0.1", "interval": 3600},
        {"source": "vm", "destination": "10.0.0.1", "count": {}},
        {"source": "vm", "destination": "10.0.0.1 write /tmp/x"},
    ],
)
def test_traffic_is_bounded_and_has_no_files(body: dict[str, Any]) -> None:
    served = Served(
        "host create name h", "guest create name vm interface h:tap0 address 10.0.0.2/24"
    )
    assert served("POST", "/midocli/ping", body).status == 400


def test_changes_are_undone_as_one(served: Served) -> None:
    served.made("/routers", {"name": "r"})
    assert served.run("router list") == "router router0 name r state up asn 0\n"
    served.run("undo")
    assert served.run("router list") == ""


def test_a_change_that_is_open_at_the_prompt_is_not_added_to(served: Served) -> None:
    served.run("begin", "router create name open")
    assert served("POST", "/routers", {"name": "r"}).status == 503
    assert served("POST", "/midocli/hosts", {"name": "h"}).status == 503
    assert [each["name"] for each in served("GET", "/routers").body] == ["open"]
    served.run("rollback")
    assert served("GET", "/routers").body == []
    assert served("POST", "/routers", {"name": "r"}).status == 201
