"""What no sane user types: every broken line is one error in its place, and nothing changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

MEGABYTE = 1 << 20

TOPOLOGY = """
router create name edge
router router0 add port address 10.0.0.1 net 10.0.0.0/24
router router0 add port address 10.0.1.1 net 10.0.1.0/24
router router0 add route src 0.0.0.0/0 dst 10.0.1.0/24 port router0:port1
bridge create name twin
bridge create name twin
bridge bridge0 add port peer router0:port0
bridge bridge0 add port
bridge create name spare
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

LISTING = """
router list
router router0 list port
router router0 list route
bridge list
bridge bridge0 list port
chain list
chain chain0 list rule
host list
host host0 list interface
host host0 list binding
guest list
port list
port-group list
port-group pgroup0 list member
ip-address-group list
ip-address-group ipg0 list ip
"""


def broken_lines() -> Iterator[bytes]:
    """Two hundred lines, each wrong in a way of its own."""
    for words in PLAIN:
        yield words.encode()
    yield from RAW
    yield from LONG
