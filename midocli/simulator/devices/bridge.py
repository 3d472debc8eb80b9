"""The virtual switch (MidoNet: `simulation/Bridge.scala`).

1. a multicast source MAC is dropped, so is everything while the bridge is down
2. mirrors of what comes in; trace requests and infilter (not for tagged frames)
3. learn the source MAC, dropped by the infilter or not
4. decide: ARP requests the bridge can answer, known MACs, or flood
5. outfilter (not for tagged frames; it knows the out-port of unicast only); mirrors of what
   goes out
"""

from __future__ import annotations

from midocli.simulator.devices import chain, mirror, nat, stations, tracing
from midocli.simulator.devices.decisions import CONSUMED, Decision, Fork
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import ArpLearned, Bridged, Flooded, MacLearned
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.plans import BridgePlan
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.addresses import BROADCAST_MAC, mac_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import ARP_REQUEST, arp_reply
from midocli.simulator.wire.protocol import ETHERTYPE_ARP

_GROUP_BIT = 1 << 40


def process(walk: Walk, port: Port) -> Decision:
    """Take a frame that entered by a port of a bridge through the bridge."""
    frame = walk.frame
    plan = walk.topology.bridge_plans[port.device]
    if plan is None:
        return Reason(Code.UNPLUGGED, port.alias, None, f"{port.alias} has no bridge")
    bridge = plan.bridge
    if bridge.in_mirrors and bridge.up:
        mirror.copy(walk, bridge.in_mirrors, bridge.alias)
    if frame.hw_src & _GROUP_BIT:
        text = f"its source {mac_text(frame.hw_src)} is a group MAC, which {bridge.alias} drops"
        return Reason(Code.BAD_SOURCE_MAC, bridge.alias, None, text)
    if not bridge.up:
        text = f"{bridge.alias} is administratively down"
        return Reason(Code.ADMIN_DOWN, bridge.alias, None, text)
    if bridge.traces and not _is_tagged(frame):
        tracing.watch(walk, bridge.traces, bridge.alias)
    if bridge.infilter is not None and not _is_tagged(frame):
        verdict = chain.run(walk, bridge.infilter, bridge.alias, "infilter")
        if verdict is not None:
            if type(verdict) is Reason:
                _learn(walk, plan, port)
            return verdict
    _learn(walk, plan, port)
    decision = _decide(walk, plan, port)
    if type(decision) is Port:
        walk.out_port = decision
    elif type(decision) is not Fork:
        return decision
    if bridge.outfilter is not None and not _is_tagged(frame):
        verdict = chain.run(walk, bridge.outfilter, bridge.alias, "outfilter")
        if verdict is not None:
            return verdict
    if walk.recording and frame.proto >= 0:
        nat.tell_unrestored(walk, bridge.alias)
    if bridge.out_mirrors:
        mirror.copy(walk, bridge.out_mirrors, bridge.alias)
    return decision


def _is_tagged(frame: Frame) -> bool:
    """Whether chains leave the frame alone: a priority tag (VLAN 0) alone does not count."""
    return bool(frame.vlans) and any(tag & 0xFFF for tag in frame.vlans)


def _vlan_of(plan: BridgePlan, frame: Frame, port: Port) -> int:
    """The VLAN whose MAC table a frame belongs to; 0 when the bridge is not VLAN-aware."""
    if not plan.vlan_of:
        return 0
    vlan = plan.vlan_of.get(port.key)
    if vlan is not None:
        return vlan
    return frame.vlans[0] & 0xFFF if frame.vlans else 0


def _learn(walk: Walk, plan: BridgePlan, port: Port) -> None:
    """Remember where the source MAC is, unless it is a router port's or the bridge was told."""
    frame = walk.frame
    mac = frame.hw_src
    if mac in plan.router_ports:
        return
    key = mac
    if plan.vlan_of:
        vlan = _vlan_of(plan, frame, port)
        if vlan and vlan not in plan.vlan_ports:
            return
        key |= vlan << 48
    if key in plan.bridge.macs:
        return
    known = walk.memory.learn_mac(plan.bridge.key, key, port.key)
    if walk.recording and known != port.key:
        old = plan.ports.get(known)
        moved_from = old.alias if old is not None else None
        event = MacLearned(mac=mac, vlan=key >> 48, port=port.alias, moved_from=moved_from)
        walk.tell(plan.bridge.alias, event)


def _decide(walk: Walk, plan: BridgePlan, port: Port) -> Decision:
    frame = walk.frame
    if frame.hw_dst & _GROUP_BIT:
        broadcast = frame.hw_dst == BROADCAST_MAC
        if broadcast and frame.ethertype == ETHERTYPE_ARP and frame.fault is None:
            return _arp(walk, plan, port)
        return _flood(walk, plan, port, "broadcast" if broadcast else "multicast")
    to = plan.router_ports.get(frame.hw_dst)
    known = "router-port"
    if to is None:
        to, known = _known(walk, plan, port)
    if to is None:
        return _flood(walk, plan, port, "unknown")
    if to is port:
        text = f"{mac_text(frame.hw_dst)} is behind {port.alias}, where it came in"
        return walk.error(Reason(Code.SAME_PORT, plan.bridge.alias, None, text))
    return _unicast(walk, plan, port, to, known)


