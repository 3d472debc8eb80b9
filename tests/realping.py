"""What ping and traceroute print, beside what midocli prints of the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from test_kernel import timeless

from midocli import Lab

#: A and B with a Linux router R between them, as in the recordings.
LAB = """\
host create name h
bridge create name lan
bridge create name other
bridge lan create port
bridge lan create port
bridge lan create port
bridge other create port
bridge other create port
host h add binding port lan:port0 interface vA
host h add binding port lan:port1 interface rA
host h add binding port lan:port2 interface vC
host h add binding port other:port0 interface rB
host h add binding port other:port1 interface vB
guest create name A interface h:vA address 10.9.1.2/24 gw 10.9.1.1
guest create name R interface h:rA address 10.9.1.1/24 forwarding yes
guest R add nic interface h:rB address 10.9.2.1/24
guest create name B interface h:vB address 10.9.2.2/24 gw 10.9.2.1
"""

_PING = {
    "-c": "count",
    "-i": "interval",
    "-W": "timeout",
    "-w": "deadline",
    "-s": "size",
    "-t": "ttl",
    "-Q": "tos",
    "-p": "pattern",
    "-M": "df",
    "-I": "src",
    "-e": "id",
}
_PING_FLAGS = {
    "-q": "quiet",
    "-b": "broadcast yes",
    "-D": "timestamps",
    "-O": "outstanding",
    "-n": "",
}
_TRACE = {"-q": "queries", "-w": "wait", "-m": "max-ttl", "-f": "first-ttl"}
_TRACE_FLAGS = {"-I": "proto icmp", "-T": "proto tcp", "-n": ""}


def in_words(command: str) -> str | None:
    """The command that is one of ping or traceroute; None where an option has no word."""
    program, *arguments = shlex.split(command)
    valued, flags = (_PING, _PING_FLAGS) if program == "ping" else (_TRACE, _TRACE_FLAGS)
    words, rest = [], iter(arguments)
    destination = None
    for argument in rest:
        if argument in flags:
            words.append(flags[argument])
        elif argument in valued:
            value = next(rest)
            if argument == "-I" and not value[0].isdigit():
                return None
            words += [valued[argument], value]
        elif destination is None and not argument.startswith("-"):
            destination = argument
        else:
            return None
    if program == "traceroute" and "-n" not in arguments:
        return None
    return " ".join(filter(None, [program, "A", destination, *words, "capture none"]))


class Recorded(Lab):
    """A lab with the recordings' network in it."""

    def __init__(self, more: str = "") -> None:
        super().__init__(clock="1970-01-01")
        self(LAB + more)

    def prints(self, command: str) -> str | None:
        """What ping or traceroute prints of it, without what midocli adds."""
        line = in_words(command)
        if line is None:
            return None
        shown = str(self(line))
        return "".join(
            part
            for part in shown.splitlines(keepends=True)
            if not re.match(r"icmp_seq=\d+ end|[\d.]+ not reached after", part)
        )


def comparable(text: str) -> str:
    """A text without times."""
    return re.sub(r"^\[\d+\.\d{6}\] ", "[NOW] ", timeless(text), flags=re.MULTILINE)


def recorded(lines: Iterable[str]) -> list[tuple[str, str, int]]:
    """(command, what it printed, its exit status) of a recording."""
    found: list[tuple[str, str, int]] = []
    command, text = "", ""
    for line in lines:
        if line.startswith("### "):
            command, text = line[4:].rstrip("\n"), ""
        elif line.startswith("[rc "):
            found.append((command, text, int(line[4:-2])))
        else:
            text += line
    return found
