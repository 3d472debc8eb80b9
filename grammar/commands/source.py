"""`source`: the commands of a file."""

from __future__ import annotations

from grammar.command import Declaration, argument, build, maybe
from grammar.tree import Argument, Command
from grammar.words import quoted


class Source(Command):
    """Run the commands of a file; `quiet`, what its probes print is shown and nothing else."""

    word = "source"
    has_form = False
    file: Argument
    quiet: bool = False

    def written(self) -> list[str]:
        return [self.word, quoted(self.file.text), *["quiet"] * self.quiet]


SOURCE = Declaration(
    "source",
    "runs the commands of a file, up to the first error",
    group="session",
    rank=4,
    usage=("source FILE [quiet]",),
    examples=(
        "source lab.mido",
        'source "my lab.mido" quiet  # prints what its probes do, and its errors',
    ),
    see=("save", "expect", "scripts"),
    follows=lambda: build(
        argument("a file", "file", maybe("quiet", "print probes and errors only")),
        lambda tokens: Source(*tokens),
    ),
)
