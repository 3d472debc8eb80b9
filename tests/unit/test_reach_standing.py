"""What stands after edits is what would be found out anew, and what changed is what differs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from plain_networks import Plain, edit
from random_sessions import Builder

from grammar.commands.reach import Traffic
from midocli.analysis.derived import Derived
from midocli.analysis.ends import guest_machines
from midocli.analysis.fare import Fate
from midocli.analysis.standing import Change, Standing

EDITS = 12

Said = dict[tuple[object, ...], int]


def differences(builder: Builder) -> list[str]:
    """Where a standing answer is not what is found anew after an edit."""
    builder.build()
    context = builder.world.context
    standing = Standing(context, Traffic())
    context.standing["here"] = standing
    standing.changes()
    told = _everything(standing)
    found = []
    for _ in range(EDITS):
        edit(builder)
        changes = standing.changes()
        fresh = Standing(context, Traffic())
        refined = fresh.lab.atoms.refined(standing.lab.atoms)
        now = _everything(standing)
        for pair, said in _everything(fresh).items():
            anew = {key: refined(atoms) for key, atoms in said.items()}
            if anew != now.get(pair):
                found.append(f"{builder.script[-1]}: {pair}: {now.get(pair)} instead of {anew}")
        told = {**told, **{_pair(each): _said(each.after or ()) for each in changes}}
        found += _untold(told, now)
    return found


def _untold(told: dict[object, Said], now: dict[object, Said]) -> list[str]:
    """Pairs whose verdicts are others than those last told of them."""
    before, after = (
        {pair: set(said) for pair, said in each.items() if said} for each in (told, now)
    )
    pairs = {*before, *after}
    return [f"{pair} changed untold" for pair in pairs if before.get(pair) != after.get(pair)]


def _pair(change: Change) -> object:
    return change.source.key, change.target.key


def _everything(standing: Standing) -> dict[object, Said]:
    """How all packets fare between all machines."""
    return {
        (one.key, other.key): _said(standing.fates(one, other.address))
        for one, other in permutations(guest_machines(standing._context), 2)
        if one.key != other.key
    }


def _said(fates: Sequence[Fate]) -> Said:
    return {fate.verdict.key: fate.atoms for fate in fates}


@pytest.mark.parametrize("seed", range(3))
def test_a_plain_network_that_is_edited(seed: int) -> None:
    assert differences(Plain(Random(seed))) == []


@pytest.mark.parametrize("seed", [3, 13, 23])
def test_a_network_with_everything_that_is_edited(seed: int) -> None:
    assert differences(Builder(Random(seed))) == []


def test_answers_that_are_kept_too_long_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Derived, "unmake", lambda self, key: None)
    assert any(differences(Plain(Random(seed))) for seed in range(3))
