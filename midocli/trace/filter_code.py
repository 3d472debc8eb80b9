"""Pieces of Python that filters are compiled into: expressions over a frame's bytes, `f`.

They read as BPF programs do: a number that is not all there raises IndexError, a
division by zero ZeroDivisionError, and either rejects the frame. Offsets are numbers, or
expressions for what is known only when a frame is there; none is ever negative.
"""

from __future__ import annotations

from grammar.filter.tree import Direction

TRUE, FALSE = "True", "False"


def number(at: int | str, size: int) -> str:
    """The big-endian number of 1, 2 or 4 bytes at an offset."""
    if size == 1:
        return f"f[{at}]"
    if isinstance(at, str):
        return f"number{size}(f, {at})"
    # The last byte first: what is cut off shows at once.
    parts = [f"f[{at + size - 1}]"]
    parts += [f"f[{at + size - 1 - place}] << {8 * place}" for place in range(1, size)]
    return f"({' | '.join(parts)})"


def number2(f: bytes, at: int) -> int:
    """Two bytes at an offset known only now."""
    return f[at + 1] | f[at] << 8


def number4(f: bytes, at: int) -> int:
    """Four bytes at an offset known only now."""
    return f[at + 3] | f[at + 2] << 8 | f[at + 1] << 16 | f[at] << 24


def equal(at: int, value: int, size: int) -> str:
    """Whether the number of `size` bytes at a fixed offset is a certain one."""
    if value >> 8 * size:
        # A number too large for its place is looked for all the same.
        return f"{number(at, size)} == {value}"
    if size == 1:
        return f"f[{at}] == {value}"
    octets = value.to_bytes(size, "big")
    last = f"f[{at + size - 1}] == {octets[-1]}"
    if size == 2:
        return f"({last} and f[{at}] == {octets[0]})"
    return f"({last} and f[{at}:{at + size}] == {octets!r})"


def masked(at: int, value: int, mask: int, size: int) -> str:
    """Whether the number at a fixed offset is a certain one under a mask."""
    if mask == (1 << 8 * size) - 1:
        return equal(at, value, size)
    if mask == 0:
        return TRUE
    whole, rest = divmod(mask.bit_count(), 8)
    if rest == 0 and mask >> 8 * (size - whole) == (1 << 8 * whole) - 1 and size > 1:
        octets = value.to_bytes(size, "big")[:whole]
        return f"(f[{at + size - 1}] > -1 and f[{at}:{at + whole}] == {octets!r})"
    return f"{number(at, size)} & {mask} == {value}"


def octets_equal(at: int, octets: bytes) -> str:
    """Whether bytes are certain ones; as libpcap does, four at a time from the end."""
    if len(octets) <= 4:
        return equal(at, int.from_bytes(octets, "big"), len(octets))
    end = at + len(octets)
    last = equal(end - 4, int.from_bytes(octets[-4:], "big"), 4)
    return both(last, octets_equal(at, octets[:-4]))


def both(*tests: str) -> str:
    """Tests that must all hold, the first one first."""
    return _joined("and", FALSE, TRUE, tests)


def either(*tests: str) -> str:
    """Tests of which one must hold, the first one first."""
    return _joined("or", TRUE, FALSE, tests)


def _joined(word: str, decisive: str, neutral: str, tests: tuple[str, ...]) -> str:
    kept = [test for test in tests if test != neutral]
    if decisive in kept:
        kept = kept[: kept.index(decisive) + 1]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({f' {word} '.join(kept)})"


def negated(test: str) -> str:
    """A test that must not hold."""
    return {TRUE: FALSE, FALSE: TRUE}.get(test, f"(not {test})")


def directed(direction: Direction, source: str, destination: str) -> str:
    """A test of the source, of the destination, of either or of both."""
    if direction == "src":
        return source
    if direction == "dst":
        return destination
    join = both if direction == "both" else either
    return join(source, destination)


def chained(f: bytes, start: int, kind: int, at: int, ipv6: bool, wanted: int) -> bool:
    """Whether a chain of headers leads to a protocol.

    `start` is where the IP header is, `at` the offset behind it of the header of `kind`.
    """
    while kind not in (wanted, 59):
        header = start + at
        if ipv6 and kind in (0, 43, 44, 60):
            kind, at = f[header], at + (f[header + 1] + 1) * 8
        elif kind == 51:
            # libpcap takes the length of an authentication header for all there is.
            kind, at = f[header], (f[header + 1] + 2) * 4
        else:
            break
    return kind == wanted
