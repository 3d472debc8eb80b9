"""DHCP: messages as bytes, and what the service of a bridge answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netlab import CLIENT_MAC, PUBLISHED, NetLab, ip, mac, net, seen, told

from midocli.simulator.events import DhcpAnswered, Entered, Generated
from midocli.simulator.guests.dhcp_client import client_frame, discover, lease_of, request
from midocli.simulator.wire import dhcp_message as dhcp
from midocli.simulator.wire.addresses import BROADCAST, BROADCAST_MAC
from midocli.simulator.wire.dhcp_message import Message, message_of
from midocli.simulator.wire.frame import Frame

CLIENT = mac(CLIENT_MAC)
POINT = "host0:veth0"


HOST = f"add host mac {CLIENT_MAC} address 192.168.78.9"


def subnet(fields: str = "", *below: str, net: str = "192.168.78.0/24") -> str:
    """Lines that make a subnet of bridge1, and what stands below it: without that, a host."""
    lines = [f"bridge1 dhcp {net} {line}" for line in below or (HOST,)]
    return "\n".join([f"bridge1 add dhcp subnet {net} gw 192.168.78.1 {fields}", *lines])


def dhcp_lab(*subnets: str) -> NetLab:
    return NetLab(PUBLISHED, *(subnets or [subnet()]))


def message(
    type_: int = dhcp.DISCOVER, xid: int = 7, client: int = CLIENT, **options: Any
) -> Message:
    given = {getattr(dhcp, name): value for name, value in options.items()}
    return Message(dhcp.BOOT_REQUEST, xid, client, {dhcp.MESSAGE_TYPE: bytes((type_,)), **given})


def ask(lab: NetLab, request: Message | Frame, point: str = POINT) -> Frame | None:
    """The frame that comes back to who asks."""
    recorder = lab.watch(point)
    frame = request if isinstance(request, Frame) else client_frame(request)
    lab.network.inject(point, frame)
    lab.wait(0.01)
    lab.network.unwatch(recorder)
    found = [each for way, each in seen(recorder, point) if way == "out"]
    return found[0] if found else None


def answer(lab: NetLab, request: Message | Frame) -> Message | None:
    reply = ask(lab, request)
    return message_of(reply) if reply is not None else None


def test_a_discover_gets_an_offer() -> None:
    reply = ask(dhcp_lab(), message())
    assert reply is not None
    assert (reply.hw_src, reply.hw_dst) == (mac("02:a8:9c:de:39:27"), CLIENT)
    assert (reply.nw_src, reply.nw_dst) == (ip("192.168.78.1"), BROADCAST)
    assert (reply.tp_src, reply.tp_dst, reply.tp_sum) == (67, 68, None)
    assert (reply.ttl, reply.tos, reply.ip_id, reply.fragment) == (64, 0, 0, 0)
    offer = message_of(reply)
    assert (offer.op, offer.xid, offer.client_mac, offer.type) == (2, 7, CLIENT, dhcp.OFFER)
    assert (offer.your_address, offer.server_address) == (ip("192.168.78.9"), ip("192.168.78.1"))
    assert offer.options == {
        dhcp.MESSAGE_TYPE: b"\x02",
        dhcp.SERVER_ID: bytes((192, 168, 78, 1)),
        dhcp.LEASE_TIME: (86400).to_bytes(4, "big"),
        dhcp.SUBNET_MASK: bytes((255, 255, 255, 0)),
        dhcp.BROADCAST_ADDRESS: bytes((192, 168, 78, 255)),
        dhcp.INTERFACE_MTU: (1500).to_bytes(2, "big"),
        dhcp.ROUTER: bytes((192, 168, 78, 1)),
    }


def test_all_a_subnet_can_give() -> None:
    routes = ((net("10.0.0.0/8"), ip("192.168.78.2")), (net("10.1.2.128/25"), ip("192.168.78.3")))
    fields = "server 192.168.78.5 dns-servers 8.8.8.8,9.9.9.9 interface-mtu 1450"
    given = [
        "add opt121-routes destination 10.0.0.0/8 gateway 192.168.78.2",
        "add opt121-routes destination 10.1.2.128/25 gateway 192.168.78.3",
    ]
    lab = dhcp_lab(subnet(fields, HOST, *given))
    reply = ask(lab, message())
    assert reply is not None
    offer = message_of(reply)
    assert reply.nw_src == offer.server_address == offer.number(dhcp.SERVER_ID)
    assert offer.server_address == ip("192.168.78.5")
    assert offer.addresses(dhcp.DNS) == (ip("8.8.8.8"), ip("9.9.9.9"))
    assert offer.number(dhcp.INTERFACE_MTU) == 1450
    assert offer.routes() == (*routes, (net("0.0.0.0/0"), ip("192.168.78.1")))


@pytest.mark.parametrize(
    ("underlay", "of_subnet", "given"),
    [(1000, 2000, 1000), (1450, 1000, 1000), (3000, 2000, 2000), (3000, 0, 1500), (1450, 0, 1450)],
)
def test_the_mtu_is_the_subnets_as_far_as_the_tunnels_carry_it(
    underlay: int, of_subnet: int, given: int
) -> None:
    """A tunnel takes 50 bytes of what the host's own interface carries."""
    lab = dhcp_lab(subnet(f"interface-mtu {of_subnet}" if of_subnet else ""))
    lab("tunnel-zone create name z type gre\ntunnel-zone z add member host host0 address 10.9.9.9")
    lab(f"host0 add interface iface eth0 addresses 10.9.9.9 mtu {underlay + 50}")
    assert answer(lab, message()).number(dhcp.INTERFACE_MTU) == given


