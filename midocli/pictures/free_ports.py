"""Ports that lead nowhere, in few words: `port1, port3…port8 not connected`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from midocli.pictures.model import End, Picture

_MOST_RUNS = 6


def free_ports(ends: Sequence[End]) -> str:
    """One line about ports that nothing more is to be said of; empty where there are none."""
    if not ends:
        return ""
    runs: list[list[str]] = []
    for label in (end.label for end in ends):
        if runs and _follows(runs[-1][-1], label):
            runs[-1].append(label)
        else:
            runs.append([label])
    shown = [_run(run) for run in runs[:_MOST_RUNS]]
    more = sum(len(run) for run in runs[_MOST_RUNS:])
    shown += [f"{more} more"] if more else []
    return f"{', '.join(shown)} not connected"


def _run(run: Sequence[str]) -> str:
    return f"{run[0]}…{run[-1]}" if len(run) > 2 else ", ".join(run)


def loose_ends(picture: Picture, key: str) -> Iterator[str]:
    """What is said in a box of ports that lead nowhere, and of what is left out."""
    alone = [link for link in picture.links if link.far is None and link.near.node == key]
    yield from (f"{link.near.text} not connected" for link in alone if not link.is_bare)
    bare = [link.near for link in alone if link.is_bare]
    if bare:
        yield free_ports(bare)
    if key in picture.left_out_at:
        yield f"… and {picture.left_out_at[key]} more"


def _follows(before: str, label: str) -> bool:
    """Whether one alias is the next after another."""
    numbers = [text.removeprefix("port") for text in (before, label)]
    return all(number.isdecimal() for number in numbers) and (
        int(numbers[1]) == int(numbers[0]) + 1
    )
