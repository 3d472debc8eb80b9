"""How all homes fare to each other, as one table: drawn at once, and compared with another.

There may be a million pairs. What is worked out is what becomes of packets between each two kinds
of machines on ways of each nature; a pair is looked up by where its machines stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING, NamedTuple

from midocli.analysis.algebra import Algebra, Course, Pair, Passage, Post
from midocli.analysis.ways import both
from midocli.simulator.topology.keys import Key

if TYPE_CHECKING:
    from midocli.analysis.atoms import Refined
    from midocli.analysis.ways import Way

#: Two guests.
Ends = tuple[Key, Key]
_Seats = tuple[int, int]
_Natures = tuple[int, int]


class _Seat(NamedTuple):
    """The guests at a seat by their kinds; those kinds, and those that only one guest is of."""

    members: dict[int, list[Key]]
    kinds: frozenset[int]
    alone: frozenset[int]


class Chart:
    """The ways and passages between some guests, as they were when it was drawn."""

    _seats: dict[int, _Seat]
    _ways: dict[_Seats, Way | None]
    _natures: dict[_Seats, _Natures]
    _examples: dict[Course, Ends]

    def __init__(self, algebra: Algebra, guests: Iterable[Key], last: Chart | None = None) -> None:
        """What is as it was on the last chart is taken from there."""
        self.posts: dict[Key, Post | None] = algebra.posts.several([*guests])
        self._changes = algebra.changes
        self._lines: dict[object, dict[int, Passage | None]] = {}
        is_known = last is not None and last._changes == self._changes
        if last is not None and is_known and last.posts == self.posts:
            self._seats, self._examples = last._seats, last._examples
            self._ways, self._natures = last._ways, last._natures
        else:
            self._seats = self._all_seats(last)
            if last is not None and is_known and last._seats.keys() == self._seats.keys():
                self._ways, self._natures = last._ways, last._natures
            else:
                self._ways = algebra.ways(self._some())
                self._natures = self._plain_both_ways()
            self._examples = dict(self._all_examples())
        #: Between all kinds at all seats.
        self.passages = self._all_passages(algebra)

    def _all_seats(self, last: Chart | None) -> dict[int, _Seat]:
        """Where guests are; seats at which there are the same as on the last chart are the same."""
        before = last.posts if last is not None else {}
        others = [
            post
            for key in {**before, **self.posts}
            for post in (before.get(key), self.posts.get(key))
            if before.get(key) is not self.posts.get(key)
        ]
        touched = {post.seat for post in others if post is not None}
        known = last._seats.items() if last is not None else ()
        seats = {number: seat for number, seat in known if number not in touched}
        found: dict[int, dict[int, list[Key]]] = {}
        for key, post in self.posts.items():
            if post is not None and post.seat in touched:
                found.setdefault(post.seat, {}).setdefault(post.kind, []).append(key)
        alike = {seat.kinds: seat.kinds for seat in seats.values()}
        for number, members in found.items():
            kinds = frozenset(members)
            alone = frozenset(kind for kind, guests in members.items() if len(guests) == 1)
            seats[number] = _Seat(members, alike.setdefault(kinds, kinds), alone)
        return seats

    def _some(self) -> Iterator[Post]:
        """A post at each seat."""
        for seat in self._seats.values():
            post = self.posts[next(iter(seat.members.values()))[0]]
            assert post is not None
            yield post

    def _plain_both_ways(self) -> dict[_Seats, _Natures]:
        """The natures of the ways there and back, where both are plain."""
        every = ((seats, both(way, self._ways[seats[::-1]])) for seats, way in self._ways.items())
        return {seats: (ways[0].nature, ways[1].nature) for seats, ways in every if ways}

    def _all_examples(self) -> Iterator[tuple[Course, Ends]]:
        """Two guests for each course that there is between some."""
        seats = self._seats
        combinations = {
            (natures, seats[one].kinds, seats[other].kinds, one == other and seats[one].alone): (
                one,
                other,
            )
            for (one, other), natures in self._natures.items()
        }
        for (natures, *_), (one_seat, other_seat) in combinations.items():
            for (one, ours), (other, theirs) in product(
                seats[one_seat].members.items(), seats[other_seat].members.items()
            ):
                if ours[0] != theirs[-1]:
                    yield (*natures, one, other), (ours[0], theirs[-1])

    def _all_passages(self, algebra: Algebra) -> dict[Course, Passage | None]:
        for course, ends in self._examples.items():
            if course not in algebra.passages:
                pair = self.pair(*ends)
                assert pair is not None
                algebra.passage(pair)
        return algebra.passages.several([*self._examples])

    def pair(self, source: Key, target: Key) -> Pair | None:
        """Two guests with the ways between them; None: these are not plain."""
        one, other = self.posts[source], self.posts[target]
        if one is None or other is None or one is other:
            return None
        ways = both(self._ways[one.seat, other.seat], self._ways[other.seat, one.seat])
        return Pair(one, other, *ways) if ways is not None else None

    def passage(self, pair: Pair) -> Passage | None:
        """What becomes of all atoms; None: not everything on the way is plain."""
        return self.passages[pair.course]

    def row(self, source: Key, targets: Sequence[Key]) -> list[Passage | None]:
        """The passages from a guest to others (to itself: any); None: it is not all plain."""
        one = self.posts.get(source)
        if one is None:
            return [None] * len(targets)
        lines = {seat: self._line(one, seat) for seat in self._seats}
        posts = map(self.posts.get, targets)
        return [lines[post.seat].get(post.kind) if post is not None else None for post in posts]

    def _line(self, one: Post, seat: int) -> dict[int, Passage | None]:
        """The passages from a post to the kinds at a seat."""
        natures = self._natures.get((one.seat, seat))
        if natures is None:
            return {}
        kinds = self._seats[seat].kinds
        key = natures, one.kind, kinds
        line = self._lines.get(key)
        if line is None:
            known = self.passages.get
            line = {kind: known((*natures, one.kind, kind)) for kind in kinds}
            self._lines[key] = line
        return line

    def refine(self, refined: Refined) -> None:
        """Put it in terms of finer atoms."""
        passages = self.passages.items()
        self.passages = {course: each and each.refined(refined) for course, each in passages}
        self._lines.clear()

    def unsettled(self, wanted: int) -> Iterator[Ends]:
        """The pairs of guests of which not all that is wanted is known."""
        homeless = [key for key, post in self.posts.items() if post is None]
        housed = [key for key, post in self.posts.items() if post is not None]
        groups = [(homeless, housed), (housed, homeless), (homeless, homeless)]
        pairs = chain.from_iterable(product(*group) for group in groups)
        intricate = (seats for seats in self._ways if seats not in self._natures)
        unknown = (
            course
            for course, passage in self.passages.items()
            if passage is None or passage.answered(wanted) is None
        )
        every = chain(pairs, *map(self._between, intricate), self._on(unknown))
        return (ends for ends in every if ends[0] != ends[1])

    def differing(self, before: Chart) -> Iterator[Ends]:
        """The pairs that may fare otherwise than on another chart, some of them several times."""
        guests = {**before.posts, **self.posts}
        for one in guests:
            if before.posts.get(one) is not self.posts.get(one):
                for other in guests:
                    yield one, other
                    yield other, one
        for seats, way in self._ways.items():
            if before._ways.get(seats) is not way:
                for one, other in self._between(seats):
                    yield one, other
                    yield other, one
        then = before.passages
        others = (
            course
            for course, passage in self.passages.items()
            if course in then and then[course] is not passage and then[course] != passage
        )
        yield from self._on(others)

    def _between(self, seats: _Seats) -> Iterator[Ends]:
        ours, theirs = (chain.from_iterable(self._seats[seat].members.values()) for seat in seats)
        return product(ours, theirs)

    def _on(self, courses: Iterable[Course]) -> Iterator[Ends]:
        """The pairs of guests between which packets are on some courses."""
        kinds: dict[_Natures, list[tuple[int, int]]] = {}
        for course in courses:
            kinds.setdefault(course[:2], []).append(course[2:])
        for seats, natures in self._natures.items() if kinds else ():
            ours, theirs = (self._seats[seat].members for seat in seats)
            for one, other in kinds.get(natures, ()):
                yield from product(ours.get(one, ()), theirs.get(other, ()))
