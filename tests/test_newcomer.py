"""What a newcomer writes who has read docs/python.md and nothing else."""

from __future__ import annotations

import pytest

from midocli import Lab, MidoError
from midocli.testing import assert_dropped, assert_reaches

pytest_plugins = "midocli.testing"

#: Two networks, and a router between them.
OFFICE = """
bridge create name desks
bridge create name servers
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24
router edge add port address 10.0.2.1 net 10.0.2.0/24
router edge add route dst 10.0.1.0/24 type normal port router0:port0
router edge add route dst 10.0.2.0/24 type normal port router0:port1
bridge desks add port peer router0:port0
bridge servers add port peer router0:port1
chain create name policy
chain policy add rule pos 1 proto 6 dst-port 80 type accept
chain policy add rule pos 2 dst 10.0.2.0/24 type drop
router edge set infilter policy
"""


@pytest.fixture
def office(lab: Lab) -> Lab:
    lab(OFFICE)
    lab.guest("ann", "10.0.1.10/24", bridge="desks")
    lab.guest("web", "10.0.2.80/24", bridge="servers")
    lab("guest web add service proto tcp port 80")
    return lab


def test_the_web_is_served_between_the_networks(office: Lab) -> None:
    assert_reaches(office, "ann", "web", "tcp", 80)
    assert_dropped(office, "ann", "web", "tcp", 22, code="rule-drop", by="chain0:rule1")


def test_a_broken_rule_is_found_by_code_place_and_rule(office: Lab) -> None:
    office("chain0:rule0 set dst-port 8080")
    connect = office.connect("ann", "tcp", "web", 80)
    assert connect.outcome == "timeout"
    assert connect.reason is not None
    assert connect.reason.code == "rule-drop"
    assert connect.reason.at == "router0"
    assert connect.reason.rule == "chain0:rule1"
    for line in connect.advice:
        office(line)
    assert_reaches(office, "ann", "web", "tcp", 80)


def test_the_network_of_another_test_is_not_there(lab: Lab) -> None:
    with pytest.raises(MidoError) as caught:
        lab.ping("ann", "10.0.2.80")
    assert caught.value.code == "not-found"
    other = Lab(seed=2)
    other(OFFICE)
    assert str(lab("bridge list")) == ""
