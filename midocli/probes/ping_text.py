"""The words of ping(8): iputils 20221126, `ping.c` and `ping_common.c`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grammar.addresses import format_ipv4
from midocli.simulator.wire.protocol import ADVICE

_UNREACHABLE = (
    "Destination Net Unreachable",
    "Destination Host Unreachable",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "",
    "Source Route Failed",
    "Destination Net Unknown",
    "Destination Host Unknown",
    "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Packet filtered",
    "Precedence Violation",
    "Precedence Cutoff",
)
_REDIRECT = ("Network", "Host", "Type of Service and Network", "Type of Service and Host")
_EXCEEDED = ("Time to live exceeded", "Frag reassembly time exceeded")


BROADCAST_REFUSED = (
    "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n"
)
BROADCAST_WARNING = "WARNING: pinging broadcast address\n"


def header(name: str, destination: str, source: int | None, size: int) -> str:
    """Whom it pings, by name and address, from where if that was said; `size` of the ICMP data."""
    sender = "" if source is None else f"from {format_ipv4(source)} : "
    return f"PING {name} ({destination}) {sender}{size}({size + 28}) bytes of data.\n"


def dated(time_ns: int) -> str:
    """What stands before a line that says when it was printed, with nanoseconds as the time."""
    seconds, rest = divmod(time_ns // 1000, 1_000_000)
    return f"[{seconds}.{rest:06}] "


def outstanding(seq: int) -> str:
    """A request that has no reply when the next one is sent."""
    return f"no answer yet for icmp_seq={seq}\n"


def reply(
    source: str,
    length: int,
    seq: int,
    ttl: int,
    rtt_ns: int | None,
    duplicate: bool = False,
    different: bool = False,
) -> str:
    """A reply; `length` is of the ICMP message, in bytes."""
    text = f"{length} bytes from {source}: icmp_seq={seq} ttl={ttl}"
    if rtt_ns is not None:
        text += f" time={round_trip(rtt_ns)} ms"
    if duplicate:
        text += " (DUP!)"
    if different:
        text += " (DIFFERENT ADDRESS!)"
    return text + "\n"


def round_trip(rtt_ns: int) -> str:
    """Milliseconds with three significant digits or so, as ping rounds them."""
    micros = rtt_ns // 1000
    if micros >= 100_000 - 50:
        return f"{(micros + 500) // 1000}"
    if micros >= 10_000 - 5:
        tenths = (micros + 50) // 100
        return f"{tenths // 10}.{tenths % 10}"
    if micros >= 1000:
        hundredths = (micros + 5) // 10
        return f"{hundredths // 100}.{hundredths % 100:02}"
    return f"{micros // 1000}.{micros % 1000:03}"


def error(source: str, seq: int, type: int, code: int, info: int) -> str:
    """An ICMP error; `info` is the second word of its header."""
    colon = ":" if type in ADVICE else ""
    return f"From {source}{colon} icmp_seq={seq} {describe(type, code, info)}\n"


def describe(type: int, code: int, info: int) -> str:
    """What ping calls an ICMP message (`pr_icmph`)."""
    if type == 3 and code == 4:
        return f"Frag needed and DF set (mtu = {info & 0xFFFF})"
    if type == 3:
        known = code < len(_UNREACHABLE)
        return _UNREACHABLE[code] if known else f"Dest Unreachable, Bad Code: {code}"
    if type == 4:
        return "Source Quench"
    if type == 5:
        kind = f"Redirect {_REDIRECT[code]}" if code < 4 else f"Redirect, Bad Code: {code}"
        return f"{kind}(New nexthop: {format_ipv4(info)})"
    if type == 11:
        return _EXCEEDED[code] if code < 2 else f"Time exceeded, Bad Code: {code}"
    if type == 12:
        return f"Parameter problem: pointer = {info >> 24}"
    return f"Bad ICMP type: {type}"


class Statistics(NamedTuple):
    """What the last lines say; times in nanoseconds, `rtts` of the replies that carried one."""

    transmitted: int
    received: int
    duplicates: int
    errors: int
    span_ns: int
    rtts: Sequence[int]
    pipe: int
    floods: bool = False


def statistics(name: str, numbers: Statistics) -> str:
    """The block at the end, from the blank line on."""
    text = f"\n--- {name} ping statistics ---\n"
    text += f"{numbers.transmitted} packets transmitted, {numbers.received} received"
    if numbers.duplicates:
        text += f", +{numbers.duplicates} duplicates"
    if numbers.errors:
        text += f", +{numbers.errors} errors"
    if numbers.transmitted:
        lost = (numbers.transmitted - numbers.received) * 100 / numbers.transmitted
        text += f", {lost:g}% packet loss, time {(numbers.span_ns + 500_000) // 1_000_000}ms"
    micros = [rtt // 1000 for rtt in numbers.rtts]
    parts = []
    if micros:
        parts.append(_spread(micros))
    if numbers.pipe > 1:
        parts.append(f"pipe {numbers.pipe}")
    if numbers.floods and numbers.received and numbers.transmitted > 1:
        gap = numbers.span_ns // 1000 // (numbers.transmitted - 1)
        parts.append(f"ipg/ewma {_milliseconds(gap)}/{_milliseconds(_smoothed(micros) // 8)} ms")
    return f"{text}\n{', '.join(parts)}\n"


def _spread(micros: Sequence[int]) -> str:
    """`rtt min/avg/max/mdev`, computed in whole microseconds as ping does."""
    from math import isqrt

    total, squares = sum(micros), sum(each * each for each in micros)
    mean = total // len(micros)
    if total < 1 << 31:
        variance = (squares - total * total // len(micros)) // len(micros)
    else:
        variance = squares // len(micros) - mean * mean
    values = (min(micros), mean, max(micros), isqrt(max(variance, 0)))
    return f"rtt min/avg/max/mdev = {'/'.join(map(_milliseconds, values))} ms"


def _smoothed(micros: Sequence[int]) -> int:
    """Eight times the moving average of round trips (`gather_statistics`)."""
    smoothed = 0
    for rtt in micros:
        smoothed = smoothed + rtt - smoothed // 8 if smoothed else rtt * 8
    return smoothed


def _milliseconds(micros: int) -> str:
    return f"{micros // 1000}.{micros % 1000:03}"
