"""Whatever is injected: no exception, an outcome for each frame, and the laws of forwarding."""

from __future__ import annotations

import random
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import CLIENT_MAC, INFILTER, LINUX, PUBLISHED, VM_MAC, NetLab, ip, mac, seen

from midocli.simulator.guests.dhcp_client import client_frame
from midocli.simulator.wire.dhcp_message import MESSAGE_TYPE, Message
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

MACS = [mac(CLIENT_MAC), mac(VM_MAC), mac("fa:16:3e:bb:12:d0"), mac("fa:16:3e:52:65:b1")]
MACS += [mac("ff:ff:ff:ff:ff:ff"), mac("01:00:5e:00:00:01"), 0, 0x020000000099]
ADDRESSES = [ip(text) for text in ("192.168.78.9", "192.168.77.119", "192.168.78.1")]
ADDRESSES += [ip(text) for text in ("192.168.77.1", "192.168.79.119", "8.8.8.8", "0.0.0.0")]
ADDRESSES += [ip(text) for text in ("255.255.255.255", "224.0.0.1", "192.168.78.255")]
PLACES = ["host0:veth0", "host0:tap", "bridge0:port0", "router0:port0", "nowhere"]

headers = st.builds(
    Frame,
    hw_src=st.sampled_from(MACS),
    hw_dst=st.sampled_from(MACS),
    vlans=st.sampled_from([(), (), (), (0x81000000,), (0x81000007,), (0x88A80001, 0x81000002)]),
    ethertype=st.sampled_from([0x0800, 0x0800, 0x0806, 0x86DD, 0x88B5]),
    nw_src=st.sampled_from(ADDRESSES),
    nw_dst=st.sampled_from(ADDRESSES),
    proto=st.sampled_from([1, 1, 2, 6, 17, 47]),
    tos=st.integers(0, 255),
    ttl=st.sampled_from([0, 1, 2, 64]),
    ip_id=st.integers(0, 65535),
    fragment=st.sampled_from([0, 0, 0x4000, 0x2000, 0x2001, 0x00B9, 0x8000]),
    options=st.sampled_from([b"", b"\x01\x01\x01\x01"]),
    payload=st.binary(max_size=60),
)


@cache
def _made(*lines: str) -> NetLab:
    return NetLab(*lines)


def anew(*lines: str) -> NetLab:
    """A network that knows nothing yet; it is made once."""
    lab = _made(*lines)
    lab("reset")
    lab.drops.clear()
    lab.network.rng.seed(1)
    return lab


def outcomes(lab: NetLab, place: str, data: bytes) -> set[str]:
    """Kinds of the events and drops a frame's origin has to its name."""
    recorder = lab.watch(events=True)
    origin = object()
    before = len(lab.drops)
    at = lab.key(place) if ":port" in place else place
    lab.network.inject(at, Frame.from_bytes(data), origin)
    lab.wait(0.01)
    lab.network.unwatch(recorder)
    kinds = {step.event.kind for step in recorder.steps if step.origin is origin}
    return kinds | {"dropped" for who, *_ in lab.drops[before:] if who is origin}


ENDS = {"dropped", "delivered", "consumed", "generated", "arp-waiting"}


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.binary(max_size=90)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_random_bytes(injections: list[tuple[str, bytes]]) -> None:
    lab = anew(PUBLISHED, INFILTER)
    for place, data in injections:
        assert outcomes(lab, place, data) & ENDS


@given(st.lists(st.tuples(st.sampled_from(PLACES), headers), max_size=5), st.randoms())
@settings(max_examples=300, deadline=None)
def test_random_packets(injections: list[tuple[Any, ...]], rng: Random) -> None:
    """Headers that mean something, with lengths cut or lengthened now and then."""
    more = "chain0 add rule pos 3 type rev_dnat\nchain0 add rule pos 4 type snat target 9.9.9.9:1-9"
    lab = anew(PUBLISHED, INFILTER, more)
    for place, frame in injections:
        data = bytearray(frame.to_bytes())
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        assert outcomes(lab, place, bytes(data)) & ENDS


