"""Values of fields: the words they are read from, what is kept, and what is displayed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grammar
from grammar.addresses import Cidr, NatTarget, NatTargets, Network, PortRange, Ports, parse_cidr
from grammar.resources import SCHEMA
from grammar.schema import Field
from grammar.times import Duration, Seconds, Timestamp
from grammar.tree import Create, List, Set, Setting
from grammar.values import Negated

A, B = 0x0A000001, 0x0A000005  # 10.0.0.1 and 10.0.0.5


def setting_of(line: str) -> Setting:
    """The last setting of a create or set command."""
    command = grammar.parse(line)
    assert isinstance(command, (Create, Set))
    return command.settings[-1]


RULE_VALUES = [
    ("src 10.0.0.0/8", Cidr(0x0A000000, 8)),
    ("src 10.0.0.1", Cidr(A, 32)),
    ("src 10.0.0.1/32", Cidr(A, 32)),
    ("dst 0.0.0.0/0", Cidr(0, 0)),
    ("src !10.0.0.0/8", Negated(Cidr(0x0A000000, 8))),
    ("dst-port 80", PortRange(80, 80)),
    ("dst-port 80-443", PortRange(80, 443)),
    ("src-port !0-65535", Negated(PortRange(0, 65535))),
    ("proto 6", 6),
    ("proto !6", Negated(6)),
    ("ethertype 0x0800", 0x800),
    ("ethertype 2048", 0x800),
    ("hw-src FA:16:3e:0:1:2", "FA:16:3e:0:1:2"),
    ("hw-src-mask ffff.ff00.0000", "ffff.ff00.0000"),
    ("in-ports router0:port0,router0:port1", ("router0:port0", "router0:port1")),
    ("in-ports 'router0:port0, router0:port1'", ("router0:port0", "router0:port1")),
    (
        "in-ports !router0:port0,router0:port1",
        Negated(("router0:port0", "router0:port1")),
    ),
    ("flow return-flow", "return-flow"),
    ("inverted yes", True),
    ("no-vlan false", False),
    ("type rev_snat", "rev_snat"),
    ("target 10.0.0.1", (NatTarget(A, A, 0, 0),)),
    ("target 10.0.0.1:80", (NatTarget(A, A, 80, 80),)),
    ("target 10.0.0.1:80-90", (NatTarget(A, A, 80, 90),)),
    ("target 10.0.0.1-10.0.0.5", (NatTarget(A, B, 0, 0),)),
    ("target 10.0.0.1-10.0.0.5:80-90", (NatTarget(A, B, 80, 90),)),
    ("target 10.0.0.1:0-0", (NatTarget(A, A, 0, 0),)),
    ("target '10.0.0.1:80 , 10.0.0.5'", (NatTarget(A, A, 80, 80), NatTarget(B, B, 0, 0))),
    ("jump-to chain1", "chain1"),
    ("jump-to chain chain1", "chain1"),
    ("target-port router router0 port port0", "router0:port0"),
    ("target-port bridge bridge0 port port0", "bridge0:port0"),
    ("target-port port router0:port0", "router0:port0"),
    ("port-group port-group pgroup0", "pgroup0"),
    ("action accept", "accept"),
]


@pytest.mark.parametrize(("words", "value"), RULE_VALUES)
def test_value_of_a_rule(words: str, value: Any) -> None:
    assert setting_of(f"chain chain0 add rule {words}").value == value


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("router router0 set asn -1", -1),
        ("router router0 set name ''", ""),
        ("router router0 set name !odd", "!odd"),
        ("router router0 set in-mirrors ''", ()),
        ("router router0 port port0 set net 192.168.77.1/24", Cidr(0xC0A84D01, 24)),
        ("router router0 port port0 set peer bridge bridge0 port port0", "bridge0:port0"),
        ("router router0 port port0 set peer port0", "port0"),
        ("host host0 set container-limit no-limit", -1),
        ("host host0 set container-limit 5", 5),
        ("host host0 set alive false", False),
        ("guest guest0 set address 10.0.0.1/24,10.0.0.5", (Cidr(A, 24), Cidr(B, 32))),
        ("guest guest0 set interface host host0 interface veth0", "host0:veth0"),
        ("guest guest0 set interface host0:veth0", "host0:veth0"),
    ],
)
def test_value(line: str, value: Any) -> None:
    assert setting_of(line).value == value


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("router router0 set infilter chain chain0 name x", ["infilter", "name"]),
        ("chain chain0 add rule jump-to chain c type jump", ["jump-to", "type"]),
        ("router router0 port port0 set peer router router1 port port0 mac 1:2:3:4:5:6",
         ["peer", "mac"]),
        # A chain may be called `chain`: the next word is a field, not its name.
        ("router router0 set infilter chain name x", ["infilter", "name"]),
    ],
)  # fmt: skip
def test_a_reference_spelled_as_a_path_ends_where_the_next_field_begins(
    line: str, names: list[str]
) -> None:
    command = grammar.parse(line)
    assert isinstance(command, (Create, Set))
    assert [setting.field.name for setting in command.settings] == names


def test_filters_keep_the_word_as_typed() -> None:
    command = grammar.parse("chain chain0 list rule dst-port 080 src !10.0.0.0/8 target nonsense")
    assert isinstance(command, List)
    words = [setting.value for setting in command.filters]
    assert words == ["080", "!10.0.0.0/8", "nonsense"]


# -- display ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "word", "shown"),
    [
        (Network(), "10.0.0.1/32", "10.0.0.1"),
        (Network(), "10.0.0.1/24", "10.0.0.1/24"),
        (Network(), "0.0.0.0/0", "0.0.0.0/0"),
        (Ports(), "80", "80-80"),
        (Ports(), "80-443", "80-443"),
        (NatTargets(), "10.0.0.5-10.0.0.5:90-90", "10.0.0.5:90"),
        (NatTargets(), "10.0.0.5:0-0", "10.0.0.5"),
        (NatTargets(), "10.0.0.1 , 10.0.0.5", "10.0.0.1,10.0.0.5"),
        (Seconds(), "0.20", "0.2"),
        (Seconds(), ".5", "0.5"),
        (Duration(), "1.5m", "90s"),
        (Duration(), "0.250s", "250ms"),
        (Timestamp(), "2017-04-14T12:30:51.2+02:00", "2017-04-14T12:30:51.200000+02:00"),
        (Timestamp(), "2017-04-14", "2017-04-14T00:00:00.000000+00:00"),
    ],
)
def test_what_is_displayed(kind: Any, word: str, shown: str) -> None:
    assert kind.format(kind.parse(word)) == shown


FIELDS = [
    (f"{path} {field.name}", field)
    for path, collection in SCHEMA.collections.items()
    for field in collection.fields
]
ALL_FIELDS = [pytest.param(field, id=name) for name, field in FIELDS]
#: The first of those whose types read words in the same way.
ONE_OF_A_TYPE = list(
    {
        (type(field.type), repr(vars(field.type))): pytest.param(field, id=name)
        for name, field in reversed(FIELDS)
    }.values()
)


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_every_declaration_has_an_example_that_comes_back(field: Field) -> None:
    value = field.type.parse(field.type.example)
    assert field.type.parse(field.type.format(value)) == value
    assert field.type.expected


@pytest.mark.parametrize("field", ONE_OF_A_TYPE)
@given(word=st.text(max_size=8) | st.text("0123456789.:/-!,x", max_size=12))
def test_types_refuse_with_a_value_error(field: Field, word: str) -> None:
    try:
        value = field.type.parse(word)
    except ValueError as reason:
        assert str(reason)
    else:
        shown = field.type.format(value)
        if isinstance(value, tuple) and not value:
            assert shown == '""'
        else:
            assert field.type.parse(shown) == value


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_networks_round_trip(address: int, length: int) -> None:
    value = Cidr(address, length)
    assert parse_cidr(Network().format(value)) == value
    assert value.network & ~value.mask == 0


@pytest.mark.parametrize(
    "word",
    ["10.1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "١.2.3.4",
     "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/0000999", "1.2.3.4/-1", "1.2.3.4/2٤", "1.2.3.4/24/24"],
)  # fmt: skip
def test_no_address(word: str) -> None:
    with pytest.raises(ValueError):
        parse_cidr(word)
