"""The network that is pinged, as text.

Two guests, a bridge each, and a router between them whose infilter has ten rules, the last a
dynamic dnat that rev_dnat undoes.
"""

TARGET = "192.168.79.119"

TOPOLOGY = f"""\
router create name edge
router router0 add port address 192.168.77.1 net 192.168.77.0/24
router router0 add port address 192.168.78.1 net 192.168.78.0/24
router router0 add route src 0.0.0.0/0 dst 192.168.77.0/24 port router0:port0
router router0 add route src 0.0.0.0/0 dst 192.168.78.0/24 port router0:port1
bridge create name servers
bridge bridge0 add port peer router0:port0
bridge bridge0 add port
bridge create name clients
bridge bridge1 add port peer router0:port1
bridge bridge1 add port
host create name box
host host0 add binding port bridge0:port1 interface veth0
host host0 add binding port bridge1:port1 interface veth1
guest create name server interface host0:veth0 address 192.168.77.119/24 gw 192.168.77.1
guest create name client interface host0:veth1 address 192.168.78.9/24 gw 192.168.78.1
chain create name in
chain create name out
{chr(10).join(f"chain chain0 add rule src 10.{n}.0.0/16 proto 6 type drop" for n in range(9))}
chain chain0 add rule dst {TARGET} pos 10 type dnat action accept target 192.168.77.119:10000-60000
chain chain1 add rule dst 192.168.78.0/24 type rev_dnat action accept
router router0 set infilter chain0 outfilter chain1
"""
