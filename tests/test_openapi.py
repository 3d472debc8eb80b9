"""Whatever comes in: no mistake of ours, nothing left of what is refused, answers as described.

`schemathesis run http://127.0.0.1:8181/midonet-api/openapi.json` does the same at length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from asgi import BASE, Answer, Served
from hypothesis import given, settings
from hypothesis import strategies as st

from midocli.server.application import OWN, ROOT
from midocli.server.openapi import document
from midocli.store.api.places import PLACES
from midocli.store.saving import script

Json = dict[str, Any]
DOCUMENT = document(ROOT, OWN)
_KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
          "number": (int, float), "null": type(None)}  # fmt: skip
#: A network that has an object of most kinds.
NETWORK = (
    "demo",
    "tunnel-zone create name tz type vxlan",
    "tunnel-zone tz add member host nikita address 172.19.0.2",
    "ip-address-group create name ag",
    "ip-address-group ag add ip address 10.0.0.3",
    "port-group create name pg",
    "port-group pg add member port bridge0:port1",
    "load-balancer create",
    "load-balancer lb0 create pool",
    "load-balancer lb0 pool pool0 create member address 10.0.0.5 protocol-port 80",
    "load-balancer lb0 pool pool0 create vip address 10.0.0.9 protocol-port 80",
    "health-monitor create delay 5",
    "mirror create to-port bridge0:port1",
    "mirror mirror0 add matches proto 6 dst-port 80",
    "tracerequest create name t port bridge0:port1",
    "router router0 add bgp-network net 10.1.0.0/16",
    "router router0 add bgp-peer asn 64513 address 10.9.0.254",
    "router router0 port port0 add remote-peers mac 02:00:00:00:00:01 ip 10.0.0.9",
    "bridge bridge0 add dhcp subnet 10.0.0.0/24 gw 10.0.0.1",
    "bridge bridge0 dhcp subnet 10.0.0.0/24 add host mac 02:00:00:00:00:0a address 10.0.0.5",
    "bridge bridge0 add mac mac 02:00:00:00:00:0b port bridge0:port1",
    "bridge bridge0 add mac mac 02:00:00:00:00:0b port bridge0:port1 vlan 7",
    "bridge bridge0 add arp address 10.0.0.7 mac 02:00:00:00:00:0b",
    "l2insertion create port bridge0:port1 srv-port bridge0:port2 mac 02:00:00:00:00:0c",
    "qos-policy create name gold",
    "qos-policy gold add dscp-rule dscp-mark 46",
    "qos-policy gold add bw-limit-rule max-kbps 100",
    "container-group create",
    "container create type IPSEC container-group cgroup0",
    "tunnel-zone create name vz type vtep",
    "vtep create management-ip 10.8.0.9 management-port 6632 tunnel-zone vz",
    "vtep vtep0 add binding physical-port eth1 vlan 10 network-id bridge0",
)


def problems(schema: Mapping[str, Any], value: Any, at: str = "") -> list[str]:
    """What of a value is not as a JSON schema says, in the few words of such that are used."""
    if "$ref" in schema:
        found: Any = DOCUMENT
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return problems(found, value, at)
    if "anyOf" in schema:
        tried = [problems(each, value, at) for each in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    kinds = schema.get("type", list(_KINDS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(_is_a(kind, value) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    wrong = [f"{at}: {name} is missing" for name in schema.get("required", ())
             if isinstance(value, dict) and name not in value]  # fmt: skip
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            wrong += problems(inner, value[name], f"{at}.{name}") if name in value else []
    if isinstance(value, list) and "items" in schema:
        wrong += [each for item in value for each in problems(schema["items"], item, f"{at}[]")]
    if _is_a("number", value) and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    ):
        wrong.append(f"{at}: {value} is out of bounds")
    return wrong


def _is_a(kind: str, value: Any) -> bool:
    is_bool = isinstance(value, bool)
    return isinstance(value, _KINDS[kind]) and (not is_bool or kind == "boolean")  # type: ignore[arg-type]


def check(method: str, path: str, answer: Answer) -> None:
    """An answer is one that the document describes."""
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    described = responses.get(str(answer.status), responses["default"])
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if "content" in described:
        media = answer.headers["content-type"]
        assert media in described["content"], (method, path, answer)
        assert problems(described["content"][media]["schema"], answer.body) == [], (method, path)


def test_everything_that_is_there_is_as_described() -> None:
    served = Served(*NETWORK)
    for path in ("/", "/tenants", "/system_state", "/neutron"):
        check("GET", ROOT + path, served("GET", path))
    todo = [place.path for place in PLACES.values() if "{" not in place.path]
    seen = set()
    while todo:
        address = todo.pop()
        template = _described(address)
        if template is None or address in seen:
            continue
        seen.add(address)
        answer = served("GET", address)
        assert answer.status == 200, (address, answer)
        check("GET", template, answer)
        found = answer.body if isinstance(answer.body, list) else [answer.body]
        for each in found:
            links = [str(link) for link in each.values() if str(link).startswith(BASE)]
            todo += [link for link in links if "{" not in link and "?" not in link]
    visited = {_described(address) for address in seen}
    missing = {ROOT + place.path for place in PLACES.values() if "GET" in place.methods} - visited
    assert missing <= {
        f"{ROOT}/bridges/{{id}}/vlans/{{vlan}}/mac_table",
        f"{ROOT}/bridges/{{id}}/ports/{{port}}/vtep_bindings",
        f"{ROOT}/bridges/{{id}}/ports/{{port}}/vtep_bindings/{{name}}/{{vlan}}",
        f"{ROOT}/vteps/{{id}}/ports/{{name}}",
        f"{ROOT}/service_container_groups/{{id}}/service_containers/{{container}}",
    }


def _described(address: str) -> str | None:
    """The path of the document that an address is of, where one may GET it."""
    path = address.removeprefix(BASE.removesuffix(ROOT)).partition("?")[0]
    path = path if path.startswith(ROOT) else ROOT + path
    for template, operations in DOCUMENT["paths"].items():
        if "get" in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(template)
    return None


# -- anything ------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["", "x", "10.0.0.1", "10.0.0.0/24", "02:00:00:00:00:01", "80", "-1", "0x0800", "true", "ü",
     "Router", "accept", "dnat", "a" * 300, "\u0000", "gre", "TCP",
     "00000000-0000-0000-0000-000000000000"]
)  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 70000), st.sampled_from([2**40, 1.5, [], {}, [None]]),
    WORDS, st.lists(WORDS, max_size=2), st.dictionaries(WORDS, WORDS, max_size=2),
)  # fmt: skip
CHANGES = [
    (method, path)
    for path, operations in DOCUMENT["paths"].items()
    for method in ("post", "put", "delete")
    if method in operations
]


@pytest.fixture(scope="module")
def world() -> Served:
    return Served(*NETWORK)


NUMBERS = st.integers(0, 500)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_anything_is_answered_and_what_is_refused_leaves_nothing(world: Served, data: Any) -> None:
    """What is not refused is one change, that `undo` takes back."""
    rows = world.context.store.all_rows()
    ids = NUMBERS.map(lambda number: rows[number % len(rows)].uuid)
    method, path = data.draw(st.sampled_from(CHANGES))
    address = re.sub(r"\{\w+\}", lambda found: data.draw(ids), path)
    operation = DOCUMENT["paths"][path][method]
    body: Any = {}
    if "requestBody" in operation:
        schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
        names = list(schema.get("anyOf", [schema])[0].get("properties", {"x": {}}))
        fields = st.dictionaries(st.sampled_from(names), VALUES | ids, max_size=len(names))
        body = data.draw(fields | VALUES)
    before = script(world.context.store)
    answer = world(method.upper(), address, body)
    assert answer.status in (501, 503) or answer.status < 500, (method, address, body, answer)
    check(method, path, answer)
    if script(world.context.store) != before:
        assert answer.status < 400, (method, address, body, answer)
        world.run("undo")
        assert script(world.context.store) == before, (method, address, body)
