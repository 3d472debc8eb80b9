"""Pairs of machines in as few words as there are: targets with those who talk to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

#: A source and a target, by their names.
Pair = tuple[str, str]
#: From so many on, those who all talk to each other are named once.
_FEW = 3


def pairs_in_words(pairs: Iterable[Pair]) -> str:
    """Pairs as `web, db <- alice, bob; alice <- web`, those that share their sources as one."""
    return "; ".join(words for words, _ in in_groups(pairs))


def in_groups(
    pairs: Iterable[Pair], sets: Mapping[str, Sequence[str]] | None = None
) -> Iterator[tuple[str, int]]:
    """Pairs in groups that share their sources: the words for each, and how many there are.

    No machine is a source of its own. All those of one of `sets` go by its name.
    """
    by_target: dict[str, list[str]] = {}
    for source, target in pairs:
        by_target.setdefault(target, []).append(source)
    by_sources: dict[frozenset[str], list[str]] = {}
    for target, sources in by_target.items():
        by_sources.setdefault(frozenset(sources), []).append(target)
    for targets in _with_each_other(by_sources):
        sources = _sources(targets, by_target)
        count = sum(len(by_target[target]) for target in targets)
        itself = targets if len(targets) == 1 else []
        yield f"{_named(targets, sets)} <- {_named(sources, sets, itself)}", count


def _with_each_other(by_sources: Mapping[frozenset[str], list[str]]) -> Iterator[list[str]]:
    """Targets with the same sources, where all talk to each other but for each with itself."""
    found: dict[tuple[bool, frozenset[str]], list[str]] = {}
    for sources, targets in by_sources.items():
        is_alone = len(targets) == 1
        key = is_alone, sources | {targets[0]} if is_alone else sources
        found.setdefault(key, []).extend(targets)
    for (is_alone, _), targets in found.items():
        yield from [[each] for each in targets] if is_alone and len(targets) < _FEW else [targets]


def _sources(targets: list[str], by_target: Mapping[str, list[str]]) -> list[str]:
    """The sources of all of some targets, in their order where they are the same machines."""
    found = dict.fromkeys(source for target in targets for source in by_target[target])
    return targets if set(found) == set(targets) else list(found)


def _named(
    machines: Sequence[str],
    sets: Mapping[str, Sequence[str]] | None,
    itself: Sequence[str] = (),
) -> str:
    """Machines, or the sets that they are but for whom they talk to (`itself`)."""
    left = list(machines)
    words = []
    for name, members in (sets or {}).items():
        there = [each for each in members if each not in itself]
        if len(there) > 1 and set(there) <= set(left):
            words.append(name)
            left = [each for each in left if each not in there]
    return ", ".join([*words, *left])
