"""The unmodified midonet-cli 5.2.0 against midocli's server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from real_client import FOLDER, Client, missing, serving
from sessions import ROOT
from test_api_exchanges import EXCHANGES, WORLD

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

#: What the recorded server left out, and the reference says is there.
_WITH_DEFAULTS = {
    "mirror mirror0 matches list": "inverted no proto 6 dst-port 80 fragment-policy header "
    "no-vlan false",
    "tracerequest list": "tr tr0 inverted no src 10.0.0.1 fragment-policy any no-vlan false "
    "name t0 port bridge0:port0 limit 10 enabled false",
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    script = tmp_path / "world.mido"
    script.write_text("\n".join(WORLD))
    with serving(tmp_path, str(script)) as url:
        client = Client(url, tmp_path)
        yield client
        client.close()


def _outline(text: str) -> str:
    """A text whose error, if it is one, is reduced to its kind."""
    kind, _, body = text.partition("Internal error: ")
    return f"Internal error {json.loads(body)['code']}" if not kind and body[:1] == "{" else text


def test_all_recorded_commands(client: Client) -> None:
    for recorded in EXCHANGES[1:-1]:
        line, printed = recorded["command"], recorded["output"]
        wanted = _WITH_DEFAULTS.get(line, "\n".join(map(str.rstrip, printed.split("\n"))))
        assert _outline(client(line)) == _outline(wanted.strip("\n")), line


# -- the published lab ---------------------------------------------------------------------

#: What midonet-cli has no words for: the host, and the machines behind its interfaces.
MACHINES = """\
host create name nikita addresses 10.1.0.1
guest create name vm interface host0:tape239f31e-63 mac fa:16:3e:39:9e:e9 \\
    address 192.168.77.119/24 gw 192.168.77.1 ip-id 21839
guest create name client interface host0:veth0 mac c2:86:ff:ce:17:0a address 192.168.78.9/24 \\
    dev internal_linuxb bridge-ports veth1 ip-id 53133
guest client add route dst 192.168.77.0/24 gw 192.168.78.1
guest client add route dst 192.168.79.0/24 gw 192.168.78.1
"""
PORTS = "\n".join(["bridge bridge0 add port"] * 10)
#: The network, as it is typed at midonet-cli.
NETWORK = f"""\
host list
tunnel-zone create name tz type vxlan
tunnel-zone tzone0 add member host host0 address 172.19.0.2
chain create name OS_PRE_ROUTING_tr
chain create name OS_POST_ROUTING_tr
chain create name OS_FORWARD_tr
chain create name OS_PORT_vm_INBOUND
chain create name OS_PORT_vm_OUTBOUND
chain chain0 add rule dst 203.0.113.7 type dnat action accept target 192.168.77.7
chain chain2 add rule dst 169.254.0.0/16 type drop
chain chain3 add rule ethertype 0x0800 src !192.168.77.119 type drop
chain chain3 add rule pos 2 hw-src !fa:16:3e:39:9e:e9 type drop
chain chain4 add rule flow return-flow type accept
chain chain4 add rule pos 2 proto 1 type accept
chain chain4 add rule pos 3 ethertype 0x0800 type drop
router create name tr asn -1 infilter chain0 outfilter chain1 forward-chain chain2
router router0 add port mac fa:16:3e:bb:12:d0 address 192.168.77.1 net 192.168.77.1/24
router router0 add port mac fa:16:3e:52:65:b1 address 192.168.78.1 net 192.168.78.1/24
router router0 add route dst 192.168.77.0/24 src 0.0.0.0/0 type normal port router0:port0
router router0 add route dst 192.168.78.0/24 src 0.0.0.0/0 type normal port router0:port1
bridge create name internal
{PORTS}
bridge bridge0 add port infilter chain3 outfilter chain4
bridge create name test
bridge bridge1 add port
bridge bridge1 add port
bridge bridge0 port port0 set peer router0:port0
bridge bridge1 port port0 set peer router0:port1
host host0 add binding port bridge0:port10 interface tape239f31e-63
host host0 add binding port bridge1:port1 interface veth0
chain create name "dnat-test"
chain chain5 add rule dst 192.168.79.119 in-ports router0:port1 pos 1 type dnat action accept \
target 192.168.77.119:10000-60000
chain chain5 add rule dst 192.168.79.119 in-ports router0:port1 pos 2 type rev_snat action accept
"""
#: What the document shows, whose client had numbered the chains otherwise.
SHOWN = {
    "router list": "router router0 name tr state up infilter chainN outfilter chainN asn -1 "
    "forward-chain chainN",
    "router router0 port list": """\
