"""DHCP's options (RFC 2132 and others): their names, and the values of each kind."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import dhcp_special as special
from midocli.trace.tcpdump import dhcp_values as values
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_PAD, _MESSAGE_TYPE, _PARAMETERS, _END = 0, 53, 55, 255
_MESSAGES = numbered("""
    1 Discover, 2 Offer, 3 Request, 4 Decline, 5 ACK, 6 NACK, 7 Release, 8 Inform, 10 LeaseQuery,
    11 LeaseUnassigned, 12 LeaseUnknown, 13 LeaseActive
""")
_PER_LINE = 4

# (dissection, offset, length): shows a value and gives how many bytes are left over.
_Show = Callable[[Dissection, int, int], int]

# The options by what shows their values.
_BY_VALUE: dict[_Show, str] = {
    values.numbers: """
        0 PAD, 23 TTL, 37 TT, 43 Vendor-Option, 53 DHCP-Message, 55 Parameter-Request, 78 SLP-DA,
        79 SLP-SCOPE, 83 ARMT, 89 FQDNS, 90 AUTH, 94 NDI, 97 GUID, 255 END
    """,
    values.addresses: """
        1 Subnet-Mask, 3 Default-Gateway, 4 Time-Server, 5 IEN-Name-Server, 6 Domain-Name-Server,
        7 LOG, 8 CS, 9 LPR-Server, 10 IM, 11 RL, 16 SS, 28 BR, 32 RSA, 41 YS, 42 NTP,
        44 Netbios-Name-Server, 45 WDD, 48 XFS, 49 XDM, 50 Requested-IP, 54 Server-ID, 65 N+S,
        68 MH, 69 SMTP, 70 POP3, 71 NNTP, 72 WWW, 73 FG, 74 IRC, 75 STS, 76 STDA, 92 Associated-IP,
        112 NI, 118 SUBNET, 150 TFTP-Server-Address
    """,
    values.signed: "2 Time-Zone, 91 Last-Transaction-Time",
    values.string: """
        12 Hostname, 14 DP, 15 Domain-Name, 17 RP, 18 EP, 40 YD, 47 Netbios-Scope, 56 MSG,
        60 Vendor-Class, 66 TFTP, 67 BF, 80 SLP-NA, 88 TZSTR, 95 LDAP, 98 UAP, 100 POSIX-TZ,
        101 TZ-Name, 113 NITAG, 114 URL, 161 MUD-URL
    """,
    values.shorts: "13 BS, 22 RSZ, 25 MTU-Table, 26 MTU, 57 MSZ, 64 N+D, 93 ARCH, 117 NSSEARCH",
    values.switches: """
        19 IPF, 20 SRT, 27 LSN, 29 MD, 30 MS, 31 Router-Discovery, 34 UT, 36 IE, 39 KG, 116 NOAUTO
    """,
    values.pairs: "21 PF, 33 Static-Route",
    values.longs: "24 MTU-Timeout, 35 AT, 38 KI, 51 Lease-Time, 58 RN, 59 RB",
    special.node_type: "46 Netbios-Node",
    special.overload: "52 OO",
    special.client_id: "61 Client-ID",
    special.user_class: "77 User-Class",
    special.client_name: "81 FQDN",
    special.relay_agent: "82 Agent-Information",
    special.routes: "121 Classless-Static-Route, 249 Classless-Static-Route-Microsoft",
}
_OPTIONS: dict[int, tuple[str, _Show]] = {
    code: (name, show_value)
    for show_value, options in _BY_VALUE.items()
    for code, name in numbered(options).items()
}


def show(d: Dissection, at: int) -> None:
    """Show the options from their magic cookie on."""
    d.add("\n\t  Vendor-rfc1048 Extensions")
    d.add(f"\n\t    Magic Cookie 0x{d.u32(at):08x}")
    _show_options(d, at + 4)


def _show_options(d: Dissection, at: int) -> None:
    """Show options up to the end; ShortError when one of them was cut."""
    everything = d.flags.verbose > 2
    while d.has(at, 1):
        code = d.u8(at)
        at += 1
        if code in (_PAD, _END):
            if everything:
                d.add(f"\n\t    {_OPTIONS[code][0]} ({code}), length 0")
            if code == _END and not everything:
                return
            if code == _PAD:
                at = _skip_padding(d, at, everything)
            continue
        length = d.u8(at)
        at += 1
        name, show_value = _OPTIONS.get(code) or ("Unknown", _guessed(length))
        d.add(f"\n\t    {name} ({code}), length {length}{': ' if length else ''}")
        d.check(at, length)
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
