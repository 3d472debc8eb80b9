"""The command line: options, where commands come from, and the exit status."""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser, HelpFormatter, Namespace

from midocli.help.version import VERSION

TYPE_CHECKING = False  # importing typing would take as long as all of this module
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import BinaryIO, NoReturn

    from grammar.tree import Argument
    from midocli.context.files import Files
    from midocli.context.manner import Manner
    from midocli.context.preferences import Preferences
    from midocli.session.mistakes import Mistakes
    from midocli.session.session import Session
    from midocli.store.store import Store

#: The shells that completion scripts can be had for.
SHELLS = ("bash", "zsh", "fish")
_DESCRIPTION = "midonet-cli's language, with a simulated network behind it"
_EPILOG = """\
Commands are read from the FILEs, then from every -e; without either from standard
input, or typed at a prompt when that is a terminal. The exit status is 0 when all
commands succeeded, 1 when one failed (or a ping of -e got no answer), 2 for bad
options or unreadable files.

`midocli tcpdump -r FILE` prints a capture file, with tcpdump's own options;
`midocli test PATH...` runs scripts as tests, `midocli serve` serves MidoNet's REST API.
"""

_OTHER_GRAMMAR = """\
midocli: the package 'grammar' here is another distribution's, and there can be only one: \
install midocli into an environment of its own
"""


def _help_formatter(prog: str) -> HelpFormatter:
    """argparse's own, told the width: finding it out would load compression libraries."""
    try:
        width = os.get_terminal_size().columns
    except (OSError, ValueError):
        width = 80
    return HelpFormatter(prog, width=max(width - 2, 20))


class _Parser(ArgumentParser):
    """argparse's own, whose words no terminal acts on: a pattern of the shell gives it any name."""

    def error(self, message: str) -> NoReturn:
        from midocli.results.printable import printable

        super().error(printable(message))


def argument_parser() -> ArgumentParser:
    """The options, as `--help`, the completion scripts and the manual page have them."""
    parser = _Parser(
        "midocli", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=_help_formatter
    )
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="scripts to run; - is standard input")
    add("-e", dest="commands", action="append", metavar="COMMAND", help="run one command")
    add("--format", choices=("text", "json"), default="text", help="how results are printed")
    add("-i", "--interactive", action="store_true", help="type commands after those given")
    add("--color", choices=("auto", "always", "never"), help="colours at the prompt")
    add("--echo", action="store_true", help="print each command before its result")
    add("--keep-going", action="store_true", help="go on after a command that failed")
    add("--no-alias", action="store_true", help="print UUIDs in place of aliases")
    add("-s", "--store", metavar="WHERE", help="where the topology stays: a file, or postgresql://")
    add("-q", "--quiet", action="store_true", help="print what probes do, and errors, only")
    add("--seed", metavar="N", help="make every random choice repeatable")
    add("--untrusted", action="store_true", help="let scripts do no harm, and not run for long")
    add("--completion", choices=SHELLS, help="print a script that completes these options")
    add("--check", action="store_true", help="verify the store, and do nothing else")
    add("--version", action="store_true", help="show program's version number and exit")
    add("-v", "--verbose", action="store_true", help="with --version, also what it builds on")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run midocli; returns the exit status."""
    _replace_closed_streams()
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _run_words(words)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        _write_utf8()
        told = _mistakes().told(error, f"midocli {' '.join(words)}")
        _tell(told)
        return 1


def _run_words(words: list[str]) -> int:
    if words[:1] == ["tcpdump"]:
        from midocli.app.tcpdump import main as tcpdump

        return _print_all(tcpdump, words[1:])
    if words[:1] == ["test"]:
        from midocli.app.suite import main as test

        return _print_all(test, words[1:])
    if words[:1] == ["serve"]:
        return _serve(words[1:])
    options = argument_parser().parse_args(words)
    if options.completion:
        return _complete(options.completion)
    if options.version:
        return _show_version(options.verbose)
    if not _has_language():
        sys.stderr.write(_OTHER_GRAMMAR)
        return 1
    if options.check:
        return _check(options)
    gc.disable()
    from grammar.errors import StoreError
    from midocli.session.session import OutputError

    try:
        return _run(options)
    except StoreError as error:
        _tell(error.message)
        return 2
    except OutputError as failure:
        return _end_without_output(failure.error)


def _tell(what: str) -> None:
    from midocli.results.printable import printable

    sys.stderr.write(f"midocli: {printable(what)}\n")


def _has_language() -> bool:
    """Whether the package `grammar` is midocli's, and not that of a distribution of that name."""
    try:
        from grammar import standard_language  # noqa: F401
    except ImportError:
        return False
    return True


