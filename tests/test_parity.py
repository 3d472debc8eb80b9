"""The ledger of parity can not lie: what a row says, an `expect` or an assertion holds."""

from __future__ import annotations

import pytest
from ledger import (
    Mark,
    Row,
    faults,
    marks,
    marks_of_session,
    marks_of_test,
    midonet_files,
    pages,
    rows_of,
)
from sessions import ROOT

MIDONET = {"a/Bridge.scala": 100, "b/Test.scala": 10, "c/Test.scala": 20}
ROW = Row("page:1", "flood", "It floods", "MidoNet: `Bridge.scala:7-9`", "`lan`", "same")
HELD = [Mark("lan", 1, "flood", "")]


def test_the_ledger_is_held() -> None:
    rows = [
        row for page in pages() for row in rows_of(str(page.relative_to(ROOT)), page.read_text())
    ]
    assert faults(rows, marks(), midonet_files()) == []


def test_a_row_that_is_held_is_taken() -> None:
    assert faults([ROW], HELD, MIDONET) == []
    differs = "differs: one stands for all"
    for change in ({"outcome": "same; of each"}, {"outcome": differs}, {"oracle": "RFC: `826`"}):
        assert faults([ROW._replace(**change)], HELD, MIDONET) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": "Flood it"}, "no kebab-case word"),
        ({"behaviour": ""}, "no behaviour"),
        ({"held_by": "none"}, "nothing holds it"),
        ({"held_by": "`lan`, `wan`"}, "wan has no mark of it"),
        ({"outcome": "see above"}, "begins with none of"),
        ({"outcome": ""}, "begins with none of"),
        ({"oracle": ""}, "names nothing"),
        ({"oracle": "MidoNet: the bridge"}, "names nothing"),
        ({"oracle": "hearsay: `it`"}, "'hearsay' is no kind of oracle"),
        ({"oracle": "recording: `nothing-like-it`"}, "no recording"),
        ({"oracle": "MidoNet: `Bridge.scala`"}, "is not FILE:LINE"),
        ({"oracle": "MidoNet: `Router.scala:1`"}, "MidoNet has 0 files"),
        ({"oracle": "MidoNet: `idge.scala:1`"}, "MidoNet has 0 files"),
        ({"oracle": "MidoNet: `Test.scala:1`"}, "MidoNet has 2 files"),
        ({"oracle": "MidoNet: `b/Test.scala:11`"}, "has no line 11"),
        ({"oracle": "MidoNet: `b/Test.scala:9-12`"}, "has no line 12"),
    ],
)
def test_a_row_is_refused(change: dict[str, str], fault: str) -> None:
    row = ROW._replace(**change)
    held = [Mark("lan", 1, row.key, "")]
    (found,) = [said for said in faults([row], held, MIDONET) if "begins" in said or fault in said]
    assert fault in found


def test_a_second_row_of_a_key_is_refused() -> None:
    assert faults([ROW, ROW], HELD, MIDONET) == ["page:1: flood is a second row's key"]


def test_a_mark_that_no_row_names_is_refused() -> None:
    assert faults([ROW], [*HELD, Mark("lan", 3, "gone", "")], MIDONET) == [
        "lan: no row gone names it"
    ]
    assert faults([ROW], [*HELD, Mark("wan", 3, "flood", "")], MIDONET) == [
        "wan: no row flood names it"
    ]


def test_a_mark_that_holds_nothing_is_refused() -> None:
    assert faults([ROW], [Mark("lan", 4, "flood", "no `expect` follows")], MIDONET) == [
        "lan:4: flood: no `expect` follows"
    ]


@pytest.mark.parametrize(
    "table",
    ["| Key | Outcome |\n| --- | --- |\n| flood | same |", "| one |"],
)
def test_a_table_of_other_columns_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="a table of the ledger has"):
        rows_of("page", table)


def test_a_row_with_too_few_cells_is_refused() -> None:
    heading = "| Key | Behaviour | Oracle | Held by | Outcome |\n| - | - | - | - | - |\n"
    assert rows_of("page", heading + "| a | b | c \\| c | d | e |")[0].oracle == "c \\| c"
    with pytest.raises(ValueError, match="4 cells"):
        rows_of("page", heading + "| a | b | c | d |")


PRINTED = """midonet> router list
router router0 name r
midonet> expect ping a b
PING b
64 bytes from b: time=0.3 ms
midonet> expect not ping a c
PING c
[exit status 0]
"""


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("router list\n# parity: k\nexpect ping a b\nexpect not ping a c", ""),
        ("router list\n# parity: k\nexpect ping a b\n# prints: PING b\nexpect not ping a c", ""),
        (
            "router list\n# parity: k\nexpect ping a b\n# prints: 64 ... from b: time=... ms\n"
            "expect not ping a c\n# prints: PING c\n# prints not: PING b",
            "",
        ),
        ("# parity: k\nrouter list\nexpect ping a b\nexpect not ping a c", "no `expect` follows"),
        ("router list\n# parity: k\n# prints: PING b\nexpect ping a b", "line 3 is not so"),
        ("router list\n# parity: k\nexpect ping a b\n# prints: PING", "line 4 is not so"),
        (
            "router list\n# parity: k\nexpect ping a b\nexpect not ping a c\n# prints: PING b",
            "line 5 is not so",
        ),
        ("router list\n# parity: k\nexpect ping a b\n# prints not: PING b", "line 4 is not so"),
        ("router list\nexpect ping a b\nexpect not ping a c\n# parity: k", "no `expect` follows"),
        (
            "router list\n# parity: k\nexpect ping a d\n",
            "the output has '' for 'expect ping a d'",
        ),
    ],
)
def test_a_mark_of_a_session_holds_by_the_expect_behind_it(script: str, fault: str) -> None:
    (mark,) = marks_of_session("s", script, PRINTED)
    assert mark.fault == fault


@pytest.mark.parametrize(
    ("following", "fault"),
    [
        ("assert f() == 2", ""),
        ("# As the source has it.\n    assert f() == 2", ""),
        ("with pytest.raises(ValueError):\n        f()", ""),
        ("f()\n    assert True", "no assertion follows"),
        ("", "no assertion follows"),
    ],
)
def test_a_mark_of_a_test_holds_by_the_assertion_behind_it(following: str, fault: str) -> None:
    source = f"def test() -> None:\n    # parity: one, other\n    {following}\n"
    assert marks_of_test("t", source) == [Mark("t", 2, "one", fault), Mark("t", 2, "other", fault)]
