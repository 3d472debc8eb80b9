"""The manual page midocli(1), made from the program's options and the declarations."""

from __future__ import annotations

from argparse import Action
from collections.abc import Iterable, Iterator

from grammar.commands import declarations
from grammar.verbs import VERBS
from midocli.app.cli import argument_parser
from midocli.app.completion import options, takes_value
from midocli.help.version import VERSION

_STATUS = (
    ("0", "all commands succeeded"),
    ("1", "a command failed, or a ping of -e got no answer"),
    ("2", "bad options, or a file that cannot be read"),
    ("130", "ended by Ctrl-C, in a script"),
)
_ENVIRONMENT = (
    ("MIDOCLI_DEBUG", "if 1, the traceback of an internal error is printed at once"),
    ("NO_COLOR", "if set, the prompt has no colours"),
    ("TERM", "if it is dumb, the prompt has neither colours nor a pager"),
    ("VISUAL, EDITOR", "the editor of Ctrl-X Ctrl-E at the prompt"),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "used in place of ~/.config and ~/.local/state"),
)
_FILES = (
    ("~/.config/midocli/prefs.toml", "preferences of the prompt, as set with prefs"),
    ("~/.local/state/midocli/history, history-NAME-...", "lines typed at the prompt"),
    ("~/.local/state/midocli/recovered.mido, ...", "topologies of sessions ended from outside"),
    ("~/.local/state/midocli/mistake-...txt", "tracebacks of internal errors, the newest 20"),
)
_EXAMPLES = (
    ("midocli", "a prompt, where demo loads a network to try things on"),
    ("midocli lab.mido", "the commands of a file"),
    ("midocli -e demo -e 'ping client 192.168.79.119 explain'", "commands of the command line"),
    ("midocli tcpdump -n -r ping.pcapng", "the frames that ping ... write ping.pcapng kept"),
    ('eval "$(midocli --completion bash)"', "completion of the options, in this shell"),
)


def manual() -> str:
    """The page, in the man macros of troff."""
    parser = argument_parser()
    words = [(name, verb.help) for name, verb in VERBS.items()]
    words += [(each.title, each.help) for each in declarations().values()]
    lines = [
        '.\\" Written by docs/generate.py from the options and the declarations in grammar/.',
        f'.TH MIDOCLI 1 "" "midocli {VERSION}" "User Commands"',
        *(".SH NAME", f"midocli \\- {_plain(parser.description or '')}"),
        *(".SH SYNOPSIS", ".B midocli"),
        r"[\fIOPTION\fR]... [\fIFILE\fR]...",
        *(".br", r".B midocli tcpdump \-r", r"\fIFILE\fR [\fIOPTION\fR]... [\fIEXPRESSION\fR]"),
        ".SH DESCRIPTION",
        *_paragraphs(parser.epilog or ""),
        *(".SH OPTIONS", *_entries((_option(each), each.help or "") for each in options(parser))),
        ".SH COMMANDS",
        "A command names an object and says what to do with it.",
        r"\fBhelp\fR \fIWORD\fR says more about each of these, and about the collections.",
        *_entries((f"\\fB{_plain(word)}\\fR", help) for word, help in words),
        *(".SH EXIT STATUS", *_entries(_STATUS)),
        ".SH ENVIRONMENT",
        *_entries((_bold(names), what) for names, what in _ENVIRONMENT),
        ".SH FILES",
        *_entries((_plain(names), what) for names, what in _FILES),
        *(".SH EXAMPLES", *_entries((_plain(line), what) for line, what in _EXAMPLES)),
        *(".SH SEE ALSO", r"\fBping\fR(8), \fBtcpdump\fR(8), \fBpcap\-filter\fR(7)"),
    ]
    return "\n".join(lines) + "\n"


def _option(action: Action) -> str:
    names = ", ".join(f"\\fB{_plain(name)}\\fR" for name in action.option_strings)
    if not takes_value(action):
        return names
    if action.choices:
        return f"{names} \\fB{'|'.join(map(str, action.choices))}\\fR"
    return f"{names} \\fI{action.metavar or action.dest.upper()}\\fR"


def _entries(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for heading, text in pairs:
        yield from (".TP", heading, _plain(text))


def _bold(names: str) -> str:
    return ", ".join(rf"\fB{_plain(name)}\fR" for name in names.split(", "))


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        yield from (".PP",) if number else ()
        yield from (_plain(line) for line in paragraph.splitlines())


def _plain(text: str) -> str:
    """A text that troff prints as it stands."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text[:1] in ("'", ".") else text
