"""Pairs of machines in as few words as there are: targets with those who talk to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

#: A source and a target, by their names.
Pair = tuple[str, str]
#: From so many on, those who all talk to each other are named once.
_FEW = 3


def pairs_in_words(pairs: Iterable[Pair], sets: Mapping[str, Sequence[str]] | None = None) -> str:
    """Pairs as `web, db <- alice, bob; alice <- web`, those that share their sources as one.

    No machine is named as a source of its own. Whoever stands in one of `sets`, all of which is
    there, goes by its name.
    """
    by_target: dict[str, list[str]] = {}
    for source, target in pairs:
        by_target.setdefault(target, []).append(source)
    by_sources: dict[frozenset[str], list[str]] = {}
    for target, sources in by_target.items():
        by_sources.setdefault(frozenset(sources), []).append(target)
    return "; ".join(
        f"{_named(targets, sets)} <- {_named(_sources(targets, by_target), sets)}"
        for targets in _with_each_other(by_sources)
    )


def _with_each_other(by_sources: Mapping[frozenset[str], list[str]]) -> Iterator[list[str]]:
    """Targets with the same sources, where all talk to each other but for each with itself."""
    found: dict[tuple[bool, frozenset[str]], list[str]] = {}
    for sources, targets in by_sources.items():
        is_alone = len(targets) == 1
        key = is_alone, sources | {targets[0]} if is_alone else sources
        found.setdefault(key, []).extend(targets)
    for (is_alone, _), targets in found.items():
        yield from [[each] for each in targets] if is_alone and len(targets) < _FEW else [targets]


def _sources(targets: Sequence[str], by_target: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The sources of all of some targets, in their order where they are the same machines."""
    found = dict.fromkeys(source for target in targets for source in by_target[target])
    return targets if set(found) == set(targets) else list(found)


def _named(machines: Sequence[str], sets: Mapping[str, Sequence[str]] | None) -> str:
    left = list(machines)
    words = []
    for name, members in (sets or {}).items():
        if members and set(members) <= set(left):
            words.append(name)
            left = [each for each in left if each not in members]
    return ", ".join([*words, *left])
