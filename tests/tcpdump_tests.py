"""tcpdump's own tests through `midocli tcpdump`, and the page that lists those not right yet.

`python tests/tcpdump_tests.py DIRECTORY` runs those of Ethernet's link type in the folder `tests`
of tcpdump 4.99.3's sources (github.com/the-tcpdump-group/tcpdump, tag tcpdump-4.99.3), names each
that comes out wrong, and writes `docs/tcpdump-tests.md`. The captures are not kept here.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tcpdump-tests.md"
ETHERNET = 1

# What the tests that are not right need, by their names: the first that fits.
NEEDS = (
    (r"geneve-(vni|tcp)", "the filter `geneve`, which looks inside"),
    (r"isakmp|ikev1", "ISAKMP and its UDP encapsulation (print-isakmp.c, 3,141 lines)"),
    (r"lmp", "LMP (print-lmp.c, 1,137 lines)"),
    (r"ospf", "OSPF (print-ospf.c and print-ospf6.c, 2,180 lines)"),
    (r"kday[347]|rpki", "RPKI-RTR (print-rpki-rtr.c, 391 lines)"),
    (r"kday[258]|cfm", "CFM (print-cfm.c, 766 lines)"),
    (r"dvmrp|relts", "DVMRP in IGMP (print-dvmrp.c, 332 lines)"),
    (r"ipx", "IPX (print-ipx.c, 267 lines)"),
    (r"sflow", "sFlow (print-sflow.c, 962 lines)"),
    (r"ahcp", "AHCP (print-ahcp.c, 388 lines)"),
    (r"babel", "Babel (print-babel.c, 863 lines)"),
    (r"hncp", "HNCP (print-hncp.c, 866 lines) with DHCP in it"),
    (r"pppoe|ppp_|bcm-li-v", "PPPoE and PPP (print-pppoe.c and print-ppp.c, 2,103 lines)"),
    (r"spb|isis|isoclns|hoobr_lookup_nsap", "IS-IS (print-isoclns.c, 3,561 lines)"),
    (r"dhcp6|dhcpv6", "DHCPv6 (print-dhcp6.c, 853 lines)"),
    (r"zmtp|pgm", "PGM and ZMTP (print-pgm.c and print-zeromq.c, 1,044 lines)"),
    (r"of1", "OpenFlow (three files, 3,993 lines)"),
    (r"geonet|Geonet", "GeoNet and CALM FAST (print-geonet.c and print-calm-fast.c, 338 lines)"),
    (r"m3ua", "SCTP and M3UA (print-sctp.c and print-m3ua.c, 1,112 lines)"),
    (r"dccp", "DCCP (print-dccp.c, 705 lines)"),
    (r"pim|in_checksum", "PIM (print-pim.c, 1,234 lines)"),
    (r"rsvp", "RSVP (print-rsvp.c, 2,069 lines)"),
    (r"radius", "RADIUS (print-radius.c, 1,504 lines)"),
    (r"dtp|rpvst", "DTP (print-dtp.c, 122 lines)"),
    (r"lacp", "slow protocols (print-slow.c, 737 lines)"),
    (r"cdp", "CDP (print-cdp.c, 472 lines)"),
    (r"udld", "UDLD (print-udld.c, 207 lines)"),
    (r"igrp", "EIGRP and IGRP (print-eigrp.c and print-igrp.c, 681 lines)"),
    (r"aoe", "AoE (print-aoe.c, 413 lines)"),
    (r"pptp", "PPTP (print-pptp.c, 871 lines)"),
    (r"olsr|OLSR", "OLSR (print-olsr.c, 714 lines)"),
    (r"AODV|aodv", "AODV (print-aodv.c, 537 lines)"),
    (r"nfs", "Sun RPC and NFS (print-nfs.c and print-sunrpc.c, 2,091 lines)"),
    (r"lisp", "LISP (print-lisp.c, 453 lines)"),
    (r"rtp", "`-T rtp` (in print-udp.c)"),
    (r"aarp", "AppleTalk (print-atalk.c, 701 lines)"),
    (r"hoobr_parse_field", "Zephyr (print-zephyr.c, 348 lines)"),
    (r"decnet", "DECnet (print-decnet.c, 1,182 lines)"),
    (r"telnet", "telnet's commands (print-telnet.c, 540 lines)"),
    (r"resp", "RESP (print-resp.c, 534 lines)"),
    (r"l2tp", "L2TP (print-l2tp.c, 859 lines)"),
    (r"eap", "EAP (print-eap.c, 341 lines)"),
    (r"ldp|tok2str-oobr-2", "LDP and LSP ping (print-ldp.c, print-lspping.c)"),
    (r"vqp", "VQP (print-vqp.c, 214 lines)"),
    (r"rx", "AFS's RX (print-rx.c, 2,842 lines)"),
    (r"arista", "Arista's timestamps (print-arista.c, 170 lines)"),
    (r"tipc", "TIPC (print-tipc.c, 354 lines)"),
    (r"ptp", "PTP (print-ptp.c, 634 lines)"),
    (r"lwres", "lwres (print-lwres.c, 555 lines)"),
)


class Listed(NamedTuple):
    """A line of TESTLIST: what the test is called, what it reads, what is right, and flags."""

    name: str
    capture: str
    expected: str
    arguments: list[str]


def listed(folder: Path) -> Iterator[Listed]:
    """The tests of Ethernet's link type."""
    for line in (folder / "TESTLIST").read_text().splitlines():
        words = shlex.split(line, comments=not line.startswith("print-"))
        if len(words) >= 3 and _link_type(folder / words[1]) == ETHERNET:
            yield Listed(words[0], words[1], words[2], words[3:])


