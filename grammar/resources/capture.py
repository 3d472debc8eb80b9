"""Running captures: made by `tcpdump`, listed, shown and deleted as any object is."""

from __future__ import annotations

from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Flag, Integer, ListOf, Text

LONGEST = 4096

POINTS = ListOf(Text("a point, any or all", "veth0", 255, "points"))
FILTER = Field(
    "filter",
    Text("a filter in quotes", "icmp and host 10.0.0.1", LONGEST, "filter"),
    "frames it takes",
)
FLAGS = Field(
    "flags",
    Text("tcpdump's flags in quotes", "-nnn -vvv -X -e", LONGEST, "flags"),
    "how its frames are printed; if not given, as tcpdump does without flags",
)
COUNT = Field("count", Integer(1, 2**31 - 1), "frames after which it stops")
WRITE = Field(
    "write",
    Text("a file name", "lan.pcapng", LONGEST, "file"),
    "file its frames go to: classic pcap where the name ends in .pcap, pcapng otherwise",
)
QUIET = Field("quiet", Flag(), "take and write frames, but print none")


def _fixed(field: Field) -> Field:
    return field._replace(read_only=True)


CAPTURE = Collection(
    "capture",
    "capture",
    "a running capture, which prints its frames after each command that makes traffic",
    (
        common.ID,
        Field("points", POINTS, "where it watches", read_only=True),
        *(_fixed(field) for field in (FILTER, FLAGS, COUNT, WRITE)),
        Field("quiet", common.YES_NO, QUIET.help, read_only=True, default=False),
        Field("frames", Integer(0, 2**63), "frames it has taken", read_only=True, live=True),
    ),
    creatable=False,
    group="watching",
    more=(
        "capture list as table",
        'tcpdump veth0 flags "-n"  # starts one',
        "capture capture0 delete  # stops the first",
    ),
    see=("tcpdump", "captures"),
)

COLLECTIONS = (CAPTURE,)
