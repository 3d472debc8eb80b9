"""Every form of every verb, and the tree it gives: the word order does not show in the tree."""

from __future__ import annotations

import pytest
from shapes import shape

import grammar
from grammar.resources import SCHEMA
from grammar.tree import Set

# What is meant: the forms that say it.
FORMS = {
    "list router": [
        "list router",
        "router list",
        "l router",
        "li router",
        "router lis",
        "router l",
    ],
    "list router: name=edge state=up": [
        "list router name edge state up",
        "router list name edge state up",
    ],
    "list router.port in router[router0]": [
        "list router router0 port",
        "router router0 list port",
        "router router0 port list",
        "router0 port list",
        "router0 list port",
        "list router0 port",
    ],
    "list router.port in router[router0]: vni=20": [
        "list router router0 port vni 20",
        "router router0 list port vni 20",
        "router router0 port list vni 20",
    ],
    "list bridge.port in bridge[bridge0]: vlan=20": [
        "list bridge bridge0 port vlan 20",
        "bridge bridge0 port list vlan 20",
    ],
    "list router.port in router[name=edge]": [
        "list router name edge port",
        "router name edge list port",
        "router name edge port list",
    ],
    "create router": ["create router", "router create", "add router", "router add"],
    "create router: name=edge state=down": [
        "create router name edge state down",
        "router create name edge state down",
        "add router name edge state down",
    ],
    "create router.port in router[router0]: state=down": [
        "create router router0 port state down",
        "router router0 create port state down",
        "router router0 port create state down",
        "router router0 add port state down",
        "router router0 port add state down",
        "router0 add port state down",
        "add router0 port state down",
    ],
    "create router.port in router[name=edge]": [
        "create router name edge port",
        "router name edge create port",
        "router name edge port create",
    ],
    "create bridge.dhcp.host in bridge[bridge0] bridge.dhcp[subnet=10.0.0.0/24]: name=vm": [
        "create bridge bridge0 dhcp subnet 10.0.0.0/24 host name vm",
        "bridge bridge0 dhcp subnet 10.0.0.0/24 create host name vm",
        "bridge bridge0 dhcp subnet 10.0.0.0/24 host create name vm",
    ],
    "show router[router0]": [
        "show router router0",
        "router router0 show",
        "s router router0",
        "router router0 sho",
        "show router0",
        "router0 show",
    ],
    "show router[router0]: name": [
        "show router router0 name",
        "router router0 show name",
        "router router0 name show",
        "router0 name sh",
        "router0 show name",
    ],
    "show router[name=edge]": ["router name edge show", "show router name edge"],
    "show router[name=edge]: state": ["router name edge show state", "show router name edge state"],
    "show router[router0] router.port[port0]: peer": [
        "show router router0 port port0 peer",
        "router router0 port port0 show peer",
        "router router0 port port0 peer show",
        "router0 port port0 show peer",
    ],
    "show router.port[router0:port0]": ["router0:port0 show", "show router0:port0"],
    "show port[router0:port0]": ["port router0:port0 show", "show port router0:port0"],
    "show bridge[name=b] bridge.dhcp[subnet=10.0.0.0/24] bridge.dhcp.host[name=vm]": [
        "bridge name b dhcp subnet 10.0.0.0/24 host name vm show",
        "show bridge name b dhcp subnet 10.0.0.0/24 host name vm",
    ],
    "set router[router0]: name=edge": [
        "set router router0 name edge",
        "router router0 set name edge",
        "set router0 name edge",
        "router0 set name edge",
    ],
    "set router[router0]: name=a state=down name=b": [
        "router router0 set name a state down name b",
        "set router router0 name a state down name b",
    ],
    "set router[name=edge]: name=core": [
        "router name edge set name core",
        "set router name edge name core",
    ],
    "set router[name=edge]: name=core state=down": [
        "router name edge set name core state down",
        "set router name edge name core state down",
    ],
    "set bridge[bridge0] bridge.dhcp[subnet=10.0.0.0/24]: server=10.0.0.2": [
        "bridge bridge0 dhcp subnet 10.0.0.0/24 set server 10.0.0.2",
        "set bridge bridge0 dhcp subnet 10.0.0.0/24 server 10.0.0.2",
    ],
    "clear router[router0]: infilter outfilter": [
        "clear router router0 infilter outfilter",
        "router router0 clear infilter outfilter",
        "router0 clear infilter outfilter",
        "clear router0 infilter outfilter",
    ],
    "clear router[router0] router.port[port0]: peer": [
        "clear router router0 port port0 peer",
        "router router0 port port0 clear peer",
    ],
    "delete router[router0]": [
        "delete router router0",
        "router router0 delete",
        "del router router0",
        "router router0 dele",
        "delet router0",
        "router0 del",
    ],
    "delete router[name=edge]": ["delete router name edge", "router name edge delete"],
    "delete router[router0] router.port[port0]": [
        "delete router router0 port port0",
        "router router0 port port0 delete",
        "router router0 delete port port0",
        "router0 delete port port0",
    ],
    "delete host[host0] host.binding[interface=veth0]": [
        "delete host host0 binding interface veth0",
        "host host0 delete binding interface veth0",
        "host host0 binding interface veth0 delete",
    ],
    "describe chain": ["describe chain", "desc chain", "describ chain"],
    "describe chain.rule in chain[chain0]": [
        "describe chain chain0 rule",
        "chain chain0 describe rule",
    ],
    "describe all": ["describe", "desc"],
    "expect (list router)": ["expect router list", "expect list router"],
    "expect not (delete router[router0])": ["expect not router router0 delete"],
    "ping guest0 -> 10.0.0.1": ["ping guest0 10.0.0.1"],
    "ping guest[vm] -> 10.0.0.1: count=3 quiet=": ["guest vm ping 10.0.0.1 count 3 quiet"],
    "ping guest[guest0] -> 10.0.0.1": ["guest guest0 ping 10.0.0.1", "guest0 ping 10.0.0.1"],
    "run guest[vm]: ip|addr": ["guest vm ip addr"],
    "help": ["help", "?"],
    "help ping": ["help ping", "? ping"],
    "quit": ["quit", "exit", "quit now please", "exit 3"],
    "clock": ["clock"],
    "clock advance 90000000000": ["clock advance 90s", "clock advance 1.5m", "clock advance 90"],
    "format json": ["format json"],
    "echo one|two  words": ["echo one 'two  words'", 'echo one "two  words"'],
    "echo ": ["echo"],
    "source lab.mido": ["source lab.mido"],
}


