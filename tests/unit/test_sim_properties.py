"""What holds of every network and every frame, whatever they are.

Networks and traffic are drawn by `random_sessions`: half-built ones, loops, every feature.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import PUBLISHED, VM_MAC, NetLab, ip, mac, seen
from random_sessions import Builder
from worlds import World

import grammar
from grammar.errors import MidoError
from midocli.commands.dispatch import run as carried_out
from midocli.results.values import Beside, Report
from midocli.simulator.events import Branched, Entered, Left, Mirrored, Redirected, Rewritten
from midocli.simulator.recorder import Captured, Recorder, Step
from midocli.simulator.storms import MAX_CAUSED
from midocli.simulator.wire.checksum import checksum
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=60, deadline=None)


def drawn(seed: int) -> Builder:
    """A network of its own for each seed."""
    builder = Builder(Random(seed))
    builder.build()
    return builder


def run(world: World, line: str) -> Report | None:
    """What a probe reports, None where it was refused."""
    command = grammar.parse(line)
    assert command is not None
    try:
        report = carried_out(world.context, command)
    except MidoError:
        return None
    report = report.result if isinstance(report, Beside) else report
    assert isinstance(report, Report)
    return report


class _Everywhere:
    def __contains__(self, point: object) -> bool:
        return True


def injected(builder: Builder, place: Any, frame: Frame) -> Recorder:
    """All that a frame does, put in at a place, in the second after."""
    network = builder.world.context.datapath.network
    recorder = Recorder(_Everywhere(), wants_events=True)
    network.watch(recorder)
    network.inject(place, frame, "ours")
    network.engine.run_until(network.engine.now_ns + 10**9)
    network.unwatch(recorder)
    return recorder


def somewhere(builder: Builder) -> Any:
    """An interface, or the key of a port."""
    if builder.rng.random() < 0.7 or not builder.there.get("bport"):
        return builder.any("point")
    port = builder.world.context.named("port", builder.any("bport", "rport"))
    return port.id if port is not None else builder.any("point")


def packets(captures: list[Captured]) -> Iterator[Frame]:
    """The sound IPv4 packets among captured frames."""
    for captured in captures:
        frame = Frame.from_bytes(captured.data)
        if frame.ethertype == ETHERTYPE_IPV4 and frame.fault is None:
            yield frame


@given(seeds)
@some
def test_nothing_raises_and_every_injected_frame_has_an_outcome(seed: int) -> None:
    builder = drawn(seed)
    for _ in range(5):
        line = builder.probe()
        report = run(builder.world, line)
        if report is None or not line.startswith("inject"):
            continue
        if not line.endswith(" explain"):
            report = run(builder.world, f"{line} explain")
            assert report is not None
        ends = {"dropped", "delivered", "consumed", "generated", "arp-waiting", "dhcp-answered"}
        assert {step["event"] for step in report.document()["steps"]} & ends
        for reason in report.document()["dropped"]:
            assert reason["at"] and reason["text"]


@given(seeds)
@some
def test_one_seed_gives_one_session(seed: int) -> None:
    def session() -> list[Any]:
        builder = drawn(seed)
        lines = [builder.probe() for _ in range(4)]
        reports = [run(builder.world, line) for line in lines]
        return [
            *builder.script,
            *lines,
            *[each and (each.text(), each.document()) for each in reports],
        ]

    assert session() == session()


@given(seeds)
@some
def test_the_same_frame_on_the_same_state_gives_the_same_events(seed: int) -> None:
    """Two networks built alike, which have seen the same, do the same with the next frame."""
    builders = drawn(seed), drawn(seed)
    for _ in range(3):
        streams = []
        for builder in builders:
            place, frame = somewhere(builder), Frame.from_bytes(builder.frame())
            recorder = injected(builder, place, frame)
            streams.append([plain(step) for step in recorder.steps])
        assert streams[0] == streams[1]


def plain(step: Step) -> tuple[Any, ...]:
    """A step without what names it."""
    details = {name: str(value) for name, value in vars(step.event).items()}
    return step.time_ns, step.walk, step.parent, step.at, step.event.kind, details


@given(seeds)
@some
def test_reset_gives_the_first_answer_again(seed: int) -> None:
    builder = drawn(seed)
    network = builder.world.context.datapath.network
    place, data = somewhere(builder), builder.frame()

    def once() -> list[Any]:
        builder.world.run("reset")
        network.rng.seed(7)
        network.walks = 0
        recorder, start = injected(builder, place, Frame.from_bytes(data)), network.engine.now_ns
        return [(plain(step)[1:], step.time_ns - start) for step in recorder.steps]

    first = once()
    for _ in range(2):
        injected(builder, somewhere(builder), builder.packet())
    assert once() == first


@given(seeds)
@some
def test_checksums_of_what_the_network_changes_stay_right(seed: int) -> None:
    """A frame with right checksums never becomes one with wrong ones, translated or not."""
    builder = drawn(seed)
    for _ in range(3):
        frame = builder.packet()
        whole = frame.ethertype != ETHERTYPE_IPV4 or not frame.fragment & 0x3FFF
        for seen_frame in packets(injected(builder, somewhere(builder), frame).captures):
            data = seen_frame.ip_bytes()
            assert checksum(data[: (data[0] & 0xF) * 4]) == 0
            if whole and not seen_frame.fragment & 0x3FFF and seen_frame.tp_sum is not None:
                assert seen_frame.sum_is_right()


@given(seeds)
@some
def test_ttl_falls_by_one_at_each_router_and_at_nothing_else(seed: int) -> None:
    builder = drawn(seed)
    for _ in range(3):
        frame = builder.packet()
        ttls: dict[int, int] = {}
        for step in injected(builder, somewhere(builder), frame).steps:
            match step.event:
                case Rewritten(changes={"ttl": (int(before), int(after))}):
                    assert after == before - 1
                    assert ttls.get(step.walk, before) == before
                    ttls[step.walk] = after
                case Entered(frame=headers) | Left(frame=headers) if headers.is_ip:
                    assert ttls.setdefault(step.walk, headers.ttl) == headers.ttl


@given(seeds)
@some
def test_no_frame_leaves_a_bridge_by_the_port_it_came_in_by(seed: int) -> None:
    """Redirected frames aside, which a rule may send anywhere but back."""
    builder = drawn(seed)
    for _ in range(3):
        came_in: dict[int, tuple[str, bool]] = {}
        for step in injected(builder, somewhere(builder), builder.packet()).steps:
            match step.event:
                case Entered(device=device):
                    came_in[step.walk] = (step.at, device.startswith("bridge"))
                case Redirected() | Mirrored():
                    came_in.pop(step.walk, None)
                case Branched(why="flood"):
                    came_in[step.walk] = came_in.get(step.parent, ("", False))
                case Left():
                    port, is_bridge = came_in.pop(step.walk, ("", False))
                    assert not is_bridge or step.at != port


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_walks_and_storms_are_bounded(seed: int) -> None:
    builder = drawn(seed)
    recorder = injected(builder, somewhere(builder), builder.packet())
    walks = {step.walk for step in recorder.steps}
    assert len(walks) <= MAX_CAUSED * 2


# -- NAT ----------------------------------------------------------------------------------


def nat_lab(*rules: str) -> NetLab:
    """The published lab, translating on the way in and on the way out."""
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", *rules)
    lab.filter(
        "router0",
        "outfilter",
        "type snat src 192.168.78.9 target 192.168.77.1:2000-2999",
        "type rev_dnat",
    )
    return lab


@pytest.mark.parametrize("proto", ["icmp", "udp", "tcp"])
@given(
    sport=st.integers(1, 65535),
    dport=st.integers(1, 65535),
    data=st.binary(max_size=64),
    last=st.integers(1, 254),
)
@settings(max_examples=40, deadline=None)
def test_nat_of_a_reply_inverts_nat_of_its_request(
    proto: str, sport: int, dport: int, data: bytes, last: int
) -> None:
    vip = ip(f"192.168.79.{last}")
    dnat = f"type dnat dst 192.168.79.{last} target 192.168.77.119:7-9000"
    lab = nat_lab("type rev_snat action continue", dnat)
    client = ip("192.168.78.9")
    if proto == "icmp":
        lab.stack("client").send_echo(vip, sport, 1, data)
    elif proto == "udp":
        lab.stack("client").send(udp_packet(client, sport, vip, dport, data))
    else:
        segment = Segment(1, 0, SYN, 64240, b"", data)
        lab.stack("client").send(tcp_packet(client, sport, vip, dport, segment))
    recorder = lab.watch("host0:veth0", "host0:tap")
    lab.wait()
    ours = [each for _, each in seen(recorder, "host0:veth0") if each.proto in (1, 6, 17)]
    theirs = [each for _, each in seen(recorder, "host0:tap") if each.proto in (1, 6, 17)]
    ours = [frame for frame in ours if frame.ethertype == ETHERTYPE_IPV4]
    theirs = [frame for frame in theirs if frame.ethertype == ETHERTYPE_IPV4]
    request, answer = ours
    inside, reply = theirs
    assert (inside.nw_src, inside.nw_dst) == (ip("192.168.77.1"), ip("192.168.77.119"))
    assert (reply.nw_src, reply.nw_dst) == (inside.nw_dst, inside.nw_src)
    assert (answer.nw_src, answer.nw_dst) == (request.nw_dst, request.nw_src)
    assert inside.hw_dst == mac(VM_MAC)
    if proto == "tcp":
        assert (answer.tp_src, answer.tp_dst) == (request.tp_dst, request.tp_src)
    elif proto == "icmp":
        assert (answer.icmp_id, answer.icmp_seq) == (request.icmp_id, request.icmp_seq)
    else:  # the port is closed: the error quotes the datagram as the client sent it
        quoted = answer.payload[:20] if answer.payload[:1] == b"E" else answer.payload[4:24]
        assert quoted[12:20] == request.ip_header()[12:20]
    for frame in (request, inside, reply, answer):
        assert frame.sum_is_right()
