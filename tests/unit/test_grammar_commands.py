"""A command is declared in one file of the language and carried out in one of the program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import ROOT

import grammar
from grammar.commands import declarations, declared
from grammar.resources import SCHEMA
from grammar.schema import Field
from grammar.verbs import VERB_WORDS

NAMES = sorted(path.stem for path in (ROOT / "grammar/commands").glob("[!_]*.py"))

DECLARED = '''
from grammar.command import LINE_END, Declaration, argument, build
from grammar.tree import Argument, Command
from grammar.words import quoted


class Greet(Command):
    """Say hello to somebody."""

    word = "greet"
    whom: Argument

    def written(self):
        return [self.word, quoted(self.whom.text)]


GREET = Declaration(
    "greet",
    "says hello to somebody",
    group="looking",
    rank=1,
    usage=("greet WHOM",),
    examples=("greet world  # hello",),
    synonyms=("hail",),
    follows=lambda: build(argument("whom", "greeted"), lambda tokens: Greet(*tokens)),
)
'''
CARRIED_OUT = """
from grammar.commands.greet import Greet
from midocli.commands.dispatch import carries_out
from midocli.results.values import Message


@carries_out(Greet)
def greet(context, command):
    return Message(f"hello {command.whom.text}")
"""


def test_every_file_declares_the_command_it_is_called_as() -> None:
    assert sorted(declarations()) == NAMES
    assert all(declaration.name == name for name, declaration in declarations().items())


@pytest.mark.parametrize("name", NAMES)
def test_what_a_command_is_called_is_its_own(name: str) -> None:
    declaration = declarations()[name]
    others = {
        word for each in declarations().values() for word in each.synonyms if each.name != name
    }
    assert not {name, *declaration.synonyms} & {*VERB_WORDS, *SCHEMA.root, *others}


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_say_it(name: str) -> None:
    said = [grammar.parse(line) for line in declarations()[name].examples]
    assert any(command is not None and name in command.written() for command in said)


@pytest.mark.parametrize("word", ["ping.x", "__init__", "PING", "", "über", "command", "nosuch"])
def test_no_other_word_is_a_command(word: str) -> None:
    assert declared(word) is None


def test_options_are_fields_with_help() -> None:
    options = [option for each in declarations().values() for option in each.options]
    assert options and all(isinstance(each, Field) and each.help for each in options)


def run(where: Path, *words: str) -> str:
    """What midocli prints with the new command's two files beside the others."""
    for package, text in (("grammar", DECLARED), ("midocli", CARRIED_OUT)):
        (where / package).mkdir(exist_ok=True)
        (where / package / "greet.py").write_text(text)
    program = (
        "import sys, grammar.commands, midocli.commands\n"
        f"grammar.commands.__path__.append({str(where / 'grammar')!r})\n"
        f"midocli.commands.__path__.append({str(where / 'midocli')!r})\n"
        "from midocli.app.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    return python(program, *words)


def python(program: str, *words: str) -> str:
    """What a program prints that does not complain."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stderr == ""
    return done.stdout


def test_a_line_loads_no_command_but_its_own() -> None:
    program = (
        "import sys, grammar\n"
        "grammar.parse(sys.argv[1])\n"
        "print(*(name for name in sys.modules if name.startswith('grammar.commands.')))\n"
    )
    assert python(program, "ping client vm count 2") == "grammar.commands.ping\n"
    assert python(program, "router0:port0 show as json") == "\n"


def test_a_new_command_takes_a_file_here_and_one_there(tmp_path: Path) -> None:
    assert run(tmp_path, "-e", "greet world", "-e", "hail 'big world'") == (
        "hello world\nhello big world\n"
    )
    assert "greet: says hello to somebody" in run(tmp_path, "-e", "help hail")
    assert re.search(r"Look .*\bgreet\b", run(tmp_path, "-e", "help"))
