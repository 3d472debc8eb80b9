"""Why a request was not answered: the one reason that tells, among all that happened."""

from __future__ import annotations

from collections.abc import Sequence

from midocli.simulator.frame import Frame
from midocli.simulator.protocol import ETHERTYPE_ARP
from midocli.simulator.reason import Code, Reason

# Ends that are normal when a frame is flooded or asked around; they tell only if
# nothing else does.
_BYSTANDERS = {Code.NOT_ADDRESSED_TO_GUEST, Code.ARP_IGNORED, Code.BROADCAST_AT_ROUTER}


def decisive(
    drops: Sequence[tuple[Reason, Frame]],
    pending: Reason | None,
    arp_drops: Sequence[tuple[Reason, Frame]],
) -> Reason | None:
    """The reason that explains a missing reply, None where nothing was dropped.

    The last packet that was dropped on its way tells, then one that still waits
    for a MAC (`pending`). Where that is for want of an ARP answer, and no ARP
    request got anywhere, what became of the requests tells more: `arp_drops` are
    those of the time, whoever caused them.
    """
    packets = [reason for reason, frame in drops if frame.ethertype != ETHERTYPE_ARP]
    asking = [reason for reason, frame in drops if frame.ethertype == ETHERTYPE_ARP]
    main = _last_telling(packets) or pending
    if main is None:
        others = packets or asking
        return _last_telling(asking) or (others[-1] if others else None)
    if main.code == Code.ARP_TIMEOUT:
        address = main.details.get("address")
        return _dead_end([r for r, frame in arp_drops if frame.nw_dst == address]) or main
    return main


def _dead_end(asking: Sequence[Reason]) -> Reason | None:
    """Why ARP requests got nowhere; None if any did, or if there were none."""
    for reason in asking:
        if reason.code in _BYSTANDERS or reason.code == Code.NO_ANSWER:
            return None
    return asking[-1] if asking else None


def _last_telling(reasons: Sequence[Reason]) -> Reason | None:
    """The last that is no bystander; silence only if there is nothing better."""
    telling = [reason for reason in reasons if reason.code not in _BYSTANDERS]
    spoken = [reason for reason in telling if reason.code != Code.NO_ANSWER]
    found = spoken or telling
    return found[-1] if found else None
