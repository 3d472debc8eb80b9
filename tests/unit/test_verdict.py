"""Which of several ends explains that a request was not answered."""

from __future__ import annotations

from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request, echo_reply, echo_request, icmp_error
from midocli.trace.verdict import answered_in_vain, decisive

REQUEST = echo_request(1, 2, 1, 1, b"")
REPLY = echo_reply(REQUEST)
ERROR = icmp_error(3, 1, 3, 0, REQUEST.ip_bytes())


def end(code: Code, frame: Frame) -> tuple[Reason, Frame]:
    return Reason(code, "somewhere", None, str(code)), frame


def code(*drops: tuple[Reason, Frame], pending: Reason | None = None) -> str | None:
    reason = decisive(drops, pending, [each for each in drops if each[1].ethertype == 0x0806])
    return None if reason is None else str(reason.code)


def test_a_dropped_reply_tells_more_than_copies_of_the_request() -> None:
    reply, copy = end(Code.RULE_DROP, REPLY), end(Code.ADMIN_DOWN, REQUEST)
    assert code(reply, copy) == code(copy, reply) == "rule-drop"


def test_the_end_of_the_request_tells_more_than_that_of_the_error_about_it() -> None:
    assert code(end(Code.NO_ROUTE, REQUEST), end(Code.RULE_DROP, ERROR)) == "no-route"


def test_an_error_that_was_dropped_tells_where_nothing_else_does() -> None:
    assert code(end(Code.NOT_ADDRESSED_TO_GUEST, REQUEST), end(Code.RULE_DROP, ERROR)) == (
        "rule-drop"
    )


def test_bystanders_tell_only_when_nobody_else_does() -> None:
    bystander = end(Code.NOT_ADDRESSED_TO_GUEST, REQUEST)
    assert code(bystander) == "not-addressed-to-guest"
    assert code(bystander, end(Code.RULE_DROP, REQUEST)) == "rule-drop"
    assert code(end(Code.ADMIN_DOWN, REQUEST), bystander) == "admin-down"


def test_who_waits_for_a_mac_tells_what_became_of_the_asking() -> None:
    waiting = Reason(Code.ARP_TIMEOUT, "guest0", None, "waits", {"address": 9})
    assert code(pending=waiting) == "arp-timeout"
    assert code(end(Code.RULE_DROP, arp_request(1, 2, 9)), pending=waiting) == "rule-drop"


def test_a_request_for_a_mac_is_told_of_where_the_owner_is() -> None:
    waiting = Reason(Code.ARP_TIMEOUT, "guest0", None, "waits", {"address": 9})
    asked = arp_request(1, 2, 9)
    bystander = end(Code.NOT_ADDRESSED_TO_GUEST, asked)
    door = Reason(Code.RULE_DROP, "bridge0:port1", None, ""), asked
    both = [door, bystander]
    homes = {9: ["guest1", "bridge0:port1"]}
    assert decisive(both, waiting, both, homes.__getitem__) is door[0]
    assert decisive(both, None, both, homes.__getitem__) is door[0]
    assert decisive(both, waiting, both) is waiting
    assert decisive(both, None, both) is None


def test_nothing_dropped_is_no_reason() -> None:
    assert code() is None


def test_a_dropped_error_is_named_beside_the_end_of_what_it_is_about() -> None:
    first, error = end(Code.TTL_EXPIRED, REQUEST), end(Code.RULE_DROP, ERROR)
    assert answered_in_vain(first[0], [first, error]) == ("the ICMP error about it", error[0])
    assert answered_in_vain(first[0], [error, first]) is None, "it came before"
    assert answered_in_vain(error[0], [first, error]) is None, "it is the error that ended"
    assert answered_in_vain(first[0], [first, end(Code.NOT_ADDRESSED_TO_GUEST, ERROR)]) is None


def test_a_dropped_answer_is_named_beside_the_end_of_the_request() -> None:
    asked = end(Code.NO_ANSWER, udp_packet(1, 1000, 2, 53, b""))
    answer = end(Code.RULE_DROP, udp_packet(2, 53, 1, 1000, b""))
    copy = end(Code.RULE_DROP, udp_packet(1, 1000, 2, 53, b""))
    assert answered_in_vain(asked[0], [asked, copy, answer]) == ("the answer", answer[0])
    assert answered_in_vain(asked[0], [asked, copy]) is None
