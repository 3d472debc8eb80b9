"""DHCP's options (RFC 2132 and others): their names, and the values of each kind."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import dhcp_special as special
from midocli.trace.tcpdump import dhcp_values as values
from midocli.trace.tcpdump.dissection import Dissection

_PAD, _MESSAGE_TYPE, _PARAMETERS, _END = 0, 53, 55, 255
_MESSAGES = {
    1: "Discover",
    2: "Offer",
    3: "Request",
    4: "Decline",
    5: "ACK",
    6: "NACK",
    7: "Release",
    8: "Inform",
    10: "LeaseQuery",
    11: "LeaseUnassigned",
    12: "LeaseUnknown",
    13: "LeaseActive",
}
_PER_LINE = 4

# (dissection, offset, length): shows a value and gives how many bytes are left over.
_Show = Callable[[Dissection, int, int], int]

_OPTIONS: dict[int, tuple[str, _Show]] = {
    0: ("PAD", values.numbers),
    1: ("Subnet-Mask", values.addresses),
    2: ("Time-Zone", values.signed),
    3: ("Default-Gateway", values.addresses),
    4: ("Time-Server", values.addresses),
    5: ("IEN-Name-Server", values.addresses),
    6: ("Domain-Name-Server", values.addresses),
    7: ("LOG", values.addresses),
    8: ("CS", values.addresses),
    9: ("LPR-Server", values.addresses),
    10: ("IM", values.addresses),
    11: ("RL", values.addresses),
    12: ("Hostname", values.string),
    13: ("BS", values.shorts),
    14: ("DP", values.string),
    15: ("Domain-Name", values.string),
    16: ("SS", values.addresses),
    17: ("RP", values.string),
    18: ("EP", values.string),
    19: ("IPF", values.switches),
    20: ("SRT", values.switches),
    21: ("PF", values.pairs),
    22: ("RSZ", values.shorts),
    23: ("TTL", values.numbers),
    24: ("MTU-Timeout", values.longs),
    25: ("MTU-Table", values.shorts),
    26: ("MTU", values.shorts),
    27: ("LSN", values.switches),
    28: ("BR", values.addresses),
    29: ("MD", values.switches),
    30: ("MS", values.switches),
    31: ("Router-Discovery", values.switches),
    32: ("RSA", values.addresses),
    33: ("Static-Route", values.pairs),
    34: ("UT", values.switches),
    35: ("AT", values.longs),
    36: ("IE", values.switches),
    37: ("TT", values.numbers),
    38: ("KI", values.longs),
    39: ("KG", values.switches),
    40: ("YD", values.string),
    41: ("YS", values.addresses),
    42: ("NTP", values.addresses),
    43: ("Vendor-Option", values.numbers),
    44: ("Netbios-Name-Server", values.addresses),
    45: ("WDD", values.addresses),
    46: ("Netbios-Node", special.node_type),
    47: ("Netbios-Scope", values.string),
    48: ("XFS", values.addresses),
    49: ("XDM", values.addresses),
    50: ("Requested-IP", values.addresses),
    51: ("Lease-Time", values.longs),
    52: ("OO", special.overload),
    53: ("DHCP-Message", values.numbers),
    54: ("Server-ID", values.addresses),
    55: ("Parameter-Request", values.numbers),
    56: ("MSG", values.string),
    57: ("MSZ", values.shorts),
    58: ("RN", values.longs),
    59: ("RB", values.longs),
    60: ("Vendor-Class", values.string),
    61: ("Client-ID", special.client_id),
    64: ("N+D", values.shorts),
    65: ("N+S", values.addresses),
    66: ("TFTP", values.string),
    67: ("BF", values.string),
    68: ("MH", values.addresses),
    69: ("SMTP", values.addresses),
    70: ("POP3", values.addresses),
    71: ("NNTP", values.addresses),
    72: ("WWW", values.addresses),
    73: ("FG", values.addresses),
    74: ("IRC", values.addresses),
    75: ("STS", values.addresses),
    76: ("STDA", values.addresses),
    77: ("User-Class", special.user_class),
    78: ("SLP-DA", values.numbers),
    79: ("SLP-SCOPE", values.numbers),
    80: ("SLP-NA", values.string),
    81: ("FQDN", special.client_name),
    82: ("Agent-Information", special.relay_agent),
    83: ("ARMT", values.numbers),
    88: ("TZSTR", values.string),
    89: ("FQDNS", values.numbers),
    90: ("AUTH", values.numbers),
    91: ("Last-Transaction-Time", values.signed),
    92: ("Associated-IP", values.addresses),
    93: ("ARCH", values.shorts),
    94: ("NDI", values.numbers),
    95: ("LDAP", values.string),
    97: ("GUID", values.numbers),
    98: ("UAP", values.string),
    100: ("POSIX-TZ", values.string),
    101: ("TZ-Name", values.string),
    112: ("NI", values.addresses),
    113: ("NITAG", values.string),
    114: ("URL", values.string),
    116: ("NOAUTO", values.switches),
    117: ("NSSEARCH", values.shorts),
    118: ("SUBNET", values.addresses),
    121: ("Classless-Static-Route", special.routes),
    150: ("TFTP-Server-Address", values.addresses),
    161: ("MUD-URL", values.string),
    249: ("Classless-Static-Route-Microsoft", special.routes),
    255: ("END", values.numbers),
}


def show(d: Dissection, at: int) -> None:
    """Show the options from their magic cookie on."""
    d.add("\n\t  Vendor-rfc1048 Extensions")
    d.add(f"\n\t    Magic Cookie 0x{d.u32(at):08x}")
    if not _show_options(d, at + 4):
        d.cut()


def _show_options(d: Dissection, at: int) -> bool:
    """Show options up to the end; False when one of them was cut."""
    everything = d.flags.verbose > 2
    while d.has(at, 1):
        code = d.u8(at)
        at += 1
        if code in (_PAD, _END):
            if everything:
                d.add(f"\n\t    {_OPTIONS[code][0]} ({code}), length 0")
            if code == _END and not everything:
                return True
            if code == _PAD:
                at = _skip_padding(d, at, everything)
            continue
        length = d.u8(at)
        at += 1
        name, show_value = _OPTIONS.get(code) or ("Unknown", _guessed(length))
        d.add(f"\n\t    {name} ({code}), length {length}{': ' if length else ''}")
        if not d.has(at, length):
            return False
        if code == _MESSAGE_TYPE and length == 1:
            kind = d.u8(at)
            d.add(_MESSAGES.get(kind, f"Unknown ({kind})"))
        elif code == _PARAMETERS:
            _show_parameters(d, at, length)
        else:
            left = show_value(d, at, length)
            if left:
                d.add(f"\n\t  trailing data length {left}")
        at += length
    return True


def _skip_padding(d: Dissection, at: int, counted: bool) -> int:
    """The offset after the padding; says how much it is where that is wanted."""
    start = at
    while d.has(at, 1) and d.u8(at) == _PAD:
        at += 1
    if counted and at > start:
        d.add(f", occurs {at - start + 1}")
    return at


def _show_parameters(d: Dissection, at: int, length: int) -> None:
    names = [
        f"{_OPTIONS[code][0] if code in _OPTIONS else 'Unknown'} ({code})"
        for code in d.taken(at, length)
    ]
    for line in range(0, length, _PER_LINE):
        d.add(f"\n\t      {', '.join(names[line : line + _PER_LINE])}")


def _guessed(length: int) -> _Show:
    """How to show an option nobody knows, by its length."""
    if length & 1:
        return values.numbers
    return values.shorts if length & 2 else values.longs
