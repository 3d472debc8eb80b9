"""Broken lines, the topology they are run against, and what shows it whole."""

from __future__ import annotations

import random

TOPOLOGY = """\
router create name edge
router router0 add port address 10.0.0.1 net 10.0.0.0/24
router router0 add port address 10.0.1.1 net 10.0.1.0/24
router router0 add route src 0.0.0.0/0 dst 10.0.1.0/24 port router0:port1
bridge create name twin
bridge create name twin
bridge bridge0 add port peer router0:port0
bridge bridge0 add port
bridge bridge1 add port
chain create name rules
chain chain0 add rule src 10.0.0.0/8 type accept
chain chain0 add rule pos 2 dst-port 80 proto 6 type drop
router router0 set infilter chain0
host create name box
host host0 add binding port bridge0:port1 interface veth0
guest create name vm interface host0:veth0 address 10.0.0.9/24 gw 10.0.0.1
port-group create name ports
port-group pgroup0 add member port router0:port0
ip-address-group create name addresses
ip-address-group ipg0 add ip address 10.0.0.3
"""

LISTING = """\
router list
router router0 list port
router router0 list route
bridge list
bridge bridge0 list port
bridge bridge1 list port
chain list
chain chain0 list rule
host list
host host0 list interface
host host0 list binding
guest list
guest guest0 list service
port list
port-group list
port-group pgroup0 list member
ip-address-group list
ip-address-group ipg0 list ip
"""

UNKNOWN_UUID = "6a3d54e1-8c2f-4be1-9d5c-0e6a7d1f2b3c"

NO_COMMANDS = (
    "frobnicate",
    "lst router",
    "d router router0",
    "de router router0",
    "creat router",
    "SHOW router router0",
    "Router list",
    "router LIST",
    "listrouter",
    "router router0 destroy",
    "router router0 delete now",
    "router router0 show name now",
    "router list list",
    "router router0 port",
    "router router0 colour",
    "show",
    "set",
    "clear",
    "delete",
    "list",
    "create",
    "add",
    "router",
    "router router0",
    "router router0 set",
    "router router0 clear",
    "list list",
    "list router router0",
    "create colour red",
    "chain chain0 rule list rule rule0",
    "router router0 rule list",
    "expect",
    "expect not",
    "expect frobnicate",
    "expect expect router list",
    "expect not router list",
    "expect router router9 show",
    "clock sett",
    "clock set yesterday",
    "clock set 1969-12-31T23:59:59Z",
    "clock set 0000-00-00",
    "clock advance",
    "clock advance -5s",
    "clock advance 999999h",
    "format",
    "format xml",
    "format text now",
    "help router edge",
    "help frobnicate",
    "source",
    "source no-such-file",
    "source /",
    "source /dev/null/x",
    "reset everything",
    "; router list",
    "router list; bridge list",
    "!router list",
    "router router0 show | cat",
)

BAD_VALUES = {
    "router router0 set {}": (
        "state maybe",
        "state",
        "state UP",
        "asn x",
        "asn 99999999999",
        "asn -2",
        "asn 1e3",
        "infilter chain9",
        "infilter router0",
        "infilter ''",
        "infilter !chain0",
        "load-balancer lb0",
        "colour red",
        "name",
        "name other state down asn x",
        "state down infilter chain9",
        f"id {UNKNOWN_UUID}",
    ),
    "router router0 port port0 set {}": (
        "mac zz",
        "mac 1:2:3",
        "mac 1:2:3:4:5:6:7",
        "address 10.1",
        "address 256.1.1.1",
        "address 10.0.0.1/24",
        "address ::1",
        "address 010.0.0.1",
        "net 10.0.0.0/33",
        "net 10.0.0.0/",
        "net /24",
        "net 10.0.0.0/-1",
        "peer bridge9:port0",
        "peer router0:port0",
        "peer chain0",
        "peer bridge1:port0",
        "device router0",
        "plugged yes",
        "state down mac zz",
    ),
    "router router0 clear {}": ("name", "state", "infilter name", "nothing", "id"),
    "chain chain0 add rule {}": (
        "",
        "src 10.0.0.0/8",
        "type",
        "type explode",
        "type dnat",
        "type jump",
        "type redirect",
        "type accept pos 99",
        "type accept pos 0",
        "type accept pos -1",
        "type accept pos x",
        "type accept proto tcp",
        "type accept proto 256",
        "type accept tos 300",
        "type accept dst-port http",
        "type accept dst-port 99999",
        "type accept dst-port 10-5",
        "type accept dst-port 1-2-3",
        "type accept dst-port -",
        "type accept vlan 5000",
        "type accept ethertype 0x1",
        "type accept ethertype 0xg",
        "type accept hw-src !",
        "type accept hw-src-mask ff",
        "type accept flow sideways",
        "type accept in-ports router0:port9",
        "type accept in-ports router0:port0,,",
        "type accept src !",
        "type accept src !!10.0.0.0/8",
        "type accept src 10.0.0.0/8/8",
        "type accept src 10.0.0.0/٨",
        "type accept inverted maybe",
        "type accept no-vlan yes",
        "type accept fragment-policy none",
        "type accept dst-port 80 fragment-policy any",
        "type accept target 10.0.0.1",
        "type dnat target nowhere",
        "type dnat target 10.0.0.1:http",
        "type dnat target 10.0.0.5-10.0.0.1",
        "type dnat target 10.0.0.1:70000",
        "type dnat target 10.0.0.1,",
        "type jump jump-to !chain0",
        "type redirect target-port chain0",
        "type accept alias rule0",
        "type accept alias chain7",
        "type accept alias rule01",
    ),
    "ping vm {}": (
        "",
        "10.0.0.256",
        "10.0.0.1 count 0",
        "10.0.0.1 count x",
        "10.0.0.1 size 70000",
        "10.0.0.1 ttl 256",
        "10.0.0.1 df maybe",
        "10.0.0.1 pattern zz",
        "10.0.0.1 interval -1",
        "10.0.0.1 timeout 0",
        "10.0.0.1 capture nowhere",
        "10.0.0.1 filter 'icmp and'",
        "10.0.0.1 filter 'host'",
        "10.0.0.1 flags -Q",
        "10.0.0.1 quiet quietly",
    ),
}

