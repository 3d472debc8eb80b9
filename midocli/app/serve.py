"""`midocli serve`: its options."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from grammar.errors import StoreError
from midocli.app.serving import MakeSession, Problem, RunFile, Serve
from midocli.results.printable import printable

_EPILOG = """\
The SCRIPTs are run first. Clients such as midonet-cli find the topology at
http://HOST:PORT/midonet-api. A topology that is not saved when the server is ended is left in
the user's state folder.
"""
_LIBRARIES = ("starlette", "uvicorn", "h11", "anyio", "click")


def argument_parser() -> ArgumentParser:
    """The options of `midocli serve`."""
    parser = ArgumentParser("midocli serve", description="serve MidoNet's REST API", epilog=_EPILOG)
    add = parser.add_argument
    add("files", nargs="*", metavar="SCRIPT", help="scripts to run first")
    add("--listen", default="127.0.0.1:8181", metavar="HOST:PORT", help="where to listen")
    add("--base-url", metavar="URL", help="the address that clients see, in place of --listen's")
    add("--user", metavar="NAME", help="who may log in, with --password-file")
    add("--password-file", type=Path, metavar="FILE", help="a file with the password")
    add("--open", action="store_true", help="let everybody in, on any address")
    add("--cors", metavar="ORIGIN", help="let the pages of an origin in")
    add("-i", "--interactive", action="store_true", help="give a prompt on the same topology")
    add("-v", "--verbose", action="store_true", help="log requests")
    add("--color", choices=("auto", "always", "never"), help="colours at the prompt")
    add("--seed", metavar="N", help="make every random choice repeatable")
    add("-s", "--store", metavar="WHERE", help="where the topology stays: a file, or postgresql://")
    add("--untrusted", action="store_true", help="refused: scripts that may do harm serve nobody")
    return parser


def main(
    words: Sequence[str], plain: Namespace, make_session: MakeSession, run_file: RunFile
) -> int:
    """Serve until the end is told; the exit status. All else is as in `plain` options."""
    options = argument_parser().parse_args(words, plain)
    if options.untrusted:
        return _complain("--untrusted runs scripts, and serves nobody")
    try:
        return Serve(options, make_session, run_file).run()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        return _complain(f"serve needs {error.name}: pip install 'midocli[serve]'")
    except (Problem, StoreError) as problem:
        return _complain(str(problem))


def _complain(message: str) -> int:
    sys.stderr.write(f"midocli: {printable(message)}\n")
    return 2
