"""What is said as other programs have it is what is said here."""

from __future__ import annotations

import pytest

import grammar
from grammar import canonical
from grammar.errors import MidoError


@pytest.mark.parametrize(
    ("habit", "ours"),
    [
        ("ping -c 3 alice bob", "ping alice bob count 3"),
        ("ping -c3 alice bob", "ping alice bob count 3"),
        ("ping alice -c 3 bob", "ping alice bob count 3"),
        ("ping alice bob -c '3'", "ping alice bob count 3"),
        (
            "ping -4nqODc3 alice bob -c 4",
            "ping alice bob quiet outstanding timestamps count 3 count 4",
        ),
        ("ping alice bob ttl 9 -s 100 capture none", "ping alice bob ttl 9 size 100 capture none"),
        (
            "ping -b -M do -Q 0x10 -p ff -i 0.2 -w5 -W 1 -t 3 -e 7 -I 10.0.0.1 a b",
            "ping a b broadcast yes df do tos 0x10 pattern ff interval 0.2 deadline 5 timeout 1 "
            "ttl 3 id 7 src 10.0.0.1",
        ),
        ("guest alice ping -c 3 bob", "guest alice ping bob count 3"),
        ("expect ping -c 3 alice bob as json", "expect ping alice bob count 3 as json"),
        ("traceroute -n alice bob", "traceroute alice bob"),
        (
            "traceroute -nIq1 -m 5 alice bob -f2 -w .5 -s 10.0.0.1",
            "traceroute alice bob proto icmp queries 1 max-ttl 5 first-ttl 2 wait .5 src 10.0.0.1",
        ),
        (
            "traceroute --tcp --max-hops=5 --queries 1 alice bob",
            "traceroute alice bob proto tcp max-ttl 5 queries 1",
        ),
        ("tcpdump -ni tap1 icmp", "tcpdump tap1 flags -n filter icmp"),
        ("tcpdump -i tap1", "tcpdump tap1"),
        ("tcpdump --interface=tap1 -c 5", "tcpdump tap1 count 5"),
        ("tcpdump icmp -i tap1 -nne or arp", "tcpdump tap1 flags -nne filter 'icmp or arp'"),
        (
            "tcpdump -nn -e tap1 icmp and host 10.0.0.1",
            "tcpdump tap1 flags -nne filter 'icmp and host 10.0.0.1'",
        ),
        ("tcpdump tap1 -vv 'tcp[13] & 2 != 0'", "tcpdump tap1 flags -vv filter 'tcp[13] & 2 != 0'"),
        (
            "tcpdump -lUps 96 -i any -T vxlan -w x.pcap",
            "tcpdump any write x.pcap quiet flags '-T vxlan'",
        ),
        ("tcpdump -ni tap1 count 5 quiet", "tcpdump tap1 flags -n count 5 quiet"),
        ("tcpdump tap1 flags -n count 5", "tcpdump tap1 flags '-n' count 5"),
        ("tcpdump -nr x.pcap -c 2 arp", "tcpdump read x.pcap flags -n count 2 filter arp"),
    ],
)
def test_a_habit_says_what_ours_says(habit: str, ours: str) -> None:
    tree = grammar.parse(habit)
    assert tree == grammar.parse(ours)
    assert tree is not None
    assert grammar.parse(canonical(tree)) == tree


@pytest.mark.parametrize("line", ["ping '-c' '-3'", "traceroute a '--tcp'", "tcpdump '-n'"])
def test_what_stands_in_quotes_is_no_option(line: str) -> None:
    tree = grammar.parse(line)
    assert tree is not None
    assert canonical(tree) == line


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("ping -nf alice bob", 8, "ping's option '-f' is not understood here: expected -4, -b"),
        ("ping alice bob --count=3", 16, "ping's option '--count' is not understood here"),
        ("ping -c three alice bob", 9, "invalid value 'three' for count"),
        ("ping alice bob -c", 18, "-c needs a value: a number from 1 to 1000000"),
        ("ping alice bob -c=3", 18, "invalid value '=3' for count"),
        ("traceroute --max-hops alice", 23, "invalid value 'alice' for max-ttl"),
        ("tcpdump -n", 11, "tcpdump needs points in a comma list behind -i"),
        ("tcpdump -ni", 12, "-i needs a value: points"),
        ("tcpdump -i tap1 -Z root", 18, "tcpdump's option '-Z' is not understood here"),
        ("tcpdump -r x.pcap -w y", 22, "write is of no use with -r"),
        ("tcpdump -n tap1 " + "x" * 4097, 17, "invalid value 'xxxx"),
        ("tcpdump -n " + "x" * 4097, 12, "invalid value 'xxxx"),
        ("tcpdump -n tap1 icmp | grep x", 24, "unexpected 'grep': expected include"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(line: str, column: int, message: str) -> None:
    with pytest.raises(MidoError) as caught:
        grammar.parse(line)
    assert (caught.value.column, caught.value.message[: len(message)]) == (column, message)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ping -c ", "a number from 1 to 1000000"),
        ("ping -c 3 ", "a source: a guest, a router port or a point"),
        ("ping -c 3 alice -q ", "a destination address"),
        ("ping alice bob -qs ", "a number of bytes from 0 to 65507"),
        ("ping alice bob -q ", "requests to send; 1 in scripts, 3 at the prompt"),
        ("tcpdump -n ", "points in a comma list"),
        ("tcpdump -i ", "points in a comma list"),
        ("tcpdump -ni tap1 ", "a filter in quotes"),
        ("tcpdump -n tap1 ", "frames it takes"),
        ("tcpdump -ni tap1 icmp ", "the end of the line"),
        ("tcpdump -r ", "a capture file"),
    ],
)
def test_what_may_come_next_is_known(line: str, wanted: str) -> None:
    assert wanted in [each.help for each in grammar.expected(line, len(line))]
