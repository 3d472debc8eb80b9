"""Why a request was not answered: the one reason that tells, among all that happened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ECHO_REPLY, ERROR_TYPES, ETHERTYPE_ARP, ICMP

# Ends that are normal when a frame is flooded or asked around; they tell only if
# nothing else does.
BYSTANDERS = {Code.NOT_ADDRESSED_TO_GUEST, Code.ARP_IGNORED, Code.BROADCAST_AT_ROUTER}


def decisive(
    drops: Sequence[tuple[Reason, Frame]],
    pending: Reason | None,
    arp_drops: Sequence[tuple[Reason, Frame]],
    home: Callable[[int], Collection[str]] = lambda address: (),
    for_errors: bool = False,
) -> Reason | None:
    """The reason that explains a missing reply, None where nothing was dropped.

    An echo reply that was dropped tells most: the request got through. Else the request's own
    end tells, then that of an error about it, then what still waits for a MAC (`pending`); of
    several the last, since flooded copies end before the one that goes on. Where that is for
    want of an ARP answer, what became of the answers, or of the request where the owner is,
    tells more: `arp_drops` are those of the time, whoever caused them, and `home(address)` are
    the machine that has an address and the port it is behind. Of what was sent `for_errors`, an
    ICMP error is the answer.
    """
    packets = [reason for reason, frame in drops if frame.ethertype != ETHERTYPE_ARP]
    main = _along_the_way(drops, for_errors) or pending
    if main is None:
        asking = [drop for drop in drops if drop[1].ethertype == ETHERTYPE_ARP]
        found = _unanswered(asking, asking[0][1].nw_dst, home) if asking else None
        return found or (packets[-1] if packets else None)
    address = main.details.get("address")
    if main.code == Code.ARP_TIMEOUT and isinstance(address, int):
        found = _unanswered(arp_drops, address, home)
        return found if found is not None and found.code != Code.NO_ANSWER else main
    return main


def answered_in_vain(
    main: Reason, drops: Sequence[tuple[Reason, Frame]]
) -> tuple[str, Reason] | None:
    """What answered a packet that ended for `main`, and the reason for which that was dropped.

    None: nothing did, or it got through. That an ICMP error is dropped tells why nobody was told.
    """
    ended = next((at for at, (reason, _) in enumerate(drops) if reason is main), None)
    if ended is None or not _is_request(drops[ended][1]):
        return None
    request = drops[ended][1]
    for reason, frame in drops[ended + 1 :]:
        if reason.code in BYSTANDERS or frame.ethertype == ETHERTYPE_ARP:
            continue
        if _is_error(frame):
            return "the ICMP error about it", reason
        if frame.proto != ICMP and (frame.tp_src, frame.tp_dst) == (request.tp_dst, request.tp_src):
            return "the answer", reason
    return None


def _unanswered(
    drops: Sequence[tuple[Reason, Frame]], address: int, home: Callable[[int], Collection[str]]
) -> Reason | None:
    """Why nobody was heard to have an address: the answer's end, or the request's at its owner's.

    Copies of the request that ended elsewhere tell only where none of them got anywhere.
    """
    answers = [reason for reason, frame in drops if frame.nw_src == address]
    asking = [reason for reason, frame in drops if frame.nw_dst == address]
    places = home(address)
    there = [reason for reason in asking if reason.at in places]
    return _last_telling(answers) or _last_telling(there) or _dead_end(asking)


def _along_the_way(drops: Sequence[tuple[Reason, Frame]], for_errors: bool) -> Reason | None:
    """The telling end of a packet that had come farthest: reply, request, error about it."""
    there, about = (_is_error, _is_request) if for_errors else (_is_request, _is_error)
    for leg in (_is_reply, there, about):
        found = _last_telling([reason for reason, frame in drops if leg(frame)])
        if found is not None:
            return found
    return None


def _is_reply(frame: Frame) -> bool:
    return frame.proto == ICMP and frame.tp_src == ECHO_REPLY and frame.ethertype != ETHERTYPE_ARP


def _is_error(frame: Frame) -> bool:
    return frame.proto == ICMP and frame.tp_src in ERROR_TYPES and frame.ethertype != ETHERTYPE_ARP


def _is_request(frame: Frame) -> bool:
    """Whether it is what was sent, or an answer that is no ICMP message."""
    return frame.ethertype != ETHERTYPE_ARP and not _is_reply(frame) and not _is_error(frame)


def _dead_end(asking: Sequence[Reason]) -> Reason | None:
    """Why ARP requests got nowhere; None if any did, or if there were none."""
    for reason in asking:
        if reason.code in BYSTANDERS or reason.code == Code.NO_ANSWER:
            return None
    return asking[-1] if asking else None


def _last_telling(reasons: Sequence[Reason]) -> Reason | None:
    """The last that is no bystander: of who it was for, if it came there; silence comes last."""
    telling = [reason for reason in reasons if reason.code not in BYSTANDERS]
    meant = [reason for reason in telling if reason.details.get("meant")]
    spoken = [reason for reason in telling if reason.code != Code.NO_ANSWER]
    found = meant or spoken or telling
    return found[-1] if found else None