def _mistakes() -> Mistakes:
    """Where tracebacks of midocli's own mistakes go: the user's state folder."""
    from midocli.session.mistakes import Mistakes

    prints = os.environ.get("MIDOCLI_DEBUG", "") not in ("", "0")
    return Mistakes(_state_folder, _stamp, prints)


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("midocli")


def _stamp() -> str:
    from datetime import datetime

    return datetime.now().strftime("%Y%m%dT%H%M%S.%f")


def _complete(shell: str) -> int:
    """Print a completion script."""
    from midocli.app.completion import script

    try:
        sys.stdout.write(script(shell, argument_parser()))
        sys.stdout.flush()
    except OSError as error:
        return _end_without_output(error)
    return 0


def _show_version(verbose: bool) -> int:
    """Print what this is and, if `verbose`, what it builds on."""
    sys.stdout.write(f"midocli {VERSION}\n")
    if verbose:
        from midocli.session.stores import versions

        sys.stdout.write("".join(f"{each}\n" for each in versions()))
    return 0


def _print_all(program: Callable[[Sequence[str]], int], words: list[str]) -> int:
    """The exit status of a command line of its own, when all that it prints is out."""
    _write_utf8()
    try:
        status = program(words)
        sys.stdout.flush()
    except OSError as error:
        return _end_without_output(error)
    return status


def _serve(words: list[str]) -> int:
    """The command line that serves a topology."""
    from midocli.app.serve import main
    from midocli.session.session import OutputError

    _write_utf8()
    try:
        return main(words, argument_parser().parse_args([]), _session, _run_file)
    except OutputError as failure:
        return _end_without_output(failure.error)


def _write_utf8() -> None:
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def entry_point() -> NoReturn:
    """The console script."""
    sys.exit(main())


