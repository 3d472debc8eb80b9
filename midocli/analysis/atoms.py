"""Atoms: the packets that no rule tells apart, and sets of them as integers.

Between given addresses a packet is known by its protocol, source port and destination port. That
space is cut wherever anything in the network begins or ends to look at a port; what is left whole
is an atom. A set of packets is one integer, with a bit for each atom, so that rules are `&`, `|`
and `~`. Packets are unfragmented, with TOS 0 and TTL 64; ICMP means echo requests.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from midocli.simulator.wire.protocol import ICMP, TCP, UDP

FIRST_PORT, LAST_PORT = 1, 0xFFFF
#: A range of ports, both ends included.
Span = tuple[int, int]
#: Gives a set of the same packets, in other atoms.
Refined = Callable[[int], int]
_WITH_PORTS = (TCP, UDP)
_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp"}
#: What stands for the protocols that nothing names: RFC 3692's for experiments, or the next free.
_EXPERIMENTAL = 253
#: The ports from which Linux lets programs send (`ip_local_port_range`), and one of them.
LOCAL_PORTS = 32768, 60999
_LOCAL_PORT = 40000
#: So many sets are kept in words.
_MOST_PARTS = 1000


class Packet(NamedTuple):
    """One packet of an atom; the ports are 0 where the protocol has none."""

    proto: int
    src_port: int
    dst_port: int


class Part(NamedTuple):
    """Some of a set: a protocol (None: all that nothing names), and its ports (None: it has none).

    All source ports go with all destination ports.
    """

    proto: int | None
    dst_ports: tuple[Span, ...] | None
    src_ports: tuple[Span, ...] | None


class Atoms:
    """All atoms. `src_cuts` and `dst_cuts` are ports at which a new class of ports begins.

    `cuts` are all at which anything does, where those of packets that are not asked about are left
    out of them.
    """

    def __init__(
        self,
        src_cuts: Iterable[int],
        dst_cuts: Iterable[int],
        protocols: Iterable[int],
        cuts: Iterable[int] = (),
    ) -> None:
        src_cuts, dst_cuts = set(src_cuts), set(dst_cuts)
        self._cuts = {*src_cuts, *dst_cuts, *cuts}
        self._src = _starts(src_cuts)
        self._dst = _starts(dst_cuts)
        named = sorted(set(protocols).difference(_NAMES))
        self._plain: tuple[int | None, ...] = (ICMP, *named, None)
        self._width = len(self._dst)
        self._size = self._width * len(self._src)
        self._ones = _ones(self._size)
        #: The first column of every row.
        self._rows = self._ones // _ones(self._width)
        self._parts: dict[int, tuple[Part, ...]] = {}
        self.all = (1 << (2 * self._size + len(self._plain))) - 1
        numbers = range(_EXPERIMENTAL, 0, -1)
        self._unnamed = next(n for n in numbers if n not in named and n not in _NAMES)

    def protocol(self, proto: int | None) -> int:
        """All packets of a protocol (None: of all that nothing names)."""
        if proto in _WITH_PORTS:
            return self._ones << self._base(proto)
        known = proto if proto in self._plain else None
        return 1 << 2 * self._size + self._plain.index(known)

    def from_ports(self, first: int, last: int) -> int:
        """All TCP and UDP packets with one of these source ports, which begin and end classes."""
        begin, count = _classes(self._src, first, last)
        return self._of_both(_ones(count * self._width) << begin * self._width)

    def to_ports(self, first: int, last: int) -> int:
        """All TCP and UDP packets with one of these destination ports."""
        begin, count = _classes(self._dst, first, last)
        return self._of_both((_ones(count) << begin) * self._rows)

    @property
    def usual(self) -> int:
        """All packets from one of the ports that programs send from, and those without ports."""
        row = bisect_right(self._src, _LOCAL_PORT) - 1
        with_ports = self._of_both(_ones(self._width) << row * self._width)
        return with_ports | self.all & ~_ones(2 * self._size)

    def packet(self, atom: int) -> Packet:
        """A packet of the atom of a bit; its ports differ where the atom lets them."""
        if atom >= 2 * self._size:
            number = self._plain[atom - 2 * self._size]
            return Packet(self._unnamed if number is None else number, 0, 0)
        carrier = _WITH_PORTS[atom // self._size]
        row, column = divmod(atom % self._size, self._width)
        (dst, _), (first, last) = _span(self._dst, column), _span(self._src, row)
        src = _LOCAL_PORT if first <= _LOCAL_PORT <= last else first
        return Packet(carrier, src + (src == dst and src < last), dst)

    def of(self, packet: Packet) -> int:
        """The atom of a packet, as a set of one."""
        if packet.proto not in _WITH_PORTS:
            return self.protocol(packet.proto)
        row = bisect_right(self._src, packet.src_port) - 1
        column = bisect_right(self._dst, packet.dst_port) - 1
        return 1 << self._base(packet.proto) + row * self._width + column

    def classes(self, first: int, last: int) -> list[Span]:
        """A range of ports in the pieces that rules tell apart, whichever port they look at."""
        inner = (at for at in self._cuts if first < at <= last)
        starts = sorted({first, *inner})
        return list(zip(starts, [*(at - 1 for at in starts[1:]), last], strict=True))

    def parts(self, some: int) -> tuple[Part, ...]:
        """A set in as few words as there are: TCP, UDP, ICMP, other protocols."""
        found = self._parts.get(some)
        if found is None:
            if len(self._parts) >= _MOST_PARTS:
                self._parts.clear()
            found = self._parts[some] = tuple(self._found_parts(some))
        return found

    def refined(self, finer: Atoms) -> Refined:
        """What makes of a set one of the same packets in finer atoms, which cut where these do."""
        bounds = [bisect_left(finer._dst, start) for start in self._dst] + [finer._width]
        rows = [bisect_left(finer._src, start) for start in self._src] + [len(finer._src)]
        plain = [
            (self.protocol(None if each not in self._plain else each), finer.protocol(each))
            for each in finer._plain
        ]

        @cache
        def row(line: int) -> int:
            if finer._width == self._width:
                return line
            columns = (at for at in range(self._width) if line >> at & 1)
            return sum(_ones(bounds[at + 1] - bounds[at]) << bounds[at] for at in columns)

        @cache
        def refine(some: int) -> int:
            found = sum(new for old, new in plain if some & old)
            for proto in _WITH_PORTS:
                own = some >> self._base(proto) & self._ones
                first = own & _ones(self._width)
                if own == first * self._rows:
                    # The source port matters to none, as it seldom does.
                    found |= row(first) * finer._rows << finer._base(proto)
                    continue
                for at in range(len(self._src)):
                    line = row(own >> at * self._width & _ones(self._width))
                    for new in range(rows[at], rows[at + 1]):
                        found |= line << finer._base(proto) + new * finer._width
            return found

        return refine

    def _found_parts(self, some: int) -> Iterator[Part]:
        for proto in _WITH_PORTS:
            yield from self._parts_with_ports(proto, some)
        for number in self._plain:
            if some & self.protocol(number):
                yield Part(number, None, None)

    def _parts_with_ports(self, proto: int, some: int) -> Iterator[Part]:
        own = some >> self._base(proto) & self._ones
        if not own:
            return
        first = own & _ones(self._width)
        rows = range(len(self._src))
        if own == first * self._rows:
            # The source port matters to none, as it seldom does.
            rows = range(1)
        alike: dict[int, list[int]] = {}
        for row in rows:
            alike.setdefault(own >> row * self._width & _ones(self._width), []).append(row)
        columns: dict[tuple[int, ...], list[int]] = {}
        for column in range(self._width):
            lines = tuple(line for line in alike if line >> column & 1)
            if lines:
                columns.setdefault(lines, []).append(column)
        for lines, found in columns.items():
            sources = sorted(row for line in lines for row in alike[line])
            if len(rows) == 1:
                sources = list(range(len(self._src)))
            yield Part(proto, _joined(self._dst, found), _joined(self._src, sources))

    def _base(self, proto: int | None) -> int:
        return 0 if proto == TCP else self._size

    def _of_both(self, some: int) -> int:
        return some | some << self._size


def in_words(parts: Iterable[Part]) -> str:
    """Parts as one would say them: `tcp 80,443; udp 53 from 1024-65535; icmp echo`."""
    return "; ".join(map(_words, parts))


def _words(part: Part) -> str:
    if part.dst_ports is None:
        if part.proto == ICMP:
            return "icmp echo"
        return "other protocols" if part.proto is None else f"protocol {part.proto}"
    assert part.proto is not None
    words = _NAMES[part.proto]
    everything = ((FIRST_PORT, LAST_PORT),)
    if part.dst_ports != everything:
        words += f" {_ports(part.dst_ports)}"
    if part.src_ports is not None and part.src_ports != everything:
        words += f" from {_ports(part.src_ports)}"
    return words


def part_data(part: Part) -> dict[str, object]:
    """A part for JSON: protocol, and its ports as pairs of first and last."""
    name = "other" if part.proto is None else _NAMES.get(part.proto, str(part.proto))
    data: dict[str, object] = {"protocol": name}
    if part.dst_ports is not None and part.src_ports is not None:
        data["ports"] = [list(span) for span in part.dst_ports]
        data["source_ports"] = [list(span) for span in part.src_ports]
    return data


def _ports(spans: Iterable[Span]) -> str:
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)


def _starts(cuts: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({FIRST_PORT, *(cut for cut in cuts if FIRST_PORT < cut <= LAST_PORT)}))


def _span(starts: tuple[int, ...], at: int) -> Span:
    return starts[at], starts[at + 1] - 1 if at + 1 < len(starts) else LAST_PORT


def _classes(starts: tuple[int, ...], first: int, last: int) -> Span:
    """The first of the classes that lie within a range, and how many they are."""
    begin = bisect_left(starts, first)
    end = len(starts) if last >= LAST_PORT else bisect_right(starts, last + 1) - 1
    return begin, max(end - begin, 0)


def _ones(count: int) -> int:
    return (1 << count) - 1


def _joined(starts: tuple[int, ...], classes: Iterable[int]) -> tuple[Span, ...]:
    """Classes as ranges, those that touch as one."""
    spans: list[Span] = []
    for first, last in (_span(starts, at) for at in classes):
        if spans and spans[-1][1] + 1 == first:
            first = spans.pop()[0]
        spans.append((first, last))
    return tuple(spans)
