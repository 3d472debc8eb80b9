"""What probes found, for programs: the numbers of the JSON, and all that was seen, to be asked.

A result stays what it is: nothing here changes with the topology, nor with time, and it can be
pickled and copied, with all that was seen. Addresses are text
as it is printed, times are milliseconds unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from grammar.node import Node
from midocli.results.traffic import FLAGS, Frame, Reason, Traffic
from midocli.results.values import Beside, Result


class Probed(Beside):
    """What a probe found; `str()` of it is what a script prints, `document()` its JSON.

    `succeeded` says whether it was answered. `traffic` is all that was seen.
    """

    traffic: Traffic

    @property
    def reason(self) -> Reason | None:
        """Why it was not answered; of several things that were sent, the first that was not.

        None where all were answered, or nobody knows.
        """
        return next(iter(self.traffic.reasons), None)

    @property
    def reasons(self) -> list[Reason]:
        """Why each of the things that were sent came to nothing, in their order."""
        return list(self.traffic.reasons)

    @property
    def advice(self) -> list[str]:
        """The commands, in order, that would change that; [] where none are known.

        They are those that are printed behind `try:`, and can be given to the lab as they are.
        """
        return list(self.traffic.advice)

    def frames(self, at: str, filter: str | None = None) -> list[Frame]:
        """The frames seen at a point while the probe ran, in the order of time.

        `at` is a port or an interface as it was called then (`veth0`, `host0:veth0`,
        `bridge0:port1`, `host0:underlay`), `filter` an expression as tcpdump takes it: without one,
        the one that the command was given or has by itself (of ping `icmp`); `""` lets all pass.
        The first 100,000 frames of a probe are kept. MidoError for an unknown point or a wrong
        filter.
        """
        return self.traffic.frames(at, filter)

    def tcpdump(self, flags: str = FLAGS, at: str | None = None, filter: str | None = None) -> str:
        """The same frames as tcpdump 4.99.3 prints them, with its banner before each point's.

        Without a point these are where it came from and where it came out, as the command shows
        them by itself. MidoError for an unknown point, flag or filter.
        """
        return self.traffic.tcpdump(flags, at, filter)

    def explain(self) -> str:
        """The walk in words, and what would change how it ended, as the option `explain` has it."""
        return self.traffic.explained()

    def pieces(self) -> Iterable[str]:
        """Those of the result."""
        return self.result.pieces()

    @cached_property
    def _data(self) -> Any:
        return self.result.document()

    def __repr__(self) -> str:
        how = "answered" if self.succeeded else str(self.reason or "not answered")
        return f"<{self.traffic.line}: {how}>"


class Reply(Node):
    """An answer to one echo request.

    `seq` is the request's number, `sender` who answered, `ttl` the time to live of the answer when
    it arrived, `rtt` the round trip in milliseconds, to the microsecond (None: the data was too
    short for ping to measure it, below 16 bytes).
    """

    seq: int
    sender: str
    ttl: int
    rtt: float | None


class Ping(Probed):
    """What ping(8) of iputils 20221126 would have found."""

    @property
    def transmitted(self) -> int:
        """How many requests were sent."""
        return int(self._data["transmitted"])

    @property
    def received(self) -> int:
        """How many of them were answered by a reply."""
        return int(self._data["received"])

    @property
    def errors(self) -> int:
        """How many ICMP errors came back, and local errors there were."""
        return int(self._data["errors"])

    @property
    def duplicates(self) -> int:
        """How many replies came beyond the first of a request."""
        return int(self._data["duplicates"])

    @property
    def replies(self) -> list[Reply]:
        """The first reply to each request that has one, in the order of the requests."""
        return [
            Reply(each["seq"], each["from"], each["ttl"], each["rtt_ms"])
            for each in self._data["probes"]
            if each["outcome"] == "reply"
        ]


class Endpoint(Node):
    """One end of a connection: an address, and a port."""

    address: str
    port: int


class Connect(Probed):
    """What came of a TCP connection or a UDP exchange."""

    @property
    def outcome(self) -> str:
        """`open`, `refused`, `unreachable` or `timeout` (5 seconds)."""
        return str(self._data["outcome"])

    @property
    def client(self) -> Endpoint:
        """Where it came from, as the client knows it."""
        return Endpoint(*self._data["client"])

    @property
    def server(self) -> Endpoint:
        """Where it went to, as the client knows it."""
        return Endpoint(*self._data["server"])

    @property
    def seen_by_server(self) -> tuple[Endpoint, Endpoint] | None:
        """Client and server as the first packet had them that a machine was given (None: none)."""
        seen = self._data["seen_by_server"]
        return (Endpoint(*seen[0]), Endpoint(*seen[1])) if seen else None

    @property
    def icmp(self) -> tuple[int, int] | None:
        """Type and code of the ICMP error that ended it (None: there was none)."""
        return _icmp(self._data)


class Hop(Node):
    """An answer to one of traceroute's probes.

    `sender` is who answered, `rtt` the round trip in milliseconds, `icmp` type and code of the
    ICMP message it was (None: it was another answer of the target).
    """

    sender: str
    rtt: float
    icmp: tuple[int, int] | None


class Traceroute(Probed):
    """What traceroute 2.1 for Linux would have found."""

    @property
    def reached(self) -> bool:
        """Whether the target answered."""
        return bool(self._data["reached"])

    @property
    def hops(self) -> list[list[Hop | None]]:
        """For each TTL that was tried, from the first, the answers to its probes (None: none)."""
        return [
            [
                None if each is None else Hop(each["from"], each["rtt_ms"], _icmp(each))
                for each in hop
            ]
            for hop in self._data["hops"]
        ]


class Dhcp(Probed):
    """What ISC dhclient would have got."""

    @property
    def outcome(self) -> str:
        """`bound`, or `no-answer` within a minute."""
        return str(self._data["outcome"])

    @property
    def address(self) -> str | None:
        """The address that was leased, with the length of its prefix: `10.0.0.7/24`."""
        data = self._data
        return f"{data['address']}/{data['prefix']}" if data["address"] else None

    @property
    def gw(self) -> str | None:
        """The gateway, if the lease names one."""
        return self._text("gw")

    @property
    def server(self) -> str | None:
        """Who gave the lease."""
        return self._text("server")

    @property
    def seconds(self) -> int | None:
        """How long the lease is, in seconds."""
        return self._number("lease")

    @property
    def mtu(self) -> int | None:
        """The MTU that came with the lease, in bytes, if one did."""
        return self._number("mtu")

    def _text(self, name: str) -> str | None:
        value = self._data[name]
        return None if value is None else str(value)

    def _number(self, name: str) -> int | None:
        value = self._data[name]
        return None if value is None else int(value)


class Arping(Probed):
    """What arping of iputils would have found."""

    @property
    def outcome(self) -> str:
        """`reply`, or `no-answer`."""
        return str(self._data["outcome"])

    @property
    def mac(self) -> str | None:
        """The MAC of who has the address (None: nobody answered)."""
        mac = self._data["mac"]
        return None if mac is None else str(mac)


class Inject(Probed):
    """Where frames came out that were put into the network."""

    @property
    def delivered(self) -> list[str]:
        """The interfaces where something left the network because of them: `host0:veth1`.

        `frames(name)` are those frames.
        """
        return list(self._data["delivered"])

    @property
    def dropped(self) -> list[Reason]:
        """Why they, and copies of them, ended elsewhere."""
        return [Reason(*map(each.get, _REASON)) for each in self._data["dropped"]]


_REASON = ("code", "at", "rule", "text")
_KINDS: dict[str, type[Probed]] = {
    "ping": Ping,
    "connect": Connect,
    "traceroute": Traceroute,
    "dhcp": Dhcp,
    "arping": Arping,
    "inject": Inject,
}


def probed(result: Result, traffic: Traffic) -> Probed:
    """A probe's result with what was seen of its traffic."""
    return _KINDS.get(traffic.word, Probed)(result, traffic)


def _icmp(data: dict[str, Any]) -> tuple[int, int] | None:
    icmp = data["icmp"]
    return None if icmp is None else (icmp["type"], icmp["code"])