@pytest.mark.parametrize(
    ("meaning", "line"), [(meaning, line) for meaning, forms in FORMS.items() for line in forms]
)
def test_form(meaning: str, line: str) -> None:
    assert shape(line) == meaning


@pytest.mark.parametrize("forms", [forms for forms in FORMS.values() if len(forms) > 1])
def test_trees_of_equivalent_forms_are_equal(forms: list[str]) -> None:
    first, *others = (grammar.parse(line) for line in forms)
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", [name for name in SCHEMA.root if not SCHEMA[name].single])
def test_every_root_collection_is_listed_and_picked(name: str) -> None:
    assert shape(f"{name} list") == f"list {name}"
    assert shape(f"{name} some-name show") == f"show {name}[some-name]"


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, collection in SCHEMA.collections.items()
        if collection.parent
        and not SCHEMA[collection.parent].parent
        and not SCHEMA[collection.parent].single
    ],
)
def test_every_child_collection_is_listed_inside_its_parent(path: str) -> None:
    parent, _, name = path.rpartition(".")
    assert shape(f"{parent} x {name} list") == f"list {path} in {parent}[x]"


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("router show show", "show router[show]"),
        ("bridge port show", "show bridge[port]"),
        ("router 'create' show", "show router[create]"),
        ("list router name list", "list router: name=list"),
        ("router create name create", "create router: name=create"),
        ("chain chain0 add rule type accept", "create chain.rule in chain[chain0]: type=accept"),
    ],
)
def test_words_that_are_verbs_or_fields_elsewhere(line: str, meaning: str) -> None:
    assert shape(line) == meaning


def test_where_a_word_stood_is_kept() -> None:
    command = grammar.parse("router router0 set  name edge   state down")
    assert isinstance(command, Set)
    assert [setting.column for setting in command.settings] == [26, 39]
    assert command.path[0].column == 8
