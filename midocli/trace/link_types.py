"""Link types of capture files, by the names tcpdump has for them (tcpdump.org/linktypes)."""

from __future__ import annotations

ETHERNET = 1

_NAMES = {
    0: "NULL (BSD loopback)",
    1: "EN10MB (Ethernet)",
    6: "IEEE802 (Token ring)",
    7: "ARCNET (BSD ARCNET)",
    8: "SLIP (SLIP)",
    9: "PPP (PPP)",
    10: "FDDI (FDDI)",
    50: "PPP_SERIAL (PPP over serial)",
    51: "PPP_ETHER (PPPoE)",
    100: "ATM_RFC1483 (RFC 1483 IP-over-ATM)",
    101: "RAW (Raw IP)",
    104: "C_HDLC (Cisco HDLC)",
    105: "IEEE802_11 (802.11)",
    107: "FRELAY (Frame Relay)",
    108: "LOOP (OpenBSD loopback)",
    109: "ENC (OpenBSD encapsulated IP)",
    113: "LINUX_SLL (Linux cooked v1)",
    114: "LTALK (Localtalk)",
    117: "PFLOG (OpenBSD pflog file)",
    119: "PRISM_HEADER (802.11 plus Prism header)",
    122: "IP_OVER_FC (RFC 2625 IP-over-Fibre Channel)",
    127: "IEEE802_11_RADIO (802.11 plus radiotap header)",
    189: "USB_LINUX (USB with Linux header)",
    192: "PPI (Per-Packet Information)",
    195: "IEEE802_15_4 (IEEE 802.15.4 with FCS)",
    220: "USB_LINUX_MMAPPED (USB with padded Linux header)",
    228: "IPV4 (Raw IPv4)",
    229: "IPV6 (Raw IPv6)",
    239: "NFLOG (Linux netfilter log messages)",
    253: "NETLINK (Linux netlink)",
    276: "LINUX_SLL2 (Linux cooked v2)",
}
# Raw IP has another number on each system it came from.
_RAW = {12: 101}


def link_type_name(number: int) -> str:
    """The name of a link type, with its description where there is one: `EN10MB (Ethernet)`."""
    return _NAMES.get(_RAW.get(number, number), str(number))
