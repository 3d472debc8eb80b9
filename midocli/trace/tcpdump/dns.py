"""DNS messages (RFC 1035, RFC 6762): the header, the questions, and the rest in turn."""

from __future__ import annotations

from contextlib import suppress

from midocli.trace.tcpdump import dns_records, domain_names
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import numbered

_HEADER = 12
_INVERSE_QUERY = 1
_OPT = 41
_OPERATIONS = numbered("""
    1 inv_q, 2 stat, 3 op3, 4 notify, 5 update, 6 op6, 7 op7, 8 op8, 9 updateA, 10 updateD,
    11 updateDA, 12 updateM, 13 updateMA, 14 zoneInit, 15 zoneRef
""")
_OUTCOMES = numbered("""
    1 FormErr, 2 ServFail, 3 NXDomain, 4 NotImp, 5 Refused, 6 YXDomain, 7 YXRRSet, 8 NXRRSet,
    9 NotAuth, 10 NotZone, 15 NoChange, 16 BadVers, 23 BadCookie
""")
# Two codes without a name, in front of which tcpdump puts no blank.
_JOINED = frozenset((17, 21))
_RESPONSE, _ANSWER, _CUT, _RECURSE, _RECURSIVE = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080
_AUTHENTIC, _UNCHECKED = 0x0020, 0x0010
# Bits that have no business in a request.
_ODD_IN_REQUEST = 0x06CF


def show(d: Dissection, at: int, length: int) -> None:
    """Show a DNS message over UDP."""
    d.protocol = "domain"
    _Message(d, at, length, multicast=False).show()


def show_multicast(d: Dissection, at: int, length: int) -> None:
    """Show a multicast DNS message."""
    d.protocol = "domain"
    _Message(d, at, length, multicast=True).show()


def show_over_tcp(d: Dissection, at: int, length: int) -> None:
    """Show a DNS message behind its length, if the segment holds just that."""
    d.protocol = "domain"
    if length < 2:
        d.add(f" [DNS over TCP: length {length} < 2] (invalid)")
        return
    stated = d.u16(at)
    if stated != length - 2:
        d.add(f" [prefix length({stated}) != length({length - 2})] (invalid)")
        return
    d.add(" ")
    _Message(d, at + 2, length - 2, multicast=False).show()


class _Message:
    """One message at `at`; `position` is the offset up to which it has been shown."""

    __slots__ = ("at", "dissection", "length", "multicast", "position")

    def __init__(self, d: Dissection, at: int, length: int, multicast: bool) -> None:
        self.dissection = d
        self.at = at
        self.length = length
        self.multicast = multicast
        self.position = at + _HEADER

    def show(self) -> None:
        """Show the message; ShortError where a part of it is malformed, or was not captured."""
        d = self.dissection
        if self.length < _HEADER:
            d.add(f"domain [length {self.length} < {_HEADER}] (invalid)")
            return
        d.check(self.at, _HEADER)
        flags = d.u16(self.at + 2)
        counts = [d.u16(self.at + field) for field in (4, 6, 8, 10)]
        if flags & _RESPONSE:
            self._show_response(flags, counts)
        else:
            self._show_request(flags, counts)
        d.add(f" ({self.length})")

    def _outcome(self, flags: int, counts: list[int]) -> int:
        """The response code, of which an OPT record holds the upper bits."""
        code = flags & 0xF
        with suppress(ShortError):
            code |= self._upper_bits(counts)
        return code

    def _upper_bits(self, counts: list[int]) -> int:
        d = self.dissection
        questions, _, _, additional = counts
        at = self.at + _HEADER
        for index in range(sum(counts)):
            at = domain_names.skip(d, at)
            if index < questions:
                at += 4
            else:
                if index >= sum(counts) - additional:
                    d.check(at, 2)
                    if d.u16(at) == _OPT:
                        d.check(at + 4, 1)
                        return d.data[at + 4] << 4
                d.check(at + 8, 2)
                at += 10 + d.u16(at + 8)
            if at >= d.end:
                break
        return 0

    def _show_response(self, flags: int, counts: list[int]) -> None:
        d = self.dissection
        outcome = self._outcome(flags, counts)
        questions, answers, authorities, additional = counts
        d.add(
            f"{d.u16(self.at)}{_operation_text(flags)}{_outcome_text(outcome)}"
            f"{'*' if flags & _ANSWER else ''}{'' if flags & _RECURSIVE else '-'}"
            f"{'|' if flags & _CUT else ''}{'$' if flags & _AUTHENTIC else ''}"
        )
        if questions != 1:
            d.add(f" [{questions}q]")
        for index in range(questions):
            if index:
                d.add(",")
            if d.flags.verbose > 1:
                d.add(" q:")
                self._show_question()
            else:
                self.position = domain_names.skip(d, self.position) + 4
        d.add(f" {answers}/{authorities}/{additional}")
        if answers:
            self._show_records(answers)
        if d.flags.verbose > 1:
            self._show_section(" ns:", authorities)
            self._show_section(" ar:", additional)

    def _show_request(self, flags: int, counts: list[int]) -> None:
        d = self.dissection
        questions, answers, authorities, additional = counts
        d.add(
            f"{d.u16(self.at)}{_operation_text(flags)}"
            f"{'+' if flags & _RECURSE else ''}{'%' if flags & _UNCHECKED else ''}"
        )
        if flags & _ODD_IN_REQUEST:
            d.add(f" [b2&3=0x{flags:x}]")
        if _operation(flags) == _INVERSE_QUERY:
            d.add(f" [{questions}q]" if questions else "")
            d.add(f" [{answers}a]" if answers != 1 else "")
        else:
            d.add(f" [{answers}a]" if answers else "")
            d.add(f" [{questions}q]" if questions != 1 else "")
        d.add(f" [{authorities}n]" if authorities else "")
        d.add(f" [{additional}au]" if additional else "")
        for index in range(questions):
            if index and self.position >= d.end:
                raise ShortError
            self._show_question()
        if d.flags.verbose > 1:
            if answers:
                self._show_records(answers)
            self._show_section(" ns:", authorities)
            self._show_section(" ar:", additional)

    def _show_question(self) -> None:
        d = self.dissection
        self.position = dns_records.show_question(d, self.position, self.at, self.multicast)

    def _show_section(self, name: str, count: int) -> None:
        if not count:
            return
        if self.position >= self.dissection.end:
            raise ShortError
        self.dissection.add(name)
        self._show_records(count)

    def _show_records(self, count: int) -> None:
        d = self.dissection
        for index in range(count):
            if index:
                if self.position >= d.end:
                    raise ShortError
                d.add(",")
            self.position = dns_records.show_record(d, self.position, self.at, self.multicast)


def _operation(flags: int) -> int:
    return flags >> 11 & 0xF


def _operation_text(flags: int) -> str:
    operation = _operation(flags)
    return f" {_OPERATIONS[operation]}" if operation else ""


def _outcome_text(outcome: int) -> str:
    if not outcome:
        return ""
    return f"{'' if outcome in _JOINED else ' '}{_OUTCOMES.get(outcome, f'Resp{outcome}')}"
