"""What ping of iputils 20221126 and traceroute 2.1 print, and what midocli prints of the same.

`tests/data/ping/realping-dgram.txt` is what they printed in network namespaces, one after the
other. Where there are such namespaces and the programs, these are asked as well.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from realping import Recorded, comparable, in_words, recorded

from grammar.errors import MidoError
from midocli.simulator.guests import icmp, ip_input
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.reason import Code
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import UNREACHABLE

RECORDING = Path(__file__).parent / "data" / "ping" / "realping-dgram.txt"
#: What has no word here: options that change nothing a network does, names, and what is refused
#: by the language in words of its own.
WORDLESS = {
    "ping -c 1 -R 10.9.2.2",
    "ping -c 1 -I vA 10.9.2.2",
    "ping -c 1 -v 10.9.2.2",
    "ping -c 5 -f 10.9.2.2",
    "ping -c 3 -A 10.9.2.2",
    "ping -c 1 -T tsonly 10.9.2.2",
    "ping -n -c 1 -l 3 10.9.2.2",
    "traceroute 10.9.2.2",
    "traceroute -n 10.9.2.2 1500",
}
REFUSED = {
    "ping -c 1 -s 65508 10.9.2.2",
    "ping -c 0 10.9.2.2",
    "ping -c 1 -s -1 10.9.2.2",
    "ping -c 1 -t 0 10.9.2.2",
    "ping -c 1 -t 256 10.9.2.2",
}
#: What was changed before a command, by its number in the recording: lines of commands, or what
#: the router does with what it is to pass on (a code of destination unreachable; None: nothing).
BEFORE: dict[int, list[str]] = {
    18: ["guest R nic nic0 set mtu 1400"],
    19: ["reset"],
    20: ["reset"],
    22: ["guest R nic nic0 set mtu 1500", "reset"],
    23: ["clock advance 60ms"],
    24: ["clock advance 10s"],
    27: ["guest A clear gw"],
    28: ["guest A set gw 10.9.1.1"],
    **{number: ["clock advance 10s"] for number in (36, *range(37, 45), 63, 66, 67, 68, 71)},
}
REFUSALS = {37: 0, 38: 1, 39: 3, 40: 2, 41: 9, 42: 10, 43: 13, 67: 13, 68: 0}
SILENCES = {26, 44, 45, 69}

#: Where the recording's router, but not the target, may send errors again.
FORGIVEN = 65


def refuse(
    code: int | None, stack: GuestStack, plan: GuestPlan, arrived: int, frame: Frame
) -> None:
    """A router whose filter refuses everything, or swallows it before it looks at the TTL."""
    if code is not None and frame.ttl <= 1:
        FORWARD(stack, plan, arrived, frame)
        return
    if code is not None:
        icmp.send_error(stack, frame, UNREACHABLE, code)
    stack.drop(frame, Code.RULE_DROP, "the test's filter drops it")


FORWARD = ip_input._forward


def forgive(lab: Recorded, name: str) -> None:
    """Let a guest forget the ICMP errors it has sent."""
    guest = lab.session.context.named("guest", name)
    assert guest is not None
    tokens = lab.session.context.datapath.network.state.icmp_tokens
    for place in [place for place in tokens if place[0] == guest.id]:
        del tokens[place]


def test_every_line_of_the_recording_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lab, told = Recorded(), recorded(RECORDING.read_text().splitlines(keepends=True))
    assert len(told) == 74
    for number, (command, text, _) in enumerate(told):
        for line in BEFORE.get(number, ()):
            lab(line)
        if number == FORGIVEN:
            forgive(lab, "R")
        if command in WORDLESS:
            assert in_words(command) is None
            continue
        if command in REFUSED:
            asked = in_words(command)
            assert asked is not None
            with pytest.raises(MidoError, match=r"expected|invalid"):
                lab(asked)
            continue
        with monkeypatch.context() as patch:
            if number in REFUSALS or number in SILENCES:
                patch.setattr(ip_input, "_forward", partial(refuse, REFUSALS.get(number)))
            shown = lab.prints(command)
        assert shown is not None
        # parity: ping-recording, ping-unreachable
        assert comparable(shown) == comparable(text), f"{number}: {command}"


def test_exit_statuses_are_told_by_whether_it_succeeds() -> None:
    lab = Recorded()
    told = {c: status for c, _, status in recorded(RECORDING.open()) if c.startswith("ping")}
    for command in ("ping -w 1 -i 0.4 10.9.2.2", "ping -c 1 10.9.1.255", "ping -c 1 10.9.2.77"):
        line = in_words(command)
        # parity: ping-deadline
        assert line is not None
        lab(f"expect {'not ' if told[command] else ''}{line}")


# -- the programs themselves ---------------------------------------------------------

COMMANDS = (
    "ping -c 2 -i 0.2 10.9.2.2",
    "ping -c 1 -s 8 10.9.2.2",
    "ping -c 1 -I 10.9.1.2 10.9.2.2",
    "ping -c 1 -D 10.9.2.2",
    "ping -c 1 10.9.1.255",
    "ping -b -c 1 -W 0.2 10.9.1.255",
    "ping -c 1 -W 0.2 224.0.0.5",
    "ping -c 1 0",
    "ping -c 1 -I 10.9.1.2 0.0.0.0",
    "ping -c 1 10.9.1",
    "ping -w 1 -i 0.4 10.9.2.2",
    "ping -O -c 2 -i 0.3 -W 0.2 10.9.1.78",
    "ping -c 1 10.9.2.77",
    "ping -c 2 -i 0.5 10.9.2.78",
    "ping -w 1 -q -i 0.25 -t 1 10.9.2.2",
    "ping -c 4 -i 0.3 10.9.3.1",
    "traceroute -n -f 2 10.9.2.2",
    "traceroute -n -T -q 1 10.9.2.2",
    "traceroute -n 0.0.0.0",
)
NAMESPACES = """
set -e
ip link set lo up
unshare -n sleep 60 > /dev/null 2>&1 & R=$!
unshare -n sleep 60 > /dev/null 2>&1 & B=$!
unshare -n sleep 60 > /dev/null 2>&1 & C=$!
trap 'kill $R $B $C' EXIT
sleep 0.3
on() { nsenter -t $1 -n "${@:2}"; }
ip link add br0 type bridge
ip link set br0 up
for end in R C; do
  ip link add p$end type veth peer name v$end
  ip link set v$end netns ${!end}
  ip link set p$end master br0 up
  on ${!end} ip link set lo up
  on ${!end} ip link set v$end up
