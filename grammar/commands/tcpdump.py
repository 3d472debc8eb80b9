"""`tcpdump`: watching points of the network, and reading capture files."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import FORCE, Declaration, argument, build, leading, one_of
from grammar.dashed import Options, has_dashes
from grammar.elements import Element, Later, Name, Question, Rejected, Result
from grammar.errors import IncompleteError, LineSyntaxError
from grammar.expectation import END, Expectation
from grammar.resources.capture import COUNT, FILTER, FLAGS, LONGEST, QUIET, WRITE
from grammar.schema import Field
from grammar.sending import named, taking
from grammar.tree import Argument, Command, Setting, written_settings
from grammar.values import Integer, Text
from grammar.words import WORD, behind_blanks, quoted, unquote

OPTIONS = (FLAGS, FILTER, COUNT, WRITE, QUIET, FORCE)
_READ_OPTIONS = (FLAGS, FILTER, COUNT)
_OURS = tuple(field.name for field in OPTIONS)
_READ = "read"

_POINTS = Field(
    "points", Text("points in a comma list", "veth0", LONGEST, "watched"), "where it watches"
)
_FILE = Field("file", Text("a capture file", "lan.pcap", LONGEST, "file"), "the file to read")
_SNAP_LENGTH = Field("snap-length", Integer(0, 262144, "bytes"), "of no use: frames are whole")
_PACKET_TYPE = Field("packet-type", Text("a packet type", "vxlan"), "what packets are taken for")
#: tcpdump's own options, and what they are here.
_LETTERS = {
    **{letter: f"flags -{letter}" for letter in "#AbeKnqStvxX"},
    **dict.fromkeys("HlNOpuU", ""),
    "c": "count",
    "i": "points",
    "interface": "points",
    "r": "file",
    "s": "snap-length",
    "T": "packet-type",
    "w": "write",
}


class Tcpdump(Command):
    """A capture that runs from here on at points, a comma list."""

    word = "tcpdump"
    points: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [self.word, named(self.points), *written_settings(self.options)]


class ReadCapture(Command):
    """The frames of a capture file, printed."""

    word = "tcpdump"
    file: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [self.word, _READ, quoted(self.file.text), *written_settings(self.options)]


class _AsProgram(Element):
    """What follows `tcpdump` as the program takes it: `-ni tap1 -c 5 icmp and host 10.0.0.1`.

    Without -i the first word is the points. The words that are left are the filter, unless the
    first of them begins options of ours. As the program, it prints nothing of what -w writes.
    """

    def __init__(self) -> None:
        super().__init__("tcpdump's own options")
        others = (_POINTS, _FILE, _SNAP_LENGTH, _PACKET_TYPE)
        self._options = Options("tcpdump", OPTIONS, _LETTERS, others)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        given: list[Setting] = []
        words: list[Argument] = []
        while True:
            at = behind_blanks(line, loc)
            # The first word is the points, unless these, or a file, are given by an option.
            filtering = words[0 if _place(given) else 1 :]
            has_place = _place(given) is not None or bool(words)
            if type(line) is Question and at == line.at:
                line.found += self._expected(has_place, filtering)
            word = WORD.match(line, at)
            if word is None:
                break
            if said := self._options.dashed(line, at):
                given += said[0]
                loc = said[1]
                if any(each.field is WRITE for each in said[0]):
                    given.append(Setting(QUIET, True, at + 1, ""))
            elif has_place and not filtering and word[0] in _OURS:
                loc, ours = self._options._parse(line, at)
                given.extend(ours)
                break
            elif word[0] == "|":  # of the line: a filter has it in quotes, as in a shell
                raise Rejected(line, at, self)
            else:
                loc = word.end()
                words.append(Argument(unquote(word[0]), at + 1))
        where = _place(given)
        if where is None and words:
            where = self._setting(line, _POINTS, words.pop(0))
        if where is None:
            expected = f"{_POINTS.type.expected} behind -i, or {_FILE.type.expected} behind -r"
            error = IncompleteError(f"tcpdump needs {expected}", at + 1, (expected,))
            raise Rejected(line, at, self, error)
        return loc, [self._made(line, where, given, words)]

    def _expected(self, has_place: bool, filtering: list[Argument]) -> list[Expectation]:
        """What may stand behind a place to look at, if there is one, and words of a filter."""
        if not has_place:
            return [Expectation.of_value(_POINTS)]
        ours = () if filtering else self._options.expectations()
        return [Expectation.of_value(FILTER), *ours, END]

    def _made(
        self, line: str, where: Setting, given: list[Setting], words: list[Argument]
    ) -> Command:
        """The command that the options are; Rejected where some do not go with a file."""
        options = {each.field.name: each for each in given if each.field in OPTIONS}
        flags = [each for each in given if each.field in (FLAGS, _PACKET_TYPE)]
        if flags:
            text = Argument(_flags(flags), flags[0].column)
            options["flags"] = self._setting(line, FLAGS, text)
        if words:
            text = Argument(" ".join(word.text for word in words), words[0].column)
            options["filter"] = self._setting(line, FILTER, text)
        place = Argument(where.text, where.column)
        if where.field is _POINTS:
            return Tcpdump(place, tuple(options.values()))
        for each in options.values():
            if each.field not in _READ_OPTIONS:
                error = LineSyntaxError(f"{each.field.name} is of no use with -r", each.column)
                raise Rejected(line, each.column - 1, self, error)
        return ReadCapture(place, tuple(options.values()))

    def _setting(self, line: str, field: Field, word: Argument) -> Setting:
        value = self._options.value(line, field, word.text, word.column - 1)
        return Setting(field, value, word.column, word.text)


def _place(given: list[Setting]) -> Setting | None:
    """Where the options say that frames come from, the last word counting."""
    return next((each for each in reversed(given) if each.field in (_POINTS, _FILE)), None)


def _flags(given: list[Setting]) -> str:
    """What is said of how frames are printed, letters together."""
    texts = [f"-T {each.text}" if each.field is _PACKET_TYPE else each.text for each in given]
    letters = "".join(text[1] for text in texts if len(text) == 2)
    return " ".join([*([f"-{letters}"] if letters else []), *(t for t in texts if len(t) != 2)])


class _Watching(Element):
    """Points and options: as they are said here, or where any begins with `-` as the program."""

    def __init__(self, ours: pp.ParserElement) -> None:
        super().__init__("points")
        self._ours = ours
        self._program = Later(_AsProgram)

    def parseImpl(self, line: str, loc: int, do_actions: bool = True) -> Result:
        element = self._program if has_dashes(line[loc:]) else self._ours
        end, tokens = element._parse(line, loc, do_actions)
        return end, tokens


def _points_or_read() -> pp.ParserElement:
    file = argument("a capture file", "file", taking(_READ_OPTIONS))
    read = build(file, lambda tokens: ReadCapture(*tokens))
    options = taking(OPTIONS)
    points = Name(
        "points",
        lambda word, column: Argument(word, column) if word not in ("", _READ) else None,
        lambda token: options,
        lambda: [Expectation("text", "", "points in a comma list", target="watched")],
    )
    watch = build(points, lambda tokens: Tcpdump(*tokens))
    return one_of(leading(_READ, "print a capture file", read), otherwise=(_Watching(watch),))


TCPDUMP = Declaration(
    "tcpdump",
    "watches points while other commands make traffic, or prints a capture file",
    group="watching",
    rank=1,
    usage=(
        "tcpdump POINT[,POINT]... [OPTION VALUE]...",
        "tcpdump read FILE [flags FLAGS] [filter EXPRESSION] [count N]",
    ),
    examples=(
        'tcpdump veth0 filter icmp flags "-ne"  # prints frames after each command',
        'tcpdump veth0,router0:port1 flags "-nt" count 10  # two points, ten frames',
        "tcpdump any quiet write all.pcapng  # into a file, every interface",
        "ping client vm capture none",
        "tcpdump -nni veth0 icmp and host 192.168.78.9  # as on Linux",
        'tcpdump read all.pcapng flags "-n" filter "arp or icmp"  # what was written',
    ),
    options=OPTIONS,
    see=("captures", "points", "flags", "filters"),
    follows=_points_or_read,
)