#: Every service: balancer, mirrors, insertions, DHCP, marks.
SERVICES = f"""
bridge create
bridge2 add port
bridge2 add port
bridge2 add port
host create name other
host1 add binding port bridge2:port0 interface srv0
host1 add binding port bridge2:port1 interface srv1
host1 add binding port bridge2:port2 interface copies
load-balancer create
router0 set load-balancer lb0
lb0 add pool
lb0 add pool
lb0 pool pool0 add member address 192.168.77.119 protocol-port 80
lb0 pool pool0 add vip address 192.168.79.119 protocol-port 80
lb0 pool pool0 add vip address 192.168.79.119 protocol-port 81 persistence SOURCE_IP
lb0 pool pool1 add vip address 192.168.79.119 protocol-port 82
l2insertion create port bridge1:port1 srv-port bridge2:port0 mac {CLIENT_MAC} vlan 7 pos 1
l2insertion create port bridge1:port1 srv-port bridge2:port1 mac {CLIENT_MAC} pos 2 fail-open true
mirror create to-port bridge2:port2
mirror0 add matches proto 6
mirror0 add matches proto 17
bridge1 set out-mirrors mirror0
router0 set in-mirrors mirror0
qos-policy create
qos-policy0 add dscp-rule dscp-mark 10
bridge1:port1 set in-mirrors mirror0 out-mirrors mirror0 qos-policy qos-policy0
bridge1 add dhcp subnet 192.168.78.0/24
bridge1 dhcp 192.168.78.0/24 add host mac {CLIENT_MAC} address 192.168.78.9
"""


syns = st.builds(
    tcp_packet,
    st.sampled_from(ADDRESSES),
    st.integers(1, 9),
    st.sampled_from(ADDRESSES),
    st.integers(79, 83),
    st.just(Segment(1, 0, SYN, 9)),
)
asks = st.builds(
    lambda op, client, type_: client_frame(Message(op, 1, client, {MESSAGE_TYPE: type_})),
    st.integers(1, 2),
    st.sampled_from(MACS),
    st.binary(max_size=2),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*PLACES, "host1:srv0", "host1:srv1"]),
            st.one_of(headers, syns, asks),
            st.sampled_from(MACS),
            st.sampled_from(MACS),
            st.sampled_from([(), (0x81002007,), (0x81004007,), (0x81008000,)]),
        ),
        max_size=6,
    )
)
@settings(max_examples=300, deadline=None)
def test_random_packets_through_services(injections: list[tuple[Any, ...]]) -> None:
    lab = anew(PUBLISHED, SERVICES)
    for place, frame, hw_src, hw_dst, vlans in injections:
        frame.hw_src, frame.hw_dst, frame.vlans = hw_src, hw_dst, vlans
        assert outcomes(lab, place, frame.to_bytes()) & ENDS


@given(st.lists(headers, max_size=5))
@settings(max_examples=100, deadline=None)
def test_random_packets_at_linux_guests(frames: list[Any]) -> None:
    lab = anew(LINUX)
    for frame in frames:
        assert outcomes(lab, "host0:r0", frame.to_bytes()) & ENDS


@pytest.mark.parametrize("seed", range(3))
def test_frames_never_leave_by_the_port_they_came_in_by(seed: int) -> None:
    lab, rng = NetLab(PUBLISHED), random.Random(seed)
    for _ in range(100):
        recorder = lab.watch("host0:veth0", "host0:tap")
        frame = Frame(
            rng.choice(MACS), rng.choice(MACS), ethertype=0x88B5, payload=rng.randbytes(9)
        )
        lab.network.inject("host0:veth0", frame)
        lab.wait(0.01)
        lab.network.unwatch(recorder)
        assert [d for d, f in seen(recorder, "host0:veth0") if f.ethertype == 0x88B5] == ["in"]


@given(st.integers(2, 255), st.binary(max_size=300), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_each_router_takes_one_from_the_ttl_and_checksums_stay_right(
    ttl: int, data: bytes, tos: int
) -> None:
    lab = anew(PUBLISHED)
    recorder = lab.watch("host0:veth0", "host0:tap")
    (arrival,) = lab.echoed("client", "192.168.77.119", ttl=ttl, data=data, tos=tos)
    assert arrival.frame.ttl == 63
    ((_, sent), *_) = [each for each in seen(recorder, "host0:veth0") if each[1].tos >= 0]
    ((_, received), *_) = [each for each in seen(recorder, "host0:tap") if each[1].tos >= 0]
    assert (sent.ttl, received.ttl) == (ttl, ttl - 1)
    for point in ("host0:veth0", "host0:tap"):
        for _, frame in seen(recorder, point):
            assert frame.ip_delta == 0
            assert frame.tp_sum in (None, -1)
    assert (received.ip_id, received.fragment, received.tos) == (sent.ip_id, sent.fragment, tos)
    assert received.payload == sent.payload == data