def test_an_mtu_beyond_the_underlays_is_not_given() -> None:
    assert (
        answer(dhcp_lab(subnet("interface-mtu 9000")), message()).number(dhcp.INTERFACE_MTU) == 1500
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, dhcp.ACK),
        ({"REQUESTED_ADDRESS": bytes((192, 168, 78, 9))}, dhcp.ACK),
        ({"REQUESTED_ADDRESS": bytes((192, 168, 78, 8))}, dhcp.NAK),
        ({"SERVER_ID": bytes((1, 2, 3, 4))}, dhcp.ACK),
    ],
)
def test_a_request_gets_an_ack_unless_it_wants_another_address(
    options: dict[str, Any], expected: int
) -> None:
    assert answer(dhcp_lab(), message(dhcp.REQUEST, **options)).type == expected


def test_the_first_subnet_with_an_address_for_the_mac_answers() -> None:
    lab = dhcp_lab(
        subnet("", "show", net="10.0.1.0/24"),
        subnet("", f"add host mac {CLIENT_MAC}", net="10.0.2.0/24"),
        subnet("", HOST.replace("78.9", "78.44")),
        subnet("", HOST, net="10.0.3.0/24"),
    )
    assert answer(lab, message()).your_address == ip("192.168.78.44")


def others(lab: NetLab, frame: Frame) -> int:
    """How many frames another machine of the bridge gets."""
    lab.port("bridge1 add port", "host0:other")
    recorder = lab.watch("host0:other")
    lab.network.inject(POINT, frame)
    lab.wait(0.01)
    return len(recorder.captures)


def broken(**fields: Any) -> Frame:
    frame = client_frame(message())
    for name, value in fields.items():
        setattr(frame, name, value)
    return frame


@pytest.mark.parametrize(
    "frame",
    [
        broken(hw_src=CLIENT + 1),
        client_frame(Message(dhcp.BOOT_REPLY, 1, CLIENT, {dhcp.MESSAGE_TYPE: b"\x01"})),
        broken(tp_dst=69),
        broken(tp_src=69),
        broken(proto=6),
        broken(payload=b"\x00\x1cDHCP"),
    ],
)
def test_what_no_subnet_answers_is_a_broadcast(frame: Frame) -> None:
    assert others(dhcp_lab(), frame) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (message(dhcp.RELEASE), "no-answer"),
        (message(dhcp.INFORM), "no-answer"),
        (message(99), "no-answer"),
        (Message(dhcp.BOOT_REQUEST, 1, CLIENT), "malformed"),
    ],
)
def test_of_a_client_that_is_served_nothing_else_gets_through(sent: Message, code: str) -> None:
    lab = dhcp_lab()
    assert others(lab, client_frame(sent)) == 0
    assert lab.codes() == [code]


def test_nobody_else_sees_what_is_answered() -> None:
    assert others(dhcp_lab(), client_frame(message())) == 0
    assert others(NetLab(PUBLISHED), client_frame(message())) == 1


@pytest.mark.parametrize("place", ["bridge1:port0", "router0:port1"])
def test_only_ports_with_an_interface_are_served(place: str) -> None:
    lab = dhcp_lab()
    recorder = lab.watch(events=True)
    lab.network.inject(lab.key(place), client_frame(message()))
    lab.wait(0.01)
    assert recorder.steps and not told(recorder, DhcpAnswered)


def test_neither_filters_nor_mirrors_of_the_port_see_the_request_but_the_answer() -> None:
    lab = dhcp_lab()
    lab.filter("bridge1:port1", "infilter", "type drop")
    lab("mirror create to-port bridge1:port1\nmirror0 add matches ethertype 0x800")
    lab("bridge1:port1 set in-mirrors mirror0")
    assert answer(lab, message()).type == dhcp.OFFER
    lab.filter("bridge1:port1", "outfilter", "type drop")
    assert answer(lab, message()) is None