port port0 device router0 state up plugged no mac fa:16:3e:bb:12:d0 address 192.168.77.1 \
net 192.168.77.1/24 peer bridge0:port0
port port1 device router0 state up plugged no mac fa:16:3e:52:65:b1 address 192.168.78.1 \
net 192.168.78.1/24 peer bridge1:port0""",
    "host host0 binding list": """\
host host0 interface tape239f31e-63 port bridge0:port10
host host0 interface veth0 port bridge1:port1""",
    "bridge bridge1 port list": """\
port port0 device bridge1 state up plugged no vlan 0 peer router0:port1
port port1 device bridge1 state up plugged yes vlan 0""",
}


def test_the_client_builds_the_published_lab(tmp_path: Path) -> None:
    """Its listings are the document's, and the ping at the prompt beside prints its four frames."""
    script = tmp_path / "machines.mido"
    script.write_text(MACHINES)
    words = ["serve", "--listen", "127.0.0.1:0", "-i", "--seed", "1", str(script)]
    prompt = pexpect.spawn(
        sys.executable, ["-m", "midocli", *words], cwd=ROOT, encoding="utf-8", timeout=60,
        dimensions=(500, 300),
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "TERM": "dumb",
             "COLUMNS": "300", "LINES": "500"},
    )  # fmt: skip
    try:
        prompt.expect(r"serving (\S+)")
        client = Client(prompt.match[1], tmp_path)
        for line in NETWORK.replace("\\\n", "").splitlines():
            assert "rror" not in client(line), line
        for line, shown in SHOWN.items():
            assert re.sub(r"chain\d+", "chainN", client(line)) == shown
        assert client("router router0 set infilter chain5") == ""
        client.close()
        prompt.sendline("clock set 2017-04-14T12:30:51.226238+02:00")
        prompt.sendline("ping client 192.168.79.119 id 28653 count 1 flags '-l -nnn -vvv -X -e'")
        published = ROOT / "tests" / "data" / "published"
        for name in ("veth0.txt", "tap.txt"):
            for line in (published / name).read_text().splitlines():
                prompt.expect_exact(re.sub(r"^\d\d:\d\d:\d\d\.\d{6} ", "", line).strip())
    finally:
        prompt.close(force=True)


def test_the_clients_library_under_our_python(tmp_path: Path) -> None:
    """Python 3 needs four shims, and nothing in the library is changed."""
    pytest.importorskip("httplib2")
    with serving(tmp_path) as url:
        done = subprocess.run(
            [sys.executable, "-c", LIBRARY, url, str(FOLDER)], capture_output=True, text=True
        )
    assert (done.stdout, done.returncode) == ("lan 2 up\n", 0), done.stderr


LIBRARY = """
import base64, sys, urllib, urllib.parse
urllib.urlencode = urllib.parse.urlencode
encode = base64.b64encode
base64.b64encode = lambda text: encode(text.encode()).decode()
import httplib2  # ours, for Python 3
sys.path.append(sys.argv[2])
ask = httplib2.Http.request
def decoded(self, *words, **more):
    response, content = ask(self, *words, **more)
    return response, content.decode()
httplib2.Http.request = decoded
import midonetclient.vendor_media_type
sys.modules["vendor_media_type"] = midonetclient.vendor_media_type
from midonetclient.api import MidonetApi
api = MidonetApi(sys.argv[1], "admin", "secret", "admin")
bridge = api.add_bridge().name("lan").tenant_id("").create()
bridge.add_port().create()
bridge.add_port().create()
router = api.add_router().name("r").tenant_id("").create()
port = router.add_port().port_address("10.0.0.1").network_address("10.0.0.0").network_length(24)
port = port.create()
ports = list(bridge.get_ports())
port.link(ports[0].get_id())
assert api.get_port(port.get_id()).get_peer_id() == ports[0].get_id()
from midonetclient.client import MidonetClient  # what networking-midonet 11.0.0 drives
try:
    MidonetClient(sys.argv[1], "admin", "secret", "admin").create_network({"id": "x"})
except Exception as error:
    assert "keeps no Neutron objects" in str(error), error
print(bridge.get_name(), len(ports), "up" if bridge.get_admin_state_up() else "down")
"""
