"""The DHCP service of a bridge (MidoNet: `simulation/DhcpImpl.scala`).

A request from a MAC that some subnet has a host entry for is answered before the port and the
bridge see it, or dropped where it is neither DISCOVER nor REQUEST; any other is an ordinary
broadcast. Like MidoNet, it answers a client that selected another server, and sends a NAK the
options of an ACK.
"""

from __future__ import annotations

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import DhcpAnswered, Entered
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import DhcpSubnet
from midocli.simulator.wire import dhcp_message as dhcp
from midocli.simulator.wire.addresses import BROADCAST, mask_of, subnet_broadcast
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import inherit

#: What every answer comes from.
SERVER_MAC = 0x02A89CDE3927
LEASE_SECONDS = 24 * 3600
#: The MTU when the subnet has none, and what the underlay carries when nothing is tunnelled.
DEFAULT_MTU = 1500


def answer(walk: Walk, port: Port) -> bool:
    """Serve the walk's frame, which just arrived by a port; False: it is to be forwarded."""
    frame = walk.frame
    if port.is_router or port.service or port.interface is None:
        return False
    if frame.tp_dst != dhcp.SERVER_PORT:
        return False
    bridge = walk.topology.bridges[port.device]
    if bridge is None or not bridge.subnets:
        return False
    request = dhcp.message_of(frame)
    subnet = next((each for each in bridge.subnets if each.hosts.get(frame.hw_src)), None)
    if request is None or subnet is None or request.op != dhcp.BOOT_REQUEST:
        return False
    address = subnet.hosts[frame.hw_src]
    assert address is not None
    if request.type == dhcp.DISCOVER:
        type_ = dhcp.OFFER
    elif request.type == dhcp.REQUEST:
        wanted = request.number(dhcp.REQUESTED_ADDRESS)
        type_ = dhcp.ACK if wanted in (None, address) else dhcp.NAK
    else:
        walk.drop(_unserved(request, bridge.alias))
        return True
    what = f"dhcp-{dhcp.TYPE_NAMES[type_]}"
    if walk.deciding:
        walk.tell_frame(Entered, port)
    if walk.recording:
        event = DhcpAnswered(
            message=dhcp.TYPE_NAMES[request.type],
            answer=dhcp.TYPE_NAMES[type_],
            mac=frame.hw_src,
            address=address,
            subnet=subnet.network,
        )
        walk.tell(bridge.alias, event)
    underlay = walk.topology.source.underlay_mtu(port.key) or DEFAULT_MTU
    mtu = min(subnet.mtu or DEFAULT_MTU, underlay)
    reply = _reply(frame, request, subnet, address, type_, mtu)
    walk.generate(reply, port, what, bridge.alias)
    return True


def _unserved(request: dhcp.Message, at: str) -> Reason:
    """Why a message of a client that has a host entry gets no answer."""
    if not request.type:
        return Reason(Code.MALFORMED, at, None, "the DHCP message does not say of what type it is")
    name = dhcp.TYPE_NAMES.get(request.type, str(request.type)).upper()
    return Reason(Code.NO_ANSWER, at, None, f"the DHCP service of {at} has no use for DHCP{name}")


def _reply(
    frame: Frame, request: dhcp.Message, subnet: DhcpSubnet, address: int, type_: int, mtu: int
) -> Frame:
    server = subnet.server or subnet.gateway or 0
    message = dhcp.Message(
        dhcp.BOOT_REPLY,
        request.xid,
        frame.hw_src,
        _options(subnet, server, address, type_, mtu),
        your_address=address,
        server_address=server,
    )
    data = message.to_bytes()
    reply = udp_packet(server, dhcp.SERVER_PORT, BROADCAST, dhcp.CLIENT_PORT, data)
    reply.hw_src, reply.hw_dst, reply.fragment = SERVER_MAC, frame.hw_src, 0
    inherit(reply, frame)
    return reply


def _options(
    subnet: DhcpSubnet, server: int, address: int, type_: int, mtu: int
) -> dict[int, bytes]:
    length = subnet.network[1]
    options = {
        dhcp.MESSAGE_TYPE: bytes((type_,)),
        dhcp.SERVER_ID: dhcp.address_bytes(server),
        dhcp.LEASE_TIME: LEASE_SECONDS.to_bytes(4, "big"),
        dhcp.SUBNET_MASK: dhcp.address_bytes(mask_of(length)),
        dhcp.BROADCAST_ADDRESS: dhcp.address_bytes(subnet_broadcast((address, length))),
        dhcp.INTERFACE_MTU: mtu.to_bytes(2, "big"),
    }
    if subnet.gateway:
        options[dhcp.ROUTER] = dhcp.address_bytes(subnet.gateway)
    if subnet.dns_servers:
        options[dhcp.DNS] = dhcp.address_bytes(*subnet.dns_servers)
    if subnet.routes:
        # Who reads option 121 ignores the router option (RFC 3442).
        default = (((0, 0), subnet.gateway),) if subnet.gateway else ()
        options[dhcp.CLASSLESS_ROUTES] = dhcp.route_bytes((*subnet.routes, *default))
    return options
