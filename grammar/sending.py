"""What the commands that send have in common: from whom, to whom, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable

import pyparsing as pp

from grammar.addresses import IPv4, Mac
from grammar.command import FORCE, OnGuest, argument, build
from grammar.dashed import Options, is_dashed
from grammar.elements import Made, Name, Tokens
from grammar.pairs import Pairs
from grammar.picture_files import Drawn
from grammar.schema import Field
from grammar.tree import Argument, Command, Path, Setting, written_path, written_settings
from grammar.values import Flag, Text
from grammar.words import quoted

LONG = 4096


class Depth(Flag):
    """How deep an explanation goes: an option that stands alone, or before one of these words."""

    words = ("brief", "full")
    expected = "brief or full"
    example = "brief"

    def takes(self, word: str) -> bool:
        """Whether a word behind the option says how deep."""
        return word in self.words


_OBSERVING = (
    Field(
        "capture",
        Text("points in a comma list, all, any or none", "veth0,bridge1:port0", LONG, "points"),
        "points whose frames are printed; if not given, the interfaces of both ends",
    ),
    Field(
        "filter",
        Text("a filter in quotes", "icmp and host 10.0.0.1", LONG, "filter"),
        "which captured frames are printed, as for tcpdump",
    ),
    Field(
        "flags",
        Text("tcpdump's flags in quotes", "-nnn -vvv -X -e", LONG, "flags"),
        "how captured frames are printed, as for tcpdump; at the prompt as prefs says (-n)",
        default="-nnn -vvv -X -e",
    ),
    Field(
        "write", Text("a file name", "ping.pcapng", LONG, "file"), "file for the captured frames"
    ),
    Field("explain", Depth(), "show the walk, step by step: a line a device, as usual, or full"),
    Field(
        "draw",
        Drawn(),
        "draw the network with the way taken, and where it ended; into a file behind it, "
        "if one is named (.svg, .dot, .mmd)",
    ),
    Field(
        "report",
        Text("a file name", "ping.html", LONG, "file"),
        "page for a browser: the picture, the walk, the frames and the verdict",
    ),
    FORCE,
)

#: Where a source is no guest: who it pretends to be.
STATION = (
    Field("src", IPv4(), "source address; at a point, of a station put up there for the occasion"),
    Field("hw-src", Mac(), "source MAC of that station; made up if not given"),
    Field("hw-dst", Mac(), "where that station sends its frames, without asking by ARP"),
)


def observing(filter: str, note: str = "") -> tuple[Field, ...]:
    """The options by which traffic is shown, with a command's default filter and a note on it."""
    return tuple(
        each._replace(default=filter, help=each.help + note) if each.name == "filter" else each
        for each in _OBSERVING
    )


class Sending(Command):
    """A command that makes traffic, and shows what came of it."""

    shows_objects = False
    sends = True


class SendingTo(Sending):
    """One that sends from a source, which is a path (a guest) or a point, to a destination."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        start = written_from(self.word, self.source)
        return [*start, named(self.destination), *written_settings(self.options)]


Make = Callable[..., Command]

_SOURCE = "a source: a guest, a router port or a point"


def from_source(make: Make, follow: pp.ParserElement) -> Made:
    """A source, and what follows it: `make` is called with the tokens, options as one."""
    source = argument(_SOURCE, "source", follow)
    return build(source, lambda tokens: make(*tokens))


def from_guest(make: Make, follow: pp.ParserElement) -> Made:
    """The same where the source is the guest before."""

    def made(tokens: list[Tokens]) -> OnGuest:
        return OnGuest(lambda path: make(path, *tokens))

    return build(follow, made)


def program(make: Make, options: Options) -> Made:
    """A source and a destination, with options before, between and behind them."""
    source = argument(_SOURCE, "source", _program_to(options))
    return build(options.before(source), lambda tokens: make(*_sorted(tokens)))


def program_of_guest(make: Make, options: Options) -> Made:
    """The same where the source is the guest before."""

    def made(tokens: list[Tokens]) -> OnGuest:
        return OnGuest(lambda path: make(path, *_sorted(tokens)))

    return build(_program_to(options), made)


def _program_to(options: Options) -> pp.ParserElement:
    return options.before(destination(options))


def _sorted(tokens: list[Tokens]) -> list[Tokens]:
    """The words, and the options as one token."""
    words = [token for token in tokens if isinstance(token, Argument)]
    return [*words, tuple(token for token in tokens if isinstance(token, Setting))]


def destination(follow: pp.ParserElement) -> Name:
    """The address of who is sent to."""
    return argument("a destination address", "destination", follow)


def taking(options: tuple[Field, ...]) -> Made:
    """The options that end the line, as one token."""
    return build(Pairs("options", options, "option"), tuple)


def named(word: Argument) -> str:
    """A word as it must be typed where options may stand as well."""
    text = quoted(word.text)
    return f"'{text}'" if is_dashed(text) else text


def written_from(word: str, source: Argument | Path) -> list[str]:
    """The words that begin a command, said of a point or behind a guest."""
    if isinstance(source, Argument):
        return [word, named(source)]
    return [*written_path(source), word]
