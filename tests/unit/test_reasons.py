"""Every reason code can be met by public commands: the session `reasons.mido` shows each."""

from __future__ import annotations

import json
from copy import deepcopy

from sessions import ROOT, midocli

from midocli.simulator.reason import Code, Reason

# Shown with the bandwidth limits of `parity-qos-bandwidth`, which need a capture file.
ELSEWHERE = {Code.RATE_LIMITED}


def _reasons(value: object) -> set[str]:
    """The codes of all reasons within a document."""
    if isinstance(value, list):
        return {found for item in value for found in _reasons(item)}
    if isinstance(value, dict):
        here = {value["code"]} if {"code", "at", "rule", "text"} <= set(value) else set()
        return here | {found for item in value.values() for found in _reasons(item)}
    return set()


def test_each_code_occurs_in_the_json_of_the_session() -> None:
    script = ROOT / "tests" / "transcripts" / "reasons.mido"
    done = midocli("--seed", "1", "--format", "json", str(script))
    assert done.returncode == 0, done.stderr
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert _reasons(documents) == {code.value for code in Code if code not in ELSEWHERE}


def test_copies_of_a_network_share_reasons() -> None:
    reason = Reason(Code.LOOP, "bridge0", None, "it goes round")
    assert deepcopy([reason])[0] is reason
