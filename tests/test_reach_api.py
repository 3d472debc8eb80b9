"""Who can talk to whom, asked by programs."""

from __future__ import annotations

import pytest

from midocli import Lab, MidoError
from midocli.analysis import fare
from midocli.testing import assert_reaches


def two_machines(lab: Lab) -> None:
    lab("bridge create name lan")
    lab.guest("alice", "10.0.0.10/24", bridge="lan")
    lab.guest("web", "10.0.0.11/24", bridge="lan")


def guard(lab: Lab) -> None:
    """Let web be reached by answers and on port 443."""
    lab(
        "chain create name in\n"
        "chain in add rule ethertype 2054 type accept pos 1\n"
        "chain in add rule flow return-flow type accept pos 2\n"
        "chain in add rule proto 6 dst-port 443 type accept pos 3\n"
        "chain in add rule type drop pos 4\n"
        "chain create name out\n"
        "chain out add rule flow return-flow type accept\n"
        "bridge0:port1 set infilter out\n"
        "bridge0:port1 set outfilter in"
    )


def test_a_question_has_an_answer_as_text_and_data() -> None:
    lab = Lab()
    two_machines(lab)
    guard(lab)
    assert lab.reach("alice", "web", "tcp", 443).succeeded
    refused = lab.reach("alice", "web", "tcp", 22)
    assert refused.failed
    document = refused.document()
    assert (document["verdict"], document["rule"]) == ("refused", "chain0:rule3")
    partly = lab.reach("bridge lan", "10.0.0.0/24", "tcp", 22)
    assert not partly.succeeded
    assert not partly.failed
    assert lab.reach("lan", "web", "tcp", some=True).succeeded
    assert lab.reach("web", "alice", "icmp").text() == "web -> alice icmp: reached\n"


def test_an_address_that_means_every_machine_itself_is_nobodys() -> None:
    lab = Lab()
    two_machines(lab)
    lab.guest("unset", "0.0.0.0/24", bridge="lan")
    lab.guest("local", "127.0.0.1/8", bridge="lan")
    for name in ("unset", "local"):
        with pytest.raises(MidoError, match="no machine with an address"):
            lab.reach("alice", name)
    assert lab.reach("alice", "lan").text() == lab.reach("alice", "web").text()
    assert lab.reach("alice", "127.0.0.1", "tcp", 80).succeeded


def test_where_chance_has_too_many_ways_it_is_said_what_some_of_them_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = Lab()
    lab(
        "bridge create name lan\nbridge create name dmz\nrouter create name gate\n"
        "bridge lan add port\nbridge dmz add port\n"
        "router gate add port address 10.0.0.1 net 10.0.0.0/24 peer bridge0:port0\n"
        "router gate add port address 10.0.1.1 net 10.0.1.0/24 peer bridge1:port0\n"
        "router gate add route dst 10.0.0.0/24 type normal port router0:port0\n"
        "router gate add route dst 10.0.1.0/24 type normal port router0:port1\n"
        "chain create name pre\nchain create name post\n"
        "chain pre add rule dst 192.0.2.1 type dnat target 10.0.1.2-10.0.1.9:1-9 action accept\n"
        "chain post add rule type rev_dnat action accept\n"
        "router gate set infilter pre outfilter post"
    )
    lab.guest("alice", "10.0.0.10/24", bridge="lan")
    for number in range(2, 10):
        lab.guest(f"web{number}", f"10.0.1.{number}/24", bridge="dmz")

    def verdict() -> object:
        return lab.reach("alice", "192.0.2.1", "icmp").document()["verdict"]

    monkeypatch.setattr(fare, "_MOST_WAYS", 4)
    assert verdict() == "some"
    assert fare.TOO_MANY_WAYS in lab.reach("alice", "192.0.2.1", "icmp").text()
    for number in range(2, 10):
        lab(f"guest web{number} set state down")
    assert verdict() == "unknown"
    monkeypatch.undo()
    for number in range(2, 10):
        lab(f"guest web{number} set state up")
    assert verdict() == "reached"


def test_a_matrix_has_every_pair() -> None:
    lab = Lab()
    two_machines(lab)
    guard(lab)
    rows = lab.matrix(proto="tcp", port=22).records()
    assert [dict(row) for row in rows] == [
        {"from": "alice, web", "alice": "yes", "web": "no"},
    ]


def test_labs_are_compared() -> None:
    one, other = Lab(), Lab()
    two_machines(one)
    two_machines(other)
    assert not one.reach_diff(other).changes
    guard(one)
    lost = one.reach_diff(other, "tcp", 22)
    pairs = [(change.opens, change.pairs) for change in lost.changes]
    assert pairs == [(False, (("alice", "web"),))]
    assert [change.opens for change in other.reach_diff(one, "tcp", 22).changes] == [True]


def test_an_assertion_takes_sets_of_machines() -> None:
    lab = Lab()
    two_machines(lab)
    assert_reaches(lab, "lan", "10.0.0.0/24", "tcp", 22)
    guard(lab)
    with pytest.raises(AssertionError, match="alice -> web tcp 22: refused"):
        assert_reaches(lab, "lan", "web", "tcp", 22)
    with pytest.raises(MidoError):
        lab.reach("nobody", "web")