def _link_type(path: Path) -> int:
    """The link type of a file's first interface."""
    head = path.read_bytes()[:4096]
    if head[:4] == b"\x0a\x0d\x0d\x0a":
        order = "<" if head[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        at = 0
        while struct.unpack_from(f"{order}I", head, at)[0] != 1:
            at += struct.unpack_from(f"{order}I", head, at + 4)[0]
        return int(struct.unpack_from(f"{order}H", head, at + 8)[0])
    order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    return int(struct.unpack_from(f"{order}I", head, 20)[0] & 0xFFFF)


def comes_out_right(folder: Path, test: Listed) -> bool:
    """Whether `midocli tcpdump` prints what the test expects; the zone must be UTC."""
    from midocli.app.tcpdump import main

    out = io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(io.StringIO()):
        main(["-#", "-n", "-r", test.capture, *test.arguments])
    return out.getvalue() == (folder / test.expected).read_bytes().decode("latin-1")


def need(name: str) -> str:
    """What a test that is not right needs."""
    return next(text for pattern, text in NEEDS if re.search(pattern, name))


def page(right: int, wrong: list[str]) -> str:
    """The page: how many are right, and the others by what they need."""
    groups: dict[str, list[str]] = {}
    for name in wrong:
        groups.setdefault(need(name), []).append(name)
    rows = [f"| {what} | {', '.join(names)} |" for what, names in sorted(groups.items())]
    before = PAGE.read_text().partition("<!-- results -->")[0]
    return (
        f"{before}<!-- results -->\n\nRight: {right} of {right + len(wrong)}.\n\n"
        "| What is missing | Tests that need it |\n| --- | --- |\n" + "\n".join(rows) + "\n"
    )


def wrong_on_the_page() -> list[str]:
    """The tests that the page lists."""
    rows = PAGE.read_text().partition("<!-- results -->")[2].splitlines()
    cells = [row.split("|")[2] for row in rows if row.startswith("| ") and "---" not in row][1:]
    return [name.strip() for cell in cells for name in cell.split(",")]


def main() -> int:
    """Run all, and write the page."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    folder = Path(sys.argv[1]).resolve()
    tests = list(listed(folder))
    wrong = [test.name for test in tests if not comes_out_right(folder, test)]
    PAGE.write_text(page(len(tests) - len(wrong), wrong))
    print("\n".join(wrong))
    print(f"{len(tests) - len(wrong)} of {len(tests)} are right")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