def test_the_events_tell_what_was_answered() -> None:
    lab = dhcp_lab()
    recorder = lab.watch(events=True)
    answer(lab, message(dhcp.REQUEST))
    entered, answered, generated = (step.event for step in recorder.steps[:3])
    assert isinstance(entered, Entered)
    assert isinstance(answered, DhcpAnswered)
    assert (answered.message, answered.answer) == ("request", "ack")
    assert isinstance(generated, Generated) and generated.what == "dhcp-ack"


def test_a_client_s_frame_is_a_broadcast_from_no_address() -> None:
    frame = client_frame(message())
    assert (frame.hw_src, frame.hw_dst) == (CLIENT, BROADCAST_MAC)
    assert (frame.nw_src, frame.nw_dst, frame.tp_src, frame.tp_dst) == (0, BROADCAST, 68, 67)


NUMBERS = st.integers(0, 0xFFFFFFFF)


@given(
    NUMBERS,
    st.integers(0, (1 << 48) - 1),
    st.dictionaries(st.integers(1, 254), st.binary(max_size=600), max_size=6),
    NUMBERS,
    st.integers(0, 0xFFFF),
)
def test_a_message_survives_its_bytes(
    xid: int, client: int, options: dict[int, bytes], address: int, flags: int
) -> None:
    made = Message(1, xid, client, options, address, flags=flags)
    assert Message.from_bytes(made.to_bytes()) == made


@given(st.binary(max_size=400), st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(start: bytes, options: bytes) -> None:
    Message.from_bytes(start)
    whole = message().to_bytes()[:240] + options
    found = Message.from_bytes(whole)
    assert found is None or found.client_mac == CLIENT


@given(st.lists(st.tuples(st.tuples(NUMBERS, st.integers(0, 32)), NUMBERS), max_size=5))
def test_routes_survive_their_bytes(routes: list[tuple[tuple[int, int], int]]) -> None:
    masked = tuple(
        ((address >> 32 - length << 32 - length, length), gateway)
        for (address, length), gateway in routes
    )
    assert dhcp.read_routes(dhcp.route_bytes(routes)) == masked


def test_routes_cut_short_end_the_list() -> None:
    whole = dhcp.route_bytes([(net("10.0.0.0/8"), 1), (net("11.0.0.0/8"), 2)])
    assert dhcp.read_routes(whole[:-1]) == ((net("10.0.0.0/8"), 1),)
    assert dhcp.read_routes(b"\x21" + bytes(9)) == ()


def test_a_client_sends_what_dhclient_sends() -> None:
    frame = client_frame(discover(CLIENT, 7))
    assert (frame.tos, frame.ttl, frame.ip_id, frame.fragment) == (0x10, 128, 0, 0)
    assert (frame.nw_src, frame.nw_dst, frame.hw_dst) == (0, BROADCAST, BROADCAST_MAC)
    assert frame.ip_length() == 328
    assert message_of(frame) == discover(CLIENT, 7)


def test_a_request_names_the_offer_and_its_server() -> None:
    offer = answer(dhcp_lab(), discover(CLIENT, 7))
    assert offer is not None
    asked = request(offer)
    assert (asked.type, asked.xid, asked.client_mac) == (dhcp.REQUEST, 7, CLIENT)
    assert asked.number(dhcp.REQUESTED_ADDRESS) == ip("192.168.78.9")
    assert asked.number(dhcp.SERVER_ID) == ip("192.168.78.1")
    assert answer(dhcp_lab(), asked).type == dhcp.ACK


def test_with_classless_routes_the_router_option_does_not_count() -> None:
    given = {dhcp.MESSAGE_TYPE: b"\5", dhcp.ROUTER: dhcp.address_bytes(ip("10.0.0.1"))}
    assert lease_of(Message(2, 1, CLIENT, given)).gateway == ip("10.0.0.1")
    routes = ((net("10.9.0.0/16"), ip("10.0.0.3")),)
    given[dhcp.CLASSLESS_ROUTES] = dhcp.route_bytes(routes)
    lease = lease_of(Message(2, 1, CLIENT, given))
    assert (lease.gateway, lease.routes) == (None, routes)
    given[dhcp.CLASSLESS_ROUTES] += dhcp.route_bytes(((net("0.0.0.0/0"), ip("10.0.0.2")),))
    lease = lease_of(Message(2, 1, CLIENT, given))
    assert (lease.gateway, lease.routes) == (ip("10.0.0.2"), routes)
