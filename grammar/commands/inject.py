"""`inject`: raw frames, given as bytes or in a capture file."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, argument, build
from grammar.schema import Field
from grammar.sending import LONG, Sending, observing, taking
from grammar.tree import Argument, Setting, written_settings
from grammar.values import Choice, Hex, Text, Truth
from grammar.words import quoted

OPTIONS = (
    Field("frame", Hex(), "the bytes of one frame"),
    Field(
        "file", Text("a file name", "frames.pcap", LONG, "file"), "a pcap or pcapng file of frames"
    ),
    Field(
        "speed",
        Choice(("recorded", "asap")),
        "how a file's frames follow each other: as they did, or each once the network is quiet",
        default="recorded",
    ),
    Field(
        "rewrite-mac",
        Truth("yes", "no"),
        "give a file's frames the MACs of the guest at the point and of who is next on their way",
        default=False,
    ),
    *observing(filter="", note="; all if not given"),
)


class Inject(Sending):
    """Raw frames put into the network at a point."""

    word = "inject"
    point: Argument
    options: tuple[Setting, ...]

    def written(self) -> list[str]:
        return [self.word, quoted(self.point.text), *written_settings(self.options)]


def _at_point() -> pp.ParserElement:
    point = argument("a point: an interface or a port", "point", taking(OPTIONS))
    return build(point, lambda tokens: Inject(*tokens))


INJECT = Declaration(
    "inject",
    "puts raw frames into the network at a point and prints where they came out",
    group="sending",
    rank=6,
    usage=(
        "inject POINT frame HEX [OPTION VALUE]...",
        "inject POINT file FILE [speed recorded|asap] [rewrite-mac yes] [OPTION VALUE]...",
    ),
    examples=(
        'inject veth0 frame "ffffffffffff 020000000001 88b5 00" explain',
        "inject veth0 file frames.pcap speed asap  # frames of a capture file",
    ),
    options=OPTIONS,
    see=("ping", "points", "captures"),
    follows=_at_point,
)
