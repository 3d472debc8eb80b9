"""The answer of `reach`, in words and as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from grammar.addresses import format_ipv4
from midocli.analysis.atoms import in_words, part_data
from midocli.analysis.fare import Fate
from midocli.analysis.reach import Answer, Pair
from midocli.results.values import Record, Result
from midocli.simulator.reason import Code, Reason

#: The commands that would have packets of a verdict answered, and the name of a rule's chain.
Advise = Callable[[Pair, Fate], str | None]
Naming = Callable[[str], str]

_INDENT = "  "


class Told(NamedTuple):
    """A pair's answer, ready to be shown: `lines` is the text, `data` the document."""

    lines: tuple[str, ...]
    data: dict[str, Any]


class Reached(Result):
    """What came of a question: of each pair what it has, and how the question as such ended."""

    pairs: Sequence[Told]
    alone: bool
    is_met: bool
    is_none: bool
    verdict: str

    @property
    def succeeded(self) -> bool:
        """Whether all pairs can talk or, where that was asked, some."""
        return self.is_met

    @property
    def failed(self) -> bool:
        """Whether it is certain that none can."""
        return self.is_none

    def text(self) -> str:
        """Each pair with what is reached, and why the rest is not."""
        return "".join(self.pieces())

    def pieces(self) -> Iterator[str]:
        """The lines of each pair."""
        for pair in self.pairs:
            yield from (f"{line}\n" for line in pair.lines)

    def document(self) -> dict[str, Any]:
        """The one pair that was asked about, or all of them."""
        if self.alone:
            return self.pairs[0].data
        return {"verdict": self.verdict, "pairs": [pair.data for pair in self.pairs]}

    def records(self) -> Sequence[Record]:
        """A row for each pair."""
        names = "from", "to", "address", "verdict", "reached", "code", "place", "rule"
        return [{name: str(pair.data[name] or "") for name in names} for pair in self.pairs]


def report(answer: Answer, alone: bool, some: bool, advise: Advise, naming: Naming) -> Reached:
    """An answer to show; `alone` is one pair, for which all that is refused gets advice."""
    told = [_told(answer, pair, advise if alone else _no_advice, naming) for pair in answer.pairs]
    verdict = "all" if answer.is_all else "some" if answer.is_some else "none"
    if verdict == "none" and not answer.is_none:
        verdict = "unknown"
    met = answer.is_some if some else answer.is_all
    return Reached(told, alone, met, answer.is_none, verdict)


def _no_advice(pair: Pair, fate: Fate) -> None:
    """Of many pairs nobody asks what would help each."""


def _told(answer: Answer, pair: Pair, advise: Advise, naming: Naming) -> Told:
    groups = [_group(answer, fate, advise(pair, fate)) for fate in pair.fates]
    question = " ".join(answer.traffic.written())
    worst = next((each for each in groups if each["verdict"] != "reached"), None)
    reached = in_words(answer.atoms.parts(pair.atoms("reached")))
    if question and pair.verdict == "reached":
        reached = question
    data = {
        "from": pair.source.name,
        "to": pair.target.name,
        "address": format_ipv4(pair.target.address),
        "protocol": answer.traffic.proto,
        "port": answer.traffic.port,
        "verdict": pair.verdict,
        "reached": reached,
        "atoms": [part_data(part) for part in answer.atoms.parts(pair.atoms("reached"))],
        "code": worst and worst["reason"] and worst["reason"]["code"],
        "place": worst and worst["reason"] and worst["reason"]["at"],
        "rule": worst and worst["reason"] and worst["reason"]["rule"],
        "why": worst["why"] if worst else None,
        "advice": worst["advice"] if worst else None,
        "verdicts": groups,
    }
    return Told(tuple(_lines(answer, pair, groups, question, reached, naming)), data)


def _group(answer: Answer, fate: Fate, advice: str | None) -> dict[str, Any]:
    """Packets of one verdict, as data."""
    verdict = fate.verdict
    failure = verdict.failure
    return {
        "verdict": verdict.kind,
        "atoms": [part_data(part) for part in answer.atoms.parts(fate.atoms)],
        "reason": _reason(failure.reason) if failure else None,
        "why": verdict.why or None,
        "advice": advice,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": str(reason.code),
        "at": reason.at,
        "rule": reason.rule,
        "text": reason.text,
    }


def _lines(
    answer: Answer,
    pair: Pair,
    groups: list[dict[str, Any]],
    question: str,
    reached: str,
    naming: Naming,
) -> Iterator[str]:
    """What is reached, then what is not: the most last, as `else`."""
    ends = f"{pair.source.name} -> {pair.target.name}"
    rest = [
        (fate, data)
        for fate, data in zip(pair.fates, groups, strict=True)
        if fate.verdict.kind != "reached"
    ]
    if question:
        yield f"{ends} {question}: {pair.verdict}"
    else:
        everything = "everything" if not rest else reached
        yield f"{ends}{_INDENT} {everything or 'nothing'}"
    margin = _INDENT if question else " " * (len(ends) + 3)
    rest.sort(key=lambda each: each[0].atoms.bit_count())
    partly = bool(question) and pair.verdict == "some" and bool(reached)
    if partly:
        yield f"{margin}reached: {reached}"
    for place, (fate, data) in enumerate(rest):
        is_last = place == len(rest) - 1
        which = in_words(answer.atoms.parts(fate.atoms))
        if is_last and (len(rest) > 1 or reached):
            which = "else"
        elif question and len(pair.fates) == 1:
            which = ""
        elif not reached and len(rest) == 1:
            which = "because"
        yield margin + (f"{which}: " if which else "") + _why(fate, data, naming)


def _why(fate: Fate, data: dict[str, Any], naming: Naming) -> str:
    """Why packets are not answered, or not for certain, and what would change that."""
    verdict = fate.verdict
    words = [] if verdict.kind == "refused" else [f"{verdict.kind} ({verdict.why})"]
    if verdict.failure is not None:
        words.append(_ending(verdict.failure.reason, naming))
    text = ": ".join(words)
    return f"{text}; try: {data['advice']}" if data["advice"] else text


def _ending(reason: Reason, naming: Naming) -> str:
    if reason.rule is None or reason.code not in (Code.RULE_DROP, Code.RULE_REJECT):
        return f"ended at {reason.at} ({reason.code}): {reason.text}"
    name = naming(reason.rule)
    does = "drops" if reason.code == Code.RULE_DROP else "rejects"
    where = f"the {reason.details.get('filter', 'filter')} of {reason.at}"
    return f"{reason.rule}{f' ({name})' if name else ''} {does} in {where}"
