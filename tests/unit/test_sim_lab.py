"""The published DNAT example, byte for byte, and what explains it."""

from netlab import CLIENT_MAC, INFILTER, PUBLISHED, VM_MAC, NetLab, ip, mac, seen, told

from midocli.simulator.events import NatUnrestored, RuleNotApplied

# The four frames of the published capture, after their Ethernet header.
BODY = "dba4f05800000000be73030000000000" + bytes(range(16, 56)).hex()
REQUEST = "45000054cf8d400040014c4ac0a84e09c0a84f7708003bcd6fed0001" + BODY
REQUEST_AT_VM = "45000054cf8d40003f014f4ac0a84e09c0a84d7708003bcd6fed0001" + BODY
REPLY_AT_VM = "45000054554f000040010889c0a84d77c0a84e09000043cd6fed0001" + BODY
REPLY = "45000054554f00003f010989c0a84d77c0a84e09000043cd6fed0001" + BODY
ROUTER_CLIENT, ROUTER_VM = "fa163e5265b1", "fa163ebb12d0"
CLIENT, VM = CLIENT_MAC.replace(":", ""), VM_MAC.replace(":", "")


def test_the_published_frames_come_out_exactly() -> None:
    lab = NetLab(PUBLISHED, INFILTER)
    recorder = lab.watch("host0:veth0", "host0:tap")
    (arrival,) = lab.echoed("client", "192.168.79.119", data=bytes.fromhex(BODY))
    frames = {
        point: [frame.to_bytes().hex() for _, frame in seen(recorder, point) if frame.tos >= 0]
        for point in ("host0:veth0", "host0:tap")
    }
    assert frames["host0:veth0"] == [
        f"{ROUTER_CLIENT}{CLIENT}0800{REQUEST}",
        f"{CLIENT}{ROUTER_CLIENT}0800{REPLY}",
    ]
    assert frames["host0:tap"] == [
        f"{VM}{ROUTER_VM}0800{REQUEST_AT_VM}",
        f"{ROUTER_VM}{VM}0800{REPLY_AT_VM}",
    ]
    assert arrival.frame.nw_src == ip("192.168.77.119"), "a different address answers"
    assert lab.drops == []


def test_the_request_leaves_34_microseconds_after_its_timestamp() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    recorder = lab.watch("host0:veth0")
    start = lab.engine.now_ns
    lab.echoed("client", "192.168.77.119")
    assert recorder.captures[0].time_ns - start == 34_000


def test_directions_and_macs() -> None:
    lab = NetLab(PUBLISHED)
    interior = lab.key("bridge0:port0")
    recorder = lab.watch("host0:tap", interior)
    lab.echoed("client", "192.168.77.119")
    at_tap = [(d, f.hw_src) for d, f in seen(recorder, "host0:tap") if f.tos >= 0]
    assert at_tap == [("out", mac("fa:16:3e:bb:12:d0")), ("in", mac(VM_MAC))]
    inside = [d for d, f in seen(recorder, interior) if f.tos >= 0]
    assert inside == ["in", "out"], "an interior port: into the bridge, then out of it"


def test_rev_dnat_restores_the_source() -> None:
    lab = NetLab(PUBLISHED, INFILTER)
    out = "type rev_dnat"
    lab.filter("router0", "outfilter", out)
    (arrival,) = lab.echoed("client", "192.168.79.119")
    assert arrival.frame.nw_src == ip("192.168.79.119")


def test_the_events_say_why_the_source_was_not_restored() -> None:
    lab = NetLab(PUBLISHED, INFILTER)
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.79.119")
    ((at, event),) = told(recorder, NatUnrestored)
    assert at == "router0"
    assert event.made_by == "chain0:rule0"
    assert event.restorer == "rev_dnat"
    assert event.original == (ip("192.168.79.119"), 28653)


def test_a_rev_snat_that_matches_the_reply_says_what_it_did_not_find() -> None:
    lab = NetLab(PUBLISHED, INFILTER, "chain0 add rule pos 3 type rev_snat")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.79.119")
    passed = told(recorder, RuleNotApplied)
    assert [(event.why, event.existing) for _, event in passed] == [
        ("no-state", ("dnat", "chain0:rule0"))
    ]


def test_the_order_of_events_of_one_walk() -> None:
    lab = NetLab(PUBLISHED, INFILTER)
    lab.echoed("client", "192.168.79.119")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.79.119")
    entered = [step for step in recorder.steps if step.event.kind == "entered"]
    walk = entered[0].walk
    kinds = [step.event.kind for step in recorder.steps if step.walk == walk]
    assert kinds[:14] == [
        "entered",
        "bridged",
        "left",
        "entered",
        "rule-matched",
        "nat-used",
        "rewritten",
        "chain-ended",
        "route-chosen",
        "rewritten",
        "next-hop",
        "rewritten",
        "left",
        "entered",
    ]


def test_the_reply_is_a_child_of_the_request() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119", origin="mine")
    walks = {step.walk: step.parent for step in recorder.steps if step.event.kind == "entered"}
    request, reply = sorted(walks)
    assert walks == {request: 0, reply: request}
    assert {step.origin for step in recorder.steps} == {"mine"}


def test_nothing_is_recorded_when_nobody_watches() -> None:
    lab = NetLab(PUBLISHED)
    recorder = lab.watch("host0:veth0", events=True)
    lab.network.unwatch(recorder)
    lab.echoed("client", "192.168.77.119")
    assert recorder.captures == [] and recorder.steps == []


def test_two_runs_with_one_seed_are_the_same() -> None:
    def run() -> list[tuple[int, bytes]]:
        lab = NetLab(PUBLISHED, INFILTER)
        recorder = lab.watch("host0:veth0", "host0:tap")
        lab.echoed("client", "192.168.79.119")
        return [(each.time_ns, each.data) for each in recorder.captures]

    assert run() == run()
