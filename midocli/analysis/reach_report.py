"""The answer of `reach`, in words and as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from grammar.addresses import format_ipv4
from midocli.analysis.atoms import in_words, part_data
from midocli.analysis.ends import names_of
from midocli.analysis.fare import Fate
from midocli.analysis.reach import Answer, Pair
from midocli.results.values import Record, Result
from midocli.simulator.reason import Code, Reason

#: The commands that would have packets of a verdict answered, and the name of a rule's chain.
Advise = Callable[[Pair, Fate], str | None]
Naming = Callable[[str], str]

_INDENT = "  "


class Told:
    """A pair's answer, ready to be shown: `lines` is the text, `data` the document.

    Both are made when somebody wants them, of what was known when it was asked: `names` are those
    of the two ends, `chains` those of rules' chains, `advice` that for the fates in their order.
    """

    def __init__(
        self,
        answer: Answer,
        pair: Pair,
        names: tuple[str, str],
        chains: Mapping[str, str],
        advice: Sequence[str | None],
    ) -> None:
        self._answer, self._pair, self._names = answer, pair, names
        self._chains, self._advice = chains, advice

    @property
    def _question(self) -> str:
        return " ".join(self._answer.traffic.written())

    @property
    def _reached(self) -> str:
        """What is reached, by the words of the question where that is all it asks about."""
        if self._question and self._pair.verdict == "reached":
            return self._question
        return in_words(self._answer.atoms.parts(self._pair.atoms("reached")))

    @cached_property
    def data(self) -> dict[str, Any]:
        """The document of the pair."""
        answer, pair = self._answer, self._pair
        groups = list(map(self._group, pair.fates, self._advice))
        worst = next((each for each in groups if each["verdict"] != "reached"), None)
        return {
            "from": self._names[0],
            "to": self._names[1],
            "address": format_ipv4(pair.target.address),
            "protocol": answer.traffic.proto,
            "port": answer.traffic.port,
            "verdict": pair.verdict,
            "reached": self._reached,
            "atoms": [part_data(part) for part in answer.atoms.parts(pair.atoms("reached"))],
            "code": worst and worst["reason"] and worst["reason"]["code"],
            "place": worst and worst["reason"] and worst["reason"]["at"],
            "rule": worst and worst["reason"] and worst["reason"]["rule"],
            "why": worst["why"] if worst else None,
            "advice": worst["advice"] if worst else None,
            "verdicts": groups,
        }

    def _group(self, fate: Fate, advice: str | None) -> dict[str, Any]:
        """Packets of one verdict, as data."""
        verdict = fate.verdict
        failure = verdict.failure
        return {
            "verdict": verdict.kind,
            "atoms": [part_data(part) for part in self._answer.atoms.parts(fate.atoms)],
            "reason": _reason(failure.reason) if failure else None,
            "why": verdict.why or None,
            "advice": advice,
        }

    @property
    def lines(self) -> Iterator[str]:
        """What is reached, then what is not: the most last, as `else`."""
        answer, pair = self._answer, self._pair
        question, reached = self._question, self._reached
        ends = " -> ".join(self._names)
        rest = [
            each
            for each in zip(pair.fates, self._advice, strict=True)
            if each[0].verdict.kind != "reached"
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
        for place, (fate, advice) in enumerate(rest):
            is_last = place == len(rest) - 1
            which = in_words(answer.atoms.parts(fate.atoms))
            if is_last and (len(rest) > 1 or reached):
                which = "else"
            elif question and len(pair.fates) == 1:
                which = ""
            elif not reached and len(rest) == 1:
                which = "because"
            yield margin + (f"{which}: " if which else "") + self._why(fate, advice)

    def _why(self, fate: Fate, advice: str | None) -> str:
        """Why packets are not answered, or not for certain, and what would change that."""
        verdict = fate.verdict
        words = [] if verdict.kind == "refused" else [f"{verdict.kind} ({verdict.why})"]
        if verdict.failure is not None:
            words.append(_ending(verdict.failure.reason, self._chains))
        text = ": ".join(words)
        return f"{text}; try: {advice}" if advice else text


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
    advise = advise if alone else _no_advice
    names = names_of(machine.end for pair in answer.pairs for machine in pair[:2])
    chains = {rule: naming(rule) for rule in _rules(answer)}
    told = [
        Told(
            answer,
            pair,
            (names[pair.source.end], names[pair.target.end]),
            chains,
            [advise(pair, fate) for fate in pair.fates],
        )
        for pair in answer.pairs
    ]
    verdict = "all" if answer.is_all else "some" if answer.is_some else "none"
    if verdict == "none" and not answer.is_none:
        verdict = "unknown"
    met = answer.is_some if some else answer.is_all
    return Reached(told, alone, met, answer.is_none, verdict)


def _no_advice(pair: Pair, fate: Fate) -> None:
    """Of many pairs nobody asks what would help each."""


def _rules(answer: Answer) -> set[str]:
    """The rules that take packets."""
    failures = (fate.verdict.failure for pair in answer.pairs for fate in pair.fates)
    return {each.reason.rule for each in failures if each is not None and each.reason.rule}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": str(reason.code),
        "at": reason.at,
        "rule": reason.rule,
        "text": reason.text,
    }


def _ending(reason: Reason, chains: Mapping[str, str]) -> str:
    if reason.rule is None or reason.code not in (Code.RULE_DROP, Code.RULE_REJECT):
        return f"ended at {reason.at} ({reason.code}): {reason.text}"
    name = chains[reason.rule]
    does = "drops" if reason.code == Code.RULE_DROP else "rejects"
    where = f"the {reason.details.get('filter', 'filter')} of {reason.at}"
    return f"{reason.rule}{f' ({name})' if name else ''} {does} in {where}"
