"""How all homes fare to each other, as one table: drawn at once, and compared with another.

There may be a million pairs. What is worked out is what becomes of packets between each two kinds
of machines on ways of each nature; a pair is looked up by where its machines stand.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING

from midocli.analysis.algebra import Algebra, Course, Pair, Passage, Post
from midocli.simulator.topology.keys import Key

if TYPE_CHECKING:
    from midocli.analysis.atoms import Refined
    from midocli.analysis.ways import Way

#: Two guests.
Ends = tuple[Key, Key]
_Seats = tuple[int, int]
_Natures = tuple[int, int]


class Chart:
    """The ways and passages between some guests, as they were when it was drawn."""

    _members: dict[int, dict[int, list[Key]]]
    _kinds: dict[int, frozenset[int]]
    _ways: dict[_Seats, Way | None]
    _natures: dict[_Seats, _Natures]
    _examples: dict[Course, Ends]

    def __init__(self, algebra: Algebra, guests: Iterable[Key], last: Chart | None = None) -> None:
        """What is as it was on the last chart is taken from there."""
        self.posts: dict[Key, Post | None] = {key: algebra.posts[key] for key in guests}
        self._changes = algebra.changes
        self._lines: dict[object, dict[int, Passage | None]] = {}
        if last is not None and (last._changes, last.posts) == (self._changes, self.posts):
            self._members, self._kinds, self._examples = last._members, last._kinds, last._examples
            self._ways, self._natures = last._ways, last._natures
        else:
            self._members = self._by_seats()
            self._kinds = {seat: frozenset(kinds) for seat, kinds in self._members.items()}
            self._ways, self._natures = self._all_ways(algebra, last)
            self._examples = dict(self._all_examples())
        #: Between all kinds at all seats.
        self.passages = {
            course: self._passage(algebra, course, ends) for course, ends in self._examples.items()
        }

    def _by_seats(self) -> dict[int, dict[int, list[Key]]]:
        """The guests at each seat, by their kinds."""
        found: dict[int, dict[int, list[Key]]] = {}
        for key, post in self.posts.items():
            if post is not None:
                found.setdefault(post.seat, {}).setdefault(post.kind, []).append(key)
        return found

    def _all_ways(
        self, algebra: Algebra, last: Chart | None
    ) -> tuple[dict[_Seats, Way | None], dict[_Seats, _Natures]]:
        """The ways between all seats, and their natures where those there and back are plain."""
        is_same = last is not None and last._changes == self._changes
        if last is not None and is_same and last._members.keys() == self._members.keys():
            return last._ways, last._natures
        some = {
            seat: self.posts[next(iter(kinds.values()))[0]] for seat, kinds in self._members.items()
        }
        ways = {
            (seat, another): algebra.way(one, other)
            for seat, one in some.items()
            for another, other in some.items()
            if one is not None and other is not None
        }
        natures = {
            seats: (there.nature, back.nature)
            for seats, there in ways.items()
            if there is not None and (back := ways[seats[::-1]]) is not None
        }
        return ways, natures

    def _all_examples(self) -> Iterator[tuple[Course, Ends]]:
        """Two guests for each course that there is between some."""
        drawn: set[Hashable] = set()
        for seats, natures in self._natures.items():
            ours, theirs = (self._members[seat] for seat in seats)
            alone = tuple(kind for kind in ours if len(ours[kind]) == 1) if ours is theirs else ()
            combination = natures, self._kinds[seats[0]], self._kinds[seats[1]], alone
            if combination in drawn:
                continue
            drawn.add(combination)
            for one in ours:
                kinds = natures, one, self._kinds[seats[1]], alone
                if kinds in drawn:
                    continue
                drawn.add(kinds)
                for other in theirs:
                    ends = ours[one][0], theirs[other][-1]
                    if ends[0] != ends[1]:
                        yield (*natures, one, other), ends

    def _passage(self, algebra: Algebra, course: Course, ends: Ends) -> Passage | None:
        if course in algebra.passages:
            return algebra.passages[course]
        pair = self.pair(*ends)
        return algebra.passage(pair) if pair is not None else None

    def pair(self, source: Key, target: Key) -> Pair | None:
        """Two guests with the ways between them; None: these are not plain."""
        one, other = self.posts[source], self.posts[target]
        if one is None or other is None or one is other:
            return None
        there, back = self._ways[one.seat, other.seat], self._ways[other.seat, one.seat]
        return Pair(one, other, there, back) if there is not None and back is not None else None

    def passage(self, pair: Pair) -> Passage | None:
        """What becomes of all atoms; None: not everything on the way is plain."""
        return self.passages[pair.course]

    def row(self, source: Key, targets: Sequence[Key]) -> list[Passage | None]:
        """The passages from a guest to others (to itself: any); None: it is not all plain."""
        one = self.posts.get(source)
        if one is None:
            return [None] * len(targets)
        lines = {seat: self._line(one, seat) for seat in self._members}
        posts = map(self.posts.get, targets)
        return [lines[post.seat].get(post.kind) if post is not None else None for post in posts]

    def _line(self, one: Post, seat: int) -> dict[int, Passage | None]:
        """The passages from a post to the kinds at a seat."""
        natures = self._natures.get((one.seat, seat))
        if natures is None:
            return {}
        kinds = self._kinds[seat]
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
        for one_seat, other_seat in self._ways:
            natures = self._natures.get((one_seat, other_seat))
            ours, theirs = self._members[one_seat], self._members[other_seat]
            for one, other in product(ours, theirs):
                known = natures and self.passages.get((*natures, one, other))
                if not known or known.answered(wanted) is None:
                    groups.append((ours[one], theirs[other]))
        return (ends for group in groups for ends in product(*group) if ends[0] != ends[1])

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
        others = self._other_passages(before)
        for seats, natures in self._natures.items():
            ours, theirs = (self._members[seat] for seat in seats)
            for kind, other in others.get(natures, ()):
                yield from product(ours.get(kind, ()), theirs.get(other, ()))

    def _between(self, seats: _Seats) -> Iterator[Ends]:
        ours, theirs = (chain.from_iterable(self._members[seat].values()) for seat in seats)
        return product(ours, theirs)

    def _other_passages(self, before: Chart) -> dict[_Natures, list[tuple[int, int]]]:
        """The kinds that fare otherwise than before, by the natures of the ways between them."""
        found: dict[_Natures, list[tuple[int, int]]] = {}
        for course, passage in self.passages.items():
            if course in before.passages and before.passages[course] != passage:
                found.setdefault(course[:2], []).append(course[2:])
        return found
