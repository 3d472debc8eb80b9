"""What MidoNet's own client was answered by a server, asked of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgi import BASE, Answer, Served
from sessions import ROOT

from midocli.store.api.documents import OBJECTS
from midocli.store.api.places import PLACES

DATA = ROOT / "tests" / "data" / "rest-api"
API = json.loads((DATA / "api.json").read_text())
EXCHANGES = json.loads((DATA / "exchanges-5.2.0.json").read_text())
#: The world that was recorded.
WORLD = (
    "host create name compute1 addresses 10.1.0.1,127.0.0.1",
    "host create name compute2 addresses 10.1.0.2,127.0.0.1",
    "host host0 add interface iface eth0 mac 02:00:00:00:00:01 type Physical endpoint PHYSICAL "
    "addresses 10.1.0.1",
    "host host1 add interface iface eth0 mac 02:00:00:00:00:01 type Physical endpoint PHYSICAL "
    "addresses 10.1.0.2",
    "router create name r1",
    'tenant create tenant-id admin name admin description "Admin Tenant"',
)
#: What the recorded server wrote otherwise than the reference says, or midocli has of its own.
_OTHERWISE = re.compile(
    r"(\[\])?\.(conditions\[\]|condition)\..*"  # it left out a condition's defaults, and kept text
    r"|(\[\])?\.creationTimestampMs|\.hostInterfaces|\[\]\.uri"  # [].uri: of an interface
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Recording:
    """Asks again what was recorded, with our UUIDs in the place of the recorded ones."""

    def __init__(self) -> None:
        self.served = Served(*WORLD)
        (router,) = self.served("GET", "/routers").body
        hosts = {host["name"]: host["id"] for host in self.served("GET", "/hosts").body}
        self._ours = {
            "56142bc4-0ba8-4c2e-8dd0-9b2b1bda67c5": router["id"],
            "aaaaaaaa-0000-4000-8000-000000000001": hosts["compute1"],
            "aaaaaaaa-0000-4000-8000-000000000002": hosts["compute2"],
        }

    def ask(self, recorded: dict[str, Any]) -> Answer:
        method, path = recorded["request"].split(" ")
        sent: dict[str, str] = {
            name: recorded[name] for name in ("accept", "content-type") if name in recorded
        }
        if path == "/login":
            sent["authorization"] = "Basic YTpi"
        answer = self.served(method, self.ours(path), self.ours(recorded.get("body")), **sent)
        ours = [answer.headers.get("location", "")]
        theirs = [recorded.get("location", "")]
        if isinstance(recorded.get("answer"), list) and isinstance(answer.body, list):
            theirs += [each["id"] for each in recorded["answer"] if "id" in each]
            ours += [each["id"] for each in answer.body if "id" in each]
        for their, our in zip(theirs, ours, strict=True):
            self._ours |= dict(zip(_UUID.findall(their), _UUID.findall(our), strict=True))
        return answer

    def ours(self, value: Any) -> Any:
        text = _UUID.sub(lambda found: self._ours.get(found[0], found[0]), json.dumps(value))
        return json.loads(text.replace("BASE", BASE))


def differences(one: Any, other: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one | other:
            yield from differences(one.get(name, ...), other.get(name, ...), f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for mine, theirs in zip(one, other, strict=True):
            yield from differences(mine, theirs, f"{place}[]")
    elif one != other and not _OTHERWISE.fullmatch(place):
        yield place, one, other


def test_all_recorded_exchanges() -> None:
    recording = Recording()
    for command in EXCHANGES:
        for recorded in command["requests"]:
            answer = recording.ask(recorded)
            where = f"{command['command']}: {recorded['request']}"
            assert answer.status == recorded["status"], (where, answer)
            if answer.status == 200 and recorded.get("answer") is not None:
                wanted = recording.ours(recorded["answer"])
                assert list(differences(wanted, answer.body)) == [], where
                media = recorded.get("accept", answer.headers["content-type"])
                assert answer.headers["content-type"] == media


def _described(name: str) -> dict[str, Any]:
    found: dict[str, Any] = API["objects"][name]
    return found


#: Objects of the reference that stand inside others, or are not kept.
_INSIDE = {"DhcpOption121", "ExtraDhcpOpt", "Condition", "JumpRule", "NatRule", "ForwardNatRule",
           "L2TransformRule", "TraceRule", "Link", "DhcpSubnet6", "DhcpV6Host"}  # fmt: skip
_RULES = ("Rule", "JumpRule", "NatRule", "ForwardNatRule", "L2TransformRule", "TraceRule")


def test_every_object_of_the_reference_is_there() -> None:
    assert {each.name for each in OBJECTS} - {"VlanMacPort"} == API["objects"].keys() - _INSIDE


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda kind: kind.name)
def test_objects_have_the_fields_and_links_of_the_reference(kind: Any) -> None:
    described = _described(kind.name.removeprefix("Vlan"))
    names = _RULES if kind.name == "Rule" else (kind.name.removeprefix("Vlan"),)
    wanted = {field["json"] for name in names for field in _described(name)["fields"]}
    assert {name for form in kind.forms for name in form.schema()} == wanted
    assert {name for name, _ in kind.links} == (described.get("links") or {}).keys()
    media = [f"application/vnd.org.midonet.{name}+json" for name in kind.media]
    assert set(described["media"]) <= set(media)


def _plain(path: str) -> str:
    return re.sub(r"\{[^}]*\}(_\{[^}]*\})?", "{}", path)


def test_every_path_of_the_reference_is_there() -> None:
    """Those that stand for several, in brackets, are looked at one by one."""
    served = Served()
    wanted = {
        _plain(path): set(each["methods"])
        for each in API["resources"]
        for path in (re.sub(r"\[.*?\]", "", each["path"]).split(" |")[0],)
    }
    ours = {_plain(place.path): set(place.methods) for place in PLACES.values()}
    for path, methods in wanted.items():
        if path in ours:
            assert ours[path] == methods, path
            continue
        for method in methods:
            answer = served(method, path.replace("{}", "0"), b"{}")
            assert answer.status != 405, (method, path, answer)
            assert b"there is nothing here" not in answer.raw, path