def _replace_closed_streams() -> None:
    """Give the standard streams that the caller has closed nothing to read, and nowhere to go."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open("/dev/null", mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _run(options: Namespace) -> int:
    from contextlib import closing

    from midocli.context.files import Files
    from midocli.context.preferences import Preferences

    given = bool(options.files or options.commands)
    interactive = _on_terminal() and (options.interactive or not given)
    if options.untrusted:
        return _run_untrusted(options, interactive)
    preferences = Preferences()
    _write_utf8()
    if not interactive:
        from midocli.context.manner import Manner

        with closing(_session(options, Manner(sys.stdout), preferences, Files())) as session:
            return _run_batch(options, session)
    from midocli.shell.shell import Shell
    from midocli.shell.terminal import Terminal

    terminal = Terminal(preferences, options.color)
    with closing(_session(options, terminal, preferences, Files())) as session:
        shell = Shell(session, terminal)
        return shell.run((lambda: _run_batch(options, session)) if given else None)


def _run_untrusted(options: Namespace, interactive: bool) -> int:
    """Run scripts in their folders, within bounds of time and memory; there is no prompt."""
    from midocli.app.untrusted import SECONDS, TimeIsUp, bound, unbound
    from midocli.context.confined import ConfinedFiles, NoPreferences
    from midocli.context.manner import Manner

    if interactive:
        sys.stderr.write("midocli: --untrusted runs scripts, and has no prompt\n")
        return 2
    session = _session(options, Manner(sys.stdout), NoPreferences(), ConfinedFiles())
    bound()
    try:
        return _run_batch(options, session)
    except TimeIsUp:
        unbound()
        session.flush()
        sys.stderr.write(
            f"midocli: stopped after {SECONDS} s, as long as --untrusted lets it run\n"
        )
        return 1
    finally:
        unbound()


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _session(options: Namespace, manner: Manner, preferences: Preferences, files: Files) -> Session:
    import random
    import time

    from midocli.context.context import Context
    from midocli.session.session import Session, Settings
    from midocli.simulator.clock import Clock

    now = time.time_ns()
    clock = Clock(now, time.localtime(now // 10**9).tm_gmtoff)
    chance = random.Random(options.seed)
    look = None if options.untrusted else _stored
    named = not options.no_alias
    context = Context(chance, clock, files, manner, named, preferences, stored=look)
    where = None if options.untrusted else _store_of(options)
    if where is not None:
        from midocli.session.stores import keep

        keep(context, where)
    settings = Settings(
        json=options.format == "json",
        echo=options.echo,
        keep_going=options.keep_going,
        quiet=options.quiet,
    )
    session = Session(settings, context, sys.stderr, _mistakes())
    # What is loaded stays: looking through it for garbage would take a tenth of the start.
    gc.freeze()
    gc.enable()
    return session


def _stored(place: Argument) -> Store | None:
    """The topology that a store holds which a command names."""
    from midocli.session.stores import stored

    return stored(place)


def _store_of(options: Namespace) -> str | None:
    """Where the topology stays, if it does."""
    return os.environ.get("MIDOCLI_STORE") or None if options.store is None else options.store


def _check(options: Namespace) -> int:
    """Verify the store, and tell what is wrong with it."""
    from grammar.errors import StoreError
    from midocli.session.stores import check

    where = _store_of(options)
    if where is None:
        sys.stderr.write("midocli: --check verifies a store: --store WHERE says which\n")
        return 2
    try:
        found = check(where)
    except StoreError as error:
        _tell(error.message)
        return 2
    return int(found)


def _run_batch(options: Namespace, session: Session) -> int:
    from grammar.script import Line
    from midocli.session.session import SessionEnd

    answered = True
    names = options.files or ([] if options.commands else ["-"])
    try:
        for name in names:
            if not _run_file(name, session):
                session.flush()
                return 2
        try:
            for command in options.commands or ():
                session.run_script("-e", [Line(command, 1)])
                answered = answered and session.answered
        finally:
            session.end_input("-e")
    except SessionEnd:
        pass
    session.flush()
    return 1 if session.failed or not answered else 0


def _run_file(name: str, session: Session) -> bool:
    """Run one script; False where it cannot be read."""
    from grammar.errors import FileError
    from grammar.script import read_lines
    from grammar.tree import Argument

    if name == "-":
        session.run_file("<stdin>", read_lines(_standard_input(session)))
        return True
    try:
        files = session.context.files
        with files.beside(name), files.open(Argument(name, 1)) as stream:
            session.read_topology(name, read_lines(stream))
    except FileError as error:
        _tell(error.message)
        return False
    return True


def _standard_input(session: Session) -> BinaryIO:
    """What is piped in; what a store holds back meanwhile is let go where no line comes."""
    if session.context.kept is None:
        return sys.stdin.buffer
    from midocli.app.attentive import attentive
    from midocli.session.held import LONGEST

    return attentive(sys.stdin.fileno(), LONGEST, session.flush)


def _end_without_output(error: OSError) -> int:
    """Nothing more can be printed; a reader that has gone is no mistake, as for other filters."""
    import os

    from midocli.context.files import reason

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    gone = isinstance(error, BrokenPipeError)
    try:
        if not gone:
            _tell(f"cannot write the output: {reason(error)}")
        sys.stderr.flush()
    except OSError:
        os.dup2(nowhere, sys.stderr.fileno())
    return 0 if gone else 1
