"""All atoms at once, where the way is plain: no packet is simulated.

Plain is a way from a home over its bridge, or over routers between two bridges, on which
nothing changes packets, copies them or chooses (`plain`, `ways`): then the way does not depend on
ports, and what becomes of packets is what the chains on it do, one after the other (`chain_sets`),
there and back. Machines whose ports, MACs and addresses no rule tells apart (`kinds`) fare alike on
ways of the same nature, so that is worked out once for all of them. Whatever is not plain, or not
quite, is left to the simulator.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from midocli.advice.failure import Failure
from midocli.analysis.chain_sets import ChainSets, Place
from midocli.analysis.derived import Derived
from midocli.analysis.kinds import Kinds
from midocli.analysis.plain import Home, Plain
from midocli.analysis.stages import SENDER, TAKER, End, Stage, Stages
from midocli.analysis.ways import LOST, Asking, Way, Ways, both
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port, Rule
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_reply, arp_request
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ICMP, TCP, UDP
from midocli.simulator.wire.segment import ACK, SYN, Segment, tcp_packet

if TYPE_CHECKING:
    from midocli.analysis.atoms import Atoms, Packet, Refined
    from midocli.analysis.derived import Making
    from midocli.simulator.topology.topology import Topology


class Taken(NamedTuple):
    """Atoms that a rule takes, and why that is."""

    atoms: int
    failure: Failure


class Settled(NamedTuple):
    """What is settled without a simulation: atoms that are reached, and those that are not."""

    reached: int
    taken: tuple[Taken, ...]

    @property
    def atoms(self) -> int:
        """All of them."""
        return self.reached | sum(each.atoms for each in self.taken)


class _Spot(NamedTuple):
    """A stage by its numbers: on the way there or (`answers`) back, of a leg."""

    answers: bool
    leg: int
    stage: int


class Passage(NamedTuple):
    """What becomes of all atoms between machines of two kinds: reached, or taken by a rule.

    `settled` are all these. Of others that are `lost` it is known that they are not reached; all
    else is left to the simulator.
    """

    reached: int
    settled: int
    taken: tuple[tuple[int, Rule, _Spot], ...]
    lost: int = 0

    @staticmethod
    def of(reached: int, taken: Iterable[tuple[int, Rule, _Spot]], lost: int = 0) -> Passage:
        """The passage that is made of these."""
        taken = tuple(taken)
        return Passage(reached, reached | sum(atoms for atoms, *_ in taken), taken, lost)

    def answered(self, wanted: int) -> int | None:
        """What of the packets wanted is reached; None: that is not known of all."""
        return self.reached & wanted if (self.settled | self.lost) & wanted == wanted else None

    def is_settled(self, wanted: int) -> bool:
        """Whether it is known of the packets wanted why those are not reached that are not."""
        return self.settled & wanted == wanted

    def refined(self, refined: Refined) -> Passage:
        """The same in finer atoms."""
        taken = tuple((refined(atoms), rule, spot) for atoms, rule, spot in self.taken)
        return Passage(refined(self.reached), refined(self.settled), taken, refined(self.lost))


class Post(NamedTuple):
    """A home, its end of ways, and the numbers of what decides how it fares: of seat and kind."""

    home: Home
    end: End
    seat: int
    kind: int


#: What two posts' passage is known by: natures of the ways there and back, and kinds.
Course = tuple[int, int, int, int]


class Pair(NamedTuple):
    """Two homes, and the ways between them."""

    one: Post
    other: Post
    there: Way
    back: Way

    @property
    def course(self) -> Course:
        """What decides how packets fare between them."""
        return self.there.nature, self.back.nature, self.one.kind, self.other.kind

    def journey(self, answers: bool) -> _Journey:
        """The way there of what the one sends, or of the answers of the other."""
        if answers:
            return _Journey(self.back, self.other, self.one)
        return _Journey(self.there, self.one, self.other)


class _Journey:
    """A way, with the two machines in the places of those that stand for them."""

    def __init__(self, way: Way, sender: Post, taker: Post) -> None:
        self.way = way
        self.kinds = sender.kind, taker.kind
        self.sender, self.taker = sender.end, taker.end

    def end(self, end: End) -> End:
        """Who sends or takes frames."""
        return self.sender if end is SENDER else self.taker if end is TAKER else end

    def filters(self, stages: Stages) -> Iterator[tuple[int, Stage]]:
        """The filters there are on a way, with their numbers."""
        for number, stage in enumerate(stages):
            chain, at, name, in_port, out_port = stage
            if chain is None:
                port = self._port(in_port if name == "infilter" else out_port)
                chain, at = port.infilter if name == "infilter" else port.outfilter, port.alias
                if chain is None:
                    continue
            yield number, Stage(chain, at, name, self._port(in_port), self._port(out_port))

    def _port(self, port: Port) -> Port:
        if port is SENDER.port:
            return self.sender.port
        return self.taker.port if port is TAKER.port else port


class Algebra:
    """The plain ways of a topology.

    `keys` gives the keys of all rows of a kind, `holders` the guests that have an address.
    """

    def __init__(
        self,
        topology: Topology,
        making: Making,
        atoms: Atoms,
        asking: int,
        keys: Callable[[str], Iterable[Key]],
        holders: Derived[tuple[Key, ...]],
    ) -> None:
        self._atoms, self._asking = atoms, asking
        self._chains = ChainSets(topology, making, atoms)
        plain = Plain(topology, making, self._chains, holders)
        self._homes = plain.homes
        self._kinds = Kinds(topology, making, self._chains.groups, lambda: keys("chain"))
        self._ways = Ways(topology, making, plain, self._kinds, keys)
        self._numbers: dict[Hashable, int] = {}
        #: The post of a guest, by its key; None: it is not plugged in plainly.
        self.posts = Derived(making, self._post)
        #: What becomes of all atoms on each course; None: ARP does not get through.
        self.passages = Derived(making, self._passage)
        self._pair: Pair | None = None
        #: Whether a question of ARP is answered, by its number and the kinds of whom it concerns.
        self._answers = Derived(making, self._is_answered)
        self._asked: tuple[_Journey, Asking] | None = None
        self.renew()

    def renew(self) -> None:
        """Look what rules and routes ask for now."""
        self._kinds.renew()
        self._ways.renew()

    def refine(self, atoms: Atoms, asking: int) -> None:
        """Packets are known by these finer atoms from now on; `asking` may be requests of DHCP."""
        refined = self._atoms.refined(atoms)
        self._chains.refine(atoms, refined)
        for course, passage in self.passages.items():
            self.passages[course] = passage and passage.refined(refined)
        self._atoms, self._asking = atoms, asking

    def pair(self, source: Key, target: Key) -> Pair | None:
        """Two guests with the ways between them; None: these are not plain."""
        one, other = self.posts[source], self.posts[target]
        if one is None or other is None or one is other:
            return None
        ways = both(self.way(one, other), self.way(other, one))
        return Pair(one, other, *ways) if ways is not None else None

    @property
    def changes(self) -> int:
        """Another number whenever ways may be others."""
        return self._ways.changes

    def way(self, one: Post, other: Post) -> Way | None:
        """The way from one to another; None: it is not plain."""
        ends = one.home.address, other.home.address
        return self._ways.between(one.seat, other.seat, ends)

    def ways(self, posts: Iterable[Post]) -> dict[tuple[int, int], Way | None]:
        """Those between all of some posts, one at each seat."""
        return self._ways.among({post.seat: post.home.address for post in posts})

    def passage(self, pair: Pair) -> Passage | None:
        """What becomes of all atoms between two homes."""
        self._pair = pair
        return self.passages[pair.course]

    def settled(self, pair: Pair, passage: Passage | None, wanted: int) -> Settled | None:
        """What becomes of the atoms wanted between two homes that have a passage."""
        if passage is None:
            return None
        taken = (
            Taken(atoms & wanted, self._failure(pair, rule, spot, atoms & wanted, wanted))
            for atoms, rule, spot in passage.taken
            if atoms & wanted
        )
        return Settled(passage.reached & wanted, tuple(taken))

    def _failure(self, pair: Pair, rule: Rule, spot: _Spot, atoms: int, wanted: int) -> Failure:
        journey = pair.journey(spot.answers)
        leg = journey.way.legs[spot.leg]
        stage = dict(journey.filters(leg.stages))[spot.stage]
        frame = None
        # Nobody looks into what becomes of everything packet by packet.
        if wanted != self._atoms.all:
            packet = self._atoms.packet((atoms & -atoms).bit_length() - 1)
            sender, taker = journey.sender.address, journey.taker.address
            frame = _sent(packet, sender, taker, spot.answers)
            frame.hw_src, frame.hw_dst = (journey.end(each).mac for each in leg[:2])
        who = pair.one.home.plan.guest.alias
        return Failure(_reason(rule, stage), frame, who, pair.other.home.address)

    def _post(self, key: Key) -> Post | None:
        home, kinds = self._homes[key], self._kinds
        if home is None:
            return None
        port = home.port
        own = kinds.ports[port.key], kinds.macs[home.nic.mac], kinds.addresses[home.address]
        kind = self._numbers.setdefault((port.infilter, port.outfilter, *own), len(self._numbers))
        end = End(port, home.nic.mac, home.address)
        return Post(home, end, self._ways.seats[key], kind)

    def _passage(self, course: Course) -> Passage | None:
        pair = self._pair
        assert pair is not None
        journeys = pair.journey(False), pair.journey(True)
        for journey in journeys:
            for asking in journey.way.askings:
                if not self._is_heard(journey, asking):
                    return None
        # A bridge with subnets answers requests of DHCP itself.
        left = self._atoms.all & ~(self._asking if pair.there.serves else 0)
        walk = _Walk(self._chains, Place(self._chains.groups), left)
        for answers, journey in enumerate(journeys):
            if journey.way is LOST:
                return Passage.of(0, walk.taken, walk.left)
            walk.go(journey, answers=bool(answers))
        return Passage.of(walk.left, walk.taken)

    # -- ARP ---------------------------------------------------------------------------------

    def _is_heard(self, journey: _Journey, asking: Asking) -> bool:
        sender, taker = journey.kinds
        self._asked = journey, asking
        return self._answers[
            asking.number,
            sender if SENDER is asking.asker or SENDER is asking.owner else None,
            taker if TAKER is asking.asker or TAKER is asking.owner else None,
        ]

    def _is_answered(self, asked: tuple[int, int | None, int | None]) -> bool:
        assert self._asked is not None
        journey, asking = self._asked
        asker, owner = journey.end(asking.asker), journey.end(asking.owner)
        request = arp_request(asker.mac, asker.address, owner.address)
        reply = arp_reply(request, owner.mac)
        there, back = journey.filters(asking.there), journey.filters(asking.back)
        return self._passes(asker, there, request) and self._passes(owner, back, reply)

    def _passes(self, sender: End, stages: Iterable[tuple[int, Stage]], frame: Frame) -> bool:
        """Whether a frame of ARP gets through plain chains; devices make theirs themselves."""
        place = Place(self._chains.groups)
        place.generated = sender.port.is_router
        place.entry = NO_PORT if place.generated else sender.port
        for _, stage in stages:
            place.in_port, place.out_port = stage.in_port, stage.out_port
            if not self._chains.plain[stage.chain]:
                return False
            if not self._chains.lets_pass(stage.chain, place, frame):
                return False
        return True


class _Walk:
    """All atoms on their way: `left` are those that are still on it."""

    def __init__(self, chains: ChainSets, place: Place, left: int) -> None:
        self._chains, self._place = chains, place
        self.left = left
        self._asked = 0
        self.taken: list[tuple[int, Rule, _Spot]] = []

    def go(self, journey: _Journey, *, answers: bool) -> None:
        """Take them through the chains of one way; those that a rule does more with are let go."""
        place = self._place
        frame = Frame(nw_src=journey.sender.address, nw_dst=journey.taker.address, tos=0)
        place.entry = journey.sender.port
        for number, leg in enumerate(journey.way.legs):
            frame.hw_src, frame.hw_dst = journey.end(leg.source).mac, journey.end(leg.target).mac
            for at, stage in journey.filters(leg.stages):
                place.in_port, place.out_port = stage.in_port, stage.out_port
                self._filter(stage.chain, frame, _Spot(answers, number, at))

    def _filter(self, chain: Key, frame: Frame, spot: _Spot) -> None:
        known = self._asked if spot.answers else 0
        for some, forward in ((self.left & ~known, True), (self.left & known, False)):
            if not some:
                continue
            passing = self._chains.run(chain, self._place, frame, spot.answers, forward)
            if not spot.answers:
                self._asked |= some & passing.asked
            self.left &= ~some | passing.passed
            for atoms, rule in passing.taken:
                if atoms & some:
                    self.taken.append((atoms & some, rule, spot))


def _sent(packet: Packet, src: int, dst: int, is_answer: bool) -> Frame:
    """The packet as a machine sends it: the first one, or what answers it."""
    ports = packet.src_port, packet.dst_port
    src_port, dst_port = ports[::-1] if is_answer else ports
    if packet.proto == TCP:
        syn = Segment(0, 0, SYN | ACK if is_answer else SYN, 0)
        return tcp_packet(src, src_port, dst, dst_port, syn)
    if packet.proto == UDP:
        return udp_packet(src, src_port, dst, dst_port, b"")
    frame = Frame(nw_src=src, nw_dst=dst, proto=packet.proto, tos=0, ttl=64)
    if packet.proto == ICMP:
        frame.tp_src, frame.tp_dst = (ECHO_REPLY if is_answer else ECHO_REQUEST), 0
    return frame


def _reason(rule: Rule, stage: Stage) -> Reason:
    """Why a packet ends that a rule takes, in the simulator's words."""
    code, does = Code.RULE_DROP, "drops"
    if rule.type == "reject":
        code, does = Code.RULE_REJECT, "rejects"
    text = f"rule {rule.alias} in the {stage.name} of {stage.at} {does} it"
    return Reason(code, stage.at, rule.alias, text, {"filter": stage.name})
