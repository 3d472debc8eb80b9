"""`save`: the topology as a script."""

from __future__ import annotations

from grammar.command import Declaration, argument, build, forced
from grammar.tree import Argument, Command
from grammar.words import quoted


class Save(Command):
    """Write the topology as a script that rebuilds it."""

    word = "save"
    file: Argument
    force: bool = False

    def written(self) -> list[str]:
        return [self.word, quoted(self.file.text), *["force"] * self.force]


SAVE = Declaration(
    "save",
    "writes the topology as a script that rebuilds it",
    group="session",
    rank=6,
    usage=("save FILE [force]",),
    examples=(
        "save lab.mido  # source lab.mido rebuilds it",
        'save "my lab.mido" force  # in the place of any file of that name',
    ),
    see=("source", "as", "scripts"),
    follows=lambda: build(argument("a file", "file", forced()), lambda tokens: Save(*tokens)),
)