NO_OBJECTS = (
    "router router9 show",
    "router router-1 show",
    "router router00 show",
    "router name nobody show",
    "bridge name twin show",
    "bridge twin show",
    "show router router9",
    "delete chain chain9",
    "delete router router0 port port9",
    f"router {UNKNOWN_UUID} show",
    f"chain0:rule0 set jump-to {UNKNOWN_UUID}",
    "router 1234 show",
    "port router9:port0 show",
    "port port99 show",
    "router0:port9 show",
    "chain0:rule77 delete",
    "router0:rule0 show",
    "router router0 port router1:port0 show",
    "router router0 port bridge0:port0 show",
    "host host0 binding interface veth9 delete",
    "guest nobody ping 10.0.0.1",
    "ping nobody 10.0.0.1",
    "ping host0:veth9 10.0.0.1 src 10.0.0.7",
)

REFUSED = (
    "host create",
    "host host0 set name other",
    "host host0 add binding port bridge0:port1 interface veth1",
    "host host0 add binding port bridge0:port0 interface veth1",
    "host host0 add binding port bridge1:port0 interface veth0",
    "host host0 add binding port bridge9:port0 interface veth1",
    "host host0 add binding interface veth1",
    "guest create interface host0:veth0",
    "guest create interface host9:veth0",
    "guest create address 10.0.0.300/24",
    "port create",
    "port-group pgroup0 add member",
    "port-group pgroup0 add member port router0:port0",
    "ip-address-group ipg0 add ip address 10.0.0.3",
    "router router0 add route dst 10.0.0.0/8",
    "router router0 add route dst 10.0.0.0/8 port bridge0:port0",
    "router create alias router0",
    "bridge create alias bridgeX",
)

QUOTES = (
    "router create name 'half",
    'router create name "half',
    "router 'router0 show",
    "router create name a'b\"c",
    '"" list',
    "'' ''",
    'router "" show',
    'router router0 set "" x',
    'router router0 show ""',
)

RAW = (
    b"\0",
    b"\0\1\2\3",
    b"router\0list",
    b"router router0\0 show",
    b"router \0 show",
    b"source a\0b",
    b"ping vm 10.0.0.1\0",
    b"\xff\xfe\xfd",
    b"\xef\xbb\xbfrouter list",
    b"router \xff show",
    b"router router0 set state \xff",
    b"\x1b[2Jrouter list",
    b"router\xc2\xa0list",
    "маршрутизатор list".encode(),
    "router router٠ show".encode(),
)

_MANY = 1 << 20
LONG = (
    b"x" * _MANY,
    b"x " * (_MANY // 2),
    b"\\\\" * (_MANY // 2),
    b"'" * (_MANY + 1),
    b'"' + b"x" * _MANY,
    b"router create name " + b"x" * _MANY,
    b"router " + b"router0 " * (_MANY // 8),
    b"router0" + b":port0" * (_MANY // 6) + b" show",
    b"router router0 set " + b"name x " * (_MANY // 7) + b"state maybe",
    b"router router0 set asn " + b"9" * _MANY,
    b"router router0 set infilter " + b"chain" * (_MANY // 5),
    b"router router0 port port0 set address " + b"10." * (_MANY // 3) + b"1",
    b"chain chain0 add rule type dnat target " + b"10.0.0.1," * (_MANY // 9),
    b"chain chain0 add rule type accept in-ports " + b"router0:port0," * (_MANY // 14) + b"x",
    b"chain chain0 add rule type accept src " + b"!" * _MANY,
    b"expect " * (_MANY // 7),
    b"expect " + b"not " * (_MANY // 4),
    b"ping vm 10.0.0.1 filter '" + b"(" * 2000 + b"icmp" + b")" * 2000 + b"'",
    b"ping vm 10.0.0.1 filter '" + b"not " * 1000 + b"icmp'",
    b"ping vm 10.0.0.1 filter '" + b"(" * _MANY + b"'",
    b"ping vm 10.0.0.1 capture " + b"veth0," * (_MANY // 6),
    b"y" * (5 * _MANY),
)


def lines(count: int = 270) -> list[bytes]:
    """The lines, filled up with noise; every call gives the same ones."""
    words = [*NO_COMMANDS, *NO_OBJECTS, *REFUSED, *QUOTES]
    for form, values in BAD_VALUES.items():
        words += [form.format(value) for value in values]
    made = [*(line.encode() for line in words), *RAW, *LONG]
    chance = random.Random(count)
    while len(made) < count:
        noise = chance.randbytes(chance.randint(1, 300)).translate(None, b"#\r\n\\")
        made.append(b"~" + noise)
    return made
