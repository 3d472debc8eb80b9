"""Why a request was not answered: the one reason that tells, among all that happened."""

from __future__ import annotations

from collections.abc import Sequence

from midocli.simulator.frame import Frame
from midocli.simulator.protocol import ETHERTYPE_ARP
from midocli.simulator.reason import Code, Reason

# Ends that are normal when a frame is flooded or asked around; they tell only if
# nothing else does.
_BYSTANDERS = {Code.NOT_ADDRESSED_TO_GUEST, Code.ARP_IGNORED, Code.BROADCAST_AT_ROUTER}


def decisive(drops: Sequence[tuple[Reason, Frame]], pending: Reason | None) -> Reason | None:
    """The reason that explains a missing reply, None where nothing was dropped.

    The last packet that was dropped on its way tells; then one that still waits;
    then whatever became of ARP requests and of copies that went elsewhere.
    """
    packets = [reason for reason, frame in drops if frame.ethertype != ETHERTYPE_ARP]
    telling = [reason for reason in packets if reason.code not in _BYSTANDERS]
    silent = [reason for reason in telling if reason.code != Code.NO_ANSWER]
    if silent:
        return silent[-1]
    if telling:
        return telling[-1]
    if pending is not None:
        return pending
    others = [reason for reason, _ in drops if reason.code not in _BYSTANDERS]
    return (others or packets or [reason for reason, _ in drops] or [None])[-1]
