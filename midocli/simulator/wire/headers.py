"""The headers of a frame as plain values, for events."""

from __future__ import annotations

from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ETHERTYPE_IPV4, ICMP


def headers(frame: Frame) -> dict[str, object]:
    """The header fields a reader of events needs, as plain values."""
    result: dict[str, object] = {
        "hw_src": frame.hw_src,
        "hw_dst": frame.hw_dst,
        "vlans": frame.vlan_ids(),
        "ethertype": frame.ethertype,
    }
    if frame.fault is not None:
        result["fault"] = frame.fault
    elif frame.ethertype == ETHERTYPE_ARP:
        result |= {"op": frame.proto, "sender": frame.nw_src, "target": frame.nw_dst}
    elif frame.ethertype == ETHERTYPE_IPV4:
        result |= {"nw_src": frame.nw_src, "nw_dst": frame.nw_dst, "proto": frame.proto}
        result |= {"ttl": frame.ttl, "tos": frame.tos, "ip_id": frame.ip_id}
        result |= {"fragment": frame.fragment, "tp_src": frame.tp_src, "tp_dst": frame.tp_dst}
        if frame.proto == ICMP:
            result |= {"icmp_id": frame.icmp_id, "icmp_seq": frame.icmp_seq}
    return result
