"""How long the program takes to start, against Python and the libraries it cannot do without."""

from __future__ import annotations

from measure import Ratio, compile_all, python, ratio


def measure() -> list[Ratio]:
    """The start of one command, and of `--version`."""
    compile_all()
    one_command = python("-m", "midocli", "-e", "router list")
    version = python("-m", "midocli", "--version")
    return [
        ratio(
            "midocli -e 'router list'",
            one_command,
            "import pyparsing",
            python("-c", "import pyparsing"),
            1.15,
            rounds=15,
        ),
        ratio("midocli --version", version, "python -c pass", python("-c", "pass"), 3, rounds=15),
    ]
