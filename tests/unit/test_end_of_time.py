"""Time has an end: what could go beyond it is refused before anything happens."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import midocli
from worlds import World

from grammar.errors import FileError, InvalidValueError, MidoError, RefusedError
from midocli.context.files import Files
from midocli.trace.capture import Capture, CapturedFrame, write_all
from midocli.trace.pcapng import pcapng_writer

SECOND = 10**9
LAST = "9999-12-31T23:59:59.999999"
FRAME = bytes.fromhex("ffffffffffff02000000000108060001080006040001") + bytes(20)
OPTIONS = "quiet capture none"


def refused(world: World, line: str) -> MidoError:
    """The error of a command before which, and after which, the clock shows the same."""
    before, elapsed = world.run("clock"), world.context.datapath.engine.now_ns
    error = world.error(line)
    assert world.run("clock") == before
    assert world.context.datapath.engine.now_ns == elapsed
    return error


@pytest.mark.parametrize("zone", ["+00:00", "+14:00", "+02:00"])
def test_the_last_moment_can_be_shown(zone: str) -> None:
    assert World(f"clock set {LAST}{zone}").run("clock") == f"{LAST}{zone}"


@pytest.mark.parametrize("time", [f"{LAST}-00:01", f"{LAST}-14:00", "9999-12-31T12:00:00-12:00"])
def test_no_later_moment_is_set(time: str) -> None:
    world = World("demo")
    error = refused(world, f"clock set {time}")
    assert isinstance(error, InvalidValueError)
    assert "after the year 9999 in UTC" in error.message
    assert error.column == 11


@pytest.mark.parametrize("time", ["1969-12-31", "1970-01-01T00:30+02:00", "0001-01-01T00:00+14:00"])
def test_no_earlier_moment_than_1970_is_set(time: str) -> None:
    assert "before 1970" in refused(World("demo"), f"clock set {time}").message


@pytest.mark.parametrize(
    "moment", [f"{LAST}Z", f"{LAST}+14:00", "9999-12-31T11:59:59.999999-12:00"]
)
@pytest.mark.parametrize(
    "line",
    [
        "clock advance 1us",
        "clock advance 100h",
        "ping client vm",
        f"ping client vm count 1 interval 0 timeout 0.001 {OPTIONS}",
        "traceroute client vm",
        "arping client 192.168.78.1",
        "connect client tcp vm 80",
        "dhcp client",
        f"inject veth0 frame {FRAME.hex()}",
    ],
)
def test_what_could_go_beyond_is_refused(moment: str, line: str) -> None:
    world = World("demo", f"clock set {moment}")
    error = refused(world, line)
    assert isinstance(error, RefusedError)
    assert "the clock ends with the year 9999" in error.message
    world.run("clock set 2017-04-14T12:30:51Z")
    world.run("ping client vm count 1")


@pytest.mark.parametrize(
    "line",
    [
        f"ping client vm count 1000000 interval 86400 {OPTIONS}",
        f"ping client 192.168.77.9 count 1 timeout 86400 {OPTIONS}",
        "traceroute client 192.168.77.9 max-ttl 255 queries 10 wait 86400",
    ],
)
def test_how_long_it_could_last_counts(line: str) -> None:
    years = "9999-12-31T12:00:00Z" if "count 1 " in line else "9000-01-01"
    world = World("demo", f"clock set {years}")
    if "traceroute" in line:
        world.run("clock set 9998-01-01")
    assert "the clock ends with the year 9999" in refused(world, line).message


def capture(path: Path, *seconds: int) -> None:
    """A capture file with frames at some times."""
    stream = BytesIO()
    frames = [CapturedFrame(each * SECOND, "in", FRAME) for each in seconds]
    write_all(pcapng_writer(stream), [Capture("a", None, frames)])
    path.write_bytes(stream.getvalue())


def test_the_gap_of_a_capture_is_no_way_round(tmp_path: Path) -> None:
    file = tmp_path / "gap.pcapng"
    capture(file, 1, 18_000_000_000)
    world = World("demo", "clock set 9800-01-01", files=Files())
    assert (
        "the clock ends with the year 9999" in refused(world, f"inject veth0 file {file}").message
    )
    world.run(f"inject veth0 file {file} speed asap")
    world.run("clock set 2017-04-14")
    world.run(f"inject veth0 file {file}")
    assert world.run("clock").startswith("2587-")


@pytest.mark.parametrize(
    ("name", "year", "last"),
    [("x.pcap", 2107, "2106-02-07"), ("x.pcapng", 2555, "2554-07-21")],
)
def test_no_file_gets_times_that_its_format_has_no_number_for(
    name: str, year: int, last: str
) -> None:
    world = World("demo", f"clock set {year}-01-01")
    for line in ("ping client vm count 1 write", "tcpdump veth0 write"):
        error = refused(world, f"{line} {name}")
        assert isinstance(error, FileError)
        # parity: reader-late-times
        assert f"holds times up to {last}" in error.message
    assert world.files == {}
    world.run(f"clock set {year - 2}-01-01")
    world.run(f"ping client vm count 1 write {name}")
    assert world.files[name]


def test_a_capture_may_hold_times_without_a_date(tmp_path: Path) -> None:
    stream = BytesIO()
    write_all(pcapng_writer(stream), [Capture("a", None, [CapturedFrame(1, "in", FRAME)])])
    # The same time in units of 2**0 s instead of ns, and the largest there is.
    data = stream.getvalue().replace(
        b"\x09\x00\x01\x00\x09\x00\x00\x00", b"\x09\x00\x01\x00\x80\x00\x00\x00"
    )
    data = data.replace(
        b"\x00\x00\x00\x00\x01\x00\x00\x00" + len(FRAME).to_bytes(4, "little"),
        b"\xff" * 8 + len(FRAME).to_bytes(4, "little"),
    )
    file = tmp_path / "far.pcapng"
    file.write_bytes(data)
    world = World(files=Files())
    [frame] = json.loads(world.run(f"tcpdump read {file} as json"))["frames"]
    assert frame["time"] is None
    for form in ("table", "csv", "yaml"):
        world.run(f"tcpdump read {file} as {form}")
    assert "ARP" in world.run(f"tcpdump read {file}")
    done = midocli("tcpdump", "-r", str(file), "-w", str(tmp_path / "x.pcap"))
    assert done.returncode == 1
    assert "tcpdump: Unable to write output: pcap has no number for the time" in done.stderr


def test_what_was_long_before_the_clock_was_set_back_has_no_date() -> None:
    world = World("demo", "tracerequest create bridge bridge0 enabled true name t")
    world.run("ping client vm count 1")
    assert "time 1970-" in world.run("tracerequest t walk list")
    for _ in range(25):
        world.run("clock set 1970-01-01")
        world.run("clock advance 36500d")
    world.run("clock set 1970-01-01")
    assert "time" not in world.run("tracerequest t walk list")
    [walk, *_] = json.loads(world.run("tracerequest t walk list as json"))
    assert walk["time"] is None
    for form in ("", " as json", " as table"):
        assert world.run(f"tracerequest t walk {walk['walk']} show{form}")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.datetimes().map(lambda at: f"clock set {at.isoformat()}"),
            st.datetimes().map(lambda at: f"clock set {at.isoformat()}+13:00"),
            st.datetimes().map(lambda at: f"clock set {at.isoformat()}-11:00"),
            st.integers(0, 36500).map("clock advance {}d".format),
            st.integers(1, 40).map(f"ping client vm count {{}} interval 86400 {OPTIONS}".format),
            st.just("ping client vm count 1 explain flags -tttt"),
            st.just("flow list"),
        ),
        max_size=12,
    )
)
def test_no_way_of_setting_the_clock_breaks_a_session(lines: list[str]) -> None:
    world = World("demo")
    for line in lines:
        try:
            world.run(line)
        except (RefusedError, InvalidValueError):
            continue
    world.run("clock")
    world.run("clock set 2017-04-14")
    world.run("ping client vm count 1 explain")