done
ip addr add 10.9.1.2/24 dev br0
on $R ip addr add 10.9.1.1/24 dev vR
on $R ip link add rB type veth peer name vB
on $R ip link set vB netns $B
on $R ip link set rB up
on $R ip addr add 10.9.2.1/24 dev rB
on $R ip route add 10.9.3.0/24 via 10.9.1.3
on $R sysctl -qw net.ipv4.ip_forward=1
on $B ip link set lo up
on $B ip link set vB up
on $B ip addr add 10.9.2.2/24 dev vB
on $B ip route add default via 10.9.2.1
on $C ip addr add 10.9.1.3/24 dev vC
on $C ip addr add 10.9.3.1/32 dev lo
ip route add default via 10.9.1.1
sleep 1
set +e
while read -r command; do
  echo "### $command"
  $command 2>&1 < /dev/null
  echo "[rc $?]"
done
"""


def _why_not() -> str | None:
    for program in ("unshare", "nsenter", "ip", "ping", "traceroute", "sysctl", "bash"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        return "no network namespaces are to be had"
    version = subprocess.run(["ping", "-V"], capture_output=True, text=True).stdout
    return None if "20221126" in version else f"another ping: {version.strip()}"


def test_the_programs_print_the_same_in_namespaces() -> None:
    why = _why_not()
    if why is not None:
        pytest.skip(f"cannot ask ping and traceroute: {why}")
    done = subprocess.run(
        ["unshare", "-rn", "bash", "-c", NAMESPACES],
        input="\n".join(COMMANDS) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = recorded(done.stdout.splitlines(keepends=True))
    assert [command for command, _, _ in told] == list(COMMANDS), done.stderr
    lab = Recorded(
        "guest create name C interface h:vC address 10.9.1.3/24,10.9.3.1/32\n"
        "guest R add route dst 10.9.3.0/24 gw 10.9.1.3\n"
    )
    for command, text, _ in told:
        shown = lab.prints(command)
        assert shown is not None
        # parity: ping-programs
        assert comparable(shown) == comparable(text), command
        lab("clock advance 5s")
