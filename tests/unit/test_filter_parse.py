"""Filter expressions: the trees they give, and what is said of those that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.errors import InvalidValueError, LineSyntaxError, MidoError
from grammar.filter import parse
from grammar.filter.limits import DEEPEST, LONGEST
from grammar.filter.tree import (
    Address,
    Bytes,
    Calculation,
    Carries,
    Chain,
    Comparison,
    Condition,
    Everything,
    Group,
    Hardware,
    Length,
    Negative,
    Not,
    Number,
    Ports,
    Protocol,
    Vlan,
)

ALL = 0xFFFF_FFFF
CLIENT = 0xC0A8_4E09


def host(address: int, direction: str = "either", protocol: str | None = None) -> Address:
    return Address(protocol, direction, 4, address, ALL)  # type: ignore[arg-type]


def port(number: int, direction: str = "either", protocol: str | None = None) -> Ports:
    return Ports(protocol, direction, number, number)  # type: ignore[arg-type]


ICMP = Protocol("icmp")
ARP = Protocol("arp")
TREES: list[tuple[str, Condition]] = [
    ("", Everything()),
    ("  \t", Everything()),
    ("icmp", ICMP),
    ("icmp or arp", Chain(ICMP, (("or", ARP),))),
    ("(icmp)", ICMP),
    ("icmp || arp && ip", Chain(ICMP, (("or", ARP), ("and", Protocol("ip"))))),
    ("not icmp", Not(ICMP)),
    ("! not icmp", Not(Not(ICMP))),
    ("not (icmp or arp)", Not(Chain(ICMP, (("or", ARP),)))),
    ("host 192.168.78.9", host(CLIENT)),
    ("src 192.168.78.9", host(CLIENT, "src")),
    ("ip src or dst host 192.168.78.9", host(CLIENT, "either", "ip")),
    ("dst and src host 192.168.78.9", host(CLIENT, "both")),
    ("src && dst host 192.168.78.9", host(CLIENT, "both")),
    ("arp host 192.168.78.9", host(CLIENT, "either", "arp")),
    ("host 10", host(10)),
    ("host 192.168", Address(None, "either", 4, 0xC0A8_0000, 0xFFFF_0000)),
    ("net 10", Address(None, "either", 4, 0x0A00_0000, 0xFF00_0000)),
    ("net 10.0.0.0/8", Address(None, "either", 4, 0x0A00_0000, 0xFF00_0000)),
    ("net 0.0.0.0/0", Address(None, "either", 4, 0, 0)),
    ("dst net 10.1 mask 255.255.0.0", Address(None, "dst", 4, 0x0A01_0000, 0xFFFF_0000)),
    ("host fe80::1", Address(None, "either", 6, 0xFE80 << 112 | 1, (1 << 128) - 1)),
    ("ip6 net fe80::/10", Address("ip6", "either", 6, 0xFE80 << 112, 0x3FF << 118)),
    ("ether host c2:86:ff:ce:17:0a", Hardware("either", bytes.fromhex("c286ffce170a"))),
    ("ether src c2-86-ff-ce-17-a", Hardware("src", bytes.fromhex("c286ffce170a"))),
    ("ether dst c286.ffce.170a", Hardware("dst", bytes.fromhex("c286ffce170a"))),
    ("ether dst c286ffce170a", Hardware("dst", bytes.fromhex("c286ffce170a"))),
    ("ether host 1:1:1:1:1:1", Hardware("either", b"\1" * 6)),
    ("ether proto 0x88b5", Carries("ether", 0x88B5)),
    ("ether proto \\arp", Carries("ether", 0x0806)),
    ("ip proto \\icmp", Carries("ip", 1)),
    ("proto 47", Carries(None, 47)),
    ("port 80", port(80)),
    ("tcp src port 0x50", port(80, "src", "tcp")),
    ("udp portrange 20-10", Ports("udp", "either", 10, 20)),
    ("portrange 7", port(7)),
    ("vlan", Vlan(None)),
    ("vlan 0", Vlan(0)),
    ("broadcast", Group("ether", "broadcast")),
    ("ip multicast", Group("ip", "multicast")),
    ("less 60", Comparison("<=", Length(), Number(60))),
    ("greater 0x10", Comparison(">=", Length(), Number(16))),
    ("len != 010", Comparison("!=", Length(), Number(8))),
    ("icmp[icmptype] == icmp-echo", Comparison("=", Bytes("icmp", Number(0), 1), Number(8))),
    ("ip[2:2] > 5", Comparison(">", Bytes("ip", Number(2), 2), Number(5))),
    (
        "1 + 2 * 3 << 1 & 7 | 8 = 0",
        Comparison(
            "=",
            Calculation(
                "|",
                Calculation(
                    "&",
                    Calculation(
                        "<<",
                        Calculation("+", Number(1), Calculation("*", Number(2), Number(3))),
                        Number(1),
                    ),
                    Number(7),
                ),
                Number(8),
            ),
            Number(0),
        ),
    ),
    (
        "9 - (3 - 1) - 1 = -6",
        Comparison(
            "=",
            Calculation(
                "-",
                Calculation("-", Number(9), Calculation("-", Number(3), Number(1))),
                Number(1),
            ),
            Negative(Number(6)),
        ),
    ),
    (
        "tcp[tcpflags] & (tcp-syn|tcp-ack) != 0",
        Comparison(
            "!=",
            Calculation(
                "&",
                Bytes("tcp", Number(13), 1),
                Calculation("|", Number(2), Number(16)),
            ),
            Number(0),
        ),
    ),
]


@pytest.mark.parametrize(("expression", "tree"), TREES, ids=[text for text, _ in TREES])
def test_tree(expression: str, tree: Condition) -> None:
    assert parse(expression) == tree


# A value without words takes those of the value before it, which parentheses keep to themselves.
TAKEN_OVER = [
    ("port 80 or 443", "port 80 or port 443"),
    ("src host 10.0.0.1 or 10.0.0.2", "src host 10.0.0.1 or src host 10.0.0.2"),
    ("tcp dst port 80 and not 443", "tcp dst port 80 and not tcp dst port 443"),
    ("src host (10.0.0.1 or 10.0.0.2)", "(src host 10.0.0.1 or src host 10.0.0.2)"),
    ("port not 80 or 443", "not port 80 or port 443"),
    ("port 80 and (443 or 444)", "port 80 and (port 443 or port 444)"),
    ("port 80 and (host 10.0.0.1) and 443", "port 80 and (host 10.0.0.1) and port 443"),
]


@pytest.mark.parametrize(("short", "full"), TAKEN_OVER)
def test_words_are_taken_over(short: str, full: str) -> None:
    assert parse(short) == parse(full)


SYNTAX_ERRORS = [
    ("foo bar", 5, "`bar`"),
    ("192.168.78.9", 1, "`192.168.78.9` needs a word before it"),
    ("icmp and 10.0.0.1", 10, "`10.0.0.1` needs a word before it"),
    ("host 10.0.0.1 and icmp and 10.0.0.2", 28, "`10.0.0.2` needs a word before it"),
    ("icmp and", 9, "ends too soon"),
    ("icmp or or arp", 9, "`or`"),
    ("host", 5, "ends too soon: expected address, port number or protocol number"),
    ("host and", 6, "`and` cannot stand here"),
    ("port 80 tcp", 9, "`tcp` cannot stand here in a filter: expected `and` or `or`"),
    ("icmp )", 6, "`)`"),
    ("(icmp", 6, "ends too soon"),
    ("icmp[0", 7, "ends too soon"),
    ("icmp[0] == ", 12, "ends too soon: expected number or protocol[offset]"),
    ("icmp[0:x]", 8, "`x` cannot stand here in a filter: expected number"),
    ("less", 5, "ends too soon: expected number"),
    ("tcp 80", 5, "`80` cannot stand here"),
    ("ether", 6, "ends too soon"),
    ("icmp & arp", 6, "`&` cannot stand here"),
    ("ip proto icmp", 10, "`icmp` cannot stand here"),
    ("net 10.0.0.0/", 14, "ends too soon: expected number"),
]


@pytest.mark.parametrize(("expression", "column", "words"), SYNTAX_ERRORS)
def test_syntax_error(expression: str, column: int, words: str) -> None:
    with pytest.raises(LineSyntaxError) as caught:
        parse(expression)
    assert words in caught.value.message
    assert caught.value.column == column
    assert caught.value.expected
    assert "{" not in caught.value.message


VALUE_ERRORS = [
    ("host nikita", 6, "`nikita` is no address (names are not looked up)"),
    ("icmp and host 1.2.3.999", 15, "`1.2.3.999` is no IPv4 address"),
    ("host 1.2.3.4.5", 6, "`1.2.3.4.5` is no address (names are not looked up)"),
    ("port htpt", 6, "`htpt` is neither a port number nor its name"),
    ("udp port http", 10, "port `http` is one of tcp"),
    ("port 70000", 6, "`70000` is no port: ports go from 0 to 65535"),
    ("port 80-90", 6, "several ports are written `portrange LOW-HIGH`"),
    ("portrange 80-", 11, "`80-` is neither a port number nor its name"),
    ("icmp port 80", 11, "`icmp` has no ports: only tcp, udp and sctp have"),
    ("tcp host 1.2.3.4", 10, "`tcp` does not go with an IPv4 host"),
    ("ip6 host 1.2.3.4", 10, "`ip6` does not go with an IPv4 host"),
    ("ip host fe80::1", 9, "`ip` does not go with an IPv6 host"),
    ("host fe80::x", 6, "`fe80::x` is no address"),
    ("host c2:86:ff:ce:17:0a", 6, "an Ethernet address needs `ether` before it"),
    ("ether host 192.168.78.9", 12, "`192.168.78.9` is no Ethernet address"),
    ("ether net 192.168.78.9", 11, "`ether` goes with a host, not with a net"),
    ("net 10.0.0.1/8", 5, "`10.0.0.1` has bits set that its mask leaves out"),
    ("net fe80::1/10", 5, "`fe80::1` has bits set that its mask leaves out"),
    ("net 10.0.0.0/33", 5, "the length of an IPv4 mask is at most 32"),
    ("net fe80::/129", 5, "an IPv6 mask is given as `/` and a length of at most 128"),
    ("net 10/8", 5, "an address with a mask has at least two parts"),
    ("host 10.0.0.0/8", 6, "a mask goes with `net`, not with `host`"),
    ("port 80/8", 6, "a port has no mask"),
    ("ip proto \\foo", 10, "`foo` is no known protocol"),
    ("proto x", 7, "`x` is no known protocol"),
    ("tcp proto 6", 11, "`proto` stands alone or after ether, ip, ip6, iso or isis"),
    ("icmp[0:3] = 1", 1, "the size of an access must be 1, 2 or 4"),
    ("ah[0] = 1", 1, "`ah` cannot be indexed in a filter"),
    ("ether protochain 6", 18, "`protochain` stands alone or after ip or ip6"),
    (
        "gateway x",
        1,
        "`gateway` is not supported in filters: it needs a table of hosts' Ethernet addresses",
    ),
    ("llc x", 1, "`x` is no kind of LLC frame"),
    ("mpls 1048576", 1, "MPLS label 1048576 is beyond 1048575"),
    ("vlan 4096", 1, "VLAN 4096 is beyond 4095"),
    ("tcp broadcast", 1, "`tcp` does not go with `broadcast`"),
    ("ip6 broadcast", 1, "`ip6` does not go with `broadcast`"),
    ("len > 4294967296", 7, "`4294967296` is more than 32 bits"),
    ("len > 09", 7, "`09` is no octal number"),
    ("len / 0 = 1", None, "a filter cannot divide by zero"),
    ("len % 0 = 1", None, "a filter cannot divide by zero"),
    ("len << 32 = 1", None, "a filter cannot shift by more than 31 bits"),
]


@pytest.mark.parametrize(("expression", "column", "message"), VALUE_ERRORS)
def test_value_error(expression: str, column: int | None, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse(expression)
    # parity: filter-names, filter-constant-division
    assert caught.value.message == message
    assert caught.value.column == column


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 5000 + "icmp" + ")" * 5000,
        "(" * (DEEPEST + 1) + "icmp" + ")" * (DEEPEST + 1),
        "ip[" * (DEEPEST + 1) + "0" + "]" * (DEEPEST + 1) + "=0",
        "not " * (DEEPEST + 1) + "icmp",
        "!" * (LONGEST - 4) + "icmp",
        "-" * (LONGEST - 6) + "1 = len",
        "icmp or " * (LONGEST // 8) + "icmp or icmp",
        "1" + "+1" * 1000 + " = 1001",
    ],
    ids=[
        "very deep",
        "too deep",
        "too deep in offsets",
        "too many nots",
        "very many nots",
        "very many minuses",
        "too long",
        "too many operators",
    ],
)
def test_what_is_too_large_is_an_error(expression: str) -> None:
    # parity: filter-size
    with pytest.raises(LineSyntaxError):
        parse(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * DEEPEST + "icmp" + ")" * DEEPEST,
        "(" * DEEPEST + "1" + ")" * DEEPEST + " = 1",
        "ip[" * DEEPEST + "0" + "]" * DEEPEST + " = 0",
        "icmp and host 10.0.0.1 or " * 150 + "arp",
        "not " * 500 + "icmp",
        "- " * 500 + "1 = 1",
    ],
    ids=["deep", "deep number", "deep offset", "long", "many nots", "many minuses"],
)
def test_what_is_large_is_parsed_or_refused(expression: str) -> None:
    try:
        parse(expression)
    except MidoError as error:
        assert error.message


@given(st.text(alphabet="()[]!&|=<>+-*/%^:.\\ 0123456789abcdefx", max_size=30))
def test_any_characters_are_parsed_or_refused(expression: str) -> None:
    try:
        parse(expression)
    except MidoError as error:
        assert error.message


WORDS = (
    "icmp ip tcp ether src dst host net port proto vlan and or not ( ) [ ] : 1 80 10.0.0.1 "
    "0x10 fe80::1 c2:86:ff:ce:17:0a = < & + - len less broadcast mask / \\icmp"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_any_words_are_parsed_or_refused(words: list[str]) -> None:
    try:
        parse(" ".join(words))
    except MidoError as error:
        assert error.message
