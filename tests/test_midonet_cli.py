"""`diff … as commands`: what a midonet-cli that has just been started takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from real_client import Client, missing, serving
from shaped import shape
from sharer import Sharer
from worlds import World

from grammar.tree import Argument
from midocli.context.files import Files
from midocli.results.forms import in_form
from midocli.session.stores import stored
from midocli.store.copying import copied
from midocli.store.leading import Leading
from midocli.store.midonet_cli import MidonetCli
from midocli.store.store import Store

OLD = (
    "host create name rack addresses 10.9.0.1",
    "chain create name c",
    "chain c add rule type drop dst 10.0.0.1",
    "chain c add rule type accept dst 10.0.0.2",
    "bridge create name lan",
    "bridge lan add port",
    "router create name r infilter c",
    "router r add port address 10.0.0.1 net 10.0.0.0/24 peer bridge0:port0",
    "router r add route dst 10.1.0.0/16 gw 10.0.0.2 type normal port router0:port0",
    "router create name gone",
    "router gone add port",
    "port-group create name pg",
    "pgroup0 add member port bridge0:port0",
)
NEW = (
    "chain0:rule0 set dst 10.0.0.9",
    "chain create name forward",
    "chain forward add rule type jump jump-to chain0 in-ports bridge0:port0,router0:port0 proto 6",
    "router r set forward-chain forward asn 7",
    "router0:route0 set weight 5",
    "router r add bgp-peer asn 5 address 10.0.0.3 password hush",
    "router gone delete",
    "router create name edge",
    "bridge lan add port outfilter forward",
    "bridge lan set name wan",
    "host rack add binding port bridge0:port1 interface tap1",
    "guest create name web interface host0:tap1 address 10.0.0.9/24",
    "pgroup0 add member port bridge0:port1",
    "router edge add port address 10.2.0.1 net 10.2.0.0/24",
    "router edge add port mac 02:00:00:00:00:02 address 10.3.0.1 net 10.4.0.0/24",
    "bridge wan add port peer router2:port0",
    "ip-address-group create name ipg",
    "ipg0 add ip address 10.0.0.9",
    "chain forward add rule type accept ip-address-group-dst !ipg0 pos 2",
    "bridge wan add dhcp subnet 10.0.0.0/24 gw 10.0.0.1",
    "bridge wan dhcp subnet 10.0.0.0/24 add host mac 02:00:00:00:00:01 name w address 10.0.0.9",
    "load-balancer create",
    "lb0 add pool",
    "lb0:pool0 add member address 10.0.0.9 protocol-port 80",
    "lb0:pool0 add vip address 10.0.0.8 protocol-port 80 persistence SOURCE_IP",
    "router edge set load-balancer lb0",
    "mirror create to-port router2:port0",
    "mirror0 add matches proto 6",
    "bridge wan set in-mirrors mirror0",
)


#: The commands between them, with old objects as `<ALIAS>` in the place of their UUIDs.
WANTED = """\
cleart
chain <chain0> rule <chain0:rule0> delete
router <router0> route <router0:route0> delete
router <router1> delete
chain create name forward
ip-address-group create name ipg
ip-address-group ipg0 add ip address 10.0.0.9
load-balancer create
load-balancer lb0 add pool lb-method ROUND_ROBIN
load-balancer lb0 pool pool0 add member address 10.0.0.9 protocol-port 80
load-balancer lb0 pool pool0 add vip address 10.0.0.8 protocol-port 80 persistence SOURCE_IP
router create name edge
bridge <bridge0> add port outfilter chain0
router router0 add port mac MAC address 10.2.0.1 net 10.2.0.0/24
router router0 add port mac 02:00:00:00:00:02 address 10.3.0.1 net 10.4.0.0/24
router router0 port port1 set net 10.4.0.0/24
bridge <bridge0> add port
router <router0> add route type normal src 0.0.0.0/0 dst 10.1.0.0/16 gw 10.0.0.2 \
port <router0:port0> weight 5
router <router0> add bgp-peer asn 5 address 10.0.0.3
bridge <bridge0> add dhcp gw 10.0.0.1 subnet 10.0.0.0/24
bridge <bridge0> dhcp subnet 10.0.0.0/24 add host name w address 10.0.0.9 mac 02:00:00:00:00:01
port-group <pgroup0> add member port bridge0:port0
tunnel-zone create name zone0 type gre
tunnel-zone tzone0 add member host <host0> address 127.0.0.1
host <host0> add binding interface tap1 port bridge0:port0
mirror create to-port router0:port0
mirror mirror0 add matches proto 6
chain <chain0> add rule dst 10.0.0.9 type drop pos 2
chain chain0 add rule proto 6 in-ports <bridge0:port0>,<router0:port0> type jump \
jump-to <chain0> pos 1
chain chain0 add rule ip-address-group-dst '!ipg0' type accept pos 2
tunnel-zone tzone0 delete
router <router0> set asn 7 forward-chain chain0
router router0 set load-balancer lb0
bridge <bridge0> set name wan in-mirrors mirror0
router router0 port port0 set peer bridge0:port1
""".splitlines()


def asked(old: Store, new: Store) -> tuple[MidonetCli, Leading]:
    client = MidonetCli(old)
    return client, Leading(old, new, client)


def test_objects_are_called_as_the_session_will_call_them() -> None:
    old, new = World(*OLD), World(*OLD, *NEW)
    # What was there before has the same UUIDs in both, as in a session it would.
    there = {row.full_alias: row.id for row in old.store.all_rows() if row.collection.has_id}
    rows = [row for row in new.store.all_rows() if row.collection.has_id]
    ids = {row: there[row.full_alias] for row in rows if row.full_alias in there}
    client, led = asked(old.store, copied(new.store, ids))
    uuids = {row.uuid: row.full_alias for row in old.store.all_rows() if row.collection.has_id}
    text = "\n".join(client.lines)
    for uuid, alias in uuids.items():
        text = text.replace(uuid, f"<{alias}>")
    text = text.replace(new.run("router2:port0 show mac"), "MAC")
    assert text.splitlines() == WANTED
    assert list(led.left_out) == ["guest0", "password of router0:peer0"]


def test_what_it_cannot_say_is_named() -> None:
    new = World(*OLD, *NEW)
    result = in_form(new.lab("diff"), "commands", new.store)
    assert "hush" not in result.text()
    left = result.document()["left_out"]
    assert {"host0", "guest0", "password of router0:peer0"} < set(left)
    assert result.remark.startswith("left out: host0, ")


def test_what_is_left_out_leaves_no_hole() -> None:
    new = World("bridge create", "bridge0 add port", "chain create")
    for kind in ("drop dst 10.0.0.9", "drop", "redirect target-port bridge0:port0"):
        new.run(f"chain0 add rule type {kind}")
    result = in_form(new.lab("diff"), "commands", new.store)
    assert result.text().splitlines()[-2:] == [
        "chain chain0 add rule type drop pos 1",
        "chain chain0 add rule dst 10.0.0.9 type drop pos 2",
    ]
    assert result.document()["left_out"] == ["chain0:rule2"]


def test_an_address_off_its_network_takes_a_second_command() -> None:
    port = "mac 2:0:0:0:0:1 address 10.0.0.2 net 10.1.0.0/24"
    new = World("router create", f"router0 add port {port}")
    assert new.lines("diff as commands")[1:] == [
        "router create",
        f"router router0 add port {port}",
        "router router0 port port0 set net 10.1.0.0/24",
    ]


def test_what_a_file_builds_is_picked_by_uuid_or_by_what_it_shows(tmp_path: Path) -> None:
    lines = ("router create name r", "router r add port", "router create name gone")
    world = World(*lines, files=Files())
    world.run(f"save {tmp_path}/old.mido")
    world.run("router r set name s")
    world.run("router gone delete")
    uuid = world.run("router s show id")
    assert world.run(f"diff {tmp_path}/old.mido as commands").splitlines() == [
        "router name gone state up asn 0 delete",
        f"router {uuid} set name s",
    ]


# -- the client itself ------------------------------------------------------------------------

needs_client = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def played(home: Path, old: Sequence[str], new: Sequence[str] | World) -> None:
    """The commands make of a served topology what it is to become."""
    store = home / "old.db"
    session = Sharer(store)
    for line in old:
        session.run(line)
    before = copied(session.store)
    if not isinstance(new, World):
        for line in ("begin", *new):
            session.run(line)
    wanted = copied(session.store if not isinstance(new, World) else new.store)
    if not isinstance(new, World):
        session.run("rollback")
    session.kept.close()
    client, led = asked(before, wanted)
    with serving(home, "--store", str(store)) as url:
        typed = Client(url, home)
        for line in client.lines:
            printed = typed(line)
            assert "rror: " not in printed and "rror at" not in printed, f"{line}: {printed}"
        typed.close()
    after = stored(Argument(str(store), 1))
    assert after is not None
    assert shape(after) == shape(led._here)


@needs_client
@pytest.mark.parametrize("back", [False, True])
def test_the_client_makes_the_difference(back: bool, tmp_path: Path) -> None:
    if back:
        played(tmp_path, (*OLD, *NEW), World(*OLD))
    else:
        played(tmp_path, OLD, NEW)