def _known(walk: Walk, plan: BridgePlan, port: Port) -> tuple[Port | None, str]:
    """The port a destination MAC is behind, as the bridge was told or has learned, and which."""
    frame = walk.frame
    key = frame.hw_dst
    if key == frame.hw_src:
        return port, "learned"
    if plan.vlan_of:
        key |= _vlan_of(plan, frame, port) << 48
    told = plan.bridge.macs.get(key)
    if told is not None:
        return plan.ports.get(told), "static"
    return plan.ports.get(walk.memory.port_of_mac(plan.bridge.key, key)), "learned"


def _unicast(walk: Walk, plan: BridgePlan, port: Port, to: Port, known: str) -> Decision:
    """To one port; a VLAN-aware bridge pushes or pops the tag of its tagged ports."""
    if plan.vlan_of:
        frame = walk.frame
        in_vlan, out_vlan = plan.vlan_of.get(port.key), plan.vlan_of.get(to.key)
        if in_vlan is not None:
            _push_vlan(walk, plan, in_vlan)
        elif out_vlan is not None:
            if not frame.vlans or frame.vlans[0] & 0xFFF != out_vlan:
                has = f"has VLAN {frame.vlans[0] & 0xFFF}" if frame.vlans else "is untagged"
                text = f"it {has}, but {to.alias} carries VLAN {out_vlan}"
                return Reason(Code.VLAN_MISMATCH, plan.bridge.alias, None, text)
            pop_vlan(walk, to)
    if walk.recording:
        vlan = _vlan_of(plan, walk.frame, port)
        event = Bridged(mac=walk.frame.hw_dst, vlan=vlan, port=to.alias, known=known)
        walk.tell(plan.bridge.alias, event)
    return to


def _flood(walk: Walk, plan: BridgePlan, port: Port, why: str) -> Decision:
    """To every exterior port, and to peers as the VLANs allow; not back where it came from."""
    frame = walk.frame
    trunks = tuple(trunk for trunk in plan.trunks if trunk is not port)
    targets = plan.exterior + trunks + stations.ports(walk.network, plan)
    if plan.vlan_of and not trunks:
        in_vlan = plan.vlan_of.get(port.key)
        if in_vlan is not None:
            _push_vlan(walk, plan, in_vlan)
        elif port.interface is not None and frame.vlans:
            tagged = plan.vlan_ports.get(frame.vlans[0] & 0xFFF)
            if tagged is not None:
                targets += (tagged,)
    targets = tuple(target for target in targets if target is not port)
    if not targets:
        text = f"{plan.bridge.alias} has no other port to send it to"
        return Reason(Code.NO_ANSWER, plan.bridge.alias, None, text)
    if walk.recording:
        event = Flooded(ports=tuple(target.alias for target in targets), why=why)
        walk.tell(plan.bridge.alias, event)
    return Fork(targets)


def _arp(walk: Walk, plan: BridgePlan, port: Port) -> Decision:
    """Broadcast ARP: answered here if the address is known, learned from if gratuitous."""
    frame = walk.frame
    tagged = _is_tagged(frame)
    gratuitous = frame.nw_src == frame.nw_dst
    if frame.proto == ARP_REQUEST and not tagged and not gratuitous:
        mac = plan.router_macs.get(frame.nw_dst) or plan.bridge.addresses.get(frame.nw_dst)
        mac = mac or walk.memory.announced_mac(plan.bridge.key, frame.nw_dst)
        if mac is not None:
            walk.generate(arp_reply(frame, mac), port, "arp-reply", plan.bridge.alias)
            return CONSUMED
    router_mac = plan.router_macs.get(frame.nw_dst)
    if router_mac is not None and not tagged:
        to = plan.router_ports[router_mac]
        return _unicast(walk, plan, port, to, "router-port")
    if gratuitous:
        walk.memory.learn_announced(plan.bridge.key, frame.nw_src, frame.hw_src)
        if walk.recording:
            event = ArpLearned(address=frame.nw_src, mac=frame.hw_src, port=port.alias)
            walk.tell(plan.bridge.alias, event)
    return _flood(walk, plan, port, "broadcast")


def _push_vlan(walk: Walk, plan: BridgePlan, vlan: int) -> None:
    frame = walk.frame
    before = frame.vlan_ids()
    frame.vlans = (0x8100 << 16 | vlan, *frame.vlans)
    if walk.recording:
        changes = {"vlans": (before, frame.vlan_ids())}
        walk.tell_rewritten(plan.bridge.alias, "push-vlan", changes)


def pop_vlan(walk: Walk, port: Port) -> None:
    """Take off the tag of a tagged port's VLAN, wherever it is among the tags."""
    frame = walk.frame
    before = frame.vlans
    for index, tag in enumerate(before):
        if tag & 0xFFF == port.vlan:
            frame.vlans = before[:index] + before[index + 1 :]
            break
    if walk.recording and frame.vlans != before:
        changes = {"vlans": (tuple(tag & 0xFFF for tag in before), frame.vlan_ids())}
        walk.tell_rewritten(port.alias, "pop-vlan", changes)
