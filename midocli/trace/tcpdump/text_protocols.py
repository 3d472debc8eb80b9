"""TCP protocols made of lines of text: HTTP, SMTP, FTP, RTSP, whois, SSH's greeting."""

from __future__ import annotations

import re

from midocli.trace.tcpdump.dissection import Dissection, PayloadShow

_PRINTABLE = frozenset(range(0x20, 0x7F))
_LINE = _PRINTABLE | {0x09}
_BLANKS = frozenset(b" \t\r\n")
_LONGEST_WORD = 127
_WORD = re.compile(rb"([!-~]*) *")

_HTTP_REQUESTS = frozenset(
    b"GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH "
    b"UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST "
    b"SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE "
    b"RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL".split()
)
_RTSP_REQUESTS = frozenset(
    b"DESCRIBE ANNOUNCE GET_PARAMETER OPTIONS PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER "
    b"TEARDOWN".split()
)
_SIP_REQUESTS = frozenset(
    b"ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK "
    b"SUBSCRIBE UPDATE PUBLISH".split()
)


def _shown(protocol: str, requests: frozenset[bytes] | None, before: str = ": ") -> PayloadShow:
    """What shows the name and, where a request or response begins, its first line (all with -v).

    Of a protocol without `requests`, any segment is taken for one.
    """

    def show(d: Dissection, at: int, length: int) -> None:
        d.protocol = protocol
        d.add(f"{before}{protocol.upper()}")
        if requests is not None and not _begins(d, at, length, requests):
            return
        if not d.flags.verbose:
            _show_line(d, ": ", at, 0, length)
            return
        d.add(f", length: {length}")
        start: int | None = 0
        while start is not None and start < length:
            start = _show_line(d, "\n\t", at, start, length)

    return show


show_http = _shown("http", _HTTP_REQUESTS)
show_rtsp = _shown("rtsp", _RTSP_REQUESTS)
show_sip = _shown("sip", _SIP_REQUESTS, before="")
show_ftp = _shown("ftp", None)
show_smtp = _shown("smtp", None)
show_whois = _shown("whois", None)


def show_ssh(d: Dissection, at: int, length: int) -> None:
    """SSH: its greeting only, as `: SSH: SSH-2.0-…`."""
    d.protocol = "ssh"
    for index, letter in enumerate(b"SSH-"):
        if d.u8(at + index) != letter:
            return
    stop = 4
    while stop < length and d.u8(at + stop) in _PRINTABLE:
        stop += 1
    if stop < length and _line_break(d, at, stop, length):
        d.add(f": SSH: {_text(d, at, stop)}")


def _begins(d: Dissection, at: int, length: int, requests: frozenset[bytes]) -> bool:
    """Whether a request word, or a response's three digits, stand at the beginning."""
    word, after = _word(d, at, 0, length)
    if not word:
        return False
    if word.upper() in requests:
        return True
    code, _ = _word(d, at, after, length)
    return len(code) == 3 and code.isdigit()


def _word(d: Dissection, at: int, start: int, length: int) -> tuple[bytes, int]:
    """The word at `start` and where the next one begins; empty when it is none."""
    found = _WORD.match(d.data, at + start, min(at + length, d.end))
    if found is None:
        return b"", start
    stop = found.end(1)
    if stop < at + length and (stop >= d.end or d.data[stop] not in _BLANKS):
        return b"", start
    if len(found[1]) > _LONGEST_WORD:
        return b"", start
    return found[1], found.end() - at


def _show_line(d: Dissection, prefix: str, at: int, start: int, length: int) -> int | None:
    """Show one line, and return where the next begins; None when that is not known."""
    stop = start
    while stop < length and d.u8(at + stop) in _LINE:
        stop += 1
    if stop == length:
        d.add(prefix + _text(d, at + start, stop - start))
        d.cut()
        return None
    line_break = _line_break(d, at, stop, length)
    if not line_break:
        return None
    d.add(prefix + _text(d, at + start, stop - start))
    return stop + line_break


def _line_break(d: Dissection, at: int, stop: int, length: int) -> int:
    """How long the line break at `stop` is: 0 when there is none."""
    if d.u8(at + stop) == 0x0A:
        return 1
    if d.u8(at + stop) == 0x0D and stop + 1 < length and d.u8(at + stop + 1) == 0x0A:
        return 2
    return 0


def _text(d: Dissection, at: int, length: int) -> str:
    return d.taken(at, length).decode("latin-1")
